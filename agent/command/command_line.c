#include "agent/command/command_line.h"

#include "agent/command/terminal.h"
#include "agent/settings/settings_read.h"
#include "agent/sync/report.h"

/* Takes the reference. */
static void show_failure(const struct command_line *line, int status, json_t *problems)
{
    if (line->json)
        terminal_json(json_pack("{s:s, s:O}", "status",
                                report_exit_word((enum report_exit)status), "problems",
                                problems));
    json_decref(problems);
}

int command_line_fail(const struct command_line *line, int status, const char *problem)
{
    terminal_error("%s", problem);
    show_failure(line, status, json_pack("[s]", problem));
    return status;
}

int command_line_usage(const struct command_line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *problem =
        g_strdup_printf("%s: %s (rolecall %s --help tells more)", line->verb, text, line->verb);
    return command_line_fail(line, REPORT_EXIT_USAGE, problem);
}

static GOptionContext *context_of(struct command_line *line, gboolean *help)
{
    const GOptionEntry standard[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &line->config,
         "The config (default " COMMAND_LINE_CONFIG ")", "FILE"},
        {"help", 'h', 0, G_OPTION_ARG_NONE, help, "Show this", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &line->words, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    const GOptionEntry printing[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &line->json, "Print one JSON value on one line",
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *usage =
        line->words_help == NULL ? g_strdup(" ") : g_strdup_printf("%s ", line->words_help);
    GOptionContext *context = g_option_context_new(usage);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_description(context, line->description);
    if (line->entries != NULL)
        g_option_context_add_main_entries(context, line->entries, NULL);
    if (line->prints)
        g_option_context_add_main_entries(context, printing, NULL);
    g_option_context_add_main_entries(context, standard, NULL);
    return context;
}

/* GLib's usage line begins with the program's name: ours is two words. */
static void print_help(GOptionContext *context, const char *verb)
{
    g_autofree char *program = g_strdup_printf("rolecall %s", verb);
    g_set_prgname(program);
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
    terminal_print(help);
}

static gboolean count_is_right(const struct command_line *line, int *status)
{
    const guint count = g_strv_length(line->words);
    if (count >= line->least && count <= line->most)
        return TRUE;
    if (count > line->most)
        *status =
            command_line_usage(line, "\"%s\" is one word too many", line->words[line->most]);
    else
        *status = command_line_usage(line, "it needs %s", line->words_help);
    return FALSE;
}

gboolean command_line_parse(struct command_line *line, int argc, char **argv, int *status)
{
    gboolean help = FALSE;
    const gboolean wants_json =
        line->prints && g_strv_contains((const char *const *)argv, "--json");
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = context_of(line, &help);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        line->json = wants_json; /* a parse that fails takes back what it had read */
        *status = command_line_usage(line, "%s", error->message);
        command_line_clear(line);
        return FALSE;
    }
    if (help) {
        print_help(context, line->verb);
        *status = REPORT_EXIT_DONE;
        command_line_clear(line);
        return FALSE;
    }
    if (line->config == NULL)
        line->config = g_strdup(COMMAND_LINE_CONFIG);
    if (line->words == NULL)
        line->words = g_new0(char *, 1);
    if (count_is_right(line, status))
        return TRUE;
    command_line_clear(line);
    return FALSE;
}

Settings *command_line_settings(const struct command_line *line, gboolean warns, int *status)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    json_t *errors = json_array();
    Settings *settings = settings_read(line->config, problems);
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        if (!problem->is_warning || warns)
            terminal_tell(problem->is_warning ? TERMINAL_ATTENTION : TERMINAL_BAD,
                          problem->text);
        if (!problem->is_warning)
            json_array_append_new(errors, json_string(problem->text));
    }
    if (settings != NULL) {
        json_decref(errors);
        return settings;
    }
    *status = REPORT_EXIT_CONFIG;
    show_failure(line, *status, errors);
    return NULL;
}

void command_line_clear(struct command_line *line)
{
    g_clear_pointer(&line->config, g_free);
    g_clear_pointer(&line->words, g_strfreev);
}
