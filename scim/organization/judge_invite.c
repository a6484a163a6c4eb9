#include "scim/organization/judge_invite.h"

#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/intake.h"
#include "scim/organization/judge_marker.h"
#include "scim/organization/judge_person.h"
#include "scim/organization/person.h"
#include "scim/protocol/origin.h"

/* An invitation adds: it never lowers a role that is there. */
static gboolean add_project_roles(struct change *change, struct touched *touched,
                                  const GArray *projects, GError **error)
{
    for (guint i = 0; i < projects->len; i++) {
        const struct project_grant *grant = &g_array_index(projects, struct project_grant, i);
        if (!change_permit_project(change, PERMISSION_PROJECT_ROLE, grant->project))
            return FALSE;
        if (grant->role > effective_project_role(touched->before, grant->project) &&
            !grant_project_role(change, touched, grant->project, grant->role, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean add_role(struct change *change, struct touched *touched,
                         const struct person_draft *draft, GError **error)
{
    const struct permission_target none = {0};
    if (!draft->has_roles || draft->role <= ORGANIZATION_ROLE_MEMBER ||
        draft->role == touched->before->role)
        return TRUE;
    return change_permit(change, PERMISSION_ORGANIZATION_ROLE, &none) &&
           grant_role(change, touched, draft->role, error);
}

/* Whoever is found by their userName alone would be mailed at an address nobody asked for: roles
 * meant for one are not sent to another (R61, R62). */
static gboolean judge_mailbox(struct change *change, const struct person_facts *before,
                              const struct person_draft *draft)
{
    const char *stored = before->address != NULL ? before->address : "";
    return g_ascii_strcasecmp(stored, draft->address) == 0 ||
           verdict_taken(change->verdict,
                         "\"%s\" is the userName of somebody invited at \"%s\": invite that "
                         "address, or change it first.",
                         before->user_name, stored);
}

/* S14: the roles are added, the link is renewed. Who adds no project role needs the right to
 * resend. */
static gboolean invite_pending(struct change *change, struct touched *touched,
                               const struct person_draft *draft, const GArray *projects,
                               GError **error)
{
    if (!judge_mailbox(change, touched->before, draft))
        return FALSE;
    if (projects->len == 0 && !change_permit_invitation(change, touched->before, error))
        return FALSE;
    touched->resend = TRUE;
    return add_role(change, touched, draft, error) &&
           add_project_roles(change, touched, projects, error);
}

/* S13: an active member gets the project at once. */
static gboolean invite_active(struct change *change, struct touched *touched,
                              const struct person_draft *draft, const GArray *projects,
                              GError **error)
{
    if (projects->len == 0)
        return verdict_taken(change->verdict, "\"%s\" is in the organization already.",
                             touched->before->user_name);
    change->verdict->event = VERDICT_EVENT_GRANTED;
    return add_role(change, touched, draft, error) &&
           add_project_roles(change, touched, projects, error);
}

/* What the provider's link grants is released with the person: nobody releases more than they could
 * have given. */
static gboolean may_release(struct change *change, const struct person_facts *before)
{
    const struct permission_target none = {0};
    if (before->role > ORGANIZATION_ROLE_MEMBER &&
        !change_permit(change, PERMISSION_INVITE_PRIVILEGED, &none))
        return FALSE;
    for (guint i = 0; i < before->projects->len; i++) {
        const char *project =
            g_array_index(before->projects, struct project_role_facts, i).project;
        if (!change_permit_project(change, PERMISSION_PROJECT_ROLE, project))
            return FALSE;
    }
    return TRUE;
}

/* A provider's person who could not be invited: an owner's invitation makes a manual link. */
static gboolean invite_held(struct change *change, struct touched *touched,
                            const struct person_draft *draft, const GArray *projects,
                            GError **error)
{
    enum intake_problem problem;
    const struct person_facts *before = touched->before;
    const struct person_row row = {
        .organization = change->organization,
        .id = touched->id,
        .user_name = before->user_name,
        .display_name = before->display_name,
        .profile = before->profile,
        .address = draft->address,
    };
    enum organization_role role = MAX(draft->role, ORGANIZATION_ROLE_MEMBER);
    const struct grant_link link = {.origin = ORIGIN_MANUAL,
                                    .active = TRUE,
                                    .role = role,
                                    .has_projects = TRUE,
                                    .projects = projects};
    touched->release = TRUE;
    return may_release(change, before) && judge_person_permit(change, role, projects) &&
           intake_address(change, draft->address, touched->id, &problem, error) &&
           intake_judge(change, problem, draft->address) &&
           person_write(change->session, &row, error) &&
           grant_write_link(change, touched, &link, error);
}

static gboolean invite_present(struct change *change, struct touched *touched,
                               const struct person_draft *draft, const GArray *projects,
                               GError **error)
{
    const struct permission_target none = {0};
    if (!change_permit(change, PERMISSION_INVITE_MEMBER, &none) ||
        !judge_marker_lift_named(change, touched->before->user_name, draft->address, error))
        return FALSE;
    switch (touched->before->status) {
    case PERSON_INVITED:
    case PERSON_EXPIRED:
        return invite_pending(change, touched, draft, projects, error);
    case PERSON_ACTIVE:
        return invite_active(change, touched, draft, projects, error);
    case PERSON_HELD:
    case PERSON_WAITING:
    case PERSON_REHEARSED:
        return invite_held(change, touched, draft, projects, error);
    case PERSON_SUSPENDED:
        break;
    }
    return verdict_taken(change->verdict, "\"%s\" is suspended: reactivate them instead.",
                         touched->before->user_name);
}

static gboolean find_present(struct change *change, const struct person_draft *draft, char **id,
                             GError **error)
{
    if (!person_find_by_address(change->session, change->organization, draft->address, id,
                                error))
        return FALSE;
    return *id != NULL || person_find_by_user_name(change->session, change->organization,
                                                   draft->user_name, id, error);
}

gboolean judge_invite(struct change *change, const struct act *act, GError **error)
{
    const struct person_draft *given = act->draft;
    struct person_draft draft = *given;
    g_autofree char *id = NULL;
    draft.address = given->address != NULL ? given->address : given->user_name;
    draft.active = TRUE;
    if (draft.user_name == NULL)
        return intake_user_name(change, NULL, NULL, error);
    if (actor_is_service(change->actor)) {
        const struct act creation = {.kind = ACT_PERSON_CREATE, .draft = &draft};
        return judge_person_create(change, &creation, error);
    }
    if (!find_present(change, &draft, &id, error))
        return FALSE;
    if (id == NULL)
        return judge_person_make(change, &draft, error);
    struct touched *touched;
    g_autoptr(GArray) projects = NULL;
    return change_touch(change, id, &touched, error) &&
           intake_projects(change, &draft, &projects, error) &&
           invite_present(change, touched, &draft, projects, error);
}
