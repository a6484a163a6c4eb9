#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void an_owner_among_owners_may_leave(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *leave =
        rolecall_fixture_run(*state, "leave", "--person", "breakglass@example.com", "--json",
                             "--reason", "retires", NULL);
    rolecall_fixture_expect(leave, 0);
    const struct rolecall_run *trail = rolecall_fixture_run(*state, "audit", "export", NULL);
    assert_non_null(strstr(trail->out, "\"reason\":\"retires\""));
    assert_string_equal(
        json_string_value(json_object_get(rolecall_fixture_json(leave), "status")), "left");
}

static void the_only_admin_of_a_project_may_not(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *leave =
        rolecall_fixture_run(*state, "leave", "--person", "dana@example.com", NULL);
    rolecall_fixture_expect(leave, 1);
    assert_non_null(strstr(leave->err, "search"));
    leave = rolecall_fixture_run(*state, "leave", "--person", "dana@example.com", "--project",
                                 "search", NULL);
    rolecall_fixture_expect(leave, 1);
}

static void somebody_must_be_named(void **state)
{
    rolecall_fixture_expect(rolecall_fixture_run(*state, "leave", NULL), 64);
    rolecall_fixture_serve(*state);
    const struct rolecall_run *leave =
        rolecall_fixture_run(*state, "leave", "--person", "nobody@example.com", NULL);
    rolecall_fixture_expect(leave, 1);
    assert_non_null(strstr(leave->err, "there is nobody \"nobody@example.com\""));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(an_owner_among_owners_may_leave),
        ON_A_FIXTURE(the_only_admin_of_a_project_may_not),
        ON_A_FIXTURE(somebody_must_be_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
