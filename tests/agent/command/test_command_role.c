#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const char *field_of(struct rolecall_run *run, const char *key)
{
    const json_t *row =
        json_array_get(json_object_get(rolecall_fixture_json(run), "people"), 0);
    return json_string_value(json_object_get(row, key));
}

static void a_role_is_set_and_who_has_not_accepted_gets_a_new_link(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *set =
        rolecall_fixture_run(fixture, "role", "billing-admin", "x@example.com", "--json", NULL);
    rolecall_fixture_expect(set, 0);
    assert_string_equal(field_of(set, "status"), "reissued");
    assert_string_equal(field_of(set, "roles"), "billing-admin");
    assert_non_null(strstr(field_of(set, "link"), "/invitation#"));
    struct rolecall_run *again =
        rolecall_fixture_run(fixture, "role", "billing-admin", "x@example.com", "--json", NULL);
    assert_string_equal(field_of(again, "status"), "unchanged");
    assert_null(field_of(again, "link"));
}

static void a_project_role_is_given_and_taken_without_touching_the_others(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "project", "create", "acme/ads",
                                                 "--admin", "dana@example.com", NULL),
                            0);
    const struct rolecall_run *given =
        rolecall_fixture_run(fixture, "role", "read-write", "breakglass@example.com",
                             "--project", "ads", "--reason", "covers for dana", NULL);
    rolecall_fixture_expect(given, 0);
    assert_string_equal(given->out, "breakglass@example.com: set, now owner, ads/read-write\n");
    const struct rolecall_run *more = rolecall_fixture_run(
        fixture, "role", "read-only", "breakglass@example.com", "--project", "search", NULL);
    assert_string_equal(
        more->out,
        "breakglass@example.com: set, now owner, ads/read-write, search/read-only\n");
    const struct rolecall_run *taken = rolecall_fixture_run(
        fixture, "role", "none", "breakglass@example.com", "--project", "ads", NULL);
    assert_string_equal(taken->out,
                        "breakglass@example.com: set, now owner, search/read-only\n");
}

static void S10_S15_the_only_one_is_refused_by_name(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "role", "member", "breakglass@example.com", NULL), 0);
    struct rolecall_run *owner =
        rolecall_fixture_run(fixture, "role", "member", "dana@example.com", "--json", NULL);
    rolecall_fixture_expect(owner, 1);
    assert_string_equal(field_of(owner, "status"), "refused");
    struct rolecall_run *admin =
        rolecall_fixture_run(fixture, "role", "read-only", "dana@example.com", "--project",
                             "search", "--json", NULL);
    rolecall_fixture_expect(admin, 1);
    assert_non_null(strstr(field_of(admin, "detail"), "search"));
}

static void what_was_set_over_a_directory_is_lifted(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "sync", NULL), 0);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "role", "billing-admin", "bob@example.com", NULL), 0);
    const struct rolecall_run *members = rolecall_fixture_run(fixture, "members", NULL);
    assert_non_null(strstr(members->out, "override: billing-admin"));
    struct rolecall_run *lifted =
        rolecall_fixture_run(fixture, "role", "--lift", "bob@example.com", "--json", NULL);
    rolecall_fixture_expect(lifted, 0);
    assert_string_equal(field_of(lifted, "status"), "lifted");
    assert_string_equal(field_of(lifted, "roles"), "member");
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "role", "--lift", "bob@example.com", NULL), 1);
}

static void words_that_are_no_roles_are_a_usage_error(void **state)
{
    static const char *const wrong[][5] = {
        {"admin", "dana@example.com", NULL},
        {"none", "dana@example.com", NULL},
        {"owner", "dana@example.com", "--project", "search", NULL},
        {"owner", NULL},
        {"--lift", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, "role", wrong[i][0], wrong[i][1],
                                                     wrong[i][2], wrong[i][3], NULL),
                                64);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_role_is_set_and_who_has_not_accepted_gets_a_new_link),
        ON_A_FIXTURE(a_project_role_is_given_and_taken_without_touching_the_others),
        ON_A_FIXTURE(S10_S15_the_only_one_is_refused_by_name),
        ON_A_FIXTURE(what_was_set_over_a_directory_is_lifted),
        ON_A_FIXTURE(words_that_are_no_roles_are_a_usage_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
