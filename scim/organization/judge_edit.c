#include "scim/organization/judge_edit.h"

#include <string.h>

#include "scim/organization/admission.h"
#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/intake.h"
#include "scim/organization/judge_profile.h"
#include "scim/organization/link.h"
#include "scim/organization/owed.h"
#include "scim/organization/person.h"

static gboolean judge_max_role(struct change *change, struct grant_link *link,
                               const struct link_facts *old, const struct person_draft *draft)
{
    if (change->actor->kind != ACTOR_CONNECTION || link->role <= change->actor->max_role ||
        (old != NULL && link->role <= old->role))
        return TRUE;
    if (judge_profile_is_lenient(change, draft)) {
        link->role = old != NULL ? old->role : ORGANIZATION_ROLE_MEMBER;
        change->verdict->forgiven++;
        return TRUE;
    }
    return verdict_refuse(change->verdict, REFUSAL_MAX_ROLE,
                          "This connection may give at most the role %s.",
                          organization_role_name(change->actor->max_role));
}

/* An anchor is of one person: two with the same one could not be told apart by the next sync. */
static gboolean judge_anchor(struct change *change, const struct touched *touched,
                             const struct link_facts *old, const char *external_id,
                             GError **error)
{
    g_autofree char *holder = NULL;
    if (change->actor->kind != ACTOR_SYNC || external_id == NULL ||
        (old != NULL && g_strcmp0(old->external_id, external_id) == 0))
        return TRUE;
    if (!person_find_by_external_id(change->session, change->organization,
                                    actor_origin(change->actor), external_id, &holder, error))
        return FALSE;
    return holder == NULL || strcmp(holder, touched->id) == 0 ||
           verdict_taken(change->verdict, "Somebody of \"%s\" has this externalId already.",
                         actor_origin(change->actor));
}

static enum project_role drafted(const struct person_draft *draft, const char *project)
{
    for (gsize i = 0; i < draft->project_count; i++)
        if (strcmp(draft->projects[i].project, project) == 0)
            return draft->projects[i].role;
    return PROJECT_ROLE_NONE;
}

/* Of a protected owner a service may say one thing: that they have a further project role. */
static gboolean adds_projects_alone(const struct link_facts *old,
                                    const struct person_draft *draft)
{
    if (draft->active != old->active ||
        (draft->has_roles && draft->role != old->role && draft->role != ORGANIZATION_ROLE_NONE))
        return FALSE;
    for (guint i = 0; draft->has_roles && i < old->projects->len; i++) {
        const struct project_role_facts *held =
            &g_array_index(old->projects, struct project_role_facts, i);
        if (drafted(draft, held->project) < held->role)
            return FALSE;
    }
    return TRUE;
}

static gboolean judge_protected(struct change *change, const struct touched *touched,
                                const struct link_facts *old, const struct person_draft *draft)
{
    gboolean adopts = old == NULL && change->actor->may_adopt;
    return adopts || (old != NULL && adds_projects_alone(old, draft)) ||
           change_spare_protected(change, touched->before);
}

/* Pushed groups say what somebody may do, not whether they are in: that is their provider's. */
static gboolean judge_attached(struct change *change, const struct grant_link *link)
{
    return !link->attached || link->active ||
           verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                          "Pushed groups give roles: \"%s\" suspends nobody.", link->origin);
}

/* Whom nothing but a rehearsal knew is adopted for real: they are to be invited. */
static gboolean awaken(struct change *change, struct touched *touched,
                       const struct grant_link *link, GError **error)
{
    return touched->before->status != PERSON_REHEARSED || link->rehearsed || link->attached ||
           admission_consider(change, touched, link->origin, error);
}

/* Of a person whom another origin made, a connection keeps what it says of names and mails for its
 * own eyes: what it reads back is what it sent, or it would send it for ever. */
static gboolean speak_aside(struct change *change, const struct touched *touched,
                            const struct person_draft *draft, struct grant_link *link)
{
    const struct link_facts *old = person_facts_link(touched->before, link->origin);
    if (change->actor->kind != ACTOR_CONNECTION)
        return TRUE;
    link->profile = draft->profile != NULL ? draft->profile : old != NULL ? old->profile : NULL;
    return draft->user_name == NULL || judge_profile_is_lenient(change, draft) ||
           g_ascii_strcasecmp(draft->user_name, touched->before->user_name) == 0 ||
           verdict_invalid(change->verdict, FAULT_MUTABILITY,
                           "The userName of this person is that of \"%s\".",
                           judge_profile_creator(touched->before));
}

