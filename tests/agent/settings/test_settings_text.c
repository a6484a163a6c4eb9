#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings.h"
#include "agent/settings/settings_text.h"

static void the_border_refuses_what_libconfig_would_swallow(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *problem; /* NULL: let through */
    } cases[] = {
        {"", NULL},
        {"a = 1;\n", NULL},
        {"a = \"@include \\\"x\\\"\";", NULL},
        {"# @include \"x\"\n// @include \"x\"\n", NULL},
        {"/* @include\n \"x\" */ a = 1;", NULL},
        {"a = \"two\nlines\";\n", NULL},
        {"a = \"never closed", NULL},
        {"a = 2147483647;", NULL},
        {"a = 0x7fffffff; b = 1e300; c = 9999999999L;", NULL},
        {"a-9999999999 = 1;", NULL},
        {"@include \"other\"", "x.conf:1: @include is not allowed: a config is one file"},
        {"a = 1;\n  @include \"other\"\n",
         "x.conf:2: @include is not allowed: a config is one file"},
        {"a = \"\n\n\"; @include \"x\"",
         "x.conf:3: @include is not allowed: a config is one file"},
        {"a = \"\\\\\"; @include \"x\"",
         "x.conf:1: @include is not allowed: a config is one file"},
        {"\na = 2147483648;", "x.conf:2: the number 2147483648 is too large"},
        {"a = 99999999999999999999999;",
         "x.conf:1: the number 99999999999999999999999 is too large"},
        {"a = \"\xff\";", "x.conf:1: the text is not UTF-8 here"},
        {"# ok\n# \xc3\x28\n", "x.conf:2: the text is not UTF-8 here"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        const gboolean sound =
            settings_text_check("x.conf", cases[i].text, strlen(cases[i].text), problems);
        const char *problem =
            problems->len == 0
                ? NULL
                : ((struct settings_problem *)g_ptr_array_index(problems, 0))->text;
        if (g_strcmp0(problem, cases[i].problem) != 0 || sound != (problem == NULL))
            fail_msg("%s: %s", cases[i].text, problem == NULL ? "let through" : problem);
    }
}

static void a_nul_byte_is_refused_with_its_line(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    assert_false(settings_text_check("x.conf", "a\n\0b", 4, problems));
    assert_string_equal(((struct settings_problem *)g_ptr_array_index(problems, 0))->text,
                        "x.conf:2: there is a NUL byte here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_border_refuses_what_libconfig_would_swallow),
        cmocka_unit_test(a_nul_byte_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
