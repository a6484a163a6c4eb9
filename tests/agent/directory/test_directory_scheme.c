#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/directory/directory_scheme.h"
#include "scim/protocol/outcome.h"

static void what_is_set_wins_over_the_kind_and_the_kind_over_nothing(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(GError) error = NULL;
    struct directory_scheme scheme;
    options->base = g_strdup("DC=Example");
    options->people_base = g_strdup("ou=people, dc=example");
    options->anchor = g_strdup("employeeNumber");
    options->login = g_strdup("");
    options->member_attributes = g_strsplit("owner", " ", -1);
    assert_true(
        directory_scheme_init(&scheme, options, DIRECTORY_KIND_ACTIVE_DIRECTORY, &error));
    assert_int_equal(scheme.kind, DIRECTORY_KIND_ACTIVE_DIRECTORY);
    assert_string_equal(scheme.anchor, "employeeNumber");
    assert_int_equal(scheme.anchor_form, DIRECTORY_ANCHOR_TEXT);
    assert_string_equal(scheme.login, "sAMAccountName");
    assert_string_equal(scheme.member_attributes[0], "owner");
    assert_string_equal(scheme.people_key, "ou=people,dc=example");
    assert_string_equal(scheme.group_base, "DC=Example");
    assert_string_equal(scheme.group_key, "dc=example");
    assert_true(scheme.has_account_control);
    directory_scheme_clear(&scheme);
}

static void the_configs_kind_wins_over_what_was_found(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    struct directory_scheme scheme;
    options->kind = DIRECTORY_KIND_RFC2307;
    assert_true(directory_scheme_init(&scheme, options, DIRECTORY_KIND_389DS, NULL));
    assert_int_equal(scheme.kind, DIRECTORY_KIND_RFC2307);
    assert_string_equal(scheme.people_key, "");
    directory_scheme_clear(&scheme);
    options->kind = DIRECTORY_KIND_UNKNOWN;
    assert_true(directory_scheme_init(&scheme, options, DIRECTORY_KIND_UNKNOWN, NULL));
    assert_int_equal(scheme.kind, DIRECTORY_KIND_RFC2307BIS);
    directory_scheme_clear(&scheme);
}

static void a_base_that_is_no_name_is_a_wrong_setting(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(GError) error = NULL;
    struct directory_scheme scheme;
    options->base = g_strdup("dc=x");
    options->group_base = g_strdup("example.test");
    assert_false(directory_scheme_init(&scheme, options, DIRECTORY_KIND_UNKNOWN, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
}

static void only_member_uid_holds_logins(void **state G_GNUC_UNUSED)
{
    assert_true(directory_scheme_holds_logins("MEMBERUID"));
    assert_false(directory_scheme_holds_logins("member"));
    assert_false(directory_scheme_holds_logins("uniqueMember"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_wins_over_the_kind_and_the_kind_over_nothing),
        cmocka_unit_test(the_configs_kind_wins_over_what_was_found),
        cmocka_unit_test(a_base_that_is_no_name_is_a_wrong_setting),
        cmocka_unit_test(only_member_uid_holds_logins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
