#include "scim/organization/settle_person.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/intake.h"
#include "scim/organization/invitation.h"
#include "scim/organization/marker.h"
#include "scim/organization/outbox.h"
#include "scim/organization/owed.h"
#include "scim/organization/person.h"
#include "scim/organization/pushed_group_write.h"
#include "scim/organization/settle_invitation.h"
#include "scim/organization/waiting.h"
#include "scim/protocol/origin.h"

/* Without mail a link is shown to whoever made it, or to nobody. */
#define UNSEEN "Nobody has seen the link of this invitation: resend it to be shown one."

/* What owners read of somebody whom nothing but a rehearsal knows. */
#define REHEARSED                                                                              \
    "A connection in rehearsal made this person: \"rolecall token live\" makes it real, and "  \
    "invites them."

struct outlook {
    enum person_status status;
    enum invitation_step step;
    char *reason; /* owned */
};

static gboolean write_roles(struct change *change, const struct person_facts *facts,
                            GError **error)
{
    g_autoptr(GPtrArray) projects = effective_projects(facts);
    for (guint i = 0; i < projects->len; i++) {
        enum project_role role = effective_project_role(facts, projects->pdata[i]);
        if (role != project_roles_find(facts->projects, projects->pdata[i]) &&
            !person_write_project(change->session, change->organization, facts->id,
                                  projects->pdata[i], role, error))
            return FALSE;
    }
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *had =
            &g_array_index(facts->projects, struct project_role_facts, i);
        if (effective_project_role(facts, had->project) == PROJECT_ROLE_NONE &&
            !person_write_project(change->session, change->organization, facts->id,
                                  had->project, PROJECT_ROLE_NONE, error))
            return FALSE;
    }
    return TRUE;
}

/* Does the pending invitation say something else now: role, project roles, address? */
static gboolean needs_reissue(const struct touched *touched, const struct person_facts *facts)
{
    const struct person_facts *before = touched->before;
    if (touched->resend || before == NULL || facts->expires_at != before->expires_at)
        return touched->resend;
    if (g_strcmp0(before->address, facts->address) != 0 ||
        before->role != effective_role(facts))
        return TRUE;
    g_autoptr(GPtrArray) projects = effective_projects(facts);
    for (guint i = 0; i < projects->len; i++)
        if (effective_project_role(facts, projects->pdata[i]) !=
            project_roles_find(before->projects, projects->pdata[i]))
            return TRUE;
    for (guint i = 0; i < before->projects->len; i++) {
        const struct project_role_facts *had =
            &g_array_index(before->projects, struct project_role_facts, i);
        if (effective_project_role(facts, had->project) != had->role)
            return TRUE;
    }
    return FALSE;
}

static char *suspension_reason(const struct person_facts *facts)
{
    GString *reason = g_string_new("Suspended by ");
    const char *separator = "";
    if (facts->suspended_by_owner) {
        g_string_append(reason, "an owner");
        separator = " and by ";
    }
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (link->active || link->attached || link->rehearsed)
            continue;
        g_string_append_printf(reason, "%s%s", separator, link->origin);
        separator = " and by ";
    }
    g_string_append_c(reason, '.');
    return g_string_free(reason, FALSE);
}

/* Of somebody who has not accepted, and whose invitation waits or is over. */
static struct outlook look_at_invitation(const struct touched *touched,
                                         const struct person_facts *facts)
{
    gboolean is_over = facts->status == PERSON_EXPIRED;
    gboolean is_new = is_over ? touched->resend : needs_reissue(touched, facts);
    return is_new ? (struct outlook){PERSON_INVITED, INVITATION_RESEND, NULL}
                  : (struct outlook){facts->status, INVITATION_KEEP, g_strdup(facts->reason)};
}

/* Of somebody who may come in, if there is an address and a seat. */
static struct outlook look_for_a_seat(const struct change *change,
                                      const struct touched *touched,
                                      const struct person_facts *facts)
{
    if (facts->joined_at == 0 && facts->address == NULL)
        return (struct outlook){PERSON_HELD, INVITATION_KEEP,
                                g_strdup(facts->status == PERSON_HELD
                                             ? facts->reason
                                             : intake_hold(INTAKE_UNUSABLE))};
    if (waiting_must(change, touched))
        return (struct outlook){PERSON_WAITING, INVITATION_KEEP, g_strdup(WAITING_REASON)};
    return facts->joined_at > 0 ? (struct outlook){PERSON_ACTIVE, INVITATION_KEEP, NULL}
                                : (struct outlook){PERSON_INVITED, INVITATION_SEND, NULL};
}

static struct outlook look_ahead(const struct change *change, const struct touched *touched,
                                 const struct person_facts *facts)
{
    if (touched->expire && facts->status == PERSON_INVITED)
        return (struct outlook){PERSON_EXPIRED, INVITATION_EXPIRE, NULL};
    if (effective_is_suspended(facts))
        return (struct outlook){PERSON_SUSPENDED, INVITATION_REVOKE, suspension_reason(facts)};
    if (effective_is_rehearsed(facts))
        return (struct outlook){PERSON_REHEARSED, INVITATION_REVOKE, g_strdup(REHEARSED)};
    if (touched->accept)
        return (struct outlook){PERSON_ACTIVE, INVITATION_ACCEPT, NULL};
    if (touched->hold != NULL && facts->joined_at == 0)
        return (struct outlook){PERSON_HELD, INVITATION_REVOKE, g_strdup(touched->hold)};
    switch (facts->status) {
    case PERSON_ACTIVE:
        return (struct outlook){PERSON_ACTIVE, INVITATION_KEEP, NULL};
    case PERSON_INVITED:
    case PERSON_EXPIRED:
        return look_at_invitation(touched, facts);
    case PERSON_HELD:
    case PERSON_WAITING:
        if (!touched->release)
            return (struct outlook){facts->status, INVITATION_KEEP, g_strdup(facts->reason)};
        break;
    case PERSON_SUSPENDED:
    case PERSON_REHEARSED:
        break;
    }
    return look_for_a_seat(change, touched, facts);
}

