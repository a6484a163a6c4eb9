/*
 * How often each connection was met with which tolerance (tolerance.h): what an administrator sees of
 * how a provider deviates.
 *
 *   tolerance_counts_add(session, NULL, "okta", &use, now, &error);     on a writing session
 *   g_autoptr(GPtrArray) counts = tolerance_counts_list(session, &error);
 *
 * Kept in memory first, and written now and then, by scim/server/tolerance_tally.h.
 */
#pragma once

#include <glib.h>

#include "scim/protocol/tolerance.h"
#include "scim/store/store.h"

struct tolerance_count {
    char *organization; /* NULL: the connection is for all of them */
    char *connection;   /* its name */
    enum tolerance tolerance;
    gint64 uses, last_at;
};

void tolerance_count_free(struct tolerance_count *count);

/* Adds those of `use` that are not zero. A connection that is gone meanwhile is passed over. */
gboolean tolerance_counts_add(StoreSession *session, const char *organization,
                              const char *connection, const struct tolerance_use *use,
                              gint64 now, GError **error);

/* All of them, by organization, connection and number: struct tolerance_count. NULL: failed. */
GPtrArray *tolerance_counts_list(StoreSession *session, GError **error);
