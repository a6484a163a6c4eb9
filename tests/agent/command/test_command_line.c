#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/command_line.h"
#include "agent/settings/settings_read.h"
#include "tests/agent/command/rolecall_fixture.h"

static gboolean parse(struct command_line *line, int *status, const char *const *words)
{
    g_autofree char **argv = g_new0(char *, 8);
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = (char *)(gintptr)words[argc];
    return command_line_parse(line, argc, argv, status);
}

static void the_common_options_are_read(void **state)
{
    (void)state;
    struct command_line line = {.verb = "plan", .prints = TRUE};
    int status = -1;
    assert_true(parse(&line, &status, (const char *const[]){"plan", NULL}));
    assert_string_equal(line.config, COMMAND_LINE_CONFIG);
    assert_false(line.json);
    assert_null(line.words[0]);
    command_line_clear(&line);
    assert_true(
        parse(&line, &status, (const char *const[]){"plan", "--json", "-c", "/x", NULL}));
    assert_string_equal(line.config, "/x");
    assert_true(line.json);
    command_line_clear(&line);
}

static void words_are_counted(void **state)
{
    (void)state;

    static const struct {
        const char *words[5];
        gboolean good;
    } cases[] = {
        {{"x", NULL}, FALSE},
        {{"x", "a", NULL}, TRUE},
        {{"x", "a", "b", NULL}, TRUE},
        {{"x", "a", "b", "c", NULL}, FALSE},
        {{"x", "--", "-c", NULL}, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct command_line line = {
            .verb = "x", .words_help = "WORD...", .least = 1, .most = 2};
        int status = -1;
        assert_int_equal(parse(&line, &status, cases[i].words), cases[i].good);
        if (!cases[i].good)
            assert_int_equal(status, 64);
        command_line_clear(&line);
    }
}

static void a_verb_that_prints_nothing_has_no_json(void **state)
{
    (void)state;
    struct command_line line = {.verb = "serve"};
    int status = -1;
    assert_false(parse(&line, &status, (const char *const[]){"serve", "--json", NULL}));
    assert_int_equal(status, 64);
    assert_null(line.config);
}

static void a_broken_config_is_exit_78(void **state)
{
    struct rolecall_fixture *fixture = *state;
    struct command_line line = {.verb = "plan", .config = fixture->config};
    int status = -1;
    g_autoptr(Settings) good = command_line_settings(&line, TRUE, &status);
    assert_non_null(good);
    assert_int_equal(status, -1);
    rolecall_fixture_write(fixture, "rolecall.conf", "endpoint = 1;\n");
    assert_null(command_line_settings(&line, TRUE, &status));
    assert_int_equal(status, 78);
}

/* Every way a verb ends before its result: one line of JSON where JSON was wanted, else none. */
static void a_verb_that_fails_still_prints_its_json(void **state)
{
    struct rolecall_fixture *fixture = *state;

    static const struct {
        const char *words[6];
        const char *status;
        int exit;
        gboolean broken_config;
    } cases[] = {
        {{"plan", "--json", "--nonsense", NULL}, "usage", 64, FALSE},
        {{"sync", "--nonsense", "--json", NULL}, "usage", 64, FALSE},
        {{"apply", "--json", NULL}, "usage", 64, FALSE},
        {{"members", "--json", "--organization", "nobodys", NULL}, "failed", 1, FALSE},
        {{"sync", "--json", NULL}, "no-endpoint", 69, FALSE},
        {{"apply", "--json", "/no/such/file", NULL}, "failed", 1, FALSE},
        {{"sync", "--json", NULL}, "config", 78, TRUE},
        {{"status", "--json", NULL}, "config", 78, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const *words = cases[i].words;
        if (cases[i].broken_config)
            rolecall_fixture_write(fixture, "rolecall.conf", "endpoint = 1;\n");
        struct rolecall_run *run =
            rolecall_fixture_run(fixture, words[0], words[1], words[2], words[3], NULL);
        rolecall_fixture_expect(run, cases[i].exit);
        json_t *value = rolecall_fixture_json(run);
        assert_string_equal(json_string_value(json_object_get(value, "status")),
                            cases[i].status);
        const json_t *problems = json_object_get(value, "problems");
        assert_true(json_array_size(problems) > 0);
        assert_non_null(strstr(run->err, json_string_value(json_array_get(problems, 0))));
    }
    const struct rolecall_run *quiet = rolecall_fixture_run(fixture, "sync", NULL);
    rolecall_fixture_expect(quiet, 78);
    assert_string_equal(quiet->out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_common_options_are_read),
        cmocka_unit_test(words_are_counted),
        cmocka_unit_test(a_verb_that_prints_nothing_has_no_json),
        cmocka_unit_test_setup_teardown(a_broken_config_is_exit_78, rolecall_fixture_setup,
                                        rolecall_fixture_teardown),
        cmocka_unit_test_setup_teardown(a_verb_that_fails_still_prints_its_json,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
