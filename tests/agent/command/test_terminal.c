#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/terminal.h"

static void a_file_shows_no_colour(void **state)
{
    (void)state;
    g_autofree char *name = NULL;
    const int descriptor = g_file_open_tmp("rolecall-terminal-XXXXXX", &name, NULL);
    FILE *file = fdopen(descriptor, "w");
    assert_false(terminal_has_colour(file));
    g_autofree char *painted = terminal_paint(file, TERMINAL_BAD, "text");
    assert_string_equal(painted, "text");
    fclose(file);
    unlink(name);
}

/* A pseudo terminal stands for a person. */
static FILE *open_terminal(int *other)
{
    *other = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*other >= 0);
    assert_int_equal(grantpt(*other), 0);
    assert_int_equal(unlockpt(*other), 0);
    char name[128];
    assert_int_equal(ptsname_r(*other, name, sizeof name), 0);
    FILE *terminal = fopen(name, "w");
    assert_non_null(terminal);
    return terminal;
}

static void a_terminal_shows_colour_unless_somebody_says_no(void **state)
{
    (void)state;

    static const struct {
        const char *term, *no_color;
        gboolean colour;
    } cases[] = {
        {"xterm", NULL, TRUE}, {"xterm", "", TRUE}, {"xterm", "1", FALSE},
        {"dumb", NULL, FALSE}, {NULL, NULL, FALSE},
    };

    int other = -1;
    FILE *terminal = open_terminal(&other);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_unsetenv("TERM");
        g_unsetenv("NO_COLOR");
        if (cases[i].term != NULL)
            g_setenv("TERM", cases[i].term, TRUE);
        if (cases[i].no_color != NULL)
            g_setenv("NO_COLOR", cases[i].no_color, TRUE);
        assert_int_equal(terminal_has_colour(terminal), cases[i].colour);
        g_autofree char *painted = terminal_paint(terminal, TERMINAL_BAD, "text");
        assert_string_equal(painted, cases[i].colour ? "\033[31mtext\033[0m" : "text");
        g_autofree char *plain = terminal_paint(terminal, TERMINAL_PLAIN, "text");
        assert_string_equal(plain, "text");
    }
    fclose(terminal);
    close(other);
}

static void what_could_turn_or_hide_text_is_shown_as_numbers(void **state)
{
    (void)state;

    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain \"text\" with \\ and 100%", "plain \"text\" with \\ and 100%"},
        {"Zoë Müller, 山田, \u05e0\u05d5\u05e2\u05d4, \u0645\u06cc\u200c\u0631",
         "Zoë Müller, 山田, \u05e0\u05d5\u05e2\u05d4, \u0645\u06cc\u200c\u0631"},
        {"\033[31mred\033[0m\a\b\t", "\\u001b[31mred\\u001b[0m\\u0007\\u0008\\u0009"},
        {"one\r\ntwo", "one\\u000d\\u000atwo"},
        {"\x7f", "\\u007f"},
        {"\xc2\x9b\x33\x31m", "\\u009b31m"},
        {"a\u202eb\u202cc\u2066d\u2069e\u200ef\u061cg",
         "a\\u202eb\\u202cc\\u2066d\\u2069e\\u200ef\\u061cg"},
        {"a\u200bb\ufeffc\u00add\u2060e", "a\\u200bb\\ufeffc\\u00add\\u2060e"},
        {"a\u2028b\u2029c", "a\\u2028b\\u2029c"},
        {"tag \U000e0041", "tag \\udb40\\udc41"},
        {"\xff\xc0\x80 \xed\xa0\x80 \xe2\x82", "\\xff\\xc0\\x80 \\xed\\xa0\\x80 \\xe2\\x82"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *shown = terminal_paint(stderr, TERMINAL_PLAIN, cases[i].text);
        assert_string_equal(shown, cases[i].shown);
    }
}

/* What `print` leaves on standard output. */
static char *output_of(void (*print)(void))
{
    g_autofree char *name = NULL;
    const int descriptor = g_file_open_tmp("rolecall-terminal-XXXXXX", &name, NULL);
    fflush(stdout);
    const int before = dup(STDOUT_FILENO);
    assert_true(dup2(descriptor, STDOUT_FILENO) >= 0);
    print();
    fflush(stdout);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    close(before);
    close(descriptor);
    char *text = NULL;
    assert_true(g_file_get_contents(name, &text, NULL, NULL));
    unlink(name);
    return text;
}

static void print_lines(void)
{
    terminal_print("one\n\033[2J\ntwo\n");
    terminal_print_toned(TERMINAL_BAD, "three\nfour");
}

static void print_value(void)
{
    terminal_json(json_pack("{s:s}", "name", "\\\u202e\xc2\x9b\n\U000e0041"));
}

static void lines_stay_and_json_stays_the_same_value(void **state)
{
    (void)state;
    g_autofree char *lines = output_of(print_lines);
    assert_string_equal(lines, "one\n\\u001b[2J\ntwo\nthree\\u000afour");
    g_autofree char *line = output_of(print_value);
    assert_string_equal(line, "{\"name\":\"\\\\\\u202e\\u009b\\n\\udb40\\udc41\"}\n");
    json_t *value = json_loads(line, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(value, "name")),
                        "\\\u202e\xc2\x9b\n\U000e0041");
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_shows_no_colour),
        cmocka_unit_test(a_terminal_shows_colour_unless_somebody_says_no),
        cmocka_unit_test(what_could_turn_or_hide_text_is_shown_as_numbers),
        cmocka_unit_test(lines_stay_and_json_stays_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
