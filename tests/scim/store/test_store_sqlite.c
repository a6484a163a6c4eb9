#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "scim/store/store.h"
#include "scim/store/store_sqlite.h"

static char *pragma(StoreSession *session, const char *sql)
{
    struct store_rows *rows = store_query(session, sql, STORE_NOTHING, FALSE);
    char *value = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    assert_true(store_end(rows, NULL));
    return value;
}

static void every_connection_has_the_safe_settings(void **state)
{
    (void)state;

    static const struct {
        const char *sql, *value;
    } settings[] = {
        {"PRAGMA journal_mode", "wal"},  {"PRAGMA synchronous", "2"},
        {"PRAGMA foreign_keys", "1"},    {"PRAGMA trusted_schema", "0"},
        {"PRAGMA cell_size_check", "1"}, {"PRAGMA busy_timeout", "5000"},
    };

    g_autofree char *folder = g_dir_make_tmp("rolecall-store-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "store.db", NULL);
    g_autoptr(Store) store = store_new(&store_sqlite, file, NULL);
    for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        g_autoptr(StoreSession) session =
            store_session_open(store, (enum store_mode)mode, NULL);
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
            g_autofree char *value = pragma(session, settings[i].sql);
            assert_string_equal(value, settings[i].value);
        }
        g_autofree char *query_only = pragma(session, "PRAGMA query_only");
        assert_string_equal(query_only, mode == STORE_READ ? "1" : "0");
    }
}

static void the_schema_cannot_be_rewritten_behind_its_back(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(store_script(session, "CREATE TABLE t (a)", NULL));
    assert_false(store_script(
        session, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x'", &error));
    assert_non_null(error);
}

static void foreign_keys_hold(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(store_script(
        session, "CREATE TABLE a (x PRIMARY KEY); CREATE TABLE b (x REFERENCES a (x))", NULL));
    assert_false(store_script(session, "INSERT INTO b VALUES (1)", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
}

static void two_stores_in_memory_know_nothing_of_each_other(void **state)
{
    (void)state;
    g_autoptr(Store) one = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(Store) two = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) first = store_session_open(one, STORE_WRITE, NULL);
    g_autoptr(StoreSession) same = store_session_open(one, STORE_READ, NULL);
    g_autoptr(StoreSession) other = store_session_open(two, STORE_READ, NULL);
    gint64 number = 0;
    assert_true(store_script(first, "CREATE TABLE t (a)", NULL));
    assert_true(store_number(same, "SELECT COUNT(*) FROM t", STORE_NOTHING, -1, &number, NULL));
    assert_false(
        store_number(other, "SELECT COUNT(*) FROM t", STORE_NOTHING, -1, &number, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_has_the_safe_settings),
        cmocka_unit_test(the_schema_cannot_be_rewritten_behind_its_back),
        cmocka_unit_test(foreign_keys_hold),
        cmocka_unit_test(two_stores_in_memory_know_nothing_of_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
