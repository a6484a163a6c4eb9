#include "scim/organization/tolerance_counts.h"

void tolerance_count_free(struct tolerance_count *count)
{
    if (count == NULL)
        return;
    g_free(count->organization);
    g_free(count->connection);
    g_free(count);
}

static void destroy(gpointer data)
{
    tolerance_count_free(data);
}

gboolean tolerance_counts_add(StoreSession *session, const char *organization,
                              const char *connection, const struct tolerance_use *use,
                              gint64 now, GError **error)
{
    gboolean ok = TRUE;
    for (int i = TOLERANCE_NONE + 1; ok && i < TOLERANCE_COUNT; i++) {
        if (use->count[i] == 0)
            continue;
        ok = store_run(
            session,
            "INSERT INTO tolerance_use (organization, connection, tolerance, uses, last_at)"
            " SELECT c.organization, c.id, ?, ?, ? FROM connection c"
            "  WHERE c.organization = ? AND c.name = ?"
            " ON CONFLICT (organization, connection, tolerance) DO UPDATE"
            " SET uses = tolerance_use.uses + excluded.uses, last_at = excluded.last_at",
            STORE_BIND(store_int(i), store_int((gint64)use->count[i]), store_int(now),
                       store_text(organization != NULL ? organization : ""),
                       store_text(connection)),
            error);
    }
    return ok;
}

static struct tolerance_count *read_row(struct store_rows *rows)
{
    struct tolerance_count *count = g_new0(struct tolerance_count, 1);
    const char *organization = store_text_at(rows, 0);
    gint64 number = store_int_at(rows, 2);
    count->organization = *organization == '\0' ? NULL : g_strdup(organization);
    count->connection = g_strdup(store_text_at(rows, 1));
    count->tolerance =
        number > 0 && number < TOLERANCE_COUNT ? (enum tolerance)number : TOLERANCE_NONE;
    count->uses = store_int_at(rows, 3);
    count->last_at = store_int_at(rows, 4);
    return count;
}

GPtrArray *tolerance_counts_list(StoreSession *session, GError **error)
{
    g_autoptr(GPtrArray) counts = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows =
        store_query(session,
                    "SELECT u.organization, c.name, u.tolerance, u.uses, u.last_at"
                    " FROM tolerance_use u JOIN connection c"
                    " ON c.organization = u.organization AND c.id = u.connection"
                    " ORDER BY u.organization, c.name, u.tolerance",
                    STORE_NOTHING, TRUE);
    while (store_next(rows))
        g_ptr_array_add(counts, read_row(rows));
    return store_end(rows, error) ? g_steal_pointer(&counts) : NULL;
}
