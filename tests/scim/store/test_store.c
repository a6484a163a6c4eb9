#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "scim/store/store.h"
#include "scim/store/store_open.h"

static Store *opened(StoreSession **session)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open("sqlite::memory:", &error);
    assert_null(error);
    *session = store_session_open(store, STORE_WRITE, &error);
    assert_null(error);
    assert_true(store_script(*session,
                             "CREATE TABLE thing (name TEXT PRIMARY KEY, size BIGINT CHECK "
                             "(size < 10), bytes BLOB)",
                             &error));
    return store;
}

static gint64 count(StoreSession *session)
{
    gint64 number = -1;
    assert_true(
        store_number(session, "SELECT COUNT(*) FROM thing", STORE_NOTHING, -1, &number, NULL));
    return number;
}

static gboolean insert(StoreSession *session, const char *name, gint64 size, GError **error)
{
    return store_run(session, "INSERT INTO thing (name, size) VALUES (?, ?)",
                     STORE_BIND(store_text(name), store_int(size)), error);
}

static void what_is_bound_comes_back_as_it_was(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    assert_true(store_run(
        session, "INSERT INTO thing VALUES (?, ?, ?)",
        STORE_BIND(store_text("'; DROP TABLE thing; --"), store_int(-5), store_blob("a\0b", 3)),
        NULL));
    assert_int_equal(store_changes(session), 1);
    assert_true(store_run(session, "INSERT INTO thing VALUES (?, ?, ?)",
                          STORE_BIND(store_text("z"), store_null(), store_blob(NULL, 0)),
                          NULL));
    struct store_rows *rows = store_query(
        session, "SELECT name, size, bytes FROM thing ORDER BY 1", STORE_NOTHING, TRUE);
    gsize length;
    assert_true(store_next(rows));
    assert_string_equal(store_text_at(rows, 0), "'; DROP TABLE thing; --");
    assert_int_equal(store_int_at(rows, 1), -5);
    assert_memory_equal(store_blob_at(rows, 2, &length), "a\0b", 3);
    assert_int_equal(length, 3);
    assert_true(store_next(rows));
    assert_true(store_null_at(rows, 1));
    assert_int_equal(store_int_at(rows, 1), 0);
    assert_null(store_blob_at(rows, 2, &length));
    assert_false(store_next(rows));
    assert_true(store_end(rows, NULL));
    store_session_close(session);
}

static void a_constraint_is_a_conflict_and_changes_nothing(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    g_autoptr(GError) unique = NULL, check = NULL;
    assert_true(insert(session, "a", 1, NULL));
    assert_false(insert(session, "a", 2, &unique));
    assert_true(g_error_matches(unique, OUTCOME, OUTCOME_CONFLICT));
    assert_false(insert(session, "b", 10, &check));
    assert_true(g_error_matches(check, OUTCOME, OUTCOME_CONFLICT));
    assert_int_equal(count(session), 1);
    store_session_close(session);
}

static void savepoints_nest_and_undo_means_the_innermost(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    assert_true(store_begin(session, NULL));
    assert_true(store_in_transaction(session));
    assert_true(insert(session, "a", 1, NULL));
    assert_true(store_savepoint(session, NULL));
    assert_true(insert(session, "b", 1, NULL));
    assert_true(store_savepoint(session, NULL));
    assert_true(insert(session, "c", 1, NULL));
    assert_true(store_undo(session, NULL));
    assert_int_equal(count(session), 2);
    assert_true(store_release(session, NULL));
    assert_true(store_commit(session, NULL));
    assert_false(store_in_transaction(session));
    assert_int_equal(count(session), 2);
    store_session_close(session);
}

static void a_rollback_leaves_what_was(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    assert_true(store_begin(session, NULL));
    assert_true(insert(session, "a", 1, NULL));
    assert_true(store_savepoint(session, NULL));
    store_rollback(session);
    assert_false(store_in_transaction(session));
    assert_int_equal(count(session), 0);
    assert_true(store_begin(session, NULL));
    assert_true(store_commit(session, NULL));
    store_session_close(session);
}

static void the_same_query_inside_its_own_loop_is_another_one(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    int pairs = 0;
    for (char name[] = "a"; *name < 'd'; ++*name)
        assert_true(insert(session, name, 1, NULL));
    struct store_rows *outer =
        store_query(session, "SELECT name FROM thing", STORE_NOTHING, TRUE);
    while (store_next(outer)) {
        struct store_rows *inner =
            store_query(session, "SELECT name FROM thing", STORE_NOTHING, TRUE);
        while (store_next(inner))
            pairs++;
        assert_true(store_end(inner, NULL));
    }
    assert_true(store_end(outer, NULL));
    assert_int_equal(pairs, 9);
    store_session_close(session);
}

static void a_query_that_cannot_be_read_tells_at_its_end(void **state)
{
    (void)state;
    StoreSession *session;
    g_autoptr(Store) store = opened(&session);
    g_autoptr(GError) error = NULL;
    struct store_rows *rows =
        store_query(session, "SELECT a FROM nowhere", STORE_BIND(store_int(1)), TRUE);
    assert_false(store_next(rows));
    assert_false(store_end(rows, &error));
    assert_int_equal(error->domain, OUTCOME);
    if (strstr(error->message, "nowhere") == NULL)
        fail_msg("%s", error->message);
    store_session_close(session);
}

static void a_reader_sees_one_state_and_cannot_write(void **state)
{
    (void)state;
    StoreSession *writer;
    g_autofree char *folder = g_dir_make_tmp("rolecall-store-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "store.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(uri, &error);
    assert_null(error);
    writer = store_session_open(store, STORE_WRITE, &error);
    g_autoptr(StoreSession) reader = store_session_open(store, STORE_READ, &error);
    assert_null(error);
    assert_true(store_script(writer, "CREATE TABLE thing (name TEXT, size BIGINT)", &error));
    assert_true(store_begin(reader, &error));
    assert_int_equal(count(reader), 0);
    assert_true(insert(writer, "a", 1, &error));
    assert_int_equal(count(reader), 0);
    assert_true(store_commit(reader, &error));
    assert_int_equal(count(reader), 1);
    assert_false(insert(reader, "b", 1, &error));
    assert_non_null(error);
    store_session_close(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_bound_comes_back_as_it_was),
        cmocka_unit_test(a_constraint_is_a_conflict_and_changes_nothing),
        cmocka_unit_test(savepoints_nest_and_undo_means_the_innermost),
        cmocka_unit_test(a_rollback_leaves_what_was),
        cmocka_unit_test(the_same_query_inside_its_own_loop_is_another_one),
        cmocka_unit_test(a_query_that_cannot_be_read_tells_at_its_end),
        cmocka_unit_test(a_reader_sees_one_state_and_cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
