#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/rule.h"
#include "scim/protocol/outcome.h"

static const char *const TWO[] = {"corp", "labs", NULL};
static const char *const ONE[] = {"corp", NULL};
static const char *const NONE[] = {NULL};
static const char *const ORGANIZATIONS[] = {"acme", NULL};

static struct rule *compile(struct rule_text text, const char *const *directories,
                            GError **error)
{
    text.file = "rolecall.conf";
    text.line = 12;
    return rule_compile(&text, directories, ORGANIZATIONS, error);
}

static const struct rule_text_role LEVELS[] = {{"rw", "read-write"}, {"admin", "admin"}};
static const struct rule_text_role TWICE[] = {{"rw", "read-write"}, {"rw", "admin"}};
static const struct rule_text_role WRONG[] = {{"rw", "owner"}};

#define FAMILY "^proj-(?<project>[a-z0-9-]+)-(?<level>admin|rw|ro)$"

static const struct {
    struct rule_text text;
    const char *says;
} MISTAKES[] = {
    {{.organization = "acme", .role = "owner"}, "'group', 'group_matches', 'filter' or 'user'"},
    {{.group = "a", .filter = "(a=b)", .organization = "acme", .role = "owner"},
     "'group' and 'filter' are both given"},
    {{.group = "", .organization = "acme", .role = "owner"}, "'group' is empty"},
    {{.user = "", .organization = "acme", .role = "owner"}, "'user' is empty"},
    {{.group = "a", .organization = "acme", .role = ""}, "'role' is empty"},
    {{.group = "a\xff", .organization = "acme", .role = "owner"}, "UTF-8"},
    {{.group = "a", .role = "owner"}, "organization = \"...\""},
    {{.group = "a", .organization = "apex", .role = "owner"}, "one of acme"},
    {{.group = "a", .organization = "acme"}, "role = \"...\", or deny = true"},
    {{.group = "a", .organization = "acme", .role = "boss"}, "owner, billing-admin or member"},
    {{.group = "a", .organization = "acme", .role = "none"}, "no role 'none'"},
    {{.group = "a", .organization = "acme", .role = "admin"}, "add project"},
    {{.group = "a", .organization = "acme", .project = "p", .role = "owner"},
     "remove 'project'"},
    {{.group = "a", .organization = "acme", .project = "p", .role = "boss"},
     "admin, read-write or read-only"},
    {{.group = "a", .organization = "acme", .project = "No Way", .role = "admin"},
     "no project can be named 'No Way'"},
    {{.group = "a", .organization = "acme", .project = "${project}", .role = "admin"},
     "only a rule with group_matches"},
    {{.group_matches = "(", .organization = "acme", .role = "owner"}, "expression '('"},
    {{.group_matches = "^a$", .organization = "acme", .project = "${p}", .role = "admin"},
     "no capture \"(?<p>...)\""},
    {{.group_matches = "^(a)$", .organization = "acme", .project = "${1}", .role = "admin"},
     "by its name"},
    {{.group_matches = FAMILY,
      .organization = "acme",
      .project = "${project}",
      .role = "${level}",
      .roles = LEVELS,
      .role_count = 2},
     "capture 'ro', which 'roles' does not have"},
    {{.group_matches = FAMILY,
      .organization = "acme",
      .project = "${project}",
      .role = "${level}"},
     "capture 'rw', which is no role"},
    {{.group_matches = FAMILY,
      .organization = "acme",
      .project = "${project}",
      .role = "${level}",
      .roles = TWICE,
      .role_count = 2},
     "'rw' twice"},
    {{.group_matches = FAMILY,
      .organization = "acme",
      .project = "${project}",
      .role = "${level}",
      .roles = WRONG,
      .role_count = 1},
     "remove 'project'"},
    {{.group = "a",
      .organization = "acme",
      .project = "p",
      .role = "ro",
      .roles = LEVELS,
      .role_count = 2},
     "'roles' has no 'ro'"},
    {{.filter = "(a=b", .organization = "acme", .role = "owner"}, "byte 5"},
    {{.group = "a", .deny = TRUE, .role = "owner"}, "remove 'role'"},
    {{.group = "a", .deny = TRUE, .organization = "acme", .project = "p"}, "remove 'project'"},
    {{.group = "a", .deny = TRUE, .roles = LEVELS, .role_count = 2}, "remove 'roles'"},
};

