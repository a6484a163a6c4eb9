#include <string.h>

#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/verbs.h"
#include "agent/settings/settings_table.h"
#include "agent/settings/settings_value.h"
#include "agent/sync/report.h"
#include "scim/organization/organization.h"
#include "scim/organization/project.h"

#define NOT_GIVEN G_MININT64

struct organization_options {
    char **owners, **protected, **domains;
    char *display_name, *lifetime;
    gint64 seats;
    gint64 seconds; /* of lifetime */
};

static json_t *texts_of(char *const *texts)
{
    json_t *array = json_array();
    for (; *texts != NULL; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

static json_t *describe(const Organization *home)
{
    g_autofree char *lifetime = settings_value_print_duration(home->invitation_lifetime);
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:I, s:o}", "name", home->name, "displayName",
                     home->display_name, "seats", (json_int_t)home->seats, "seatsUsed",
                     (json_int_t)home->seats_used, "invitationLifetime", lifetime, "owners",
                     (json_int_t)home->owners, "domains", texts_of(home->domains));
}

static gboolean create(struct operator_access *access, const struct command_line *line,
                       const struct organization_options *options, GError **error)
{
    const char *name = line->words[1];
    const struct organization_draft draft = {
        .name = name,
        .display_name = options->display_name,
        .seats = options->seats == NOT_GIVEN ? 0 : options->seats,
        .invitation_lifetime = options->seconds,
        .domains = (const char *const *)options->domains,
        .owners = (const char *const *)options->owners,
        .protected = (const char *const *)options->protected,
    };
    const struct act act = {.kind = ACT_ORGANIZATION_CREATE, .organization = &draft};
    const struct actor actor = operator_access_actor(access, name);
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    if (!done)
        return FALSE;
    g_autofree char *text = g_strdup_printf("organization %s is there\n", name);
    if (line->json)
        terminal_json(json_pack("{s:s, s:s}", "organization", name, "status", "created"));
    else
        terminal_print(text);
    return TRUE;
}

static gboolean list(struct operator_access *access, const struct command_line *line,
                     GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(access->session, error);
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"organization", "seats", "used", "owners", "display name", NULL});
    if (names == NULL)
        return FALSE;
    json_t *rows = json_array();
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(Organization) home = NULL;
        if (!organization_read(access->session, g_ptr_array_index(names, i),
                               clock_now(access->judge.clock), &home, error)) {
            json_decref(rows);
            return FALSE;
        }
        if (home == NULL)
            continue;
        g_autofree char *seats = g_strdup_printf("%" G_GINT64_FORMAT, home->seats);
        g_autofree char *used = g_strdup_printf("%" G_GINT64_FORMAT, home->seats_used);
        g_autofree char *owners = g_strdup_printf("%" G_GINT64_FORMAT, home->owners);
        text_table_add(table, (const char *const[]){home->name, seats, used, owners,
                                                    home->display_name, NULL});
        json_array_append_new(rows, describe(home));
    }
    if (line->json) {
        terminal_json(json_pack("{s:o}", "organizations", rows));
        return TRUE;
    }
    json_decref(rows);
    g_autofree char *text = text_table_print(table);
    terminal_print(*text == '\0' ? "none\n" : text);
    return TRUE;
}

static void show_text(const Organization *home, const GPtrArray *projects)
{
    g_autofree char *domains = g_strjoinv(", ", home->domains);
    g_autofree char *lifetime = settings_value_print_duration(home->invitation_lifetime);
    g_autofree char *text = g_strdup_printf(
        "%s (%s)\n  seats                %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
        "\n  active owners        %" G_GINT64_FORMAT "\n  invitation lifetime  %s\n"
        "  domains              %s\n",
        home->name, home->display_name, home->seats_used, home->seats, home->owners, lifetime,
        *domains == '\0' ? "every" : domains);
    terminal_print(text);
    for (guint i = 0; i < projects->len; i++) {
        const struct project *project = g_ptr_array_index(projects, i);
        g_autofree char *line = g_strdup_printf("  project              %s (%s)\n",
                                                project->name, project->display_name);
        terminal_print(line);
    }
}

static gboolean show(struct operator_access *access, const struct command_line *line,
                     GError **error)
{
    g_autofree char *name = operator_access_organization(access, line->words[1], error);
    g_autoptr(Organization) home = NULL;
    if (name == NULL ||
        !organization_read(access->session, name, clock_now(access->judge.clock), &home, error))
        return FALSE;
    g_autoptr(GPtrArray) projects = project_names(access->session, name, error);
    if (projects == NULL || home == NULL)
        return FALSE;
    if (!line->json) {
        show_text(home, projects);
        return TRUE;
    }
    json_t *project_list = json_array();
    for (guint i = 0; i < projects->len; i++)
        json_array_append_new(
            project_list,
            json_string(((const struct project *)g_ptr_array_index(projects, i))->name));
    json_t *shown = describe(home);
    json_object_set_new(shown, "projects", project_list);
    terminal_json(shown);
    return TRUE;
}

