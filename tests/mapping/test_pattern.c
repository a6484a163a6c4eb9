#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/pattern.h"
#include "scim/protocol/outcome.h"

#define FAMILY "^proj-(?<project>[a-z0-9-]+)-(?<level>admin|rw|ro)$"

static void it_matches_as_written_and_fills_captures_in(void **state)
{
    (void)state;

    static const struct {
        const char *pattern, *name, *template, *text;
    } ROWS[] = {
        {FAMILY, "proj-search-rw", "${project}/${level}", "search/rw"},
        {FAMILY, "proj-a-b-ro", "${project}", "a-b"},
        {FAMILY, "proj-search-owner", NULL, NULL},
        {FAMILY, "xproj-search-rw", NULL, NULL},
        {FAMILY, "proj-search-rw\n", NULL, NULL},
        {FAMILY, "PROJ-search-rw", NULL, NULL},
        {"(?i)^proj-(?<p>.+)$", "PROJ-Search", "${p}", "Search"},
        {"staff", "all-staff-here", "x", "x"},
        {"^(?<a>x)|(?<b>y)$", "y", "[${a}${b}]", "[y]"},
        {"^(?<a>.)", "\xc3\x96l", "${a}", "\xc3\x96"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GMatchInfo) match = NULL;
        g_autoptr(Pattern) pattern = pattern_new(ROWS[i].pattern, &error);
        assert_null(error);
        gboolean matched = pattern_match(pattern, ROWS[i].name, &match, &error);
        assert_null(error);
        assert_int_equal(matched, ROWS[i].text != NULL);
        if (!matched)
            continue;
        g_autofree char *text = pattern_expand(match, ROWS[i].template);
        assert_string_equal(text, ROWS[i].text);
    }
}

static void a_bad_expression_is_refused(void **state)
{
    (void)state;
    static const char *const ROWS[] = {
        "", "(", "[a", "(?<a>x)(?<a>y)", "*", "(*LIMIT_MATCH=1000000000)x", "(*UTF)x", "\xff"};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(pattern_new(ROWS[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_null(strstr(error->message, "(*LIMIT_MATCH=100000)"));
    }
    g_autofree char *longest = g_strnfill(PATTERN_MAX_BYTES + 1, 'a');
    assert_null(pattern_new(longest, NULL));
}

static void an_expression_that_runs_away_is_an_error_not_a_mismatch(void **state)
{
    (void)state;
    static const char *const ROWS[] = {"^(a+)+$", "^(a|a)*$", "^([a-z]+-?)+$"};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Pattern) pattern = pattern_new(ROWS[i], NULL);
        g_autofree char *letters = g_strnfill(60, 'a');
        g_autofree char *name = g_strconcat(letters, "!", NULL);
        g_autoptr(GMatchInfo) match = NULL;
        g_autoptr(GError) error = NULL;
        gint64 start = g_get_monotonic_time();
        assert_false(pattern_match(pattern, name, &match, &error));
        assert_true(g_get_monotonic_time() - start < G_USEC_PER_SEC);
        if (error == NULL)
            fail_msg("%s", ROWS[i]);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, ROWS[i]));
    }
}

static void templates_name_only_captures_that_exist(void **state)
{
    (void)state;

    static const struct {
        const char *template, *says;
    } ROWS[] = {
        {"plain", NULL},     {"${project}", NULL},  {"x-${level}-${project}", NULL},
        {"${team}", "team"}, {"${1}", "name"},      {"$project", "name"},
        {"${}", "name"},     {"${project", "name"},
    };

    g_autoptr(Pattern) pattern = pattern_new(FAMILY, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        assert_int_equal(pattern_check_template(pattern, ROWS[i].template, &error),
                         ROWS[i].says == NULL);
        assert_true(ROWS[i].says == NULL || strstr(error->message, ROWS[i].says) != NULL);
    }
    g_autoptr(GError) error = NULL;
    assert_false(pattern_check_template(NULL, "${project}", &error));
    assert_non_null(strstr(error->message, "group_matches"));
    assert_true(pattern_check_template(NULL, "search", NULL));
    assert_true(pattern_template_has_captures("${x}"));
    assert_false(pattern_template_has_captures("search"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_matches_as_written_and_fills_captures_in),
        cmocka_unit_test(a_bad_expression_is_refused),
        cmocka_unit_test(an_expression_that_runs_away_is_an_error_not_a_mismatch),
        cmocka_unit_test(templates_name_only_captures_that_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
