#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/role.h"

static void names_and_ranks_of_the_six_roles_are_fixed(void **state)
{
    (void)state;
    static const char *const organization[] = {"none", "member", "billing-admin", "owner"};
    static const char *const project[] = {"none", "read-only", "read-write", "admin"};
    for (int i = 0; i < 4; i++) {
        enum organization_role role = ORGANIZATION_ROLE_NONE;
        enum project_role level = PROJECT_ROLE_NONE;
        assert_string_equal(organization_role_name((enum organization_role)i), organization[i]);
        assert_string_equal(project_role_name((enum project_role)i), project[i]);
        assert_int_equal(organization_role_parse(organization[i], &role), i > 0);
        assert_int_equal(role, i);
        assert_int_equal(project_role_parse(project[i], &level), i > 0);
        assert_int_equal(level, i);
    }
}

static void a_role_is_named_exactly_or_not_at_all(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "Owner", "owner ", "admins", "root", "read_only"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        enum organization_role role;
        enum project_role level;
        assert_false(organization_role_parse(wrong[i], &role));
        assert_false(project_role_parse(wrong[i], &level));
    }
}

static void a_scope_name_has_1_to_40_of_its_letters(void **state)
{
    (void)state;
    char longest[42];
    memset(longest, 'a', sizeof longest);
    longest[41] = '\0';
    assert_false(role_scope_name_is_valid(longest));
    assert_true(role_scope_name_is_valid(longest + 1));
    assert_true(role_scope_name_is_valid("search-2"));
    assert_false(role_scope_name_is_valid(""));
    assert_false(role_scope_name_is_valid("Search"));
    assert_false(role_scope_name_is_valid("a/b"));
    assert_false(role_scope_name_is_valid("caf\xc3\xa9"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_ranks_of_the_six_roles_are_fixed),
        cmocka_unit_test(a_role_is_named_exactly_or_not_at_all),
        cmocka_unit_test(a_scope_name_has_1_to_40_of_its_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
