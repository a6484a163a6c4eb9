#include "scim/organization/settle_invitation.h"

#include <string.h>

#include "scim/organization/act.h"
#include "scim/organization/effective.h"
#include "scim/organization/invitation.h"
#include "scim/organization/outbox.h"

#define TOKEN_BYTES 32
#define HOUR        ((gint64)3600)
#define DAY         (24 * HOUR)

/* Whoever sees a link can accept in the invitee's place: nobody sees one that grants more than they
 * could have granted themselves. */
static gboolean may_see_token(const struct change *change, const struct person_facts *facts)
{
    if (actor_is_administrator(change->actor))
        return TRUE;
    if (change->self == NULL)
        return FALSE;
    if (change->self->role == ORGANIZATION_ROLE_OWNER)
        return TRUE;
    if (effective_role(facts) != ORGANIZATION_ROLE_MEMBER)
        return FALSE;
    g_autoptr(GPtrArray) projects = effective_projects(facts);
    for (guint i = 0; i < projects->len; i++)
        if (effective_project_role(facts, projects->pdata[i]) != PROJECT_ROLE_NONE &&
            !change_is_project_admin(change, projects->pdata[i]))
            return FALSE;
    return TRUE;
}

/* An answer has room for the link of the one whom the act is about: not of those whom a freed seat
 * lets in, or the end of a rehearsal invites. */
static gboolean is_answered_with_link(const struct change *change,
                                      const struct touched *touched)
{
    return change->act != NULL && touched == g_ptr_array_index(change->touched, 0) &&
           change->act->kind != ACT_CONNECTION_LIVE;
}

static gboolean mail(struct change *change, const struct invitation_row *invitation,
                     GError **error)
{
    g_autofree char *id = change_new_id(change);
    const struct outbox_row row = {
        .organization = invitation->organization,
        .id = id,
        .invitation = invitation->id,
        .person = invitation->person,
        .address = invitation->address,
        .token = invitation->token,
        .created = invitation->sent_at,
        .expires_at = invitation->expires_at,
    };
    return outbox_put(change->session, &row, error);
}

static struct renewal_case renewal_of(const struct change *change, const char *person)
{
    return (struct renewal_case){.organization = change->organization,
                                 .person = person,
                                 .policy = change->judge->renewal,
                                 .now = change->now};
}

static gboolean put(struct change *change, const struct touched *touched,
                    const struct invitation_row *row, enum invitation_step step, GError **error)
{
    const struct renewal_case renewal = renewal_of(change, row->person);
    return (step == INVITATION_SEND ? invitation_insert(change->session, row, error)
                                    : invitation_resend(change->session, row, error)) &&
           (!change->judge->sends_mail || mail(change, row, error)) &&
           (!touched->renew || renewal_record(change->session, &renewal, error));
}

static gboolean send(struct change *change, const struct touched *touched,
                     const struct person_facts *facts, enum invitation_step step,
                     gboolean *is_unseen, GError **error)
{
    struct verdict *verdict = change->verdict;
    g_autofree char *token = random_base64url(change->random, TOKEN_BYTES);
    g_autofree char *id =
        step == INVITATION_SEND ? change_new_id(change) : g_strdup(facts->invitation);
    const struct invitation_row row = {
        .organization = change->organization,
        .id = id,
        .person = facts->id,
        .address = facts->address,
        .token = token,
        .invited_by =
            change->actor->label != NULL ? change->actor->label : actor_origin(change->actor),
        .sent_at = change->now,
        .expires_at = change->now + change->home->invitation_lifetime,
    };
    gboolean ok = put(change, touched, &row, step, error);
    gboolean is_first = verdict->invitation == NULL;
    gboolean is_shown = is_first && !change->judge->sends_mail &&
                        is_answered_with_link(change, touched) && may_see_token(change, facts);
    *is_unseen = !is_shown && !change->judge->sends_mail;
    if (ok && is_first) {
        verdict->invitation = g_steal_pointer(&id);
        verdict->event =
            step == INVITATION_SEND ? VERDICT_EVENT_INVITED : VERDICT_EVENT_REISSUED;
    }
    if (ok && is_shown)
        verdict->token = g_steal_pointer(&token);
    if (token != NULL)
        explicit_bzero(token, strlen(token));
    return ok;
}

static gboolean close_it(struct change *change, const struct person_facts *facts,
                         enum invitation_status status, gint64 at, GError **error)
{
    return invitation_close(change->session, change->organization, facts->id, status, at,
                            error) &&
           outbox_withdraw(change->session, change->organization, facts->id, error);
}

gboolean settle_invitation(struct change *change, const struct touched *touched,
                           const struct person_facts *facts, enum invitation_step step,
                           gboolean *is_unseen, GError **error)
{
    *is_unseen = FALSE;
    switch (step) {
    case INVITATION_KEEP:
        return TRUE;
    case INVITATION_SEND:
    case INVITATION_RESEND:
        return send(change, touched, facts, step, is_unseen, error);
    case INVITATION_REVOKE:
        return close_it(change, facts, INVITATION_REVOKED, change->now, error);
    case INVITATION_ACCEPT:
        return close_it(change, facts, INVITATION_ACCEPTED, change->now, error);
    case INVITATION_EXPIRE:
        return close_it(change, facts, INVITATION_EXPIRED, MIN(facts->expires_at, change->now),
                        error);
    }
    return TRUE;
}

/* Why the mail did not arrive; NULL: it did, as far as anybody knows. */
static char *undelivered(const struct person_facts *facts,
                         const struct outbox_delivery *delivery)
{
    const char *detail = delivery->detail != NULL ? delivery->detail : "no attempt was made";
    if (delivery->is_refused)
        return g_strdup_printf("The mail to \"%s\" was refused: %s. Correct the address, or "
                               "resend the invitation when the cause is gone.",
                               facts->address, detail);
    if (delivery->state == OUTBOX_UNDELIVERABLE || delivery->state == OUTBOX_WAITING)
        return g_strdup_printf("The invitation expired before it could be sent: %s. It is "
                               "renewed as far as that is configured; or resend it.",
                               detail);
    return NULL;
}

static gboolean used_up(const struct change *change, const struct person_facts *facts,
                        char **reason, GError **error)
{
    const struct renewal_case renewal = renewal_of(change, facts->id);
    const struct renewal_policy *policy = renewal.policy;
    gint64 left = 0, next = 0;
    if (!renewal_left(change->session, &renewal, &left, error) ||
        !renewal_next(change->session, &renewal, &next, error))
        return FALSE;
    if (left > 0 || next == 0)
        return TRUE;
    g_autofree char *date = clock_print(next);
    gboolean is_days = policy->per >= 2 * DAY;
    *reason = g_strdup_printf("The invitation expired, and its %" G_GINT64_FORMAT
                              " renewals in %" G_GINT64_FORMAT " %s are used up until %s: "
                              "resend it if they want to come.",
                              policy->renewals, policy->per / (is_days ? DAY : HOUR),
                              is_days ? "days" : "hours", date);
    return TRUE;
}

gboolean settle_invitation_reason(struct change *change, const struct person_facts *facts,
                                  char **reason, GError **error)
{
    struct outbox_delivery delivery = {0};
    *reason = NULL;
    if (!change->judge->sends_mail)
        return TRUE;
    if (!outbox_read(change->session, change->organization, facts->invitation, &delivery,
                     error))
        return FALSE;
    *reason = undelivered(facts, &delivery);
    outbox_delivery_clear(&delivery);
    return *reason != NULL || used_up(change, facts, reason, error);
}
