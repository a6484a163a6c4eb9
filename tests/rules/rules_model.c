#include "tests/rules/rules_model.h"

#include <string.h>

#include "scim/organization/role.h"

/* A line of a person: "globex/mel@example.com active 1 sent 1 ads/2 search/3". */
enum field {
    FIELD_WHO,
    FIELD_STATUS,
    FIELD_ROLE,
    FIELD_SENT_WORD,
    FIELD_SENT,
    FIELD_PROJECTS,
};

static gint by_text(gconstpointer left, gconstpointer right)
{
    const char *const *one = left;
    const char *const *other = right;
    return strcmp(*one, *other);
}

static GPtrArray *split(const char *text, const char *separator)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) each = g_strsplit(text, separator, -1);
    for (char **part = each; *part != NULL; part++)
        g_ptr_array_add(parts, g_strdup(*part));
    return parts;
}

static char *join(GPtrArray *parts, const char *separator)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (guint i = 0; i < parts->len; i++)
        g_ptr_array_add(texts, parts->pdata[i]);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(separator, (char **)texts->pdata);
}

static void put(GPtrArray *parts, guint at, char *text)
{
    g_free(parts->pdata[at]);
    parts->pdata[at] = text;
}

static int rank_of(const char *name)
{
    enum organization_role role = ORGANIZATION_ROLE_NONE;
    organization_role_parse(name, &role);
    return (int)role;
}

static int project_rank_of(const char *name)
{
    enum project_role role = PROJECT_ROLE_NONE;
    project_role_parse(name, &role);
    return (int)role;
}

/* Sets, or with 0 takes away, the role in a project. */
static void set_project(GPtrArray *fields, const char *project, int rank)
{
    g_autofree char *begin = g_strconcat(project, "/", NULL);
    for (guint i = FIELD_PROJECTS; i < fields->len; i++)
        if (g_str_has_prefix(fields->pdata[i], begin))
            g_ptr_array_remove_index(fields, i--);
    if (rank == 0)
        return;
    guint at = FIELD_PROJECTS;
    while (at < fields->len && strcmp(fields->pdata[at], begin) < 0)
        at++;
    g_ptr_array_insert(fields, (gint)at, g_strdup_printf("%s%d", begin, rank));
}

static void set_roles_of_link(GPtrArray *fields, enum organization_role role)
{
    put(fields, FIELD_ROLE, g_strdup_printf("%d", (int)role));
    g_ptr_array_set_size(fields, FIELD_PROJECTS);
}

static gboolean waits(GPtrArray *fields)
{
    return strcmp(fields->pdata[FIELD_STATUS], "invited") == 0;
}

static void send_once_more(GPtrArray *fields)
{
    gint64 sent = g_ascii_strtoll(fields->pdata[FIELD_SENT], NULL, 10);
    put(fields, FIELD_SENT, g_strdup_printf("%" G_GINT64_FORMAT, sent + 1));
}

static gboolean is_service(enum rules_actor actor)
{
    return actor >= BY_OKTA && actor <= BY_EVERYWHERE;
}

/* FALSE: the person is gone. */
static gboolean change_person(const struct rules_cell *cell, GPtrArray *fields)
{
    const struct rules_row *row = cell->row;
    switch (row->act) {
    case DO_RESEND:
        put(fields, FIELD_STATUS, g_strdup("invited"));
        send_once_more(fields);
        return TRUE;
    case DO_SET_ROLE:
        put(fields, FIELD_ROLE, g_strdup_printf("%d", rank_of(row->role)));
        break;
    case DO_SUSPEND:
        put(fields, FIELD_STATUS, g_strdup("suspended"));
        if (is_service(cell->actor)) /* the only link is inactive: nothing gives a role */
            set_roles_of_link(fields, ORGANIZATION_ROLE_NONE);
        return TRUE;
    case DO_REACTIVATE:
        put(fields, FIELD_STATUS, g_strdup("active"));
        if (is_service(cell->actor))
            set_roles_of_link(fields, ORGANIZATION_ROLE_MEMBER);
        return TRUE;
    case DO_INVITE_AGAIN:
    case DO_SET_PROJECT:
        set_project(fields, row->project, project_rank_of(row->project_role));
        if (strcmp(fields->pdata[FIELD_ROLE], "0") == 0) /* I4: a project role needs one */
            put(fields, FIELD_ROLE, g_strdup("1"));
        break;
    case DO_DROP_PROJECT:
        set_project(fields, row->project, 0);
        break;
    case DO_LIFT:
        if (row->project != NULL)
            set_project(fields, row->project, 0);
        else
            put(fields, FIELD_ROLE, g_strdup("1"));
        return TRUE;
    case DO_CREATE_PROJECT:
        set_project(fields, row->project, (int)PROJECT_ROLE_ADMIN);
        return TRUE;
    case DO_REVOKE:
    case DO_REMOVE:
    case DO_LEAVE:
    case DO_INVITE:
    case DO_RENAME:
    case DO_READ:
    case RULES_ACTS:
        return FALSE;
    }
    if (waits(fields))
        send_once_more(fields);
    return TRUE;
}

