#include "scim/organization/settle_projects.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/link.h"
#include "scim/organization/project.h"
#include "scim/organization/settle_person.h"
#include "scim/organization/succession.h"

static gboolean is_admin(const struct person_facts *facts, const char *project)
{
    return facts != NULL && facts->status == PERSON_ACTIVE &&
           project_roles_find(facts->projects, project) == PROJECT_ROLE_ADMIN;
}

/* An admin by more than standing in. */
static gboolean is_own_admin(const struct person_facts *facts, const char *project)
{
    return facts != NULL && facts->status == PERSON_ACTIVE &&
           effective_own_project_role(facts, project) == PROJECT_ROLE_ADMIN;
}

static void add_name(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static void add_projects(GPtrArray *names, const struct person_facts *facts)
{
    if (facts == NULL)
        return;
    for (guint i = 0; i < facts->projects->len; i++)
        add_name(names, g_array_index(facts->projects, struct project_role_facts, i).project);
}

/* Projects in which anyone touched has, or had, a role. */
static GPtrArray *concerned(const struct change *change)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        add_projects(names, touched->before);
        add_projects(names, touched->after);
    }
    for (guint i = 0; i < change->new_projects->len; i++)
        add_name(names, change->new_projects->pdata[i]);
    for (guint i = 0; i < change->renamed_projects->len; i++)
        add_name(names, change->renamed_projects->pdata[i]);
    return names;
}

static gboolean drop_stand_in(struct change *change, const char *person, const char *project,
                              GError **error)
{
    struct touched *touched;
    const struct link_key key = {.organization = change->organization, .person = person};
    return change_touch(change, person, &touched, error) &&
           link_stand_in_drop(change->session, &key, project, error) &&
           settle_person(change, touched, error);
}

