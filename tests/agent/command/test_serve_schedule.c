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

static void without_a_schedule_nothing_runs(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = parse("");
    ServeSchedule *schedule = serve_schedule_start(settings, "/nowhere.conf", NULL);
    assert_non_null(schedule);
    serve_schedule_stop(schedule);
    serve_schedule_stop(NULL);
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

static void without_pushed_groups_their_changes_are_nothing(void **state)
{
    (void)state;
    g_autoptr(Settings) settings = parse("");
    ServeSchedule *schedule = serve_schedule_start(settings, "/nowhere.conf", NULL);
    assert_non_null(schedule);
    serve_schedule_groups_changed(schedule);
    serve_schedule_stop(schedule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_schedule_nothing_runs),
        cmocka_unit_test(a_schedule_that_makes_no_sense_is_a_settings_error),
        cmocka_unit_test(without_pushed_groups_their_changes_are_nothing),
        cmocka_unit_test_setup_teardown(it_stops_at_once_while_it_waits, rolecall_fixture_setup,
                                        rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
