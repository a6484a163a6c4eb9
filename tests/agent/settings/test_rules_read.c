#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/rules_read.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"

#define HEAD                                                                                   \
    "organizations = ( { name = \"acme\"; owners = [ \"a@example.com\", \"b@example.com\" ]; " \
    "protected = [ \"a@example.com\", \"b@example.com\" ]; } );\n"                             \
    "directories = ( { name = \"corp\"; ldif = \"/corp\"; } );\n"

/* Stands for agent/directory: knows one DN and refuses one. */
static char *dn_key(const char *dn, GError **error)
{
    if (strstr(dn, "broken") != NULL) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "\"%s\" is not a DN", dn);
        return NULL;
    }
    return g_ascii_strdown(dn, -1);
}

static Settings *parse(const char *text)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read_text("x.conf", text, strlen(text), problems);
    if (settings == NULL)
        fail_msg("%s", ((struct settings_problem *)g_ptr_array_index(problems, 0))->text);
    return settings;
}

static void dns_are_normalised_and_names_are_left_alone(void **state)
{
    (void)state;
    g_autoptr(Settings) settings =
        parse(HEAD "rules = ( { group = \"CN=Staff,DC=example\"; organization = \"acme\"; role "
                   "= \"member\"; },\n"
                   "{ group = \"staff\"; organization = \"acme\"; role = \"owner\"; } );");
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Rules) rules = rules_read(settings, dn_key, problems);
    assert_non_null(rules);
    assert_int_equal(rules_count(rules), 2);
    guint dns = 0;
    for (guint32 i = 0; i < 2; i++) {
        const struct rule *rule = rules_get(rules, i);
        if (rule->dn_key == NULL) {
            assert_int_equal(rule->subject, RULE_GROUP_NAME);
            assert_int_equal(rule->line, 4);
            continue;
        }
        dns++;
        assert_int_equal(rule->subject, RULE_GROUP_DN);
        assert_string_equal(rule->dn_key, "cn=staff,dc=example");
        assert_int_equal(rule->line, 3);
        assert_string_equal(rule->file, "x.conf");
    }
    assert_int_equal(dns, 1);
}

static void a_broken_dn_is_a_problem_of_its_rule(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = parse(
        HEAD
        "rules = (\n{ group = \"cn=broken\"; organization = \"acme\"; role = \"member\"; } );");
    g_autoptr(GPtrArray) problems = settings_problems_new();
    assert_null(rules_read(settings, dn_key, problems));
    assert_int_equal(problems->len, 1);
    assert_string_equal(((struct settings_problem *)g_ptr_array_index(problems, 0))->text,
                        "x.conf:4: \"cn=broken\" is not a DN");
}

static void every_broken_rule_is_told_once_with_its_line(void **state)
{
    (void)state;
    const char *text = HEAD
        "rules = (\n"
        "{ group = \"a\"; organization = \"acme\"; role = \"member\"; },\n"
        "{ group = \"a\"; organization = \"nobody\"; role = \"member\"; },\n"
        "{ organization = \"acme\"; role = \"member\"; },\n"
        "{ group_matches = \"(\"; organization = \"acme\"; role = \"member\"; },\n"
        "{ filter = \"(a=\"; organization = \"acme\"; role = \"member\"; },\n"
        "{ group = \"a\"; organization = \"acme\"; role = \"king\"; },\n"
        "{ group = \"a\"; directory = \"labs\"; organization = \"acme\"; role = \"member\"; }\n"
        ");";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    assert_null(settings_read_text("x.conf", text, strlen(text), problems));
    assert_int_equal(problems->len, 6);
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        assert_int_equal(problem->line, 5 + i);
        g_autofree char *place = g_strdup_printf("x.conf:%u: ", 5 + i);
        assert_true(g_str_has_prefix(problem->text, place));
        assert_null(strstr(problem->text + strlen(place), "x.conf:"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_are_normalised_and_names_are_left_alone),
        cmocka_unit_test(a_broken_dn_is_a_problem_of_its_rule),
        cmocka_unit_test(every_broken_rule_is_told_once_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
