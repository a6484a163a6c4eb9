/*
 * The schema of the store as numbered steps, each in a transaction of its own.
 *
 * A step once released is never edited: a later one changes what it made.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

/* The schema this program works with: the number of the last step. */
gint64 migrations_newest(void);

/* The texts of step `number` (from 1), NULL-terminated; NULL: no such step. */
const char *const *migrations_texts(gint64 number);

/* The step at which the store stands: 0 for an empty one. */
gboolean migrations_read(StoreSession *session, gint64 *number, GError **error);

/* Brings the store of a writing session to `target` (usually migrations_newest()).
 * OUTCOME_SETTINGS when it stands beyond the newest. */
gboolean migrations_run(StoreSession *session, gint64 target, GError **error);
