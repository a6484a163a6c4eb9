/*
 * The trail read back: record by record, or who had what on a day.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/store/store.h"

/* Calls `each` with every record's line as stored, from `from_seq` on, in order; it returns FALSE to
 * stop. FALSE with an error: the store failed. */
gboolean audit_history_each(StoreSession *session, const char *organization, gint64 from_seq,
                            gboolean (*each)(void *context, gint64 seq, const char *record),
                            void *context, GError **error);

/* People of the organization as they stood at the end of the second `at` (UTC), a JSON array by
 * userName of their states (audit_person.h), the removed ones left out; an invitation that was over
 * by then is "expired", written down or not. NULL: failed. *begins is the time of the first record,
 * 0 where there is none: before it nothing is known. */
json_t *audit_history_people(StoreSession *session, const char *organization, gint64 at,
                             gint64 *begins, GError **error);