static char *newcomer(const struct rules_row *row)
{
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%s/%s invited %d sent 1", rules_world_home(row->home),
                    RULES_NEWCOMER, rank_of(row->role));
    if (row->project != NULL)
        g_string_append_printf(line, " %s/%d", row->project,
                               project_rank_of(row->project_role));
    return g_string_free(line, FALSE);
}

static void change_project(const struct rules_row *row, GPtrArray *lines)
{
    g_autofree char *begin =
        g_strdup_printf("%s#%s ", rules_world_home(row->home), row->project);
    for (guint i = 0; row->act == DO_RENAME && i < lines->len; i++)
        if (g_str_has_prefix(lines->pdata[i], begin))
            put(lines, i, g_strconcat(begin, "Renamed", NULL));
    if (row->act == DO_CREATE_PROJECT)
        g_ptr_array_add(lines, g_strconcat(begin, row->project, NULL));
}

static void change_lines(const struct rules_cell *cell, GPtrArray *lines)
{
    const struct rules_row *row = cell->row;
    g_autofree char *target =
        row->act == DO_CREATE_PROJECT ? g_strdup("mia") : rules_request_target(cell);
    g_autofree char *begin =
        g_strdup_printf("%s/%s@example.com ", rules_world_home(row->home), target);
    change_project(row, lines);
    if (row->act == DO_INVITE)
        g_ptr_array_add(lines, newcomer(row));
    for (guint i = 0; i < lines->len; i++) {
        if (!g_str_has_prefix(lines->pdata[i], begin) || row->act == DO_RENAME)
            continue;
        g_autoptr(GPtrArray) fields = split(lines->pdata[i], " ");
        if (change_person(cell, fields))
            put(lines, i, join(fields, " "));
        else
            g_ptr_array_remove_index(lines, i--);
    }
    g_ptr_array_sort(lines, by_text);
}

/* A service took the project's only admin away: one unprotected owner stands in, which is taken
 * back here so that the rest can be compared. FALSE: nobody does, or more than one. */
static gboolean take_stand_in_back(const struct rules_row *row, GPtrArray *lines)
{
    g_autofree char *role = g_strconcat(row->also, "/3", NULL);
    guint found = 0;
    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GPtrArray) fields = split(lines->pdata[i], " ");
        gboolean stands = FALSE;
        for (guint j = FIELD_PROJECTS; j < fields->len; j++)
            stands = stands || strcmp(fields->pdata[j], role) == 0;
        if (!stands || strcmp(fields->pdata[FIELD_ROLE], "3") != 0 ||
            strcmp(fields->pdata[FIELD_STATUS], "active") != 0 ||
            strstr(fields->pdata[FIELD_WHO], "breakglass") != NULL ||
            !g_str_has_prefix(fields->pdata[FIELD_WHO], rules_world_home(row->home)))
            continue;
        found++;
        set_project(fields, row->also, 0);
        put(lines, i, join(fields, " "));
    }
    return found == 1;
}

static char *differences(GPtrArray *wanted, GPtrArray *found)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < wanted->len; i++)
        if (!g_ptr_array_find_with_equal_func(found, wanted->pdata[i], g_str_equal, NULL))
            g_string_append_printf(text, " missing [%s]", (const char *)wanted->pdata[i]);
    for (guint i = 0; i < found->len; i++)
        if (!g_ptr_array_find_with_equal_func(wanted, found->pdata[i], g_str_equal, NULL))
            g_string_append_printf(text, " found [%s]", (const char *)found->pdata[i]);
    if (text->len == 0)
        return g_string_free(text, TRUE);
    return g_string_free(text, FALSE);
}

char *rules_model_check(const struct rules_cell *cell, const char *before, const char *after)
{
    g_autoptr(GPtrArray) wanted = split(before, "\n");
    g_autoptr(GPtrArray) found = split(after, "\n");
    change_lines(cell, wanted);
    if (cell->row->also != NULL && is_service(cell->actor) &&
        !take_stand_in_back(cell->row, found))
        return g_strdup(" nobody stands in");
    return differences(wanted, found);
}
