#include "scim/organization/judge_edit.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/intake.h"
#include "scim/organization/link.h"
#include "scim/organization/marker.h"
#include "scim/organization/person.h"
#include "scim/protocol/address.h"
#include "scim/protocol/origin.h"

/* A provider's `active: false` must not fail for the sake of what stands beside it: those parts
 * keep their stored value. */
static gboolean is_lenient(const struct change *change, const struct person_draft *draft)
{
    return change->actor->kind == ACTOR_CONNECTION && !draft->active;
}

static const char *creator_of(const struct person_facts *facts)
{
    return facts->links->len > 0 ? ((const struct link_facts *)facts->links->pdata[0])->origin
                                 : ORIGIN_MANUAL;
}

static gboolean is_inside(const struct change *change, const char *text)
{
    return text == NULL || strchr(text, '@') == NULL ||
           address_in_domains(text, (const char *const *)change->home->domains);
}

/* R02: once accepted, an address belongs to the person: only the origin that made them may change
 * it, and only inside the domains. */
static gboolean judge_identity(struct change *change, const struct person_facts *before,
                               const struct person_row *row)
{
    if (before->joined_at == 0)
        return TRUE;
    if (change->self != NULL && change->self->role != ORGANIZATION_ROLE_OWNER)
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "Only an owner may change a userName or an address.");
    if (strcmp(creator_of(before), actor_origin(change->actor)) != 0)
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "The userName and address of this person are those of \"%s\".",
                               creator_of(before));
    if (!is_inside(change, row->user_name) || !is_inside(change, row->address))
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "An accepted address may change only inside the domains of "
                               "\"%s\".",
                               change->organization);
    return TRUE;
}

/* What hinders a pending provider's person from being mailed holds them. */
static gboolean heed_address(struct change *change, struct touched *touched,
                             struct person_row *row, GError **error)
{
    enum intake_problem problem;
    const struct person_facts *before = touched->before;
    gboolean is_same = g_strcmp0(row->address, before->address) == 0;
    if (is_same && before->status != PERSON_HELD && row->address != NULL)
        return TRUE;
    if (!intake_address(change, row->address, touched->id, &problem, error))
        return FALSE;
    if (change->actor->kind != ACTOR_CONNECTION || before->joined_at > 0)
        return is_same || intake_judge(change, problem, row->address);
    if (problem == INTAKE_FINE)
        return TRUE;
    row->address = NULL;
    touched->hold = g_strdup(intake_hold(problem));
    /* The database lets nobody be invited without an address, not even until it is settled. */
    const struct person_state held = {
        .status = PERSON_HELD, .reason = touched->hold, .role = before->role};
    return person_write_state(change->session, change->organization, touched->id, &held, error);
}

/* A marker stands for the person, not for what they were called: in another name or with another
 * address they are still the one who left, also for the next edit. */
static gboolean carry_marker(struct change *change, const struct touched *touched,
                             const struct marker *marker, GError **error)
{
    const struct person_facts *before = touched->before;
    const struct link_facts *old = person_facts_link(before, marker->origin);
    g_autoptr(PersonFacts) after = NULL;
    if (!person_facts_read(change->session, change->organization, touched->id, change->now,
                           &after, error))
        return FALSE;
    const struct link_facts *link =
        after != NULL ? person_facts_link(after, marker->origin) : NULL;
    if (link == NULL || (strcmp(after->user_name, before->user_name) == 0 &&
                         g_strcmp0(after->address, before->address) == 0 &&
                         g_strcmp0(link->external_id, old->external_id) == 0))
        return TRUE;
    g_autofree char *id = change_new_id(change);
    const struct marker_row row = {.organization = change->organization,
                                   .id = id,
                                   .origin = marker->origin,
                                   .external_id = link->external_id,
                                   .user_name = after->user_name,
                                   .address = after->address,
                                   .kind = marker->kind,
                                   .since = marker->since};
    return marker_insert(change->session, &row, error);
}

/* Somebody who never accepted is invited, or stays held, as their marker says: another address or
 * a new activation does not get around it. */
