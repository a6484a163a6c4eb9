#include <string.h>

#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/verbs.h"
#include "agent/sync/report.h"
#include "scim/organization/project.h"

struct project_options {
    char *organization, *display_name;
    char **admins;
};

/* The admins by their ids, in a list that frees the facts it borrows from. */
static GArray *find_admins(struct operator_access *access, const char *organization,
                           char *const *addresses, GPtrArray *facts, GError **error)
{
    g_autoptr(GArray) members = g_array_new(FALSE, TRUE, sizeof(struct member_grant));
    for (; addresses != NULL && *addresses != NULL; addresses++) {
        PersonFacts *person = operator_access_find(access, organization, *addresses, error);
        if (person == NULL)
            return NULL;
        g_ptr_array_add(facts, person);
        const struct member_grant member = {.person = person->id, .role = PROJECT_ROLE_ADMIN};
        g_array_append_val(members, member);
    }
    return g_steal_pointer(&members);
}

/* "acme/search", or "search" with --organization or where there is only one. */
static gboolean create(struct operator_access *access, const struct command_line *line,
                       const struct project_options *options, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(line->words[1], "/", 2);
    const gboolean is_pair = parts[0] != NULL && parts[1] != NULL;
    const char *name = is_pair ? parts[1] : line->words[1];
    g_autofree char *organization =
        operator_access_organization(access, is_pair ? parts[0] : options->organization, error);
    if (organization == NULL)
        return FALSE;
    g_autoptr(GPtrArray) facts =
        g_ptr_array_new_with_free_func((GDestroyNotify)person_facts_free);
    g_autoptr(GArray) members =
        find_admins(access, organization, options->admins, facts, error);
    if (members == NULL)
        return FALSE;
    const struct act act = {.kind = ACT_PROJECT_CREATE,
                            .name = name,
                            .display_name = options->display_name,
                            .members = (const struct member_grant *)(gpointer)members->data,
                            .member_count = members->len};
    const struct actor actor = operator_access_actor(access, organization);
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    if (!done)
        return FALSE;
    g_autofree char *text = g_strdup_printf("project %s/%s is there\n", organization, name);
    if (line->json)
        terminal_json(json_pack("{s:s, s:s, s:s}", "organization", organization, "project",
                                name, "status", "created"));
    else
        terminal_print(text);
    return TRUE;
}

static json_t *describe(const struct project *project)
{
    json_t *members = json_array();
    for (guint i = 0; i < project->members->len; i++) {
        const struct project_member *member = g_ptr_array_index(project->members, i);
        json_t *row = json_pack("{s:s, s:s, s:s}", "value", member->person, "role",
                                project_role_name(member->role), "status",
                                person_status_name(member->status));
        if (member->display_name != NULL)
            json_object_set_new(row, "display", json_string(member->display_name));
        json_array_append_new(members, row);
    }
    return json_pack("{s:s, s:s, s:s, s:o}", "id", project->id, "name", project->name,
                     "displayName", project->display_name, "members", members);
}

static gboolean list(struct operator_access *access, const struct command_line *line,
                     const struct project_options *options, GError **error)
{
    g_autofree char *organization =
        operator_access_organization(access, options->organization, error);
    g_autoptr(GPtrArray) projects = organization == NULL
                                        ? NULL
                                        : project_list(access->session, organization,
                                                       clock_now(access->judge.clock), error);
    if (projects == NULL)
        return FALSE;
    json_t *rows = json_array();
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"project", "active admins", "people", "display name", NULL});
    for (guint i = 0; i < projects->len; i++) {
        const struct project *project = g_ptr_array_index(projects, i);
        g_autofree char *admins = g_strdup_printf("%" G_GINT64_FORMAT, project->admins);
        g_autofree char *people = g_strdup_printf("%u", project->members->len);
        text_table_add(table, (const char *const[]){project->name, admins, people,
                                                    project->display_name, NULL});
        json_array_append_new(rows, describe(project));
    }
    if (line->json) {
        terminal_json(json_pack("{s:s, s:o}", "organization", organization, "projects", rows));
        return TRUE;
    }
    json_decref(rows);
    g_autofree char *text = text_table_print(table);
    terminal_print(*text == '\0' ? "none\n" : text);
    return TRUE;
}

struct project_verb {
    const struct command_line *line;
    const struct project_options *options;
};

static gboolean do_on_store(struct operator_access *access, void *context, GError **error)
{
    const struct project_verb *verb = context;
    const struct command_line *line = verb->line;
    const struct project_options *options = verb->options;
    return strcmp(line->words[0], "create") == 0 ? create(access, line, options, error)
                                                 : list(access, line, options, error);
}

static int open_and_do(const struct command_line *line, const struct project_options *options)
{
    struct project_verb verb = {line, options};
    return operator_access_run(line, NULL, do_on_store, &verb);
}

static int check_and_do(const struct command_line *line, const struct project_options *options)
{
    const gboolean creates = strcmp(line->words[0], "create") == 0;
    if (!creates && strcmp(line->words[0], "list") != 0)
        return command_line_usage(line, "\"%s\" is not create or list", line->words[0]);
    if (creates && (line->words[1] == NULL || options->admins == NULL))
        return command_line_usage(line, "create needs a name and at least one --admin");
    if (!creates && line->words[1] != NULL)
        return command_line_usage(line, "\"%s\" is one word too many", line->words[1]);
    if (!creates && (options->admins != NULL || options->display_name != NULL))
        return command_line_usage(line, "list takes no options of create");
    return open_and_do(line, options);
}

int command_project(int argc, char **argv)
{
    struct project_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "Of which one, where there are several", "NAME"},
        {"admin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.admins,
         "create: who administers it (repeat)", "ADDRESS"},
        {"display-name", 0, 0, G_OPTION_ARG_STRING, &options.display_name,
         "create: what people read", "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "project",
        .words_help = "create ORGANIZATION/NAME | list",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 2,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_do(&line, &options);
    command_line_clear(&line);
    g_free(options.organization);
    g_free(options.display_name);
    g_strfreev(options.admins);
    return status;
}
