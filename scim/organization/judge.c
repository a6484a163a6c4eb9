#include "scim/organization/judge.h"

#include <string.h>

#include "scim/organization/attempt.h"
#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/invitation.h"
#include "scim/organization/judge_edit.h"
#include "scim/organization/judge_group.h"
#include "scim/organization/judge_invitation.h"
#include "scim/organization/judge_invite.h"
#include "scim/organization/judge_link.h"
#include "scim/organization/judge_live.h"
#include "scim/organization/judge_organization.h"
#include "scim/organization/judge_override.h"
#include "scim/organization/judge_owed.h"
#include "scim/organization/judge_person.h"
#include "scim/organization/judge_project.h"
#include "scim/organization/judge_remove.h"
#include "scim/organization/judge_token.h"
#include "scim/organization/marker.h"
#include "scim/organization/settle.h"
#include "scim/organization/sweep.h"

static gboolean lift_marker(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(Marker) marker = NULL;
    if (act->id != NULL &&
        !marker_read(change->session, change->organization, act->id, &marker, error))
        return FALSE;
    if (marker == NULL)
        return verdict_missing(change->verdict, "There is no marker with that id.");
    const struct permission_target target = {
        .is_origin = g_strcmp0(marker->origin, change->actor->origin) == 0};
    change->verdict->id = g_strdup(act->id);
    if (!change_permit(change, PERMISSION_MARKER, &target))
        return FALSE;
    g_autofree char *object = g_strconcat("marker:", marker->id, NULL);
    change_record(change, AUDIT_LIFT, object, audit_state_marker(marker), NULL);
    return marker_delete(change->session, change->organization, act->id, error);
}

/* Whoever reads the trail out leaves a trace in it. */
static gboolean export_trail(struct change *change, const struct act *act, GError **error)
{
    const struct permission_target none = {0};
    (void)error;
    if (change->organization != NULL && !change_permit(change, PERMISSION_ADMINISTER, &none))
        return FALSE;
    g_autofree char *object =
        g_strconcat("audit:", act->name != NULL ? act->name : "jsonl", NULL);
    change_record(change, AUDIT_EXPORT, object, NULL, NULL);
    return TRUE;
}

static gboolean ensure(struct change *change, const struct act *act, GError **error)
{
    return change->is_new ? judge_organization_found(change, act, error)
                          : judge_organization_update(change, act, error);
}

/* What each kind of act does. */
static gboolean (*const acts[])(struct change *, const struct act *, GError **) = {
    [ACT_PERSON_CREATE] = judge_person_create,
    [ACT_PERSON_EDIT] = judge_edit,
    [ACT_PERSON_REMOVE] = judge_remove,
    [ACT_LEAVE_ORGANIZATION] = judge_leave,
    [ACT_LEAVE_PROJECT] = judge_leave_project,
    [ACT_INVITE] = judge_invite,
    [ACT_INVITATION_RESEND] = judge_invitation_resend,
    [ACT_INVITATION_REVOKE] = judge_invitation_revoke,
    [ACT_INVITATION_ACCEPT] = judge_invitation_accept,
    [ACT_INVITATION_DECLINE] = judge_invitation_decline,
    [ACT_INVITATION_ASK] = judge_invitation_ask,
    [ACT_PROJECT_CREATE] = judge_project_create,
    [ACT_PROJECT_EDIT] = judge_project_edit,
    [ACT_MARKER_LIFT] = lift_marker,
    [ACT_OVERRIDE_LIFT] = judge_override_lift,
    [ACT_CONNECTION_CREATE] = judge_token,
    [ACT_TOKEN_ROTATE] = judge_token,
    [ACT_TOKEN_REVOKE] = judge_token,
    [ACT_TOKEN_FOR_PERSON] = judge_token,
    [ACT_CLIENT_CREATE] = judge_token,
    [ACT_TOKEN_GRANT] = judge_token,
    [ACT_GROUP_CREATE] = judge_group_create,
    [ACT_GROUP_EDIT] = judge_group_edit,
    [ACT_GROUP_REMOVE] = judge_group_remove,
    [ACT_CONNECTION_LIVE] = judge_live,
    [ACT_LINK_MOVE] = judge_link_move,
    [ACT_AUDIT_EXPORT] = export_trail,
    [ACT_ORGANIZATION_CREATE] = ensure,
    [ACT_ORGANIZATION_ENSURE] = ensure,
};

