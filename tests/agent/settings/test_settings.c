#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings.h"

static const struct settings_problem *problem_at(const GPtrArray *problems, guint index)
{
    return g_ptr_array_index(problems, index);
}

static void problems_stand_in_the_order_of_their_lines(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    settings_problem_add(problems, FALSE, "x.conf", 9, g_strdup("last"));
    settings_problem_add(problems, TRUE, "x.conf", 3, g_strdup("unwise"));
    settings_problem_add(problems, FALSE, "x.conf", 3, g_strdup("wrong"));
    settings_problem_add(problems, FALSE, "x.conf", 0, g_strdup("the whole"));
    assert_int_equal(problems->len, 4);
    assert_int_equal(settings_problems_errors(problems), 3);
    assert_string_equal(problem_at(problems, 0)->text, "x.conf: the whole");
    assert_string_equal(problem_at(problems, 1)->text, "x.conf:3: warning: unwise");
    assert_string_equal(problem_at(problems, 2)->text, "x.conf:3: wrong");
    assert_string_equal(problem_at(problems, 3)->text, "x.conf:9: last");
}

static void a_value_of_any_length_makes_a_short_problem(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    for (gsize length = 990; length < 1010; length++) {
        GString *text = g_string_new(NULL);
        for (gsize i = 0; i < length; i++)
            g_string_append(text, i % 2 == 0 ? "a" : "\xc3\xa9");
        settings_problem_add(problems, FALSE, "x.conf", 1, g_string_free(text, FALSE));
    }
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        assert_true(g_utf8_validate(problem->text, -1, NULL));
        assert_true(strlen(problem->text) < 1050);
        assert_true(g_str_has_suffix(problem->text, "..."));
    }
}

static void empty_settings_know_their_file_and_no_lines(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = settings_new("x.conf");
    assert_string_equal(settings->file, "x.conf");
    assert_int_equal(settings_line(settings, &settings->endpoint), 0);
}

static void pushed_groups_are_of_one_organization(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = settings_new("x.conf");
    struct directory_settings corp = {.name = "corp"},
                              okta = {.name = "okta", .pushed_groups_of = "acme"};
    g_autoptr(GPtrArray) directories = g_ptr_array_new();
    settings->directories = directories;
    g_ptr_array_add(directories, &corp);
    assert_false(settings_has_pushed_groups(settings, NULL));
    g_ptr_array_add(directories, &okta);
    assert_true(settings_has_pushed_groups(settings, NULL));
    assert_true(settings_has_pushed_groups(settings, "acme"));
    assert_false(settings_has_pushed_groups(settings, "other"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_stand_in_the_order_of_their_lines),
        cmocka_unit_test(a_value_of_any_length_makes_a_short_problem),
        cmocka_unit_test(empty_settings_know_their_file_and_no_lines),
        cmocka_unit_test(pushed_groups_are_of_one_organization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