static GPtrArray *find_stand_ins(struct change *change, const char *project, GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(
        change->session,
        "SELECT person FROM stand_in WHERE organization = ? AND project = ? ORDER BY person",
        STORE_BIND(store_text(change->organization), store_text(project)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(people, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&people) : NULL;
}

static gboolean end_all(struct change *change, const char *project, GError **error)
{
    g_autoptr(GPtrArray) people = find_stand_ins(change, project, error);
    if (people == NULL)
        return FALSE;
    for (guint i = 0; i < people->len; i++)
        if (!drop_stand_in(change, people->pdata[i], project, error))
            return FALSE;
    return TRUE;
}

static gboolean end_lost(struct change *change, const struct touched *touched, GError **error)
{
    if (touched->after == NULL || effective_is_active_owner(touched->after))
        return TRUE;
    g_autoptr(GPtrArray) projects = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < touched->after->stands_in->len; i++)
        g_ptr_array_add(projects, g_strdup(touched->after->stands_in->pdata[i]));
    for (guint i = 0; i < projects->len; i++)
        if (!drop_stand_in(change, touched->id, projects->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean has_new_admin(const struct change *change, const char *project)
{
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        if (is_own_admin(touched->after, project) && !is_own_admin(touched->before, project))
            return TRUE;
    }
    return FALSE;
}

gboolean settle_stand_ins(struct change *change, GError **error)
{
    for (guint i = 0; i < change->touched->len; i++)
        if (!end_lost(change, change->touched->pdata[i], error))
            return FALSE;
    g_autoptr(GPtrArray) projects = concerned(change);
    for (guint i = 0; i < projects->len; i++)
        if (has_new_admin(change, projects->pdata[i]) &&
            !end_all(change, projects->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* Active admins after the act, less those before it. */
static gint64 admin_change(const struct change *change, const char *project)
{
    gint64 difference = 0;
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        difference += is_admin(touched->after, project);
        difference -= is_admin(touched->before, project);
    }
    /* A new project was written with a count of one. */
    if (g_ptr_array_find_with_equal_func(change->new_projects, project, g_str_equal, NULL))
        difference--;
    return difference;
}

static gboolean admins_after(struct change *change, const char *project, gint64 *admins,
                             GError **error)
{
    if (!store_number(change->session,
                      "SELECT admins FROM project WHERE organization = ? AND name = ?",
                      STORE_BIND(store_text(change->organization), store_text(project)), 0,
                      admins, error))
        return FALSE;
    *admins += admin_change(change, project);
    return TRUE;
}

/* The owner who lost the admin role by this very act and stays an owner: nobody else is needed. */
static const char *remaining_owner(const struct change *change, const char *project)
{
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        if (is_admin(touched->before, project) && effective_is_active_owner(touched->after))
            return touched->id;
    }
    return NULL;
}

/* Active owners as they are after the act, without those whom an override keeps out. */
static GPtrArray *find_candidates(struct change *change, const char *project,
                                  GArray *candidates, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(
        change->session,
        "SELECT p.id, p.protected FROM person p WHERE p.organization = ?1"
        " AND p.status = 'active' AND p.role = 3 AND NOT EXISTS (SELECT 1 FROM override o"
        "  WHERE o.organization = ?1 AND o.person = p.id AND o.project = ?2) ORDER BY p.id",
        STORE_BIND(store_text(change->organization), store_text(project)), TRUE);
    while (store_next(rows)) {
        char *id = g_strdup(store_text_at(rows, 0));
        struct succession_candidate candidate = {.id = id,
                                                 .is_active_owner = TRUE,
                                                 .stays = TRUE,
                                                 .is_protected = store_int_at(rows, 1) != 0};
        g_ptr_array_add(ids, id);
        g_array_append_val(candidates, candidate);
    }
    return store_end(rows, error) ? g_steal_pointer(&ids) : NULL;
}

static gboolean choose(struct change *change, const char *project, char **person,
                       GError **error)
{
    g_autoptr(GArray) candidates =
        g_array_new(FALSE, FALSE, sizeof(struct succession_candidate));
    g_autoptr(GPtrArray) ids = find_candidates(change, project, candidates, error);
    if (ids == NULL)
        return FALSE;
    const char *remaining = remaining_owner(change, project);
    gboolean may_remain = remaining != NULL &&
                          g_ptr_array_find_with_equal_func(ids, remaining, g_str_equal, NULL);
    gssize index = succession_choose(
        (const struct succession_candidate *)(void *)candidates->data, candidates->len);
    *person = may_remain   ? g_strdup(remaining)
              : index >= 0 ? g_strdup(ids->pdata[index])
                           : NULL;
    return TRUE;
}

static gboolean succeed(struct change *change, const char *project, gboolean *found,
                        GError **error)
{
    g_autofree char *person = NULL;
    *found = FALSE;
    if (!actor_is_service(change->actor))
        return TRUE;
    if (!choose(change, project, &person, error))
        return FALSE;
    if (person == NULL)
        return TRUE;
    *found = TRUE;
    struct touched *touched;
    const struct link_key key = {.organization = change->organization, .person = person};
    return change_touch(change, person, &touched, error) &&
           link_stand_in_put(change->session, &key, project, error) &&
           settle_person(change, touched, error);
}

static gboolean refuse(struct change *change, GPtrArray *orphans)
{
    struct refusal refusal = {.projects = g_ptr_array_new_with_free_func(g_free)};
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < orphans->len; i++) {
        g_ptr_array_add(refusal.projects, g_strdup(orphans->pdata[i]));
        g_string_append_printf(names, "%s\"%s\"", i == 0 ? "" : ", ",
                               (char *)orphans->pdata[i]);
    }
    refusal_set(&refusal, REFUSAL_LAST_PROJECT_ADMIN,
                "That would leave %s without an active admin: make somebody else admin first.",
                names->str);
    g_string_free(names, TRUE);
    return verdict_take_refusal(change->verdict, &refusal);
}

gboolean settle_successions(struct change *change, GError **error)
{
    g_autoptr(GPtrArray) projects = concerned(change);
    g_autoptr(GPtrArray) orphans = g_ptr_array_new();
    for (guint i = 0; i < projects->len; i++) {
        gint64 admins = 0;
        gboolean found = TRUE;
        if (!admins_after(change, projects->pdata[i], &admins, error))
            return FALSE;
        if (admins < 1 && !succeed(change, projects->pdata[i], &found, error))
            return FALSE;
        if (!found)
            g_ptr_array_add(orphans, projects->pdata[i]);
    }
    return orphans->len == 0 ? TRUE : refuse(change, orphans);
}

static gboolean membership_differs(const struct touched *touched, const char *project)
{
    const struct person_facts *before = touched->before, *after = touched->after;
    enum project_role had = before == NULL ? 0 : project_roles_find(before->projects, project);
    enum project_role has = after == NULL ? 0 : project_roles_find(after->projects, project);
    if (had != has)
        return TRUE;
    return has != PROJECT_ROLE_NONE &&
           (before->status != after->status ||
            g_strcmp0(before->display_name, after->display_name) != 0 ||
            strcmp(before->user_name, after->user_name) != 0);
}

static gboolean project_differs(const struct change *change, const char *project)
{
    if (g_ptr_array_find_with_equal_func(change->new_projects, project, g_str_equal, NULL) ||
        g_ptr_array_find_with_equal_func(change->renamed_projects, project, g_str_equal, NULL))
        return TRUE;
    for (guint i = 0; i < change->touched->len; i++)
        if (membership_differs(change->touched->pdata[i], project))
            return TRUE;
    return FALSE;
}

gboolean settle_project_counts(struct change *change, gboolean *changed, GError **error)
{
    g_autoptr(GPtrArray) projects = concerned(change);
    *changed = FALSE;
    for (guint i = 0; i < projects->len; i++) {
        const char *project = projects->pdata[i];
        if (!project_differs(change, project))
            continue;
        *changed = TRUE;
        if (!project_bump(change->session, change->organization, project,
                          admin_change(change, project), change->now, error))
            return FALSE;
    }
    return TRUE;
}
