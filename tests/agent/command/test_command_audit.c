#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "tests/agent/command/rolecall_fixture.h"

/* An organization with a trail of some records; serve has stopped. */
static void live_a_little(struct rolecall_fixture *fixture)
{
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "invite", "x@example.com", "y@example.com", NULL), 0);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "revoke", "y@example.com", "--reason", "=typo", NULL), 0);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
}

static json_t *verified(struct rolecall_fixture *fixture, int status)
{
    struct rolecall_run *run = rolecall_fixture_run(fixture, "audit", "verify", "--json", NULL);
    rolecall_fixture_expect(run, status);
    return rolecall_fixture_json(run);
}

static void a_trail_that_nobody_touched_is_whole(void **state)
{
    live_a_little(*state);
    const json_t *report = verified(*state, 0);
    assert_true(json_is_true(json_object_get(report, "whole")));
    assert_true(json_integer_value(json_object_get(report, "records")) >= 5);
    assert_true(json_integer_value(json_object_get(report, "anchors")) >= 3);
    assert_int_equal(json_array_size(json_object_get(report, "findings")), 0);
    const struct rolecall_run *text = rolecall_fixture_run(*state, "audit", "verify", NULL);
    assert_true(g_str_has_suffix(text->out, ": the trail is whole\n"));
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "audit", "verify", "--organization", "acme", NULL), 0);
    const struct rolecall_run *nobodys =
        rolecall_fixture_run(*state, "audit", "verify", "--organization", "nosuch", NULL);
    rolecall_fixture_expect(nobodys, 1);
    assert_non_null(strstr(nobodys->err, "there is no audit trail of \"nosuch\""));
}

/* R66: an old copy of the store in the place of the new one. */
static void an_old_store_that_was_put_back_is_found(void **state)
{
    struct rolecall_fixture *fixture = *state;
    gsize length = 0;
    g_autofree char *old = NULL;
    live_a_little(fixture);
    const char *store = rolecall_fixture_path(fixture, "rolecall.db");
    assert_true(g_file_get_contents(store, &old, &length, NULL));
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "remove", "x@example.com", NULL), 0);
    (void)verified(fixture, 0);
    assert_true(g_file_set_contents(store, old, (gssize)length, NULL));
    const json_t *report = verified(fixture, 1);
    assert_false(json_is_true(json_object_get(report, "whole")));
    const json_t *finding = json_array_get(json_object_get(report, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "organization")), "acme");
    const struct rolecall_run *text = rolecall_fixture_run(fixture, "audit", "verify", NULL);
    rolecall_fixture_expect(text, 1);
    assert_non_null(strstr(text->out, " finding"));
    assert_string_not_equal(text->err, "");
}

static void without_a_key_nothing_is_verified_and_none_is_made(void **state)
{
    struct rolecall_fixture *fixture = *state;
    live_a_little(fixture);
    const char *key = rolecall_fixture_path(fixture, "rolecall.db.audit-key");
    assert_int_equal(g_unlink(key), 0);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "audit", "verify", NULL), 78);
    assert_false(g_file_test(key, G_FILE_TEST_EXISTS));
}

static void where_there_is_no_store_none_is_made(void **state)
{
    rolecall_fixture_expect(rolecall_fixture_run(*state, "audit", "verify", NULL), 78);
    assert_false(g_file_test(rolecall_fixture_path(*state, "rolecall.db"), G_FILE_TEST_EXISTS));
}

static void an_export_is_in_the_trail_that_it_writes_out(void **state)
{
    struct rolecall_fixture *fixture = *state;
    live_a_little(fixture);
    const struct rolecall_run *lines =
        rolecall_fixture_run(fixture, "audit", "export", "--reason", "yearly audit", NULL);
    rolecall_fixture_expect(lines, 0);
    g_auto(GStrv) records = g_strsplit(lines->out, "\n", -1);
    const guint count = g_strv_length(records) - 1;
    for (guint i = 0; i < count; i++) {
        json_error_t error;
        json_t *record = json_loads(records[i], 0, &error);
        assert_non_null(record);
        assert_int_equal(json_integer_value(json_object_get(record, "seq")), i + 1);
        json_decref(record);
    }
    assert_non_null(strstr(records[count - 1], "\"action\":\"export\""));
    assert_non_null(strstr(records[count - 1], "yearly audit"));
    (void)verified(fixture, 0);
}

static void a_csv_goes_into_a_file_that_only_its_owner_reads(void **state)
{
    struct rolecall_fixture *fixture = *state;
    GStatBuf facts;
    g_autofree char *text = NULL;
    live_a_little(fixture);
    const char *file = rolecall_fixture_path(fixture, "trail.csv");
    struct rolecall_run *run = rolecall_fixture_run(fixture, "audit", "export", "--format",
                                                    "csv", "-o", file, "--json", NULL);
    rolecall_fixture_expect(run, 0);
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    assert_int_equal(g_stat(file, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    g_auto(GStrv) rows = g_strsplit(text, "\r\n", -1);
    assert_int_equal(g_strv_length(rows) - 2, json_integer_value(json_object_get(
                                                  rolecall_fixture_json(run), "records")));
    assert_true(g_str_has_prefix(rows[0], "\"seq\",\"time\","));
    assert_non_null(strstr(text, ",\"'=typo\","));
}

static void options_that_mean_nothing_are_a_usage_error(void **state)
{
    static const char *const wrong[][4] = {
        {"check", NULL},
        {"verify", "--format", "csv", NULL},
        {"export", "--format", "xml", NULL},
        {"export", "--anchors", "/a", NULL},
        {"export", "--json", NULL},
        {NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        rolecall_fixture_expect(
            rolecall_fixture_run(*state, "audit", wrong[i][0], wrong[i][1], wrong[i][2], NULL),
            64);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_trail_that_nobody_touched_is_whole),
        ON_A_FIXTURE(an_old_store_that_was_put_back_is_found),
        ON_A_FIXTURE(without_a_key_nothing_is_verified_and_none_is_made),
        ON_A_FIXTURE(where_there_is_no_store_none_is_made),
        ON_A_FIXTURE(an_export_is_in_the_trail_that_it_writes_out),
        ON_A_FIXTURE(a_csv_goes_into_a_file_that_only_its_owner_reads),
        ON_A_FIXTURE(options_that_mean_nothing_are_a_usage_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
