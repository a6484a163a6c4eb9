#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/people_list.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/verbs.h"
#include "agent/sync/report.h"
#include "scim/organization/organization.h"

struct listing {
    json_t *rows;
    gint64 now;
};

static json_t *projects_of(const GArray *projects)
{
    json_t *object = json_object();
    for (guint i = 0; i < projects->len; i++) {
        const struct project_role_facts *facts =
            &g_array_index(projects, struct project_role_facts, i);
        json_object_set_new(object, facts->project,
                            json_string(project_role_name(facts->role)));
    }
    return object;
}

static json_t *origins_of(const GPtrArray *links)
{
    json_t *array = json_array();
    for (guint i = 0; i < links->len; i++) {
        const struct link_facts *link = g_ptr_array_index(links, i);
        json_array_append_new(array, json_string(link->origin));
    }
    return array;
}

/* Whole hours that are left, rounded up; 0: it is over. */
static gint64 hours_left(gint64 expires_at, gint64 now)
{
    return expires_at <= now ? 0 : (expires_at - now + 3599) / 3600;
}

static void add_person(void *context, const struct person_facts *facts)
{
    struct listing *listing = context;
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b}", "id", facts->id, "userName",
                  facts->user_name, "status", person_status_name(facts->status), "role",
                  organization_role_name(facts->role), "projects", projects_of(facts->projects),
                  "origins", origins_of(facts->links), "protected", facts->protected);
    if (facts->address != NULL)
        json_object_set_new(row, "email", json_string(facts->address));
    if (facts->display_name != NULL)
        json_object_set_new(row, "displayName", json_string(facts->display_name));
    if (facts->reason != NULL)
        json_object_set_new(row, "reason", json_string(facts->reason));
    if (facts->invitation != NULL) {
        g_autofree char *expires = clock_print(facts->expires_at);
        json_object_set_new(row, "invitation",
                            json_pack("{s:s, s:s, s:I}", "id", facts->invitation, "expiresAt",
                                      expires, "hoursLeft",
                                      (json_int_t)hours_left(facts->expires_at, listing->now)));
    }
    json_array_append_new(listing->rows, row);
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text == NULL ? "" : text;
}

static char *join_projects(const json_t *row)
{
    GString *text = g_string_new(NULL);
    const char *name = NULL;
    json_t *role = NULL;
    json_object_foreach(json_object_get(row, "projects"), name, role) g_string_append_printf(
        text, "%s%s/%s", text->len == 0 ? "" : ", ", name, json_string_value(role));
    return g_string_free(text, FALSE);
}

static char *join_origins(const json_t *row)
{
    GString *text = g_string_new(NULL);
    size_t index = 0;
    json_t *origin = NULL;
    json_array_foreach(json_object_get(row, "origins"), index, origin)
        g_string_append_printf(text, "%s%s", index == 0 ? "" : ", ", json_string_value(origin));
    return g_string_free(text, FALSE);
}

static char *note_of(const json_t *row)
{
    const json_t *invitation = json_object_get(row, "invitation");
    if (invitation == NULL)
        return g_strdup(text_of(row, "reason"));
    const json_int_t hours = json_integer_value(json_object_get(invitation, "hoursLeft"));
    return hours == 0 ? g_strdup("invitation over")
                      : g_strdup_printf("invitation: %" JSON_INTEGER_FORMAT " h left", hours);
}

static void show_table(const json_t *rows)
{
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"person", "status", "role", "projects", "origin", "", NULL});
    size_t index = 0;
    json_t *row = NULL;
    json_array_foreach(rows, index, row)
    {
        g_autofree char *projects = join_projects(row);
        g_autofree char *origins = join_origins(row);
        g_autofree char *note = note_of(row);
        text_table_add(
            table, (const char *const[]){text_of(row, "userName"), text_of(row, "status"),
                                         text_of(row, "role"), projects, origins, note, NULL});
    }
    g_autofree char *text = text_table_print(table);
    terminal_print(text);
}

static gboolean show(struct operator_access *access, const struct command_line *line,
                     const char *wanted, GError **error)
{
    g_autoptr(Organization) home = NULL;
    g_autofree char *name = operator_access_organization(access, wanted, error);
    struct listing listing = {.rows = json_array(), .now = clock_now(access->judge.clock)};
    const gboolean read =
        name != NULL && organization_read(access->session, name, listing.now, &home, error) &&
        home != NULL && people_list_visit(access, name, add_person, &listing, error);
    if (read && line->json) {
        terminal_json(json_pack("{s:s, s:I, s:I, s:O}", "organization", name, "seats",
                                (json_int_t)home->seats, "seatsUsed",
                                (json_int_t)home->seats_used, "members", listing.rows));
    } else if (read) {
        show_table(listing.rows);
        g_autofree char *seats =
            g_strdup_printf("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " seats\n", name,
                            home->seats_used, home->seats);
        terminal_print(seats);
    }
    json_decref(listing.rows);
    return read;
}

static int open_and_show(const struct command_line *line, const char *wanted)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    struct operator_access access = {NULL};
    const gboolean done =
        operator_access_open(&access, settings, &error) && show(&access, line, wanted, &error);
    operator_access_close(&access);
    return done ? REPORT_EXIT_DONE : operator_access_fail(line, error);
}

int command_members(int argc, char **argv)
{
    char *organization = NULL;
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &organization,
         "Of which one, where there are several", "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {.verb = "members", .entries = entries, .prints = TRUE};
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = open_and_show(&line, organization);
    command_line_clear(&line);
    g_free(organization);
    return status;
}
