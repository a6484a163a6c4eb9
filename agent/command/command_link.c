#include <string.h>

#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/people_list.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/verbs.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/outcome.h"

struct link_options {
    char *organization, *person, *from, *to, *external_id, *reason;
    gboolean all;
};

struct link_verb {
    const struct command_line *line;
    const struct link_options *options;
};

/* A directory that no config names would never speak for its people again. */
static gboolean check_directory(const struct operator_access *access, const char *origin,
                                GError **error)
{
    const char *name = origin_directory_name(origin);
    if (name == NULL || settings_directory(access->settings, name) != NULL)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_REFUSED,
                "the config names no directory \"%s\": nobody would speak for these people; "
                "give it one of that name first",
                name);
    return FALSE;
}

/* NULL: nobody. With --all the id stays NULL. */
static gboolean find_person(struct operator_access *access, const char *organization,
                            const struct link_options *options, char **id, GError **error)
{
    if (options->all)
        return TRUE;
    g_autoptr(PersonFacts) facts =
        operator_access_find(access, organization, options->person, error);
    *id = facts == NULL ? NULL : g_strdup(facts->id);
    return facts != NULL;
}

struct link_count {
    const char *origin;
    guint count;
};

static void count_link(void *context, const struct person_facts *facts)
{
    struct link_count *links = context;
    links->count += person_facts_link(facts, links->origin) != NULL ? 1 : 0;
}

static gboolean move(struct operator_access *access, const struct link_verb *verb,
                     const char *organization, GError **error)
{
    const struct link_options *options = verb->options;
    const struct link_move wanted = {
        .from = options->from, .to = options->to, .external_id = options->external_id};
    g_autofree char *id = NULL;
    struct link_count links = {.origin = options->from};
    if (!check_directory(access, options->to, error) ||
        !find_person(access, organization, options, &id, error) ||
        !people_list_visit(access, organization, count_link, &links, error))
        return FALSE;
    const struct act act = {.kind = ACT_LINK_MOVE, .id = id, .move = &wanted};
    const struct actor actor = operator_access_actor(access, organization);
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    if (!done)
        return FALSE;
    const guint moved = id != NULL ? 1 : links.count;
    g_autofree char *text = g_strdup_printf("%u link%s moved from %s to %s\n", moved,
                                            moved == 1 ? "" : "s", options->from, options->to);
    if (verb->line->json)
        terminal_json(json_pack("{s:s, s:s, s:s, s:i}", "organization", organization, "from",
                                options->from, "to", options->to, "moved", (int)moved));
    else
        terminal_print(text);
    return TRUE;
}

struct link_rows {
    TextTable *table;
    json_t *rows;
    const char *person, *origin; /* NULL: of everybody, of every origin */
};

static char *roles_of(const struct link_facts *link)
{
    GString *text = g_string_new(organization_role_name(link->role));
    for (guint i = 0; i < link->projects->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(link->projects, struct project_role_facts, i);
        g_string_append_printf(text, ", %s/%s", entry->project, project_role_name(entry->role));
    }
    return g_string_free(text, FALSE);
}

/* What a reader of the roles must know besides; "": nothing. */
static const char *note_of(const struct link_facts *link)
{
    if (link->rehearsed)
        return link->active ? "in rehearsal" : "in rehearsal, inactive";
    if (link->attached)
        return "by pushed groups";
    return link->active ? "" : "inactive";
}

static void add_link(struct link_rows *rows, const struct person_facts *facts,
                     const struct link_facts *link)
{
    g_autofree char *roles = roles_of(link);
    const char *external_id = link->external_id != NULL ? link->external_id : "-";
    text_table_add(rows->table, (const char *const[]){facts->user_name, link->origin,
                                                      external_id, roles, note_of(link), NULL});
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:b, s:s, s:b, s:b}", "id", facts->id, "userName",
                  facts->user_name, "origin", link->origin, "active", link->active, "roles",
                  roles, "rehearsed", link->rehearsed, "attached", link->attached);
    if (link->external_id != NULL)
        json_object_set_new(row, "externalId", json_string(link->external_id));
    json_array_append_new(rows->rows, row);
}

static void add_links(void *context, const struct person_facts *facts)
{
    struct link_rows *rows = context;
    if (rows->person != NULL && strcmp(rows->person, facts->id) != 0)
        return;
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (rows->origin == NULL || strcmp(rows->origin, link->origin) == 0)
            add_link(rows, facts, link);
    }
}

static gboolean list(struct operator_access *access, const struct link_verb *verb,
                     const char *organization, GError **error)
{
    const struct link_options *options = verb->options;
    g_autofree char *id = NULL;
    if (options->person != NULL && !find_person(access, organization, options, &id, error))
        return FALSE;
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"person", "origin", "externalId", "roles", "", NULL});
    struct link_rows rows = {table, json_array(), id, options->from};
    if (!people_list_visit(access, organization, add_links, &rows, error)) {
        json_decref(rows.rows);
        return FALSE;
    }
    if (verb->line->json) {
        terminal_json(
            json_pack("{s:s, s:o}", "organization", organization, "links", rows.rows));
        return TRUE;
    }
    json_decref(rows.rows);
    g_autofree char *text = text_table_print(table);
    terminal_print(*text == '\0' ? "none\n" : text);
    return TRUE;
}

static gboolean do_on_store(struct operator_access *access, void *context, GError **error)
{
    const struct link_verb *verb = context;
    g_autofree char *organization =
        operator_access_organization(access, verb->options->organization, error);
    if (organization == NULL)
        return FALSE;
    return strcmp(verb->line->words[0], "list") == 0 ? list(access, verb, organization, error)
                                                     : move(access, verb, organization, error);
}

static int check_and_do(const struct command_line *line, const struct link_options *options)
{
    const gboolean moves = strcmp(line->words[0], "move") == 0;
    if (!moves && strcmp(line->words[0], "list") != 0)
        return command_line_usage(line, "\"%s\" is not move or list", line->words[0]);
    if (moves && (options->from == NULL || options->to == NULL))
        return command_line_usage(line, "move needs --from and --to");
    if (moves && (options->person != NULL) == options->all)
        return command_line_usage(line, "move needs --person or --all");
    if (options->all && options->external_id != NULL)
        return command_line_usage(line, "--external-id is of one person: not with --all");
    if (!moves && (options->to != NULL || options->external_id != NULL || options->all))
        return command_line_usage(line, "list takes --person and --from alone");
    struct link_verb verb = {line, options};
    return operator_access_run(line, options->reason, do_on_store, &verb);
}

int command_link(int argc, char **argv)
{
    struct link_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "In which one, where there are several", "NAME"},
        {"person", 0, 0, G_OPTION_ARG_STRING, &options.person, "Whose link", "ADDRESS"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &options.all,
         "move: those of everybody who has one of --from, all or none", NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "The origin it has", "ORIGIN"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "move: the origin it gets", "ORIGIN"},
        {"external-id", 0, 0, G_OPTION_ARG_STRING, &options.external_id,
         "move: what the new origin calls the person (default: as it is)", "ID"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit trail",
         "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "link",
        .words_help = "move | list",
        .description =
            "An origin is manual, directory:NAME or scim:CONNECTION. move: roles and activity\n"
            "of the link stay; from then on the new origin speaks for the person, and a\n"
            "directory must find them under that externalId, or its next sync takes them "
            "away.\n"
            "list: every link with its roles, of one person or one origin where they are "
            "given.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 1,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_do(&line, &options);
    command_line_clear(&line);
    char *texts[] = {options.organization, options.person,      options.from,
                     options.to,           options.external_id, options.reason};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    return status;
}
