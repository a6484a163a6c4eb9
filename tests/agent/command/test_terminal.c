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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_shows_no_colour),
        cmocka_unit_test(a_terminal_shows_colour_unless_somebody_says_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
