#include "scim/organization/judge_invitation.h"

#include <string.h>

#include "scim/organization/invitation.h"
#include "scim/organization/judge_remove.h"
#include "scim/organization/marker.h"
#include "scim/organization/settle_person.h"
#include "scim/protocol/address.h"

/* The person of an open invitation, if the actor may resend or revoke it. */
static gboolean touch_invited(struct change *change, const char *id, struct touched **touched,
                              GError **error)
{
    g_autoptr(Invitation) invitation = NULL;
    if (id != NULL && !invitation_read(change->session, change->organization, id, change->now,
                                       &invitation, error))
        return FALSE;
    if (invitation == NULL) {
        verdict_missing(change->verdict, "There is no invitation with that id.");
        return FALSE;
    }
    if (invitation->status != INVITATION_PENDING && invitation->status != INVITATION_EXPIRED) {
        verdict_invalid(change->verdict, FAULT_MUTABILITY,
                        "The invitation is %s: that cannot be changed any more.",
                        invitation_status_name(invitation->status));
        return FALSE;
    }
    if (!change_touch(change, invitation->person, touched, error))
        return FALSE;
    if (g_strcmp0((*touched)->before->invitation, id) != 0)
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "A later invitation has taken the place of this one.");
    return change_permit_invitation(change, (*touched)->before, error);
}

gboolean judge_invitation_resend(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched = NULL;
    if (!touch_invited(change, act->id, &touched, error))
        return FALSE;
    touched->resend = TRUE;
    return TRUE;
}

gboolean judge_invitation_revoke(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched = NULL;
    if (!touch_invited(change, act->id, &touched, error))
        return FALSE;
    if (actor_is_service(change->actor))
        return judge_remove_link(change, touched, error);
    return settle_gone(change, touched, INVITATION_REVOKED, MARKER_REVOKED, error);
}

static gboolean touch_by_token(struct change *change, const char *token,
                               struct touched **touched, GError **error)
{
    g_autoptr(Invitation) invitation = NULL;
    if (!invitation_look_up(change->session, token, change->now, &invitation, NULL, error))
        return FALSE;
    if (invitation == NULL) {
        verdict_missing(change->verdict, JUDGE_INVITATION_DEAD);
        return FALSE;
    }
    change->verdict->invitation = g_strdup(invitation->id);
    return change_touch(change, invitation->person, touched, error);
}

gboolean judge_invitation_accept(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched = NULL;
    if (!touch_by_token(change, act->token, &touched, error))
        return FALSE;
    touched->accept = TRUE;
    change->verdict->event = VERDICT_EVENT_ACCEPTED;
    return TRUE;
}

gboolean judge_invitation_decline(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched = NULL;
    if (!touch_by_token(change, act->token, &touched, error) ||
        !settle_gone(change, touched, INVITATION_DECLINED, MARKER_DECLINED, error))
        return FALSE;
    change->verdict->event = VERDICT_EVENT_DECLINED;
    return TRUE;
}

static gboolean has_seat(const struct change *change, const struct person_facts *facts)
{
    return facts->status == PERSON_INVITED || change->home->seats_used < change->home->seats;
}

/* May this person be mailed without anybody of the organization asking? */
static gboolean is_renewable(struct change *change, const struct person_facts *facts,
                             gboolean *is, GError **error)
{
    const struct renewal_case renewal = {.organization = change->organization,
                                         .person = facts->id,
                                         .policy = change->judge->renewal,
                                         .now = change->now};
    gint64 left = 0;
    *is = FALSE;
    if ((facts->status != PERSON_INVITED && facts->status != PERSON_EXPIRED) ||
        !has_seat(change, facts) ||
        !address_in_domains(facts->address, (const char *const *)change->home->domains))
        return TRUE;
    if (!renewal_left(change->session, &renewal, &left, error))
        return FALSE;
    *is = left > 0;
    return TRUE;
}

gboolean judge_invitation_ask(struct change *change, const struct act *act, GError **error)
{
    gboolean is = FALSE;
    struct touched *touched;
    g_autofree char *id = NULL;
    if (!change->judge->sends_mail || change->judge->time_is_frozen || act->draft == NULL ||
        act->draft->address == NULL)
        return TRUE;
    if (!person_find_by_address(change->session, change->organization, act->draft->address, &id,
                                error))
        return FALSE;
    if (id == NULL)
        return TRUE;
    if (!change_touch(change, id, &touched, error) ||
        !is_renewable(change, touched->before, &is, error))
        return FALSE;
    touched->resend = touched->renew = is;
    return TRUE;
}
