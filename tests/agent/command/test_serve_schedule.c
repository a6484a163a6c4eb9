#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/serve_schedule.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *parse(const char *text)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    return settings;
}

/* What the schedule starts is this program: as "sync" it writes down how, beside its config. */
static int write_down(int argc, char **argv)
{
    g_autoptr(GString) runs = g_string_new(NULL);
    g_autofree char *before = NULL;
    g_autofree char *file = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i - 1], "-c") == 0)
            file = g_strconcat(argv[i], ".children", NULL);
        else
            g_string_append_printf(runs, "%s ", argv[i]);
    }
    if (file == NULL)
        return 2;
    guint count = 1;
    if (g_file_get_contents(file, &before, NULL, NULL))
        for (const char *at = before; (at = strchr(at, '\n')) != NULL; at++)
            count++;
    g_string_append_printf(runs, "run %u\n", count);
    g_string_prepend(runs, before != NULL ? before : "");
    return g_file_set_contents(file, runs->str, -1, NULL) ? 0 : 1;
}

static Settings *parse_state(struct rolecall_fixture *fixture, const char *rest)
{
    g_autofree char *text =
        g_strdup_printf("%s\nsync = { state = \"%s\"; };", rest, fixture->folder);
    return parse(text);
}

static void without_a_schedule_and_pushed_groups_nothing_runs(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = parse_state(fixture, "");
    ServeSchedule *schedule = serve_schedule_start(settings, fixture->config, NULL);
    assert_non_null(schedule);
    serve_schedule_groups_changed(schedule);
    serve_schedule_stop(schedule);
    serve_schedule_stop(NULL);
    assert_false(g_file_test(rolecall_fixture_path(fixture, "rolecall.conf.children"),
                             G_FILE_TEST_EXISTS));
}

static void pushed_groups_are_read_at_the_start_and_when_they_change(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = parse_state(
        fixture,
        "organizations = ( { name = \"acme\"; owners = [ \"a@example.com\", "
        "\"b@example.com\" ]; protected = [ \"a@example.com\", \"b@example.com\" ]; } );\n"
        "directories = ( { name = \"okta\"; pushed_groups_of = \"acme\"; } );");
    ServeSchedule *schedule = serve_schedule_start(settings, fixture->config, NULL);
    assert_non_null(schedule);
    rolecall_fixture_wait_for(fixture, "rolecall.conf.children",
                              "sync --scheduled -c --pushed run 1");
    serve_schedule_groups_changed(schedule);
    rolecall_fixture_wait_for(fixture, "rolecall.conf.children",
                              "sync --scheduled -c --pushed run 2");
    serve_schedule_stop(schedule);
}

static void a_schedule_that_makes_no_sense_is_a_settings_error(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = parse("sync = { schedule = \"now and then\"; };");
    g_autoptr(GError) error = NULL;
    assert_null(serve_schedule_start(settings, "/nowhere.conf", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
}

/* A run was kept a moment ago: the next one is far, and stopping must not wait for it. */
static void it_stops_at_once_while_it_waits(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *started = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *run = g_strdup_printf("{\"run\":\"r\",\"started\":\"%s\"}\n", started);
    g_autofree char *text = g_strdup_printf(
        "sync = { state = \"%s\"; schedule = \"every 300d\"; };", fixture->folder);
    rolecall_fixture_write(fixture, "runs", run);
    g_autoptr(Settings) settings = parse(text);
    const gint64 began = g_get_monotonic_time();
    ServeSchedule *schedule = serve_schedule_start(settings, "/nowhere.conf", NULL);
    assert_non_null(schedule);
    serve_schedule_stop(schedule);
    assert_true(g_get_monotonic_time() - began < 5 * G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "sync") == 0)
        return write_down(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_schedule_and_pushed_groups_nothing_runs,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
        cmocka_unit_test_setup_teardown(
            pushed_groups_are_read_at_the_start_and_when_they_change, rolecall_fixture_setup,
            rolecall_fixture_teardown),
        cmocka_unit_test(a_schedule_that_makes_no_sense_is_a_settings_error),
        cmocka_unit_test_setup_teardown(it_stops_at_once_while_it_waits, rolecall_fixture_setup,
                                        rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
