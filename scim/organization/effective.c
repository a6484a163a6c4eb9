#include "scim/organization/effective.h"

#include <string.h>

#include "scim/protocol/origin.h"

gboolean effective_is_suspended(const struct person_facts *facts)
{
    if (facts->suspended_by_owner)
        return TRUE;
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (!link->active && !link->attached && !link->rehearsed)
            return TRUE;
    }
    return FALSE;
}

const struct link_facts *effective_holder(const struct person_facts *facts, const char *but)
{
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (!link->attached && !link->rehearsed && g_strcmp0(link->origin, but) != 0)
            return link;
    }
    return NULL;
}

gboolean effective_is_rehearsed(const struct person_facts *facts)
{
    gboolean is_rehearsed = FALSE;
    for (guint i = 0; i < facts->links->len; i++)
        is_rehearsed |= ((const struct link_facts *)facts->links->pdata[i])->rehearsed;
    return is_rehearsed && effective_holder(facts, NULL) == NULL;
}

enum organization_role effective_linked_role(const struct person_facts *facts)
{
    enum organization_role highest = ORGANIZATION_ROLE_NONE;
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (link->active && !link->rehearsed && link->role > highest)
            highest = link->role;
    }
    return highest;
}

enum project_role effective_linked_project_role(const struct person_facts *facts,
                                                const char *project)
{
    enum project_role highest = PROJECT_ROLE_NONE;
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        enum project_role role = project_roles_find(link->projects, project);
        if (link->active && !link->rehearsed && role > highest)
            highest = role;
    }
    return highest;
}

static const struct project_role_facts *find_override(const struct person_facts *facts,
                                                      const char *project)
{
    for (guint i = 0; i < facts->overrides->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(facts->overrides, struct project_role_facts, i);
        if (strcmp(entry->project, project) == 0)
            return entry;
    }
    return NULL;
}

enum project_role effective_own_project_role(const struct person_facts *facts,
                                             const char *project)
{
    const struct project_role_facts *override = find_override(facts, project);
    return override != NULL ? override->role : effective_linked_project_role(facts, project);
}

enum project_role effective_project_role(const struct person_facts *facts, const char *project)
{
    const struct project_role_facts *override = find_override(facts, project);
    if (override != NULL)
        return override->role;
    if (g_ptr_array_find_with_equal_func(facts->stands_in, project, g_str_equal, NULL))
        return PROJECT_ROLE_ADMIN;
    return effective_linked_project_role(facts, project);
}

static void add_names(GPtrArray *names, const GArray *roles)
{
    for (guint i = 0; i < roles->len; i++) {
        char *name = g_array_index(roles, struct project_role_facts, i).project;
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, name);
    }
}

GPtrArray *effective_projects(const struct person_facts *facts)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < facts->links->len; i++)
        add_names(names, ((const struct link_facts *)facts->links->pdata[i])->projects);
    add_names(names, facts->overrides);
    for (guint i = 0; i < facts->stands_in->len; i++)
        if (!g_ptr_array_find_with_equal_func(names, facts->stands_in->pdata[i], g_str_equal,
                                              NULL))
            g_ptr_array_add(names, facts->stands_in->pdata[i]);
    return names;
}

enum organization_role effective_role(const struct person_facts *facts)
{
    if (facts->override != ORGANIZATION_ROLE_NONE)
        return facts->override;
    enum organization_role role = effective_linked_role(facts);
    if (role != ORGANIZATION_ROLE_NONE)
        return role;
    g_autoptr(GPtrArray) projects = effective_projects(facts);
    for (guint i = 0; i < projects->len; i++)
        if (effective_project_role(facts, projects->pdata[i]) != PROJECT_ROLE_NONE)
            return ORGANIZATION_ROLE_MEMBER;
    return ORGANIZATION_ROLE_NONE;
}

gboolean effective_is_manual(const struct person_facts *facts)
{
    guint count = 0;
    for (guint i = 0; i < facts->links->len; i++)
        count += !((const struct link_facts *)facts->links->pdata[i])->rehearsed;
    return count == 1 && person_facts_link(facts, ORIGIN_MANUAL) != NULL;
}

gboolean effective_is_active_owner(const struct person_facts *facts)
{
    return facts != NULL && facts->status == PERSON_ACTIVE &&
           facts->role == ORGANIZATION_ROLE_OWNER;
}

static gboolean roles_differ(const GArray *a, const GArray *b)
{
    if (a->len != b->len)
        return TRUE;
    for (guint i = 0; i < a->len; i++) {
        const struct project_role_facts *x = &g_array_index(a, struct project_role_facts, i);
        const struct project_role_facts *y = &g_array_index(b, struct project_role_facts, i);
        if (x->role != y->role || strcmp(x->project, y->project) != 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean links_differ(const struct link_facts *a, const struct link_facts *b)
{
    return strcmp(a->origin, b->origin) != 0 ||
           g_strcmp0(a->external_id, b->external_id) != 0 || a->active != b->active ||
           a->role != b->role || a->attached != b->attached || a->rehearsed != b->rehearsed ||
           g_strcmp0(a->unknown_roles, b->unknown_roles) != 0 ||
           g_strcmp0(a->profile, b->profile) != 0 || roles_differ(a->projects, b->projects);
}

static gboolean texts_differ(const struct person_facts *a, const struct person_facts *b)
{
    return strcmp(a->user_name, b->user_name) != 0 || g_strcmp0(a->address, b->address) != 0 ||
           strcmp(a->profile, b->profile) != 0 ||
           g_strcmp0(a->display_name, b->display_name) != 0 ||
           g_strcmp0(a->reason, b->reason) != 0 || g_strcmp0(a->invitation, b->invitation) != 0;
}

gboolean effective_differs(const struct person_facts *a, const struct person_facts *b)
{
    if (texts_differ(a, b) || a->status != b->status || a->protected != b->protected ||
        a->suspended_by_owner != b->suspended_by_owner || a->joined_at != b->joined_at ||
        a->role != b->role || a->override != b->override || a->expires_at != b->expires_at ||
        a->links->len != b->links->len || a->stands_in->len != b->stands_in->len ||
        roles_differ(a->projects, b->projects) || roles_differ(a->overrides, b->overrides))
        return TRUE;
    for (guint i = 0; i < a->links->len; i++)
        if (links_differ(a->links->pdata[i], b->links->pdata[i]))
            return TRUE;
    for (guint i = 0; i < a->stands_in->len; i++)
        if (strcmp(a->stands_in->pdata[i], b->stands_in->pdata[i]) != 0)
            return TRUE;
    return FALSE;
}
