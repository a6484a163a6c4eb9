#include "scim/organization/project.h"

static void member_free(gpointer data)
{
    struct project_member *member = data;
    g_free(member->person);
    g_free(member->display_name);
    g_free(member);
}

void project_free(Project *project)
{
    if (project == NULL)
        return;
    g_free(project->id);
    g_free(project->name);
    g_free(project->display_name);
    if (project->members != NULL)
        g_ptr_array_unref(project->members);
    g_free(project);
}

static void destroy(gpointer data)
{
    project_free(data);
}

/* What project_list() and its kin select: id, name, display name, times, version, admins. */
#define PROJECT_COLUMNS                                                                        \
    "SELECT id, name, display_name, created, modified, version, admins FROM project"

static GPtrArray *select_projects(StoreSession *session, const char *sql,
                                  const struct store_value *values, GError **error)
{
    g_autoptr(GPtrArray) projects = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    while (store_next(rows)) {
        Project *project = g_new0(struct project, 1);
        project->id = g_strdup(store_text_at(rows, 0));
        project->name = g_strdup(store_text_at(rows, 1));
        project->display_name = g_strdup(store_text_at(rows, 2));
        project->created = store_int_at(rows, 3);
        project->modified = store_int_at(rows, 4);
        project->version = store_int_at(rows, 5);
        project->admins = store_int_at(rows, 6);
        g_ptr_array_add(projects, project);
    }
    return store_end(rows, error) ? g_steal_pointer(&projects) : NULL;
}

static void add_member(struct store_rows *rows, Project *project, gint64 now)
{
    struct project_member *member = g_new0(struct project_member, 1);
    enum person_status stored = PERSON_SUSPENDED;
    member->person = g_strdup(store_text_at(rows, 1));
    member->display_name = g_strdup(store_text_at(rows, 2));
    member->role = (enum project_role)store_int_at(rows, 3);
    person_status_parse(store_text_at(rows, 4), &stored);
    member->status = person_status_at(stored, store_int_at(rows, 5), now);
    g_ptr_array_add(project->members, member);
}

/* Members of all of them, or of `only` when it is not NULL, in one query. */
static gboolean add_members(StoreSession *session, GPtrArray *projects,
                            const char *organization, const char *only, gint64 now,
                            GError **error)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < projects->len; i++) {
        Project *project = projects->pdata[i];
        project->members = g_ptr_array_new_with_free_func(member_free);
        g_hash_table_insert(by_name, project->name, project);
    }
    struct store_rows *rows = store_query(
        session,
        "SELECT e.project, p.id, COALESCE(p.display_name, p.user_name), e.role, p.status,"
        " p.expires_at FROM person_project e"
        " JOIN person p ON p.organization = e.organization AND p.id = e.person"
        " WHERE e.organization = ?1 AND (?2 IS NULL OR e.project = ?2) ORDER BY p.seq",
        STORE_BIND(store_text(organization), store_text(only)), TRUE);
    while (store_next(rows))
        add_member(rows, g_hash_table_lookup(by_name, store_text_at(rows, 0)), now);
    return store_end(rows, error);
}

static gboolean read_one(StoreSession *session, GPtrArray *found, const char *organization,
                         gint64 now, Project **project, GError **error)
{
    *project = NULL;
    if (found == NULL)
        return FALSE;
    if (found->len > 0) {
        const Project *first = found->pdata[0];
        if (!add_members(session, found, organization, first->name, now, error))
            return FALSE;
        *project = g_ptr_array_steal_index(found, 0);
    }
    return TRUE;
}

gboolean project_read(StoreSession *session, const char *organization, const char *id,
                      gint64 now, Project **project, GError **error)
{
    g_autoptr(GPtrArray) found =
        select_projects(session, PROJECT_COLUMNS " WHERE organization = ? AND id = ?",
                        STORE_BIND(store_text(organization), store_text(id)), error);
    return read_one(session, found, organization, now, project, error);
}

gboolean project_read_by_name(StoreSession *session, const char *organization, const char *name,
                              gint64 now, Project **project, GError **error)
{
    g_autoptr(GPtrArray) found =
        select_projects(session, PROJECT_COLUMNS " WHERE organization = ? AND name = ?",
                        STORE_BIND(store_text(organization), store_text(name)), error);
    return read_one(session, found, organization, now, project, error);
}

GPtrArray *project_names(StoreSession *session, const char *organization, GError **error)
{
    return select_projects(session, PROJECT_COLUMNS " WHERE organization = ? ORDER BY name",
                           STORE_BIND(store_text(organization)), error);
}

GPtrArray *project_list(StoreSession *session, const char *organization, gint64 now,
                        GError **error)
{
    g_autoptr(GPtrArray) projects = project_names(session, organization, error);
    if (projects == NULL || !add_members(session, projects, organization, NULL, now, error))
        return NULL;
    return g_steal_pointer(&projects);
}

gboolean project_insert(StoreSession *session, const struct project_row *row, GError **error)
{
    /* The first admin comes in the same transaction: project_bump() counts from there. */
    return store_run(
        session,
        "INSERT INTO project (organization, id, name, display_name, admins, created,"
        " modified, version) VALUES (?, ?, ?, ?, 1, ?, ?, 0)",
        STORE_BIND(store_text(row->organization), store_text(row->id), store_text(row->name),
                   store_text(row->display_name), store_int(row->created),
                   store_int(row->created)),
        error);
}

gboolean project_write_display_name(StoreSession *session, const struct project_row *row,
                                    GError **error)
{
    return store_run(session,
                     "UPDATE project SET display_name = ? WHERE organization = ? AND name = ?",
                     STORE_BIND(store_text(row->display_name), store_text(row->organization),
                                store_text(row->name)),
                     error);
}

gboolean project_bump(StoreSession *session, const char *organization, const char *name,
                      gint64 change, gint64 now, GError **error)
{
    return store_run(
        session,
        "UPDATE project SET version = version + 1, modified = ?, admins = admins + ?"
        " WHERE organization = ? AND name = ?",
        STORE_BIND(store_int(now), store_int(change), store_text(organization),
                   store_text(name)),
        error);
}

gboolean project_exists(StoreSession *session, const char *organization, const char *name,
                        gboolean *exists, GError **error)
{
    gint64 count = 0;
    if (!store_number(session,
                      "SELECT COUNT(*) FROM project WHERE organization = ? AND name = ?",
                      STORE_BIND(store_text(organization), store_text(name)), 0, &count, error))
        return FALSE;
    *exists = count > 0;
    return TRUE;
}