static void every_mistake_is_named_with_its_line_and_the_fix(void **state)
{
    (void)state;

    for (gsize i = 0; i < G_N_ELEMENTS(MISTAKES); i++) {
        g_autoptr(GError) error = NULL;
        struct rule *rule = compile(MISTAKES[i].text, ONE, &error);
        if (rule != NULL)
            fail_msg("row %zu was taken", i);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        if (!g_str_has_prefix(error->message, "rolecall.conf:12: ") ||
            strstr(error->message, MISTAKES[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", error->message, MISTAKES[i].says);
    }
}

static void with_several_directories_each_rule_names_its_own(void **state)
{
    (void)state;

    static const struct {
        const char *directory;
        const char *const *known;
        const char *says;
    } ROWS[] = {
        {NULL, ONE, NULL},
        {"corp", ONE, NULL},
        {"labs", TWO, NULL},
        {NULL, TWO, "with several directories each rule names its own"},
        {"okta", TWO, "no directory 'okta': use one of corp, labs"},
        {NULL, NONE, "no directory"},
        {NULL, NULL, "no directory"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        struct rule *rule = compile((struct rule_text){.group = "a",
                                                       .directory = ROWS[i].directory,
                                                       .organization = "acme",
                                                       .role = "owner"},
                                    ROWS[i].known, &error);
        assert_int_equal(rule != NULL, ROWS[i].says == NULL);
        if (rule != NULL)
            assert_string_equal(rule->directory,
                                ROWS[i].directory != NULL ? ROWS[i].directory : "corp");
        else
            assert_non_null(strstr(error->message, ROWS[i].says));
        rule_free(rule);
    }
}

static void the_subject_is_told_by_what_is_given(void **state)
{
    (void)state;

    static const struct {
        struct rule_text text;
        enum rule_subject subject;
    } ROWS[] = {
        {{.group = "staff"}, RULE_GROUP_NAME},
        {{.group = "cn=staff,dc=x", .dn_key = "cn=staff,dc=x"}, RULE_GROUP_DN},
        {{.group = "0b5f2a7e-3c1d-4e8f-9a6b-1c2d3e4f5a6b"}, RULE_GROUP_ANCHOR},
        {{.group = "0b5f2a7e3c1d4e8f9a6b1c2d3e4f5a6b"}, RULE_GROUP_ANCHOR},
        {{.group = "0b5f2a7e-3c1d-4e8f-9a6b"}, RULE_GROUP_NAME},
        {{.group_matches = "^a"}, RULE_GROUP_MATCHES},
        {{.filter = "(a=b)"}, RULE_FILTER},
        {{.user = "a@example.com"}, RULE_USER},
        {{.user = "uid=a,dc=x", .dn_key = "uid=a,dc=x"}, RULE_USER_DN},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        struct rule_text text = ROWS[i].text;
        text.organization = "acme";
        text.role = "owner";
        struct rule *rule = compile(text, ONE, NULL);
        assert_non_null(rule);
        assert_int_equal(rule->subject, ROWS[i].subject);
        assert_int_equal(rule->roles[0].organization, ORGANIZATION_ROLE_OWNER);
        rule_free(rule);
    }
}

static void a_deny_needs_no_organization(void **state)
{
    (void)state;
    struct rule *rule = compile((struct rule_text){.group = "gone", .deny = TRUE}, ONE, NULL);
    assert_non_null(rule);
    assert_true(rule->deny);
    assert_null(rule->organization);
    rule_free(rule);
}

static void a_table_of_all_captured_words_is_taken(void **state)
{
    (void)state;
    static const struct rule_text_role ALL[] = {
        {"rw", "read-write"}, {"admin", "admin"}, {"ro", "read-only"}};
    struct rule *rule = compile((struct rule_text){.group_matches = FAMILY,
                                                   .organization = "acme",
                                                   .project = "${project}",
                                                   .role = "${level}",
                                                   .roles = ALL,
                                                   .role_count = 3},
                                ONE, NULL);
    assert_non_null(rule);
    assert_int_equal(rule->role_count, 3);
    assert_string_equal(rule->roles[0].value, "admin");
    assert_int_equal(rule->roles[2].project, PROJECT_ROLE_READ_WRITE);
    rule_free(rule);
}

static void rules_that_say_the_same_differ_by_place_only(void **state)
{
    (void)state;
    struct rule_text text = {.file = "a.conf",
                             .line = 1,
                             .group = "CN=A,dc=x",
                             .dn_key = "cn=a,dc=x",
                             .organization = "acme",
                             .role = "owner"};
    struct rule *left = rule_compile(&text, ONE, ORGANIZATIONS, NULL);
    text.line = 2;
    text.group = "cn=a, dc=x";
    struct rule *right = rule_compile(&text, ONE, ORGANIZATIONS, NULL);
    assert_int_equal(rule_compare(left, right, FALSE), 0);
    assert_int_not_equal(rule_compare(left, right, TRUE), 0);
    assert_true((rule_compare(left, right, TRUE) < 0) == (rule_compare(right, left, TRUE) > 0));
    text.priority = 1;
    struct rule *third = rule_compile(&text, ONE, ORGANIZATIONS, NULL);
    assert_int_not_equal(rule_compare(left, third, FALSE), 0);
    rule_free(left);
    rule_free(right);
    rule_free(third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_named_with_its_line_and_the_fix),
        cmocka_unit_test(with_several_directories_each_rule_names_its_own),
        cmocka_unit_test(the_subject_is_told_by_what_is_given),
        cmocka_unit_test(a_deny_needs_no_organization),
        cmocka_unit_test(a_table_of_all_captured_words_is_taken),
        cmocka_unit_test(rules_that_say_the_same_differ_by_place_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