static gboolean is_founding(const struct act *act)
{
    return act->kind == ACT_ORGANIZATION_CREATE || act->kind == ACT_ORGANIZATION_ENSURE;
}

static gboolean is_about_tokens(const struct act *act)
{
    return act->kind == ACT_CONNECTION_CREATE || act->kind == ACT_TOKEN_ROTATE ||
           act->kind == ACT_TOKEN_REVOKE || act->kind == ACT_CLIENT_CREATE ||
           act->kind == ACT_TOKEN_GRANT;
}

static gboolean is_answer(const struct act *act)
{
    return act->kind == ACT_INVITATION_ACCEPT || act->kind == ACT_INVITATION_DECLINE;
}

static gboolean read_project_version(struct change *change, GError **error)
{
    struct verdict *verdict = change->verdict;
    return store_number(change->session,
                        "SELECT version FROM project WHERE organization = ? AND id = ?",
                        STORE_BIND(store_text(change->organization), store_text(verdict->id)),
                        verdict->version, &verdict->version, error);
}

/* Makes the organization's row first where the act is to found it. */
static gboolean insert_home(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(Organization) present = NULL;
    if (!is_founding(act))
        return TRUE;
    if (!actor_is_administrator(change->actor) || change->actor->kind == ACTOR_ADMIN)
        return verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                              "Organizations are made on the machine itself.");
    if (act->kind == ACT_ORGANIZATION_ENSURE &&
        !organization_read(change->session, change->organization, change->now, &present, error))
        return FALSE;
    change->is_new = present == NULL;
    return !change->is_new || judge_organization_insert(change, act, error);
}

/* What belongs to no organization alone: nothing of an organization follows from it. */
static gboolean perform_everywhere(struct change *change, const struct act *act, GError **error)
{
    if (act->kind == ACT_AUDIT_EXPORT && actor_is_administrator(change->actor))
        return export_trail(change, act, error);
    if (is_about_tokens(act))
        return judge_token(change, act, error);
    if (is_founding(act))
        return judge_organization_insert(change, act, error);
    return is_answer(act) ? verdict_missing(change->verdict, JUDGE_INVITATION_DEAD)
                          : verdict_missing(change->verdict, "No organization is named.");
}

static gboolean perform(struct change *change, const void *context, GError **error)
{
    const struct act *act = context;
    if (change->organization == NULL)
        return perform_everywhere(change, act, error);
    /* Lists stay as they are (their ETag, too) however often a client fetches a token. */
    if (act->kind == ACT_TOKEN_GRANT)
        return judge_token(change, act, error);
    if (!insert_home(change, act, error) || !change_begin(change, error) ||
        !acts[act->kind](change, act, error) || !settle(change, error))
        return FALSE;
    gboolean is_project = act->kind == ACT_PROJECT_CREATE || act->kind == ACT_PROJECT_EDIT;
    return !is_project || read_project_version(change, error);
}

/* An answer names no organization: its token does. */
static gboolean find_organization(struct judge *judge, const struct actor *actor,
                                  const struct act *act, char **organization, GError **error)
{
    g_autoptr(Invitation) invitation = NULL;
    if (is_answer(act))
        return invitation_look_up(judge->session, act->token, clock_now(judge->clock),
                                  &invitation, organization, error);
    *organization = g_strdup(is_founding(act) ? act->organization->name : actor->organization);
    return TRUE;
}

static void forget_what_was_not(struct verdict *verdict)
{
    if (verdict_is_good(verdict))
        return;
    g_clear_pointer(&verdict->id, g_free);
    g_clear_pointer(&verdict->invitation, g_free);
    if (verdict->token != NULL)
        explicit_bzero(verdict->token, strlen(verdict->token));
    g_clear_pointer(&verdict->token, g_free);
    verdict->version = 0;
    verdict->forgiven = 0;
    verdict->resumed = FALSE;
    verdict->event = VERDICT_EVENT_NONE;
}

