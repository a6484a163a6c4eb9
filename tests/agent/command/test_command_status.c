#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/organization/outbox.h"
#include "scim/organization/tolerance_counts.h"
#include "scim/protocol/clock.h"
#include "scim/store/store_open.h"
#include "tests/agent/command/rolecall_fixture.h"

static void before_the_first_run_there_is_nothing_to_tell(void **state)
{
    struct rolecall_run *status = rolecall_fixture_run(*state, "status", "--json", NULL);
    rolecall_fixture_expect(status, 0);
    json_t *value = rolecall_fixture_json(status);
    assert_int_equal(json_array_size(json_object_get(value, "runs")), 0);
    assert_true(json_is_null(json_object_get(value, "lastCompleteRead")));
    assert_false(g_file_test(rolecall_fixture_path(*state, "rolecall.db"), G_FILE_TEST_EXISTS));
    const struct rolecall_run *text = rolecall_fixture_run(*state, "status", NULL);
    assert_non_null(strstr(text->out, "no run yet"));
    assert_non_null(strstr(text->out, "no complete read of the directories yet"));
}

static void after_runs_it_tells_them_with_seats_and_people(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    rolecall_fixture_write(*state, "corp.ldif", "dn: uid=ada\ncut in the mid");
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 5);
    struct rolecall_run *status = rolecall_fixture_run(*state, "status", "--json", NULL);
    json_t *value = rolecall_fixture_json(status);
    const json_t *runs = json_object_get(value, "runs");
    assert_int_equal(json_array_size(runs), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(runs, 0), "exit")), 5);
    assert_true(json_is_true(json_object_get(json_array_get(runs, 1), "complete")));
    assert_true(json_is_string(json_object_get(value, "lastCompleteRead")));
    const json_t *age = json_object_get(value, "lastCompleteReadAge");
    assert_true(json_is_integer(age));
    assert_in_range(json_integer_value(age), 0, 3600);
    const json_t *acme = json_array_get(json_object_get(value, "organizations"), 0);
    assert_int_equal(json_integer_value(json_object_get(acme, "seatsUsed")), 4);
    const json_t *people = json_object_get(acme, "people");
    assert_int_equal(json_integer_value(json_object_get(people, "active")), 2);
    assert_int_equal(json_integer_value(json_object_get(people, "invited")), 2);
    const struct rolecall_run *text = rolecall_fixture_run(*state, "status", NULL);
    assert_non_null(strstr(text->out, "4 of 100"));
    assert_non_null(strstr(text->out, "no-snapshot (5)"));
}

/* As serve writes down what connections deviated by. */
static void count_tolerances(struct rolecall_fixture *fixture, const struct tolerance_use *use)
{
    g_autofree char *uri =
        g_strconcat("sqlite:", rolecall_fixture_path(fixture, "rolecall.db"), NULL);
    g_autoptr(Store) store = store_open(uri, NULL);
    StoreSession *session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(tolerance_counts_add(session, "acme", "okta", use, 1790000000, NULL));
    store_session_close(session);
}

static void tolerances_are_told_by_connection_with_name_and_last_use(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "token", "create", "okta", NULL), 0);
    const struct rolecall_run *before = rolecall_fixture_run(fixture, "status", NULL);
    assert_null(strstr(before->out, "tolerance"));
    const struct tolerance_use use = {
        .count = {[TOLERANCE_OPERATION_CASE] = 42, [TOLERANCE_UNKNOWN] = 1}};
    count_tolerances(fixture, &use);
    struct rolecall_run *status = rolecall_fixture_run(fixture, "status", "--json", NULL);
    const json_t *rows = json_object_get(rolecall_fixture_json(status), "tolerances");
    assert_int_equal(json_array_size(rows), 2);
    const json_t *row = json_array_get(rows, 0);
    assert_string_equal(json_string_value(json_object_get(row, "organization")), "acme");
    assert_string_equal(json_string_value(json_object_get(row, "connection")), "okta");
    assert_string_equal(json_string_value(json_object_get(row, "tolerance")), "operation-case");
    assert_int_equal(json_integer_value(json_object_get(row, "number")), 1);
    assert_int_equal(json_integer_value(json_object_get(row, "uses")), 42);
    assert_string_equal(json_string_value(json_object_get(row, "lastUsedAt")),
                        "2026-09-21T14:13:20Z");
    const struct rolecall_run *text = rolecall_fixture_run(fixture, "status", NULL);
    assert_non_null(strstr(text->out, "acme/okta"));
    assert_non_null(strstr(text->out, "operation-case"));
    assert_non_null(strstr(text->out, "2026-09-21T14:13:20Z"));
}

/* As a mail server refuses one for good. */
static void give_up_the_first_mail(struct rolecall_fixture *fixture)
{
    gint64 next = 0;
    gboolean found = FALSE;
    struct outbox_message message = {NULL};
    const gint64 now = clock_now(clock_system());
    g_autofree char *uri =
        g_strconcat("sqlite:", rolecall_fixture_path(fixture, "rolecall.db"), NULL);
    g_autoptr(Store) store = store_open(uri, NULL);
    StoreSession *session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(outbox_take(session, now, &message, &found, &next, NULL));
    assert_true(found);
    assert_true(outbox_give_up(session, &message, now, "550: no such user", NULL));
    outbox_message_clear(&message);
    store_session_close(session);
}

static void mail_that_is_undeliverable_is_counted_and_shown(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autofree char *config = NULL;
    rolecall_fixture_serve(fixture);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    assert_true(g_file_get_contents(fixture->config, &config, NULL, NULL));
    g_autofree char *with_mail = g_strconcat(
        config, "mail = { url = \"smtp://127.0.0.1:1\"; from = \"a@b.example\"; };\n", NULL);
    rolecall_fixture_write(fixture, "rolecall.conf", with_mail);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
    give_up_the_first_mail(fixture);
    struct rolecall_run *status = rolecall_fixture_run(fixture, "status", "--json", NULL);
    const json_t *acme =
        json_array_get(json_object_get(rolecall_fixture_json(status), "organizations"), 0);
    assert_int_equal(json_integer_value(json_object_get(acme, "undeliverable")), 1);
    assert_int_equal(json_integer_value(json_object_get(acme, "renewalsUsedUp")), 0);
    const struct rolecall_run *text = rolecall_fixture_run(fixture, "status", NULL);
    assert_non_null(strstr(text->out, "acme: invitations with undeliverable mail 1, "));
    const struct rolecall_run *members = rolecall_fixture_run(fixture, "members", NULL);
    assert_non_null(strstr(members->out, "mail undeliverable: 550: no such user"));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(before_the_first_run_there_is_nothing_to_tell),
        ON_A_FIXTURE(after_runs_it_tells_them_with_seats_and_people),
        ON_A_FIXTURE(mail_that_is_undeliverable_is_counted_and_shown),
        ON_A_FIXTURE(tolerances_are_told_by_connection_with_name_and_last_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
