#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_line.h"

static char *line_of(const char *value)
{
    json_t *json = json_pack("{s:s}", "b", value);
    char *line = audit_line_print(json);
    json_decref(json);
    return line;
}

static void names_are_sorted_and_nothing_is_put_between(void **state)
{
    (void)state;
    json_t *json =
        json_pack("{s:i, s:{s:b, s:s}, s:[i, n]}", "z", 1, "b", "y", 1, "a", "x", "a", 2);
    g_autofree char *line = audit_line_print(json);
    assert_string_equal(line, "{\"a\":[2,null],\"b\":{\"a\":\"x\",\"y\":true},\"z\":1}");
    json_decref(json);
}

static void R65_what_breaks_a_line_or_drives_a_terminal_is_escaped(void **state)
{
    (void)state;

    static const struct {
        const char *value, *line;
    } cases[] = {
        {"a\nb", "{\"b\":\"a\\nb\"}"},
        {"\r\x1b[2J", "{\"b\":\"\\r\\u001B[2J\"}"},
        {"\x7f", "{\"b\":\"\\u007F\"}"},
        {"\xc2\x85", "{\"b\":\"\\u0085\"}"},
        {"\xc2\x9b"
         "31m",
         "{\"b\":\"\\u009B31m\"}"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "{\"b\":\"\\u2028\\u2029\"}"},
        {"\xe2\x80\xae"
         "evil",
         "{\"b\":\"\\u202Eevil\"}"},
        {"\xe2\x81\xa6\xe2\x81\xa9", "{\"b\":\"\\u2066\\u2069\"}"},
        {"\xe2\x80\x8b", "{\"b\":\"\\u200B\"}"},
        {"\xef\xbb\xbf", "{\"b\":\"\\uFEFF\"}"},
        {"\xf3\xa0\x80\x81", "{\"b\":\"\\uDB40\\uDC01\"}"},
        {"quote \" and \\", "{\"b\":\"quote \\\" and \\\\\"}"},
        {"Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac",
         "{\"b\":\"Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac\"}"},
        {"=1+1", "{\"b\":\"=1+1\"}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = line_of(cases[i].value);
        assert_string_equal(line, cases[i].line);
    }
}

/* Every code point there is, one at a time. */
static void R65_no_character_makes_two_lines_of_one_and_each_reads_back_as_it_was(void **state)
{
    (void)state;
    for (gunichar character = 1; character <= 0x10FFFF; character++) {
        char value[8] = {0};
        if (!g_unichar_validate(character))
            continue;
        g_unichar_to_utf8(character, value);
        g_autofree char *line = line_of(value);
        if (strpbrk(line, "\n\r\v\f\x1b\x7f") != NULL || strstr(line, "\xe2\x80\xa8") != NULL ||
            strstr(line, "\xe2\x80\xa9") != NULL || strstr(line, "\xc2\x85") != NULL)
            fail_msg("U+%04X stands in the line: %s", character, line);
        json_t *back = json_loads(line, 0, NULL);
        assert_non_null(back);
        if (strcmp(json_string_value(json_object_get(back, "b")), value) != 0)
            fail_msg("U+%04X reads back differently", character);
        json_decref(back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_sorted_and_nothing_is_put_between),
        cmocka_unit_test(R65_what_breaks_a_line_or_drives_a_terminal_is_escaped),
        cmocka_unit_test(R65_no_character_makes_two_lines_of_one_and_each_reads_back_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
