#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/people_list.h"
#include "agent/command/serve_organizations.h"
#include "agent/settings/settings_read.h"
#include "tests/agent/command/rolecall_fixture.h"

static void collect(void *context, const struct person_facts *facts)
{
    g_string_append_printf(context, "%s ", facts->user_name);
}

static void everybody_comes_once_in_the_order_of_coming(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read(fixture->config, problems);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    g_autoptr(GString) names = g_string_new(NULL);
    assert_true(people_list_visit(&access, "acme", collect, names, NULL));
    assert_string_equal(names->str, "dana@example.com breakglass@example.com ");
    g_string_truncate(names, 0);
    assert_true(people_list_visit(&access, "nowhere", collect, names, NULL));
    assert_string_equal(names->str, "");
    operator_access_close(&access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everybody_comes_once_in_the_order_of_coming,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
