#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void a_plan_shows_what_a_sync_would_do_and_exits_2(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *plan = rolecall_fixture_run(*state, "plan", NULL);
    rolecall_fixture_expect(plan, 2);
    assert_non_null(strstr(plan->out, "invite ada@example.com as owner, search/admin"));
    assert_non_null(strstr(plan->out, "invite bob@example.com as member"));
    assert_string_equal(plan->err, "");
}

static void a_plan_changes_nothing(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *first = rolecall_fixture_run(*state, "plan", NULL);
    const struct rolecall_run *second = rolecall_fixture_run(*state, "plan", NULL);
    assert_string_equal(first->out, second->out);
    json_t *members =
        rolecall_fixture_json(rolecall_fixture_run(*state, "members", "--json", NULL));
    assert_int_equal(json_array_size(json_object_get(members, "members")), 2);
}

static void the_json_has_the_plans_and_what_to_approve(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *plan = rolecall_fixture_run(*state, "plan", "--json", NULL);
    rolecall_fixture_expect(plan, 2);
    json_t *value = rolecall_fixture_json(plan);
    const json_t *only = json_array_get(json_object_get(value, "plans"), 0);
    assert_string_equal(json_string_value(json_object_get(only, "organization")), "acme");
    assert_int_equal(json_array_size(json_object_get(only, "steps")), 2);
    assert_true(json_is_null(json_object_get(value, "approve")));
    assert_string_equal(json_string_value(json_object_get(value, "status")), "pending");
}

static void user_shows_one_person_alone(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *plan =
        rolecall_fixture_run(*state, "plan", "--user", "bob@example.com", NULL);
    rolecall_fixture_expect(plan, 2);
    assert_non_null(strstr(plan->out, "bob@example.com"));
    assert_null(strstr(plan->out, "ada@example.com"));
}

static void an_organization_that_the_config_does_not_name_is_a_config_error(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *plan =
        rolecall_fixture_run(*state, "plan", "--organization", "other", NULL);
    rolecall_fixture_expect(plan, 78);
    assert_non_null(strstr(plan->err, "there is no organization \"other\""));
}

static void without_an_endpoint_it_exits_69(void **state)
{
    const struct rolecall_run *plan = rolecall_fixture_run(*state, "plan", NULL);
    rolecall_fixture_expect(plan, 69);
    assert_string_equal(plan->out, "");
    assert_non_null(strstr(plan->err, "the endpoint is not running"));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_plan_shows_what_a_sync_would_do_and_exits_2),
        ON_A_FIXTURE(a_plan_changes_nothing),
        ON_A_FIXTURE(the_json_has_the_plans_and_what_to_approve),
        ON_A_FIXTURE(user_shows_one_person_alone),
        ON_A_FIXTURE(an_organization_that_the_config_does_not_name_is_a_config_error),
        ON_A_FIXTURE(without_an_endpoint_it_exits_69),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