static gboolean heed_marker(struct change *change, struct touched *touched, GError **error)
{
    const struct person_facts *before = touched->before;
    const struct link_facts *link = person_facts_link(before, actor_origin(change->actor));
    g_autoptr(Marker) marker = NULL;
    gboolean may_invite = before->status == PERSON_HELD || before->status == PERSON_SUSPENDED;
    if (change->actor->kind != ACTOR_CONNECTION || before->joined_at > 0 || !may_invite ||
        link == NULL)
        return TRUE;
    const struct marker_row row = {.organization = change->organization,
                                   .origin = link->origin,
                                   .external_id = link->external_id,
                                   .user_name = before->user_name,
                                   .address = before->address};
    if (!marker_find(change->session, &row, &marker, error))
        return FALSE;
    touched->release = marker == NULL && touched->hold == NULL;
    if (marker != NULL && touched->hold == NULL)
        touched->hold = g_strdup(before->status == PERSON_HELD
                                     ? before->reason
                                     : "This person left or was removed before: an owner's "
                                       "invitation lifts that.");
    return marker == NULL || carry_marker(change, touched, marker, error);
}

static gboolean judge_names(struct change *change, struct touched *touched,
                            struct person_row *row, GError **error)
{
    const struct person_facts *before = touched->before;
    gboolean renamed = strcmp(row->user_name, before->user_name) != 0;
    gboolean readdressed = g_strcmp0(row->address, before->address) != 0;
    /* Somebody held has no stored address: their profile's says nothing new by being there. */
    if ((renamed || readdressed) && !judge_identity(change, before, row))
        return FALSE;
    return (!renamed || intake_user_name(change, row->user_name, touched->id, error)) &&
           heed_address(change, touched, row, error);
}

/* Forgives what a provider's deactivation was refused for, and keeps the stored values. */
static void keep_names(struct change *change, struct touched *touched, struct person_row *row)
{
    fault_clear(&change->verdict->fault);
    change->verdict->kind = VERDICT_DONE;
    row->user_name = touched->before->user_name;
    row->address = touched->before->address;
}

static gboolean write_profile(struct change *change, struct touched *touched,
                              const struct person_draft *draft, GError **error)
{
    const struct person_facts *before = touched->before;
    struct person_row row = {
        .organization = change->organization,
        .id = touched->id,
        .user_name = draft->user_name != NULL ? draft->user_name : before->user_name,
        .display_name = draft->display_name,
        .profile = draft->profile != NULL ? draft->profile : before->profile,
        .address = draft->address,
    };
    GError *failure = NULL;
    if (!judge_names(change, touched, &row, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, failure);
            return FALSE;
        }
        if (!is_lenient(change, draft))
            return FALSE;
        keep_names(change, touched, &row);
    }
    return person_write(change->session, &row, error);
}

static gboolean profile_differs(const struct person_facts *before,
                                const struct person_draft *draft)
{
    return (draft->user_name != NULL && strcmp(draft->user_name, before->user_name) != 0) ||
           (draft->profile != NULL && strcmp(draft->profile, before->profile) != 0) ||
           g_strcmp0(draft->display_name, before->display_name) != 0 ||
           g_strcmp0(draft->address, before->address) != 0;
}

static gboolean judge_max_role(struct change *change, struct grant_link *link,
                               const struct link_facts *old, const struct person_draft *draft)
{
    if (change->actor->kind != ACTOR_CONNECTION || link->role <= change->actor->max_role ||
        (old != NULL && link->role <= old->role))
        return TRUE;
    if (is_lenient(change, draft)) {
        link->role = old != NULL ? old->role : ORGANIZATION_ROLE_MEMBER;
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

/* A service writes its own link; making one on somebody else's person is adopting them. */
static gboolean edit_by_service(struct change *change, struct touched *touched,
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
        .unknown_roles = grant_unknown_roles(draft, old),
    };
    if (!judge_max_role(change, &link, old, draft) ||
        !grant_write_link(change, touched, &link, error))
        return FALSE;
    gboolean is_oldest = strcmp(creator_of(touched->before), link.origin) == 0;
    return !is_oldest || ((!profile_differs(touched->before, draft) ||
                           write_profile(change, touched, draft, error)) &&
                          heed_marker(change, touched, error));
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
    if (profile_differs(touched->before, draft) &&
        (!change_permit(change, PERMISSION_PROFILE, &target) ||
         !write_profile(change, touched, draft, error)))
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
    return actor_is_service(change->actor) ? edit_by_service(change, touched, act->draft, error)
                                           : edit_by_people(change, touched, act->draft, error);
}
