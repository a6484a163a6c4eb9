#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "scim/store/migrations.h"
#include "scim/store/store_sqlite.h"

static void an_empty_store_is_brought_to_the_newest_once(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    gint64 number = -1, rows = 0;
    assert_true(migrations_read(session, &number, NULL));
    assert_int_equal(number, 0);
    for (int i = 0; i < 3; i++)
        assert_true(migrations_run(session, migrations_newest(), NULL));
    assert_true(migrations_read(session, &number, NULL));
    assert_int_equal(number, migrations_newest());
    assert_true(
        store_number(session, "SELECT COUNT(*) FROM migration", STORE_NOTHING, 0, &rows, NULL));
    assert_int_equal(rows, migrations_newest());
}

static void every_step_has_its_texts(void **state)
{
    (void)state;
    for (gint64 i = 1; i <= migrations_newest(); i++)
        assert_non_null(migrations_texts(i)[0]);
    assert_null(migrations_texts(0));
    assert_null(migrations_texts(migrations_newest() + 1));
}

static void a_step_that_fails_leaves_nothing(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    g_autoptr(GError) error = NULL;
    gint64 number = -1, tables = -1;
    /* The last table of the step is in the way. */
    assert_true(store_script(session, "CREATE TABLE token (x)", NULL));
    assert_false(migrations_run(session, migrations_newest(), &error));
    assert_non_null(error);
    assert_false(store_in_transaction(session));
    assert_true(store_number(session,
                             "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'organization'",
                             STORE_NOTHING, -1, &tables, NULL));
    assert_int_equal(tables, 0);
    assert_true(migrations_read(session, &number, NULL));
    assert_int_equal(number, 0);
}

static void every_table_begins_its_key_with_the_organization(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(migrations_run(session, migrations_newest(), NULL));
    int tables = 0;
    struct store_rows *rows = store_query(
        session,
        "SELECT m.name, (SELECT COUNT(*) FROM pragma_table_info(m.name) c"
        " WHERE c.name = 'organization' OR (m.name = 'organization' AND c.name = 'name'))"
        " FROM sqlite_schema m WHERE m.type = 'table' AND m.name <> 'migration'",
        STORE_NOTHING, FALSE);
    while (store_next(rows)) {
        tables++;
        if (store_int_at(rows, 1) != 1)
            fail_msg("\"%s\" has no organization", store_text_at(rows, 0));
    }
    assert_true(store_end(rows, NULL));
    assert_int_equal(tables, 23);
}

static void the_database_itself_keeps_owners_admins_and_seats(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "UPDATE organization SET owners = 0",
        "UPDATE organization SET seats_used = 11",
        "UPDATE organization SET seats = 0",
        "UPDATE project SET admins = 0",
        "INSERT INTO project VALUES ('nowhere', 'i', 'n', 'd', 1, 0, 0, 1)",
    };
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(migrations_run(session, migrations_newest(), NULL));
    assert_true(
        store_script(session,
                     "INSERT INTO organization VALUES ('acme', 'Acme', 10, 1, '', 1, 1, 1, 10);"
                     "INSERT INTO project VALUES ('acme', 'i', 'n', 'd', 1, 0, 0, 1)",
                     NULL));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        g_autoptr(GError) error = NULL;
        if (store_script(session, broken[i], &error))
            fail_msg("went through: %s", broken[i]);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_store_is_brought_to_the_newest_once),
        cmocka_unit_test(every_step_has_its_texts),
        cmocka_unit_test(a_step_that_fails_leaves_nothing),
        cmocka_unit_test(every_table_begins_its_key_with_the_organization),
        cmocka_unit_test(the_database_itself_keeps_owners_admins_and_seats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
