#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void everybody_is_listed_with_status_roles_and_origin(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const struct rolecall_run *members = rolecall_fixture_run(*state, "members", NULL);
    rolecall_fixture_expect(members, 0);
    static const char *const lines[] = {
        "person                  status   role    projects      origin\n",
        "dana@example.com        active   owner   search/admin  manual\n",
        "ada@example.com         invited  owner   search/admin  directory:corp  invitation: 48 "
        "h left\n",
        "acme: 4 of 100 seats\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        if (strstr(members->out, lines[i]) == NULL)
            fail_msg("%s is not in\n%s", lines[i], members->out);
}

static void the_json_says_the_same(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *members = rolecall_fixture_run(*state, "members", "--json", NULL);
    json_t *value = rolecall_fixture_json(members);
    assert_int_equal(json_integer_value(json_object_get(value, "seats")), 100);
    assert_int_equal(json_integer_value(json_object_get(value, "seatsUsed")), 3);
    const json_t *last = json_array_get(json_object_get(value, "members"), 2);
    assert_string_equal(json_string_value(json_object_get(last, "userName")), "x@example.com");
    assert_string_equal(json_string_value(json_object_get(last, "role")), "member");
    const json_t *invitation = json_object_get(last, "invitation");
    assert_int_equal(json_integer_value(json_object_get(invitation, "hoursLeft")), 48);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(everybody_is_listed_with_status_roles_and_origin),
        ON_A_FIXTURE(the_json_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
