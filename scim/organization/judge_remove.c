#include "scim/organization/judge_remove.h"

#include <string.h>

#include "scim/organization/departed.h"
#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/invitation.h"
#include "scim/organization/judge_marker.h"
#include "scim/organization/link.h"
#include "scim/organization/marker.h"
#include "scim/organization/settle_person.h"

static gboolean drop_last(struct change *change, struct touched *touched,
                          const struct link_facts *link, GError **error)
{
    const struct person_facts *before = touched->before;
    if (before->joined_at > 0 && link->external_id != NULL && !link->rehearsed &&
        !departed_keep(change->session, change->organization, before, link->origin,
                       change->now + change->restore_window, error))
        return FALSE;
    return settle_gone(change, touched, INVITATION_REVOKED, -1, error);
}

/* Would the person be there without that link? One in rehearsal holds whom nothing else does, until
 * the last one goes. */
static gboolean is_kept_without(const struct person_facts *facts, const struct link_facts *gone)
{
    if (gone->attached || effective_holder(facts, gone->origin) != NULL)
        return TRUE;
    for (guint i = 0; gone->rehearsed && i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (link != gone && link->rehearsed)
            return TRUE;
    }
    return FALSE;
}

gboolean judge_remove_link(struct change *change, struct touched *touched, GError **error)
{
    const char *origin = actor_origin(change->actor);
    const struct link_facts *link =
        change->actor->origin == NULL ? NULL : person_facts_link(touched->before, origin);
    const struct permission_target target = {.is_origin = link != NULL};
    if (!change_spare_protected(change, touched->before) ||
        !change_permit(change, PERMISSION_REMOVE, &target) || link == NULL)
        return FALSE;
    /* Leaving the source clears the marker: entering it again invites again. */
    if (!link->rehearsed &&
        !judge_marker_lift_anchored(change, origin, link->external_id, error))
        return FALSE;
    if (!is_kept_without(touched->before, link))
        return drop_last(change, touched, link, error);
    const struct link_key key = {
        .organization = change->organization, .person = touched->id, .origin = origin};
    return link_drop(change->session, &key, error);
}

static gboolean is_pending(const struct person_facts *facts)
{
    return facts->status == PERSON_INVITED || facts->status == PERSON_EXPIRED;
}

/* Who is meant decides what a DELETE is: oneself leaves (S9), somebody invited is revoked (S6),
 * everybody else is removed (S8). */
static gboolean remove_by_people(struct change *change, struct touched *touched, GError **error)
{
    const struct permission_target target = {
        .is_self = change->self != NULL && strcmp(touched->id, change->self->id) == 0};
    if (target.is_self)
        return change_permit(change, PERMISSION_LEAVE, &target) &&
               settle_gone(change, touched, INVITATION_REVOKED, MARKER_LEFT, error);
    if (is_pending(touched->before))
        return change_permit_invitation(change, touched->before, error) &&
               settle_gone(change, touched, INVITATION_REVOKED, MARKER_REVOKED, error);
    return change_permit(change, PERMISSION_REMOVE, &target) &&
           settle_gone(change, touched, INVITATION_REVOKED, MARKER_REMOVED, error);
}

gboolean judge_remove(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched;
    if (!change_touch(change, act->id, &touched, error) ||
        !change_match(change, touched->before->version, act->if_match))
        return FALSE;
    return actor_is_service(change->actor) ? judge_remove_link(change, touched, error)
                                           : remove_by_people(change, touched, error);
}

/* Leaving is a person's own; nobody leaves in somebody's place. */
static gboolean touch_self(struct change *change, struct touched **touched, GError **error)
{
    const struct permission_target target = {.is_self = change->self != NULL};
    return change_permit(change, PERMISSION_LEAVE, &target) &&
           change_touch(change, change->self->id, touched, error);
}

gboolean judge_leave(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched;
    return touch_self(change, &touched, error) &&
           change_match(change, touched->before->version, act->if_match) &&
           settle_gone(change, touched, INVITATION_REVOKED, MARKER_LEFT, error);
}

gboolean judge_leave_project(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched;
    if (!touch_self(change, &touched, error))
        return FALSE;
    if (project_roles_find(touched->before->projects, act->name) == PROJECT_ROLE_NONE)
        return verdict_missing(change->verdict, "You have no role in a project \"%s\".",
                               act->name);
    return grant_project_role(change, touched, act->name, PROJECT_ROLE_NONE, error);
}
