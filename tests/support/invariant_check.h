/*
 * Do the invariants I1 to I5 hold in a store? Asked of the tables themselves, by SQL of its own,
 * with no room of scim/organization in between.
 *
 *   g_autofree char *broken = invariant_check(session, now);
 *   if (broken != NULL) fail_msg("%s", broken);
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

/* NULL when all holds, else a sentence that names the invariant and the rows. `now` may be 0 where
 * the clock does not matter. The caller frees. */
char *invariant_check(StoreSession *session, gint64 now);

/* The same for a store by its URI, for example "sqlite:/path/to/file". */
char *invariant_check_at(const char *uri, gint64 now);
