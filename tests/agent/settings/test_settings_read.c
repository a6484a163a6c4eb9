#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_read.h"
#include "agent/settings/settings_table.h"

static void fail_on(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        if (!problem->is_warning)
            fail_msg("%s", problem->text);
    }
}

static void the_installed_example_is_a_config_without_problems(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read(PROJECT_DIR "/etc/rolecall.conf", problems);
    fail_on(problems);
    for (guint i = 0; i < problems->len; i++)
        fail_msg("%s", ((struct settings_problem *)g_ptr_array_index(problems, i))->text);
    assert_int_equal(settings->organizations->len, 1);
    assert_int_equal(settings->directories->len, 2);
    assert_int_equal(settings->rules->len, 8);
    assert_int_equal(settings->tests->len, 1);
}

/* Set or commented out, and with its default where the table has one. */
static void the_installed_example_shows_every_key(void **state)
{
    (void)state;
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(PROJECT_DIR "/etc/rolecall.conf", &text, NULL, NULL));
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++) {
        g_autofree char *expression = g_strdup_printf("\\b%s = ", key->name);
        if (!g_regex_match_simple(expression, text, 0, 0) &&
            strcmp(key->name, "credential") != 0)
            fail_msg("%s is missing in etc/rolecall.conf", key->name);
        if (key->standard == NULL || key->in == SETTINGS_SECTION_RULE)
            continue;
        const gboolean is_bare = key->type == SETTINGS_TYPE_FLAG ||
                                 key->type == SETTINGS_TYPE_NUMBER ||
                                 (key->type == SETTINGS_TYPE_SIZE &&
                                  strspn(key->standard, "0123456789") == strlen(key->standard));
        g_autofree char *line =
            g_strdup_printf(is_bare ? "%s = %s;" : "%s = \"%s\";", key->name, key->standard);
        if (strstr(text, line) == NULL)
            fail_msg("etc/rolecall.conf does not show the default: %s", line);
    }
}

static const char *const whole_config =
    "endpoint = { listen = \"127.0.0.1:0\"; public_url = \"https://c.example\"; store = "
    "\"sqlite:/s\";\n"
    "  limits = { body = \"2 MiB\"; rate = 70; page = 9; }; };\n"
    "organizations = ( { name = \"acme\"; display_name = \"Acme\"; seats = 5; "
    "invitation_lifetime = \"2h\";\n"
    "  domains = [ \"example.com\" ]; owners = [ \"a@example.com\", \"b@example.com\" ];\n"
    "  protected = [ \"a@example.com\", \"b@example.com\" ];\n"
    "  projects = ( { name = \"search\"; display_name = \"S\"; admins = [ "
    "\"a@example.com\" ]; } ); } );\n"
    "directories = ( { name = \"corp\"; uri = [ \"ldap://a.example\", \"ldap://b.example\" "
    "]; start_tls = true;\n"
    "  base = \"dc=x\"; people_base = \"ou=p,dc=x\"; group_base = \"ou=g,dc=x\"; bind_dn = "
    "\"cn=r\";\n"
    "  bind_password_file = \"/p\"; ca_file = \"/c\"; kind = \"389ds\"; person_filter = "
    "\"(a=b)\";\n"
    "  group_filter = \"(c=d)\"; account_disabled = \"(e=f)\"; anchor = \"g\"; login = "
    "\"h\"; group_name = \"i\";\n"
    "  member_attributes = [ \"j\", \"k\" ]; page_size = 11; connect_timeout = \"2s\"; "
    "search_timeout = \"3m\";\n"
    "  adopt = true; profile = { displayName = \"${cn}\"; costCenter = \"\"; }; } );\n"
    "rules = ( { group_matches = \"^p-(?<p>[a-z]+)-(?<l>rw|ro)$\"; organization = "
    "\"acme\"; project = \"${p}\";\n"
    "  role = \"${l}\"; roles = { rw = \"read-write\"; ro = \"read-only\"; }; priority = "
    "4; },\n"
    "  { group = \"out\"; deny = true; } );\n"
    "sync = { schedule = \"every 5m\"; state = \"/state\"; max_removals = \"7\"; "
    "max_proven_leavers = \"20%\";\n"
    "  seat_order = \"employeeNumber\"; settle = \"1s\"; run_timeout = \"1m\"; };\n"
    "invitations = { restore_window = \"1d\"; };\n"
    "tests = ( { user = \"a@example.com\"; expect = [ \"acme: owner\" ]; } );\n";

static Settings *read_whole(void)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings =
        settings_read_text("x.conf", whole_config, strlen(whole_config), problems);
    fail_on(problems);
    return settings;
}

