#include "agent/command/assembly.h"
#include "agent/command/command_line.h"
#include "agent/command/sync_run.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "agent/sync/plan_file.h"

struct plan_options {
    char *output, *organization, *user;
    gboolean full;
};

static int make_plan(const struct command_line *line, const struct plan_options *options)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    const struct assembly_request request = {.organization = options->organization,
                                             .plan_only = TRUE};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    if (assembly == NULL)
        return sync_run_fail(line, error);
    g_autoptr(CycleResult) result = sync_run_cycle(&assembly->cycle, NULL);
    if (options->output != NULL && !plan_file_write(options->output, result->plans, &error))
        return sync_run_fail(line, error);
    const struct sync_run_view view = {
        .json = line->json, .plan_alone = TRUE, .user = options->user};
    return sync_run_show(&view, result);
}

int command_plan(int argc, char **argv)
{
    struct plan_options options = {NULL};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "Save the plan for rolecall apply", "FILE"},
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "Only this organization", "NAME"},
        {"user", 0, 0, G_OPTION_ARG_STRING, &options.user, "Only what concerns this person",
         "USERNAME"},
        {"full", 0, 0, G_OPTION_ARG_NONE, &options.full, "Read the directories whole", NULL},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "plan",
        .description =
            "Exit status: 0 nothing to do, 2 something to do, 3 stopped by the guard.",
        .entries = entries,
        .prints = TRUE,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = make_plan(&line, &options);
    command_line_clear(&line);
    g_free(options.output);
    g_free(options.organization);
    g_free(options.user);
    return status;
}
