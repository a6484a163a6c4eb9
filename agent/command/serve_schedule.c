#include "agent/command/serve_schedule.h"

#include "agent/command/run_history.h"
#include "agent/command/terminal.h"
#include "agent/schedule/runner.h"
#include "agent/schedule/schedule.h"
#include "agent/sync/report.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

/* How long a run that must end has to finish its write. */
#define GRACE_MS 15000

struct serve_schedule {
    struct schedule schedule;
    gint64 last_start; /* UTC seconds; -1: never */
    Runner *runner;    /* NULL: nothing to run */
    GThread *thread;
};

static void tell_end(const struct runner_end *end)
{
    if (end->timed_out)
        terminal_error("the scheduled sync took longer than run_timeout and was ended");
    else if (!end->stopped && end->status != REPORT_EXIT_DONE)
        terminal_error("the scheduled sync ended with status %d", end->status);
}

static gpointer wait_and_run(gpointer data)
{
    ServeSchedule *schedule = data;
    const struct clock *clock = clock_system();
    for (;;) {
        const gint64 now = clock_now(clock);
        const gint64 due = schedule_due(&schedule->schedule, &schedule->last_start, now);
        /* in steps of a minute at most: the wall clock may be set while we wait */
        if (due > now) {
            if (!runner_idle(schedule->runner, MIN(due - now, 60) * 1000))
                return NULL;
            continue;
        }
        struct runner_end end = {0};
        g_autoptr(GError) error = NULL;
        schedule->last_start = now;
        if (runner_run(schedule->runner, &end, &error))
            tell_end(&end);
        else if (g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED))
            return NULL;
        else
            terminal_error("the scheduled sync did not run: %s", error->message);
    }
}

static gint64 last_start_of(const Settings *settings)
{
    json_t *runs = run_history_read(settings->sync.state);
    const char *started =
        json_string_value(json_object_get(json_array_get(runs, 0), "started"));
    gint64 seconds = -1;
    if (started == NULL || !clock_parse(started, &seconds))
        seconds = -1;
    json_decref(runs);
    return seconds;
}

static Runner *runner_of(const Settings *settings, const char *config, GError **error)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "the program does not find itself: is /proc mounted?");
        return NULL;
    }
    const char *const argv[] = {program, "sync", "--scheduled", "-c", config, NULL};
    return runner_new(argv, settings->sync.run_timeout * 1000, GRACE_MS, error);
}

gboolean serve_schedule_check(const Settings *settings, GError **error)
{
    struct schedule schedule;
    if (settings->sync.schedule == NULL ||
        schedule_parse(settings->sync.schedule, &schedule, error))
        return TRUE;
    g_prefix_error(error, "%s:%u: ", settings->file,
                   settings_line(settings, &settings->sync.schedule));
    return FALSE;
}

ServeSchedule *serve_schedule_start(const Settings *settings, const char *config,
                                    GError **error)
{
    ServeSchedule *schedule = g_new0(ServeSchedule, 1);
    if (settings->sync.schedule == NULL)
        return schedule;
    if (schedule_parse(settings->sync.schedule, &schedule->schedule, error))
        schedule->runner = runner_of(settings, config, error);
    if (schedule->runner == NULL) {
        g_free(schedule);
        return NULL;
    }
    schedule->last_start = last_start_of(settings);
    schedule->thread = g_thread_new("schedule", wait_and_run, schedule);
    return schedule;
}

void serve_schedule_stop(ServeSchedule *schedule)
{
    if (schedule == NULL)
        return;
    if (schedule->thread != NULL) {
        runner_stop(schedule->runner);
        g_thread_join(schedule->thread);
    }
    runner_free(schedule->runner);
    g_free(schedule);
}
