#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/rule_test.h"
#include "scim/protocol/outcome.h"

#include "company.h"

#define CORP .file = "rolecall.conf", .directory = "corp"

static const struct rule_text TEXTS[] = {
    {CORP, .line = 1, .group = "staff", .organization = "acme", .role = "member"},
    {CORP, .line = 2, .group = "boss", .organization = "apex", .role = "owner"},
    {CORP, .line = 3, .group = "team", .organization = "acme", .project = "search",
     .role = "read-only"},
    {.file = "rolecall.conf",
     .line = 4,
     .directory = "labs",
     .group = "team",
     .organization = "acme",
     .project = "search",
     .role = "admin"},
};

static const char *const CORP_LINES[] = {"person alice mail=alice@example.com",
                                         "person bob mail=bob@example.com disabled",
                                         "person carl mail=carl@example.com",
                                         "group staff alice bob",
                                         "group boss alice",
                                         "group team alice",
                                         NULL};
static const char *const LABS_LINES[] = {"person al mail=alice@example.com", "group team al",
                                         NULL};

/* The differences of one test, each on a line. */
static char *run(const char *user, const char *const *expect)
{
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", CORP_LINES);
    g_autoptr(Snapshot) labs = company_read("labs", LABS_LINES);
    const struct mapper_directory directories[] = {{"corp", corp, map, FALSE},
                                                   {"labs", labs, map, FALSE}};
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, NULL);
    const struct mapper_organization organizations[] = {{.name = "acme"}, {.name = "apex"}};
    g_autoptr(Desired) acme = mapper_desired(mapper, &organizations[0]);
    g_autoptr(Desired) apex = mapper_desired(mapper, &organizations[1]);
    const Desired *const desired[] = {acme, apex};
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    const struct rule_test_text test = {"rolecall.conf", 70, user, expect};
    assert_true(rule_test_check(&test, NULL));
    gboolean same = rule_test_run(&test, mapper, desired, 2, differences);
    assert_int_equal(same, differences->len == 0);
    g_ptr_array_add(differences, NULL);
    return g_strjoinv("\n", (char **)differences->pdata);
}

static void what_is_missing_and_what_is_too_much_are_told(void **state)
{
    (void)state;

    static const struct {
        const char *user;
        const char *expect[4];
        const char *differences;
    } ROWS[] = {
        {"alice@example.com", {"acme: member", "acme/search: admin", "apex: owner"}, ""},
        {"ALICE@example.com", {" apex :owner", "acme/search:admin", "acme: member"}, ""},
        {"bob@example.com", {NULL}, ""},
        {"carl", {NULL}, ""},
        {"nobody@example.com", {NULL}, ""},
        {"nobody@example.com",
         {"acme: member"},
         "rolecall.conf:70: no directory that was read has 'nobody@example.com'"},
        {"carl", {"acme: member"}, "rolecall.conf:70: 'carl' does not get 'acme: member'"},
        {"alice@example.com",
         {"acme: member", "acme/search: read-only"},
         "rolecall.conf:70: 'alice@example.com' does not get 'acme/search: read-only'\n"
         "rolecall.conf:70: 'alice@example.com' gets, and the test does not expect, "
         "'acme/search: admin'\n"
         "rolecall.conf:70: 'alice@example.com' gets, and the test does not expect, "
         "'apex: owner'"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *differences = run(ROWS[i].user, ROWS[i].expect);
        assert_string_equal(differences, ROWS[i].differences);
    }
}

static void a_test_that_says_nothing_clear_is_refused(void **state)
{
    (void)state;

    static const struct {
        const char *user;
        const char *expect[2];
        const char *says;
    } ROWS[] = {
        {NULL, {NULL}, "names a person"},
        {"", {NULL}, "names a person"},
        {"a", {"owner"}, "'owner' is no expectation"},
        {"a", {"acme: admin"}, "'acme: admin'"},
        {"a", {"acme/search: owner"}, "'acme/search: owner'"},
        {"a", {"acme/search/x: admin"}, "no expectation"},
        {"a", {"acme: none"}, "no expectation"},
        {"a", {": owner"}, "no expectation"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const struct rule_test_text test = {"rolecall.conf", 70, ROWS[i].user, ROWS[i].expect};
        g_autoptr(GError) error = NULL;
        assert_false(rule_test_check(&test, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_true(g_str_has_prefix(error->message, "rolecall.conf:70: "));
        assert_non_null(strstr(error->message, ROWS[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_and_what_is_too_much_are_told),
        cmocka_unit_test(a_test_that_says_nothing_clear_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