struct organization_verb {
    const struct command_line *line;
    const struct organization_options *options;
};

static gboolean do_on_store(struct operator_access *access, void *context, GError **error)
{
    const struct organization_verb *verb = context;
    const struct command_line *line = verb->line;
    const struct organization_options *options = verb->options;
    const char *what = line->words[0];
    if (strcmp(what, "create") == 0)
        return create(access, line, options, error);
    return strcmp(what, "list") == 0 ? list(access, line, error) : show(access, line, error);
}

static int open_and_do(const struct command_line *line,
                       const struct organization_options *options)
{
    struct organization_verb verb = {line, options};
    return operator_access_run(line, NULL, do_on_store, &verb);
}

/* The bounds of the config's key of the same meaning. */
static gboolean is_within(const char *key, gint64 value)
{
    const struct settings_key *row = settings_table_find(SETTINGS_SECTION_ORGANIZATION, key);
    return value >= row->least && value <= row->most;
}

/* What only create takes. */
static gboolean has_options(const struct organization_options *options)
{
    return options->owners != NULL || options->protected != NULL || options->domains != NULL ||
           options->display_name != NULL || options->lifetime != NULL ||
           options->seats != NOT_GIVEN;
}

static int check_values(const struct command_line *line, struct organization_options *options)
{
    const char *why = NULL;
    if (options->lifetime != NULL &&
        !settings_value_duration(options->lifetime, &options->seconds, &why))
        return command_line_usage(line, "--lifetime %s %s", options->lifetime, why);
    if (options->lifetime != NULL && !is_within("invitation_lifetime", options->seconds))
        return command_line_usage(line, "--lifetime must lie between 1m and 365d");
    if (options->seats != NOT_GIVEN && !is_within("seats", options->seats))
        return command_line_usage(line, "--seats must lie between 1 and 10000000");
    for (char **domain = options->domains; domain != NULL && *domain != NULL; domain++)
        if (**domain == '\0' || **domain == '.' || strpbrk(*domain, "@* ") != NULL)
            return command_line_usage(
                line, "--domain: \"%s\" is not a plain domain such as \"example.com\"",
                *domain);
    return REPORT_EXIT_DONE;
}

static int check_and_do(const struct command_line *line, struct organization_options *options)
{
    const char *what = line->words[0];
    const gboolean creates = strcmp(what, "create") == 0;
    const gboolean lists = strcmp(what, "list") == 0;
    if (!creates && !lists && strcmp(what, "show") != 0)
        return command_line_usage(line, "\"%s\" is not create, list or show", what);
    if (lists && line->words[1] != NULL)
        return command_line_usage(line, "\"%s\" is one word too many", line->words[1]);
    if (!creates && has_options(options))
        return command_line_usage(line, "%s takes no options of create", what);
    if (creates && (line->words[1] == NULL || options->owners == NULL))
        return command_line_usage(line, "create needs a name and at least one --owner");
    if (creates && !role_scope_name_is_valid(line->words[1]))
        return command_line_usage(line,
                                  "\"%s\" is not a short name: a-z, 0-9 and hyphen, at most 40",
                                  line->words[1]);
    const int status = check_values(line, options);
    return status == REPORT_EXIT_DONE ? open_and_do(line, options) : status;
}

int command_organization(int argc, char **argv)
{
    struct organization_options options = {.seats = NOT_GIVEN};
    const GOptionEntry entries[] = {
        {"owner", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.owners,
         "create: an owner from the start (repeat)", "ADDRESS"},
        {"protected", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.protected,
         "create: one of them whom no sync may change (repeat)", "ADDRESS"},
        {"domain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.domains,
         "create: only addresses of this domain (repeat)", "DOMAIN"},
        {"display-name", 0, 0, G_OPTION_ARG_STRING, &options.display_name,
         "create: what people read", "TEXT"},
        {"seats", 0, 0, G_OPTION_ARG_INT64, &options.seats, "create: the cap (default 100)",
         "N"},
        {"lifetime", 0, 0, G_OPTION_ARG_STRING, &options.lifetime,
         "create: of invitations (default 48h)", "DURATION"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "organization",
        .words_help = "create NAME | list | show [NAME]",
        .description = "What the config names, serve creates and keeps up to date by itself.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 2,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_do(&line, &options);
    command_line_clear(&line);
    g_strfreev(options.owners);
    g_strfreev(options.protected);
    g_strfreev(options.domains);
    g_free(options.display_name);
    g_free(options.lifetime);
    return status;
}
