#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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

static void empty_settings_know_their_file_and_no_lines(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = settings_new("x.conf");
    assert_string_equal(settings->file, "x.conf");
    assert_int_equal(settings_line(settings, &settings->endpoint), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_stand_in_the_order_of_their_lines),
        cmocka_unit_test(empty_settings_know_their_file_and_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
