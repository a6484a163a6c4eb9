#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "agent/command/assembly_source.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *parse(const char *directory)
{
    g_autofree char *text =
        g_strdup_printf("organizations = ( { name = \"acme\"; owners = \"a@b.example\"; } );\n"
                        "directories = ( { name = \"corp\"; %s } );\n",
                        directory);
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    return settings;
}

static void every_kind_of_directory_becomes_a_source(void **state)
{
    (void)state;

    static const char *const cases[] = {
        "ldif = \"/srv/corp.ldif\";",
        "uri = \"ldap://localhost\"; base = \"dc=example\"; kind = \"rfc2307\";",
        "uri = \"ldaps://dc.example\"; base = \"dc=example\";",
    };
    const struct assembly_source_circumstances circumstances = {.clock = clock_system()};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Settings) settings = parse(cases[i]);
        const struct directory_settings *directory = settings_directory(settings, "corp");
        g_autoptr(GError) error = NULL;
        struct source *source = assembly_source_new(directory, &circumstances, &error);
        if (source == NULL)
            fail_msg("%s", error->message);
        assert_string_equal(source->name, "corp");
        assert_false(source->attaches);
        source->free(source);
    }
}

/* Where the target of its organization is, its groups are read. */
static void pushed_groups_are_a_source_where_their_organization_is(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_write(fixture, "token", "abc");
    assert_int_equal(g_chmod(rolecall_fixture_path(fixture, "token"), 0600), 0);
    g_autofree char *text = g_strdup_printf(
        "pushed_groups_of = \"acme\"; connection = \"okta\"; } );\n"
        "sync = { target = { url = \"https://s.example/v2\"; token_file = \"%s/token\"; }; };\n"
        "tests = ( { user = \"a@b.example\"; expect = [ ];",
        fixture->folder);
    g_autoptr(Settings) settings = parse(text);
    const struct assembly_source_circumstances circumstances = {.settings = settings,
                                                                .clock = clock_system()};
    g_autoptr(GError) error = NULL;
    struct source *source =
        assembly_source_new(settings_directory(settings, "corp"), &circumstances, &error);
    if (source == NULL)
        fail_msg("%s", error->message);
    assert_string_equal(source->name, "corp");
    assert_true(source->attaches);
    source->free(source);
}

static void of_a_directory_that_is_not_read_no_secret_is_wanted(void **state)
{
    (void)state;
    g_autoptr(Settings) settings =
        parse("uri = \"ldap://localhost\"; base = \"dc=example\"; bind_dn = \"cn=r\"; "
              "bind_password_file = \"/nowhere\";");
    const struct assembly_source_circumstances circumstances = {.clock = clock_system(),
                                                                .is_left = TRUE};
    struct source *source =
        assembly_source_new(settings_directory(settings, "corp"), &circumstances, NULL);
    assert_non_null(source);
    assert_string_equal(source->name, "corp");
    source->free(source);
}

static void a_secret_that_others_can_read_stops_it(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_write(fixture, "password", "never-to-be-seen\n");
    g_autofree char *text = g_strdup_printf(
        "uri = \"ldap://localhost\"; base = \"dc=example\"; bind_dn = \"cn=r,dc=example\"; "
        "bind_password_file = \"%s/password\";",
        fixture->folder);
    g_autoptr(Settings) settings = parse(text);
    const struct directory_settings *directory = settings_directory(settings, "corp");
    const struct assembly_source_circumstances circumstances = {.clock = clock_system()};
    g_autoptr(GError) error = NULL;
    assert_int_equal(g_chmod(rolecall_fixture_path(fixture, "password"), 0644), 0);
    assert_null(assembly_source_new(directory, &circumstances, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_true(g_str_has_prefix(error->message, "directory \"corp\": the secret file "));
    assert_null(strstr(error->message, "never-to-be-seen"));
    g_clear_error(&error);
    assert_int_equal(g_chmod(rolecall_fixture_path(fixture, "password"), 0600), 0);
    struct source *source = assembly_source_new(directory, &circumstances, &error);
    assert_non_null(source);
    source->free(source);
}

static void the_profile_takes_the_templates_of_the_config(void **state)
{
    (void)state;
    g_autoptr(Settings) plain = parse("ldif = \"/srv/corp.ldif\";");
    g_autoptr(Settings) other = parse(
        "ldif = \"/srv/corp.ldif\"; profile = { displayName = \"${cn}\"; title = \"\"; };");
    g_autoptr(ProfileMap) first =
        assembly_source_profile(settings_directory(plain, "corp"), NULL);
    g_autoptr(ProfileMap) second =
        assembly_source_profile(settings_directory(other, "corp"), NULL);
    g_autofree char *one = profile_map_digest(first);
    g_autofree char *two = profile_map_digest(second);
    assert_string_not_equal(one, two);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_directory_becomes_a_source),
        ON_A_FIXTURE(pushed_groups_are_a_source_where_their_organization_is),
        cmocka_unit_test(of_a_directory_that_is_not_read_no_secret_is_wanted),
        ON_A_FIXTURE(a_secret_that_others_can_read_stops_it),
        cmocka_unit_test(the_profile_takes_the_templates_of_the_config),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