/* What comes after an act, each a change of its own: what a provider was refused is owed; what
 * others waited for is done. */
static gboolean follow(const struct judge *judge, const struct actor *actor,
                       const struct act *act, const char *organization,
                       const struct verdict *verdict, GError **error)
{
    if (judge_owed_is(actor, act, verdict))
        return judge_owed_remember(judge, actor, act, error);
    return verdict->kind != VERDICT_DONE || sweep_follow(judge, organization, error);
}

static gboolean judge_in(struct judge *judge, const struct actor *actor, const struct act *act,
                         const char *organization, struct verdict *verdict, GError **error)
{
    struct change change = change_prepare(judge, actor, organization, verdict);
    change.act = act;
    if (organization != NULL && !sweep_organization(judge, organization, change.now, error))
        return FALSE;
    if (!attempt(&change, perform, act, error))
        return FALSE;
    forget_what_was_not(verdict);
    judge->groups_changed =
        judge->groups_changed || (change.groups_changed && verdict->kind == VERDICT_DONE);
    return organization == NULL || follow(judge, actor, act, organization, verdict, error);
}

/* The answer to an address is the same whatever organizations know it. */
static gboolean judge_in_each(struct judge *judge, const struct actor *actor,
                              const struct act *act, GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(judge->session, error);
    gboolean ok = names != NULL;
    for (guint i = 0; ok && i < names->len; i++) {
        struct verdict verdict = {0};
        ok = judge_in(judge, actor, act, names->pdata[i], &verdict, error);
        verdict_clear(&verdict);
    }
    return ok;
}

static gboolean judge_inside(struct judge *judge, const struct actor *actor,
                             const struct act *act, struct verdict *verdict, GError **error)
{
    g_autofree char *organization = NULL;
    if (act->kind == ACT_INVITATION_ASK)
        return judge_in_each(judge, actor, act, error);
    return find_organization(judge, actor, act, &organization, error) &&
           judge_in(judge, actor, act, organization, verdict, error);
}

/* Begins a transaction where none is open. */
static gboolean enter(struct judge *judge, gboolean *is_ours, GError **error)
{
    *is_ours = !store_in_transaction(judge->session);
    if (!*is_ours)
        return TRUE;
    /* Nothing is written while the anchors are stuck: who else would try them again? */
    if (judge->anchors != NULL && audit_anchors_are_stuck(judge->anchors))
        audit_anchors_flush(judge->anchors, judge->session, clock_now(judge->clock), NULL);
    return store_begin(judge->session, error);
}

static gboolean leave(struct judge *judge, gboolean is_ours, gboolean ok, GError **error)
{
    if (!is_ours)
        return ok;
    if (ok && store_commit(judge->session, error)) {
        /* The commit stands: an anchor that cannot be written now waits for the next flush. */
        if (judge->anchors != NULL)
            audit_anchors_flush(judge->anchors, judge->session, clock_now(judge->clock), NULL);
        return TRUE;
    }
    if (!ok)
        store_rollback(judge->session);
    if (judge->anchors != NULL)
        audit_anchors_forget(judge->anchors);
    return FALSE;
}

gboolean judge_write(struct judge *judge, const struct actor *actor, const struct act *act,
                     struct verdict *verdict, GError **error)
{
    gboolean is_ours;
    if (!enter(judge, &is_ours, error))
        return FALSE;
    gboolean ok = leave(judge, is_ours, judge_inside(judge, actor, act, verdict, error), error);
    if (!ok)
        verdict_clear(verdict);
    return ok;
}

gboolean judge_sweep(struct judge *judge, gint64 *next, GError **error)
{
    gboolean is_ours;
    gint64 now = clock_now(judge->clock);
    if (!enter(judge, &is_ours, error))
        return FALSE;
    gboolean ok = sweep_all(judge, now, error) && sweep_next(judge, now, next, error);
    return leave(judge, is_ours, ok, error);
}
