/*
 * What time does: invitations expire and free their seat, expired ones are renewed, kept things are
 * forgotten. The actor is "time"; everything passes the same settling as the acts of people, so that
 * it is recorded in the same way.
 *
 * While time is frozen (judge_setup.h) none of it happens. All inside the caller's transaction.
 */
#pragma once

#include <glib.h>

#include "scim/organization/judge_setup.h"

/* Expires what is due in one organization. Nothing due: one look-up, nothing is written. */
gboolean sweep_organization(const struct judge *judge, const char *organization, gint64 now,
                            GError **error);

/* What others have waited for and an act or the time has made possible: what is owed to providers is
 * done, free seats go to whoever waits. Nothing to do: two look-ups. */
gboolean sweep_follow(const struct judge *judge, const char *organization, GError **error);

/* That, in every organization; then renews what may be renewed, the oldest expiry first, while
 * seats are free; then forgets departed people past their window and closed invitations older than
 * the restore window. */
gboolean sweep_all(const struct judge *judge, gint64 now, GError **error);

/* When there is something to do next, 0 for never: an expiry, a renewal (its budget frees, the send
 * window opens), something to be forgotten. What waits for a seat waits for another write. */
gboolean sweep_next(const struct judge *judge, gint64 now, gint64 *next, GError **error);
