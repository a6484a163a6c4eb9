#include "tests/scim/server/store_digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static GPtrArray *read_texts(StoreSession *session, const char *sql,
                             const struct store_value *values)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(session, sql, values, FALSE);
    while (store_next(rows)) {
        g_ptr_array_add(texts, g_strdup(store_text_at(rows, 0)));
    }
    if (!store_end(rows, &error)) {
        fail_msg("%s", error->message);
    }
    return texts;
}

static void add_table(StoreSession *session, const char *table, GChecksum *sum)
{
    g_autoptr(GPtrArray) columns =
        read_texts(session,
                   "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info(?)"
                   " WHERE name <> 'last_used_at' ORDER BY cid",
                   STORE_BIND(store_text(table)));
    assert_true(columns->len > 0);
    g_ptr_array_add(columns, NULL);
    g_autofree char *row = g_strjoinv(" || ',' || ", (char **)columns->pdata);
    g_autofree char *sql =
        g_strdup_printf("SELECT %s AS line FROM \"%s\" ORDER BY line", row, table);
    g_autoptr(GPtrArray) lines = read_texts(session, sql, STORE_NOTHING);
    g_checksum_update(sum, (const guchar *)table, -1);
    for (guint i = 0; i < lines->len; i++) {
        g_checksum_update(sum, lines->pdata[i], -1);
        g_checksum_update(sum, (const guchar *)"\n", 1);
    }
}

char *store_digest(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session = store_session_open(store, STORE_READ, &error);
    if (session == NULL || !store_begin(session, &error)) {
        fail_msg("%s", error->message);
    }
    g_autoptr(GPtrArray) tables =
        read_texts(session,
                   "SELECT name FROM sqlite_master WHERE type = 'table'"
                   " AND name NOT LIKE 'sqlite_%' ORDER BY name",
                   STORE_NOTHING);
    assert_true(tables->len > 15);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < tables->len; i++) {
        add_table(session, tables->pdata[i], sum);
    }
    store_rollback(session);
    return g_strdup(g_checksum_get_string(sum));
}
