#include "agent/command/serve_schedule.h"

#include "agent/command/run_history.h"
#include "agent/command/terminal.h"
#include "agent/schedule/push_trigger.h"
#include "agent/schedule/runner.h"
#include "agent/schedule/schedule.h"
#include "agent/sync/report.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

/* How long a run that must end has to finish its write. */
#define GRACE_MS 15000

/* The longest wait at a time: the wall clock may be set while we wait. */
#define LONGEST_WAIT_MS 60000

struct serve_schedule {
    gboolean is_scheduled;
    gboolean is_pushed; /* there are directories of pushed groups */
    struct schedule schedule;
    gint64 last_start; /* UTC seconds; -1: never */
    GMutex lock;       /* of trigger */
    struct push_trigger trigger;
    Runner *runner;  /* of the scheduled sync; its waiting ends early. NULL: nothing to run */
    Runner *pushing; /* of the sync of pushed groups */
    GThread *thread;
};

static gint64 now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static gint64 pushed_due(ServeSchedule *schedule)
{
    g_mutex_lock(&schedule->lock);
    const gint64 due = push_trigger_due(&schedule->trigger);
    g_mutex_unlock(&schedule->lock);
    return schedule->is_pushed ? due : PUSH_TRIGGER_NEVER;
}

/* The statuses that the next try may not have. */
static enum push_trigger_end end_of(const struct runner_end *end)
{
    switch ((enum report_exit)end->status) {
    case REPORT_EXIT_DONE:
    case REPORT_EXIT_PENDING:
    case REPORT_EXIT_GUARD:
    case REPORT_EXIT_CONFIG:
    case REPORT_EXIT_USAGE:
        return PUSH_TRIGGER_DONE;
    case REPORT_EXIT_PARTLY:
        return PUSH_TRIGGER_PARTLY;
    case REPORT_EXIT_FAILED:
    case REPORT_EXIT_NO_SNAPSHOT:
    case REPORT_EXIT_NO_ENDPOINT:
    case REPORT_EXIT_BUSY:
        break;
    }
    return PUSH_TRIGGER_FAILED;
}

static void tell_end(const struct runner_end *end, const char *what)
{
    if (end->timed_out)
        terminal_error("%s took longer than run_timeout and was ended", what);
    else if (!end->stopped && end->status != REPORT_EXIT_DONE)
        terminal_error("%s ended with status %d", what, end->status);
}

/* FALSE: we are stopping. Every run reads the pushed groups. */
static gboolean run(ServeSchedule *schedule, Runner *runner, const char *what)
{
    struct runner_end end = {0};
    g_autoptr(GError) error = NULL;
    g_mutex_lock(&schedule->lock);
    push_trigger_start(&schedule->trigger, now_ms());
    g_mutex_unlock(&schedule->lock);
    const gboolean ran = runner_run(runner, &end, &error);
    if (ran)
        tell_end(&end, what);
    else if (g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED))
        return FALSE;
    else
        terminal_error("%s did not run: %s", what, error->message);
    g_mutex_lock(&schedule->lock);
    push_trigger_end(&schedule->trigger, now_ms(),
                     ran && !end.timed_out ? end_of(&end) : PUSH_TRIGGER_FAILED);
    g_mutex_unlock(&schedule->lock);
    return TRUE;
}

static gpointer wait_and_run(gpointer data)
{
    ServeSchedule *schedule = data;
    const struct clock *clock = clock_system();
    for (;;) {
        const gint64 now = clock_now(clock);
        const gint64 due = schedule->is_scheduled
                               ? schedule_due(&schedule->schedule, &schedule->last_start, now)
                               : G_MAXINT64;
        const gint64 pushed = pushed_due(schedule);
        gint64 wait = LONGEST_WAIT_MS;
        if (pushed <= now_ms()) {
            if (!run(schedule, schedule->pushing, "the sync of pushed groups"))
                return NULL;
            continue;
        }
        if (due <= now) {
            schedule->last_start = now;
            if (!run(schedule, schedule->runner, "the scheduled sync"))
                return NULL;
            continue;
        }
        if (due < G_MAXINT64)
            wait = MIN(wait, (due - now) * 1000);
        if (pushed < PUSH_TRIGGER_NEVER)
            wait = MIN(wait, pushed - now_ms());
        if (!runner_idle(schedule->runner, wait))
            return NULL;
    }
}

static gint64 last_start_of(const Settings *settings)
{
    json_t *runs = run_history_read(settings->sync.state);
    const char *started = NULL;
    const json_t *run;
    size_t at;
    gint64 seconds = -1;
    /* A run of pushed groups alone is none that the schedule asked for. */
    json_array_foreach(runs, at, run)
    {
        const char *verb = json_string_value(json_object_get(run, "verb"));
        if (started == NULL && g_strcmp0(verb, RUN_HISTORY_PUSHED) != 0)
            started = json_string_value(json_object_get(run, "started"));
    }
    if (started == NULL || !clock_parse(started, &seconds))
        seconds = -1;
    json_decref(runs);
    return seconds;
}

/* `only` is the option that makes it a run of pushed groups alone, or NULL. */
static Runner *runner_of(const Settings *settings, const char *config, const char *only,
                         GError **error)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "the program does not find itself: is /proc mounted?");
        return NULL;
    }
    const char *const argv[] = {program, "sync", "--scheduled", "-c", config, only, NULL};
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

static void schedule_free(ServeSchedule *schedule)
{
    runner_free(schedule->runner);
    runner_free(schedule->pushing);
    g_mutex_clear(&schedule->lock);
    g_free(schedule);
}

static gboolean prepare(ServeSchedule *schedule, const Settings *settings, const char *config,
                        GError **error)
{
    g_mutex_init(&schedule->lock);
    push_trigger_init(&schedule->trigger, settings->sync.settle);
    schedule->is_scheduled = settings->sync.schedule != NULL;
    schedule->is_pushed = settings_has_pushed_groups(settings, NULL);
    if (schedule->is_scheduled &&
        !schedule_parse(settings->sync.schedule, &schedule->schedule, error))
        return FALSE;
    if (!schedule->is_scheduled && !schedule->is_pushed)
        return TRUE;
    schedule->runner = runner_of(settings, config, NULL, error);
    schedule->pushing =
        schedule->runner == NULL ? NULL : runner_of(settings, config, "--pushed", error);
    schedule->last_start = last_start_of(settings);
    return schedule->pushing != NULL;
}

ServeSchedule *serve_schedule_start(const Settings *settings, const char *config,
                                    GError **error)
{
    ServeSchedule *schedule = g_new0(ServeSchedule, 1);
    if (!prepare(schedule, settings, config, error)) {
        schedule_free(schedule);
        return NULL;
    }
    if (schedule->runner == NULL)
        return schedule;
    push_trigger_note(&schedule->trigger, now_ms());
    schedule->thread = g_thread_new("schedule", wait_and_run, schedule);
    return schedule;
}

void serve_schedule_groups_changed(ServeSchedule *schedule)
{
    if (!schedule->is_pushed)
        return;
    g_mutex_lock(&schedule->lock);
    push_trigger_note(&schedule->trigger, now_ms());
    g_mutex_unlock(&schedule->lock);
    runner_wake(schedule->runner);
}

void serve_schedule_stop(ServeSchedule *schedule)
{
    if (schedule == NULL)
        return;
    if (schedule->thread != NULL) {
        runner_stop(schedule->runner);
        runner_stop(schedule->pushing);
        g_thread_join(schedule->thread);
    }
    schedule_free(schedule);
}
