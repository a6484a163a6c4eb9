#include "scim/organization/grant.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/link.h"
#include "scim/protocol/origin.h"

static struct link_key key_of(const struct change *change, const struct touched *touched)
{
    return (struct link_key){
        .organization = change->organization, .person = touched->id, .origin = ORIGIN_MANUAL};
}

gboolean grant_role(struct change *change, struct touched *touched, enum organization_role role,
                    GError **error)
{
    const struct person_facts *before = touched->before;
    struct link_key key = key_of(change, touched);
    if (effective_is_manual(before)) {
        const struct link_facts *link = person_facts_link(before, ORIGIN_MANUAL);
        const struct link_value value = {
            .external_id = link->external_id, .active = link->active, .role = role};
        return link_put(change->session, &key, &value, error) &&
               link_override_put(change->session, &key, ORGANIZATION_ROLE_NONE, error);
    }
    gboolean is_linked = role == effective_linked_role(before);
    return link_override_put(change->session, &key, is_linked ? ORGANIZATION_ROLE_NONE : role,
                             error);
}

gboolean grant_project_role(struct change *change, struct touched *touched, const char *project,
                            enum project_role role, GError **error)
{
    const struct person_facts *before = touched->before;
    struct link_key key = key_of(change, touched);
    if (!link_stand_in_drop(change->session, &key, project, error))
        return FALSE;
    /* Somebody new in this very act has the manual link alone. */
    if (before == NULL || effective_is_manual(before))
        return link_put_project(change->session, &key, project, role, error) &&
               link_override_lift_project(change->session, &key, project, error);
    if (role == effective_linked_project_role(before, project))
        return link_override_lift_project(change->session, &key, project, error);
    return link_override_put_project(change->session, &key, project, role, error);
}

static gboolean is_named(const GArray *projects, const char *name)
{
    for (guint i = 0; i < projects->len; i++)
        if (strcmp(g_array_index(projects, struct project_grant, i).project, name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean write_projects(struct change *change, const struct link_key *key,
                               const struct link_facts *old, const GArray *projects,
                               GError **error)
{
    for (guint i = 0; old != NULL && i < old->projects->len; i++) {
        const char *had = g_array_index(old->projects, struct project_role_facts, i).project;
        if (!is_named(projects, had) &&
            !link_put_project(change->session, key, had, PROJECT_ROLE_NONE, error))
            return FALSE;
    }
    for (guint i = 0; i < projects->len; i++) {
        const struct project_grant *grant = &g_array_index(projects, struct project_grant, i);
        if (!link_put_project(change->session, key, grant->project, grant->role, error))
            return FALSE;
    }
    return TRUE;
}

const char *grant_unknown_roles(const struct person_draft *draft, const struct link_facts *old)
{
    if (draft->unknown_roles == NULL)
        return old != NULL ? old->unknown_roles : NULL;
    return strcmp(draft->unknown_roles, "[]") != 0 ? draft->unknown_roles : NULL;
}

gboolean grant_write_link(struct change *change, struct touched *touched,
                          const struct grant_link *link, GError **error)
{
    const struct link_key key = {
        .organization = change->organization, .person = touched->id, .origin = link->origin};
    const struct link_value value = {.external_id = link->external_id,
                                     .active = link->active,
                                     .role = link->role,
                                     .attached = link->attached,
                                     .rehearsed = link->rehearsed,
                                     .unknown_roles = link->unknown_roles,
                                     .profile = link->profile};
    const struct link_facts *old =
        touched->before == NULL ? NULL : person_facts_link(touched->before, link->origin);
    return link_put(change->session, &key, &value, error) &&
           (!link->has_projects || write_projects(change, &key, old, link->projects, error));
}
