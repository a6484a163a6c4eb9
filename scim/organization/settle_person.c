#include "scim/organization/settle_person.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/intake.h"
#include "scim/organization/invitation.h"
#include "scim/organization/marker.h"
#include "scim/organization/person.h"
#include "scim/protocol/origin.h"

#define TOKEN_BYTES 32

enum step {
    KEEP,   /* the invitation as it is */
    SEND,   /* a new one */
    RESEND, /* a new link for the one there is */
    REVOKE,
    ACCEPT,
};

struct outlook {
    enum person_status status;
    enum step step;
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
        if (link->active)
            continue;
        g_string_append_printf(reason, "%s%s", separator, link->origin);
        separator = " and by ";
    }
    g_string_append_c(reason, '.');
    return g_string_free(reason, FALSE);
}

static struct outlook look_ahead(const struct touched *touched,
                                 const struct person_facts *facts)
{
    if (effective_is_suspended(facts))
        return (struct outlook){PERSON_SUSPENDED, REVOKE, suspension_reason(facts)};
    if (touched->accept)
        return (struct outlook){PERSON_ACTIVE, ACCEPT, NULL};
    if (touched->hold != NULL && facts->joined_at == 0)
        return (struct outlook){PERSON_HELD, REVOKE, g_strdup(touched->hold)};
    switch (facts->status) {
    case PERSON_ACTIVE:
        return (struct outlook){PERSON_ACTIVE, KEEP, NULL};
    case PERSON_INVITED:
        return (struct outlook){PERSON_INVITED, needs_reissue(touched, facts) ? RESEND : KEEP,
                                NULL};
    case PERSON_EXPIRED:
        if (touched->resend)
            return (struct outlook){PERSON_INVITED, RESEND, NULL};
        return (struct outlook){PERSON_EXPIRED, KEEP, NULL};
    case PERSON_HELD:
        if (!touched->release)
            return (struct outlook){PERSON_HELD, KEEP, g_strdup(facts->reason)};
        break;
    case PERSON_SUSPENDED:
        if (facts->joined_at > 0)
            return (struct outlook){PERSON_ACTIVE, KEEP, NULL};
        break;
    }
    if (facts->address == NULL)
        return (struct outlook){PERSON_HELD, KEEP,
                                g_strdup(facts->status == PERSON_HELD
                                             ? facts->reason
                                             : intake_hold(INTAKE_UNUSABLE))};
    return (struct outlook){PERSON_INVITED, SEND, NULL};
}

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

static gboolean send(struct change *change, const struct person_facts *facts, enum step step,
                     GError **error)
{
    g_autofree char *token = random_base64url(change->random, TOKEN_BYTES);
    g_autofree char *id = step == SEND ? change_new_id(change) : g_strdup(facts->invitation);
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
    gboolean ok = step == SEND ? invitation_insert(change->session, &row, error)
                               : invitation_resend(change->session, &row, error);
    struct verdict *verdict = change->verdict;
    if (ok && verdict->invitation == NULL) {
        verdict->invitation = g_steal_pointer(&id);
        verdict->event = step == SEND ? VERDICT_EVENT_INVITED : VERDICT_EVENT_REISSUED;
        if (may_see_token(change, facts))
            verdict->token = g_steal_pointer(&token);
    }
    if (token != NULL)
        explicit_bzero(token, strlen(token));
    return ok;
}

static gboolean do_step(struct change *change, const struct person_facts *facts, enum step step,
                        GError **error)
{
    switch (step) {
    case KEEP:
        return TRUE;
    case SEND:
    case RESEND:
        return send(change, facts, step, error);
    case REVOKE:
        return invitation_close(change->session, change->organization, facts->id,
                                INVITATION_REVOKED, change->now, error);
    case ACCEPT:
        return invitation_close(change->session, change->organization, facts->id,
                                INVITATION_ACCEPTED, change->now, error);
    }
    return TRUE;
}

static gint64 expiry(const struct change *change, const struct person_facts *facts,
                     const struct outlook *outlook)
{
    if (outlook->status != PERSON_INVITED && outlook->status != PERSON_EXPIRED)
        return 0;
    return outlook->step == KEEP ? facts->expires_at
                                 : change->now + change->home->invitation_lifetime;
}

static gboolean write_outlook(struct change *change, const struct touched *touched,
                              const struct person_facts *facts, const struct outlook *outlook,
                              GError **error)
{
    struct person_state state = {
        .status = outlook->status,
        .reason = outlook->reason,
        .role = effective_role(facts),
        .accepted_at = facts->joined_at,
        .expires_at = expiry(change, facts, outlook),
    };
    if (outlook->step == ACCEPT && state.accepted_at == 0)
        state.accepted_at = touched->accepted_at != 0 ? touched->accepted_at : change->now;
    if (outlook->status == PERSON_HELD)
        change->verdict->event = VERDICT_EVENT_HELD;
    return do_step(change, facts, outlook->step, error) &&
           person_write_state(change->session, change->organization, facts->id, &state, error);
}

static gboolean read_after(struct change *change, struct touched *touched, GError **error)
{
    g_clear_pointer(&touched->after, person_facts_free);
    return person_facts_read(change->session, change->organization, touched->id, change->now,
                             &touched->after, error);
}

gboolean settle_person(struct change *change, struct touched *touched, GError **error)
{
    if (touched->is_gone)
        return TRUE;
    if (!read_after(change, touched, error))
        return FALSE;
    struct outlook outlook = look_ahead(touched, touched->after);
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
        if (strcmp(link->origin, ORIGIN_MANUAL) == 0)
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
    return invitation_close(change->session, change->organization, touched->id,
                            (enum invitation_status)status, change->now, error) &&
           (kind < 0 ||
            leave_markers(change, touched->before, (enum marker_kind)kind, error)) &&
           person_delete(change->session, change->organization, touched->id, error);
}