gboolean judge_edit_link(struct change *change, struct touched *touched,
                         const struct person_draft *draft, GError **error)
{
    /* A sync that names no directory has no link: it must not pass for "manual" (I7). */
    const struct link_facts *old =
        change->actor->origin == NULL
            ? NULL
            : person_facts_link(touched->before, change->actor->origin);
    gboolean adopts =
        change->actor->origin != NULL && change->actor->may_adopt && draft->external_id != NULL;
    const struct permission_target target = {.is_origin = old != NULL || adopts};
    g_autoptr(GArray) projects = NULL;
    if (!judge_protected(change, touched, old, draft) ||
        !change_permit(change, PERMISSION_ORGANIZATION_ROLE, &target) ||
        !judge_anchor(change, touched, old, draft->external_id, error) ||
        !intake_projects(change, draft, &projects, error))
        return FALSE;
    struct grant_link link = {
        .origin = actor_origin(change->actor),
        .external_id = draft->external_id,
        .active = draft->active,
        .role = draft->has_roles && draft->role != ORGANIZATION_ROLE_NONE ? draft->role
                : old != NULL                                             ? old->role
                              : ORGANIZATION_ROLE_MEMBER,
        .has_projects = draft->has_roles,
        .projects = projects,
        .attached = old != NULL ? old->attached : change->actor->attaches,
        .rehearsed = old != NULL ? old->rehearsed : change->actor->rehearses,
        .unknown_roles = grant_unknown_roles(draft, old),
    };
    gboolean is_oldest = strcmp(judge_profile_creator(touched->before), link.origin) == 0;
    if (!judge_attached(change, &link) || !judge_max_role(change, &link, old, draft) ||
        (!is_oldest && !speak_aside(change, touched, draft, &link)) ||
        !grant_write_link(change, touched, &link, error) ||
        !owed_drop(change, touched, draft, error) || !awaken(change, touched, &link, error))
        return FALSE;
    return !is_oldest || ((!judge_profile_differs(touched->before, draft) ||
                           judge_profile_write(change, touched, draft, error)) &&
                          judge_profile_heed_marker(change, touched, error));
}

/* Does the person stay an active owner, so that what they stand in for is still theirs after? */
static gboolean stays_owner(const struct person_facts *before, const struct person_draft *draft)
{
    return draft->active && effective_is_active_owner(before) &&
           (draft->role == ORGANIZATION_ROLE_NONE || draft->role == ORGANIZATION_ROLE_OWNER);
}

/* `has` is the role they keep where this edit says nothing of it. */
static gboolean edit_project_role(struct change *change, struct touched *touched,
                                  const struct project_grant *grant, enum project_role has,
                                  GError **error)
{
    const char *project = grant->project;
    enum project_role role = grant->role;
    if (role == has)
        return TRUE;
    gboolean leaves = role == PROJECT_ROLE_NONE && change->self != NULL &&
                      strcmp(touched->id, change->self->id) == 0;
    const struct permission_target target = {
        .is_self = leaves, .is_project = change_is_project_admin(change, project)};
    return change_permit(change, leaves ? PERMISSION_LEAVE : PERMISSION_PROJECT_ROLE,
                         &target) &&
           grant_project_role(change, touched, project, role, error);
}

static gboolean edit_roles(struct change *change, struct touched *touched,
                           const struct person_draft *draft, GError **error)
{
    const struct permission_target none = {0};
    const struct person_facts *before = touched->before;
    g_autoptr(GArray) projects = NULL;
    if (!draft->has_roles)
        return TRUE;
    if (!intake_projects(change, draft, &projects, error))
        return FALSE;
    if (draft->role != ORGANIZATION_ROLE_NONE && draft->role != before->role &&
        (!change_permit(change, PERMISSION_ORGANIZATION_ROLE, &none) ||
         !grant_role(change, touched, draft->role, error)))
        return FALSE;
    for (guint i = 0; i < before->projects->len; i++) {
        const char *had = g_array_index(before->projects, struct project_role_facts, i).project;
        if (drafted(draft, had) == PROJECT_ROLE_NONE)
            g_array_append_val(projects, ((struct project_grant){.project = had}));
    }
    gboolean keeps = stays_owner(before, draft);
    for (guint i = 0; i < projects->len; i++) {
        const struct project_grant *grant = &g_array_index(projects, struct project_grant, i);
        enum project_role has = keeps ? project_roles_find(before->projects, grant->project)
                                      : effective_own_project_role(before, grant->project);
        if (!edit_project_role(change, touched, grant, has, error))
            return FALSE;
    }
    return TRUE;
}

/* An owner's suspension is kept apart from the links: it lifts only itself. */
static gboolean edit_active(struct change *change, struct touched *touched,
                            const struct person_draft *draft, GError **error)
{
    const struct permission_target none = {0};
    const struct person_facts *before = touched->before;
    gboolean active = draft->active;
    gboolean insists = !active && draft->suspends && !before->suspended_by_owner;
    if (active == !effective_is_suspended(before) && !insists)
        return TRUE;
    if (!change_permit(change, PERMISSION_SUSPEND, &none))
        return FALSE;
    if (active && !before->suspended_by_owner)
        return verdict_refuse(
            change->verdict, REFUSAL_ORIGIN,
            "Only the origin that suspended this person can reactivate them. %s",
            before->reason != NULL ? before->reason : "");
    return person_write_suspended(change->session, change->organization, touched->id, !active,
                                  error);
}

static gboolean edit_by_people(struct change *change, struct touched *touched,
                               const struct person_draft *draft, GError **error)
{
    const struct permission_target target = {
        .is_self = change->self != NULL && strcmp(touched->id, change->self->id) == 0};
    if (judge_profile_differs(touched->before, draft) &&
        (!change_permit(change, PERMISSION_PROFILE, &target) ||
         !judge_profile_write(change, touched, draft, error)))
        return FALSE;
    return edit_roles(change, touched, draft, error) &&
           edit_active(change, touched, draft, error);
}

gboolean judge_edit(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched;
    if (!change_touch(change, act->id, &touched, error) ||
        !change_match(change, touched->before->version, act->if_match))
        return FALSE;
    return actor_is_service(change->actor) ? judge_edit_link(change, touched, act->draft, error)
                                           : edit_by_people(change, touched, act->draft, error);
}
