#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void a_project_is_made_with_its_admins(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "project", "create", "acme/ads",
                                                 "--admin", "dana@example.com",
                                                 "--display-name", "Ads", NULL),
                            0);
    struct rolecall_run *list = rolecall_fixture_run(*state, "project", "list", "--json", NULL);
    const json_t *projects = json_object_get(rolecall_fixture_json(list), "projects");
    assert_int_equal(json_array_size(projects), 2);
    const json_t *ads = json_array_get(projects, 0);
    assert_string_equal(json_string_value(json_object_get(ads, "name")), "ads");
    assert_string_equal(json_string_value(json_object_get(ads, "displayName")), "Ads");
    const json_t *member = json_array_get(json_object_get(ads, "members"), 0);
    assert_string_equal(json_string_value(json_object_get(member, "role")), "admin");
    const struct rolecall_run *text = rolecall_fixture_run(*state, "project", "list", NULL);
    assert_non_null(strstr(text->out, "search"));
}

static void it_needs_an_admin_who_is_there(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "project", "create", "acme/ads", NULL),
                            64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "project", "list", "acme", NULL), 64);
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "project", "list", "--admin", "dana@example.com", NULL),
        64);
    const struct rolecall_run *create = rolecall_fixture_run(
        *state, "project", "create", "acme/ads", "--admin", "nobody@example.com", NULL);
    rolecall_fixture_expect(create, 1);
    assert_non_null(strstr(create->err, "nobody@example.com"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "project", "create", "other/ads",
                                                 "--admin", "dana@example.com", NULL),
                            1);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "project", "create", "acme/search",
                                                 "--admin", "dana@example.com", NULL),
                            1);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_project_is_made_with_its_admins),
        ON_A_FIXTURE(it_needs_an_admin_who_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
