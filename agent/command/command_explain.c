#include "agent/command/assembly.h"
#include "agent/command/command_line.h"
#include "agent/command/directory_reading.h"
#include "agent/command/sync_run.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "agent/directory/directory_dn.h"
#include "agent/settings/rules_read.h"
#include "agent/sync/plan_print.h"
#include "mapping/explain.h"

struct explain_options {
    char *organization;
};

static json_t *line_json(const struct explain_line *line)
{
    json_t *object = json_pack("{s:s, s:i, s:s}", "kind", line->kind, "depth", (int)line->depth,
                               "text", line->text);
    for (guint i = 0; i < line->field_count; i++)
        json_object_set_new(object, line->fields[i].key, json_string(line->fields[i].value));
    return object;
}

static json_t *explanation_json(const Explanation *explanation)
{
    json_t *lines = json_array();
    for (guint i = 0; i < explanation->lines->len; i++)
        json_array_append_new(lines, line_json(g_ptr_array_index(explanation->lines, i)));
    return lines;
}

static void show_lines(const char *organization, const Explanation *explanation)
{
    g_autofree char *heading = g_strdup_printf("%s\n", organization);
    terminal_print(heading);
    for (guint i = 0; i < explanation->lines->len; i++) {
        const struct explain_line *line = g_ptr_array_index(explanation->lines, i);
        g_autofree char *text =
            g_strdup_printf("  %*s%s\n", (int)(2 * line->depth), "", line->text);
        terminal_print(text);
    }
    if (explanation->lines->len == 0)
        terminal_print("  no directory has an entry like that\n");
}

/* What a sync would do with them now. The endpoint need not answer: then only the rules speak. */
static CycleResult *plan_now(const Settings *settings, const struct explain_options *options,
                             const char **why)
{
    const struct assembly_request request = {.organization = options->organization,
                                             .plan_only = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    *why = "the endpoint does not answer: what a sync would do is not known";
    if (assembly == NULL)
        return NULL;
    assembly->cycle.state = NULL; /* nothing is shown for approval here */
    g_autoptr(CycleResult) result = cycle_run(&assembly->cycle);
    return result->report.no_endpoint ? NULL : g_steal_pointer(&result);
}

static void explain_all(const Settings *settings, const struct explain_options *options,
                        const char *who, const Mapper *mapper, json_t *organizations)
{
    g_autofree char *dn_key = rules_read_is_dn(who) ? directory_dn_key(who, NULL) : NULL;
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct mapper_organization organization = directory_reading_organization(
            settings, g_ptr_array_index(settings->organizations, i));
        if (options->organization != NULL &&
            g_strcmp0(options->organization, organization.name) != 0)
            continue;
        g_autoptr(Explanation) explanation = explain_person(mapper, &organization, who, dn_key);
        if (organizations == NULL)
            show_lines(organization.name, explanation);
        else
            json_array_append_new(organizations, json_pack("{s:s, s:i, s:o}", "organization",
                                                           organization.name, "entries",
                                                           (int)explanation->entries, "lines",
                                                           explanation_json(explanation)));
    }
}

static void show_text(const Settings *settings, const struct explain_options *options,
                      const char *who, const Mapper *mapper)
{
    const char *why = NULL;
    explain_all(settings, options, who, mapper, NULL);
    g_autoptr(CycleResult) result = plan_now(settings, options, &why);
    if (result == NULL) {
        terminal_tell(TERMINAL_QUIET, why);
        return;
    }
    g_autofree char *text = plan_print_text(result->plans, who);
    terminal_print("\n");
    terminal_print(text);
}

static void show_json(const Settings *settings, const struct explain_options *options,
                      const char *who, const Mapper *mapper)
{
    const char *why = NULL;
    json_t *organizations = json_array();
    explain_all(settings, options, who, mapper, organizations);
    json_t *value = json_pack("{s:s, s:o}", "user", who, "organizations", organizations);
    g_autoptr(CycleResult) result = plan_now(settings, options, &why);
    if (result != NULL) {
        g_autofree char *plan = plan_print_json(result->plans, who);
        json_t *plans = json_loads(plan, 0, NULL);
        json_object_set(value, "plans", json_object_get(plans, "plans"));
        json_decref(plans);
    }
    terminal_json(value);
}

static int explain(const struct command_line *line, const struct explain_options *options)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    const struct assembly_request request = {.without_endpoint = TRUE};
    g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    g_autoptr(DirectoryReading) reading =
        assembly == NULL ? NULL : directory_reading_new(assembly, failures, &error);
    if (reading == NULL)
        return sync_run_fail(line, error);
    if (line->json)
        show_json(settings, options, line->words[0], reading->mapper);
    else
        show_text(settings, options, line->words[0], reading->mapper);
    for (guint i = 0; i < failures->len; i++)
        terminal_error("%s", (const char *)g_ptr_array_index(failures, i));
    return failures->len > 0 ? REPORT_EXIT_NO_SNAPSHOT : REPORT_EXIT_DONE;
}

int command_explain(int argc, char **argv)
{
    struct explain_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization, "Only in this one",
         "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "explain",
        .words_help = "PERSON",
        .description =
            "A person is named by address, login, anchor or DN. The highest role wins, deny\n"
            "beats all but protection; then follows what a sync would do.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 1,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = explain(&line, &options);
    command_line_clear(&line);
    g_free(options.organization);
    return status;
}