static gint64 expiry(const struct change *change, const struct person_facts *facts,
                     const struct outlook *outlook)
{
    if (outlook->status != PERSON_INVITED && outlook->status != PERSON_EXPIRED)
        return 0;
    gboolean is_new = outlook->step == INVITATION_SEND || outlook->step == INVITATION_RESEND;
    return is_new ? change->now + change->home->invitation_lifetime : facts->expires_at;
}

/* By the clock the person was expired already, one version up: what is said of it besides is
 * another change. */
static gboolean explain_expiry(struct change *change, const struct person_facts *facts,
                               struct outlook *outlook, GError **error)
{
    return settle_invitation_reason(change, facts, &outlook->reason, error) &&
           (outlook->reason == NULL ||
            person_bump(change->session, change->organization, facts->id, change->now, error));
}

static gboolean do_step(struct change *change, const struct touched *touched,
                        const struct person_facts *facts, struct outlook *outlook,
                        GError **error)
{
    gboolean is_unseen = FALSE;
    if (outlook->step == INVITATION_EXPIRE && !explain_expiry(change, facts, outlook, error))
        return FALSE;
    if (!settle_invitation(change, touched, facts, outlook->step, &is_unseen, error))
        return FALSE;
    if (is_unseen)
        outlook->reason = g_strdup(UNSEEN);
    return TRUE;
}

/* Owners read of the only one of them what a provider was refused. */
static gboolean add_owed(struct change *change, const struct person_facts *facts,
                         struct outlook *outlook, GError **error)
{
    return outlook->status != PERSON_ACTIVE ||
           effective_role(facts) != ORGANIZATION_ROLE_OWNER ||
           owed_reason(change->session, change->organization, facts->id, &outlook->reason,
                       error);
}

static gboolean write_outlook(struct change *change, const struct touched *touched,
                              const struct person_facts *facts, struct outlook *outlook,
                              GError **error)
{
    if (!do_step(change, touched, facts, outlook, error) ||
        !add_owed(change, facts, outlook, error))
        return FALSE;
    struct person_state state = {
        .status = outlook->status,
        .reason = outlook->reason,
        .role = effective_role(facts),
        .accepted_at = facts->joined_at,
        .expires_at = expiry(change, facts, outlook),
        .waiting_since = outlook->status != PERSON_WAITING ? 0
                         : facts->waiting_since != 0       ? facts->waiting_since
                                                           : change->now,
    };
    if (outlook->step == INVITATION_ACCEPT && state.accepted_at == 0)
        state.accepted_at = touched->accepted_at != 0 ? touched->accepted_at : change->now;
    if (person_status_is_held(outlook->status))
        change->verdict->event = VERDICT_EVENT_HELD;
    return person_write_state(change->session, change->organization, facts->id, &state, error);
}

/* Whoever is to expire is read as they are stored: by the clock they have. */
static gboolean read_after(struct change *change, struct touched *touched, GError **error)
{
    g_clear_pointer(&touched->after, person_facts_free);
    return person_facts_read(change->session, change->organization, touched->id,
                             touched->expire ? 0 : change_as_of(change), &touched->after,
                             error);
}

gboolean settle_person(struct change *change, struct touched *touched, GError **error)
{
    if (touched->is_gone)
        return TRUE;
    if (!read_after(change, touched, error))
        return FALSE;
    struct outlook outlook = look_ahead(change, touched, touched->after);
    gboolean ok = write_roles(change, touched->after, error) &&
                  write_outlook(change, touched, touched->after, &outlook, error);
    g_free(outlook.reason);
    return ok && read_after(change, touched, error);
}

static gboolean leave_markers(struct change *change, const struct person_facts *facts,
                              enum marker_kind kind, GError **error)
{
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (strcmp(link->origin, ORIGIN_MANUAL) == 0 || link->attached)
            continue;
        g_autofree char *id = change_new_id(change);
        const struct marker_row row = {
            .organization = change->organization,
            .id = id,
            .origin = link->origin,
            .external_id = link->external_id,
            .user_name = facts->user_name,
            .address = facts->address,
            .kind = kind,
            .since = change->now,
        };
        if (!marker_insert(change->session, &row, error))
            return FALSE;
    }
    return TRUE;
}

gboolean settle_gone(struct change *change, struct touched *touched, int status, int kind,
                     GError **error)
{
    touched->is_gone = TRUE;
    change->verdict->event = VERDICT_EVENT_REMOVED;
    /* A rehearsal leaves nothing behind. */
    gboolean is_marked = kind >= 0 && !effective_is_rehearsed(touched->before);
    return invitation_close(change->session, change->organization, touched->id,
                            (enum invitation_status)status, change->now, error) &&
           outbox_withdraw(change->session, change->organization, touched->id, error) &&
           (!is_marked ||
            leave_markers(change, touched->before, (enum marker_kind)kind, error)) &&
           pushed_group_write_without(change->session, change->organization, touched->id,
                                      change->now, error) &&
           person_delete(change->session, change->organization, touched->id, error);
}