static void endpoint_and_sync_fill_their_structs(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = read_whole();
    assert_string_equal(settings->file, "x.conf");
    assert_string_equal(settings->endpoint.store, "sqlite:/s");
    assert_int_equal(settings->endpoint.limits.body, 2097152);
    assert_int_equal(settings->endpoint.limits.rate, 70);
    assert_int_equal(settings->endpoint.limits.filter_terms, 64);
    assert_string_equal(settings->sync.schedule, "every 5m");
    assert_int_equal(settings->sync.max_removals.number, 7);
    assert_int_equal(settings->sync.max_removals.percent, 0);
    assert_int_equal(settings->sync.max_proven_leavers.percent, 20);
    assert_int_equal(settings->invitations.restore_window, 86400);
    const struct test_settings *test = g_ptr_array_index(settings->tests, 0);
    assert_string_equal(test->expect[0], "acme: owner");
}

static void an_organization_fills_its_struct(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = read_whole();
    const struct organization_settings *acme = settings_organization(settings, "acme");
    assert_int_equal(acme->seats, 5);
    assert_int_equal(acme->invitation_lifetime, 7200);
    assert_string_equal(acme->domains[0], "example.com");
    assert_string_equal(acme->owners[1], "b@example.com");
    assert_null(acme->owners[2]);
    assert_int_equal(acme->projects->len, 1);
    const struct project_settings *search = g_ptr_array_index(acme->projects, 0);
    assert_string_equal(search->name, "search");
    assert_string_equal(search->admins[0], "a@example.com");
    assert_null(acme->target.url);
    assert_null(settings_organization(settings, "other"));
}

static void a_directory_fills_its_struct(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = read_whole();
    const struct directory_settings *corp = settings_directory(settings, "corp");
    assert_string_equal(corp->uri[1], "ldap://b.example");
    assert_true(corp->start_tls);
    assert_string_equal(corp->bind_password.file, "/p");
    assert_string_equal(corp->kind, "389ds");
    assert_string_equal(corp->member_attributes[1], "k");
    assert_int_equal(corp->page_size, 11);
    assert_int_equal(corp->search_timeout, 180);
    assert_true(corp->adopt);
    assert_string_equal(corp->profile.field[PROFILE_DISPLAY_NAME], "${cn}");
    assert_string_equal(corp->profile.field[PROFILE_COST_CENTER], "");
    assert_null(corp->profile.field[PROFILE_MAIL]);
}

static void a_rule_fills_its_struct(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = read_whole();
    const struct rule_settings *family = g_ptr_array_index(settings->rules, 0);
    assert_int_equal(family->roles->len, 2);
    const struct rule_text_role *pair = g_ptr_array_index(family->roles, 1);
    assert_string_equal(pair->value, "ro");
    assert_string_equal(pair->role, "read-only");
    assert_int_equal(family->priority, 4);
    const struct rule_settings *deny = g_ptr_array_index(settings->rules, 1);
    assert_true(deny->deny);
}

static void broken_syntax_is_told_with_its_line(void **state)
{
    (void)state;

#define SYNTAX                                                                                 \
    ": syntax error here or just above: a comma before a closing bracket, a semicolon or "     \
    "bracket too few?"

    static const struct {
        const char *text, *error;
    } cases[] = {
        {"endpoint = {\n  listen = \"a\"\n  store == \"b\";\n};", "x.conf:3" SYNTAX},
        {"a = 1;\na = 2;\n", "x.conf:2: duplicate setting name"},
        {"rules = (\n  { deny = true; },\n);", "x.conf:3" SYNTAX},
        {"endpoint = {", "x.conf:1" SYNTAX},
        {"a = \"never closed\n", "x.conf:2" SYNTAX},
    };

#undef SYNTAX

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        assert_null(
            settings_read_text("x.conf", cases[i].text, strlen(cases[i].text), problems));
        assert_int_equal(problems->len, 1);
        assert_string_equal(((struct settings_problem *)g_ptr_array_index(problems, 0))->text,
                            cases[i].error);
    }
}

static void a_file_that_cannot_be_read_is_told_by_name(void **state)
{
    (void)state;

    static const struct {
        const char *file, *error;
    } cases[] = {
        {"/nowhere/rolecall.conf",
         "/nowhere/rolecall.conf: there is no such config file: name one with -c"},
        {"/", "/: is not a regular file"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        assert_null(settings_read(cases[i].file, problems));
        assert_int_equal(problems->len, 1);
        assert_string_equal(((struct settings_problem *)g_ptr_array_index(problems, 0))->text,
                            cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_installed_example_is_a_config_without_problems),
        cmocka_unit_test(the_installed_example_shows_every_key),
        cmocka_unit_test(endpoint_and_sync_fill_their_structs),
        cmocka_unit_test(an_organization_fills_its_struct),
        cmocka_unit_test(a_directory_fills_its_struct),
        cmocka_unit_test(a_rule_fills_its_struct),
        cmocka_unit_test(broken_syntax_is_told_with_its_line),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
