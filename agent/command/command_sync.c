#include "agent/command/arming.h"
#include "agent/command/assembly.h"
#include "agent/command/command_line.h"
#include "agent/command/interrupt.h"
#include "agent/command/run_history.h"
#include "agent/command/sync_run.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"

struct sync_options {
    gboolean dry, full, scheduled, pushed;
    char *organization, *approve, *removals;
};

/* Every push of a group starts a run: those that found nothing to do would hide the others. */
static gboolean is_uneventful(const struct report *report)
{
    return report_exit_status(report) == REPORT_EXIT_DONE && report->writes == 0;
}

static int run_sync(const struct command_line *line, const struct sync_options *options,
                    const struct settings_limit *removals)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    const gboolean is_unarmed = options->scheduled && !arming_is_armed(settings->sync.state);
    const gboolean only_plans = options->dry || is_unarmed;
    if (is_unarmed)
        terminal_error("%s only plans until one `rolecall sync` by hand has succeeded",
                       options->pushed ? "the sync of pushed groups" : "the schedule");
    const struct assembly_request request = {.organization = options->organization,
                                             .plan_only = only_plans,
                                             .pushed = options->pushed,
                                             .approve = options->approve,
                                             .max_removals = removals};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    if (assembly == NULL)
        return sync_run_fail(line, error);
    struct interrupt interrupt = {FALSE};
    assembly->cycle.interrupted = interrupt_requested;
    assembly->cycle.interrupted_context = &interrupt;
    const gint64 started = clock_now(assembly->cycle.clock);
    g_autoptr(CycleResult) result = sync_run_cycle(&assembly->cycle, NULL);
    const gboolean is_told = !options->pushed || !is_uneventful(&result->report);
    const char *verb = options->pushed ? RUN_HISTORY_PUSHED : only_plans ? "plan" : "sync";
    if (!options->dry && is_told)
        sync_run_remember(&assembly->cycle, verb, started, result);
    if (!only_plans && !options->scheduled)
        arming_note(settings->sync.state, &result->report);
    const struct sync_run_view view = {.json = line->json};
    return is_told ? sync_run_show(&view, result) : (int)report_exit_status(&result->report);
}

static int check_and_run(const struct command_line *line, const struct sync_options *options)
{
    struct settings_limit removals = {0};
    const char *why = NULL;
    if (options->removals == NULL)
        return run_sync(line, options, NULL);
    if (!settings_value_limit(options->removals, &removals, &why))
        return command_line_usage(line, "--max-removals %s %s", options->removals, why);
    return run_sync(line, options, &removals);
}

int command_sync(int argc, char **argv)
{
    struct sync_options options = {FALSE};
    const GOptionEntry entries[] = {
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry, "Only plan", NULL},
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "Only this organization", "NAME"},
        {"approve", 0, 0, G_OPTION_ARG_STRING, &options.approve,
         "Release what the guard held and showed under this digest", "DIGEST"},
        {"max-removals", 0, 0, G_OPTION_ARG_STRING, &options.removals,
         "Instead of the config's max_removals", "N|N%"},
        {"scheduled", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.scheduled, NULL,
         NULL},
        {"pushed", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.pushed, NULL, NULL},
        {"full", 0, 0, G_OPTION_ARG_NONE, &options.full, "Read the directories whole", NULL},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "sync",
        .description =
            "Exit status: 0 done or nothing to do, 1 failed, 3 stopped by the guard, 4 partly\n"
            "done, 5 a directory gave no snapshot, 69 the endpoint does not answer, 75 "
            "another\n"
            "run is active, 78 the config is wrong; -n: 2 something to do.",
        .entries = entries,
        .prints = TRUE,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_run(&line, &options);
    command_line_clear(&line);
    g_free(options.organization);
    g_free(options.approve);
    g_free(options.removals);
    return status;
}
