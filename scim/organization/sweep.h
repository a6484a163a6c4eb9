/*
 * What time does: invitations expire and free their seat, kept things are forgotten.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

/* Expires what is due in one organization; counts and versions follow. Nothing due: nothing is
 * written. Inside the caller's transaction. */
gboolean sweep_organization(StoreSession *session, const char *organization, gint64 now,
                            GError **error);

/* That, in every organization; then forgets departed people past their window and closed
 * invitations older than `window` seconds. */
gboolean sweep_all(StoreSession *session, gint64 now, gint64 window, GError **error);

/* When the next invitation expires or something is to be forgotten; 0: never. */
gboolean sweep_next(StoreSession *session, gint64 window, gint64 *next, GError **error);
