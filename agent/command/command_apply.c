#include "agent/command/arming.h"
#include "agent/command/assembly.h"
#include "agent/command/command_line.h"
#include "agent/command/interrupt.h"
#include "agent/command/sync_run.h"
#include "agent/command/verbs.h"
#include "agent/sync/plan_file.h"

static int apply_file(const struct command_line *line)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    /* a device or a pipe may never end */
    if (g_file_test(line->words[0], G_FILE_TEST_EXISTS) &&
        !g_file_test(line->words[0], G_FILE_TEST_IS_REGULAR)) {
        g_autofree char *text = g_strdup_printf("'%s' is not a regular file", line->words[0]);
        return command_line_fail(line, REPORT_EXIT_FAILED, text);
    }
    g_autoptr(GPtrArray) plans = plan_file_read(line->words[0], &error);
    if (plans == NULL)
        return sync_run_fail(line, error);
    const struct assembly_request request = {.without_servers = TRUE};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    if (assembly == NULL)
        return sync_run_fail(line, error);
    struct interrupt interrupt = {FALSE};
    assembly->cycle.interrupted = interrupt_requested;
    assembly->cycle.interrupted_context = &interrupt;
    const gint64 started = clock_now(assembly->cycle.clock);
    g_autoptr(CycleResult) result = sync_run_cycle(&assembly->cycle, g_steal_pointer(&plans));
    sync_run_remember(&assembly->cycle, "apply", started, result);
    arming_note(settings->sync.state, &result->report);
    const struct sync_run_view view = {.json = line->json};
    return sync_run_show(&view, result);
}

int command_apply(int argc, char **argv)
{
    struct command_line line = {
        .verb = "apply",
        .words_help = "FILE",
        .description =
            "Carries out exactly what `rolecall plan -o FILE` saved. A step whose base has\n"
            "changed since is refused and named.",
        .prints = TRUE,
        .least = 1,
        .most = 1,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = apply_file(&line);
    command_line_clear(&line);
    return status;
}
