#include "scim/organization/audit_deed.h"

#include "scim/organization/act.h"
#include "scim/organization/effective.h"

/* Statuses, the kinds of held (the last ones) as one, and nobody. */
#define NOBODY (PERSON_HELD + 1)
#define STATES (NOBODY + 1)

/* By what stood before and after. */
static const enum audit_action actions[STATES][STATES] = {
    [PERSON_INVITED] = {[PERSON_INVITED] = AUDIT_EDIT,
                        [PERSON_EXPIRED] = AUDIT_EXPIRE,
                        [PERSON_ACTIVE] = AUDIT_ACCEPT,
                        [PERSON_SUSPENDED] = AUDIT_SUSPEND,
                        [PERSON_HELD] = AUDIT_HOLD,
                        [NOBODY] = AUDIT_REVOKE},
    [PERSON_EXPIRED] = {[PERSON_INVITED] = AUDIT_REISSUE,
                        [PERSON_EXPIRED] = AUDIT_EDIT,
                        [PERSON_ACTIVE] = AUDIT_ACCEPT,
                        [PERSON_SUSPENDED] = AUDIT_SUSPEND,
                        [PERSON_HELD] = AUDIT_HOLD,
                        [NOBODY] = AUDIT_REVOKE},
    [PERSON_ACTIVE] = {[PERSON_INVITED] = AUDIT_INVITE,
                       [PERSON_EXPIRED] = AUDIT_EXPIRE,
                       [PERSON_ACTIVE] = AUDIT_EDIT,
                       [PERSON_SUSPENDED] = AUDIT_SUSPEND,
                       [PERSON_HELD] = AUDIT_HOLD,
                       [NOBODY] = AUDIT_REMOVE},
    [PERSON_SUSPENDED] = {[PERSON_INVITED] = AUDIT_REACTIVATE,
                          [PERSON_EXPIRED] = AUDIT_REACTIVATE,
                          [PERSON_ACTIVE] = AUDIT_REACTIVATE,
                          [PERSON_SUSPENDED] = AUDIT_EDIT,
                          [PERSON_HELD] = AUDIT_HOLD,
                          [NOBODY] = AUDIT_REMOVE},
    [PERSON_HELD] = {[PERSON_INVITED] = AUDIT_INVITE,
                     [PERSON_EXPIRED] = AUDIT_EXPIRE,
                     [PERSON_ACTIVE] = AUDIT_CREATE,
                     [PERSON_SUSPENDED] = AUDIT_SUSPEND,
                     [PERSON_HELD] = AUDIT_EDIT,
                     [NOBODY] = AUDIT_REMOVE},
    [NOBODY] = {[PERSON_INVITED] = AUDIT_INVITE,
                [PERSON_EXPIRED] = AUDIT_CREATE,
                [PERSON_ACTIVE] = AUDIT_CREATE,
                [PERSON_SUSPENDED] = AUDIT_CREATE,
                [PERSON_HELD] = AUDIT_HOLD,
                [NOBODY] = AUDIT_EDIT},
};

static int state_of(const struct person_facts *facts)
{
    if (facts == NULL)
        return NOBODY;
    return person_status_is_held(facts->status) ? (int)PERSON_HELD : (int)facts->status;
}

static gboolean is_act(const struct change *change, enum act_kind kind)
{
    return change->act != NULL && change->act->kind == kind;
}

static gboolean is_by_themselves(const struct change *change, const struct touched *touched)
{
    return change->actor->kind == ACTOR_PERSON &&
           g_strcmp0(change->actor->person, touched->id) == 0;
}

static gboolean roles_differ(const GArray *a, const GArray *b)
{
    if (a->len != b->len)
        return TRUE;
    for (guint i = 0; i < a->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(a, struct project_role_facts, i);
        if (project_roles_find(b, entry->project) != entry->role)
            return TRUE;
    }
    return FALSE;
}

/* What an invitation offers, and to which address. */
static gboolean offer_differs(const struct person_facts *a, const struct person_facts *b)
{
    return a->role != b->role || g_strcmp0(a->address, b->address) != 0 ||
           roles_differ(a->projects, b->projects);
}

static enum audit_action deed_of_link(const struct touched *touched)
{
    const struct person_facts *before = touched->before, *after = touched->after;
    if (touched->renew)
        return AUDIT_RENEW;
    if (offer_differs(before, after))
        return AUDIT_REISSUE;
    return touched->resend || before->expires_at != after->expires_at ? AUDIT_RESEND
                                                                      : AUDIT_EDIT;
}

static enum audit_action deed_of_gone(const struct change *change,
                                      const struct touched *touched, enum audit_action action)
{
    if (is_act(change, ACT_INVITATION_DECLINE))
        return AUDIT_DECLINE;
    return is_act(change, ACT_LEAVE_ORGANIZATION) && is_by_themselves(change, touched)
               ? AUDIT_LEAVE
               : action;
}

/* Nothing but who stands in for an admin. */
static gboolean is_succession(const struct person_facts *before,
                              const struct person_facts *after)
{
    if (before->stands_in->len == after->stands_in->len)
        return FALSE;
    struct person_facts same = *before;
    same.stands_in = after->stands_in;
    same.projects = after->projects;
    return !effective_differs(&same, after);
}

/* Overrides went, and nothing else than what they did. */
static gboolean is_lift(const struct person_facts *before, const struct person_facts *after)
{
    if (after->override != ORGANIZATION_ROLE_NONE && after->override != before->override)
        return FALSE;
    for (guint i = 0; i < after->overrides->len; i++) {
        const struct project_role_facts *left =
            &g_array_index(after->overrides, struct project_role_facts, i);
        if (project_roles_find(before->overrides, left->project) != left->role)
            return FALSE;
    }
    struct person_facts same = *before;
    same.role = after->role;
    same.projects = after->projects;
    same.override = after->override;
    same.overrides = after->overrides;
    return !effective_differs(&same, after) && (before->override != after->override ||
                                                before->overrides->len > after->overrides->len);
}

static enum audit_action deed_of_standing(const struct change *change,
                                          const struct touched *touched)
{
    if (is_act(change, ACT_LEAVE_PROJECT) && is_by_themselves(change, touched))
        return AUDIT_LEAVE;
    if (is_succession(touched->before, touched->after))
        return AUDIT_SUCCEED;
    return is_lift(touched->before, touched->after) ? AUDIT_LIFT : AUDIT_EDIT;
}

enum audit_action audit_deed(const struct change *change, const struct touched *touched)
{
    const int before = state_of(touched->before), after = state_of(touched->after);
    const enum audit_action action = actions[before][after];
    if (after == NOBODY)
        return deed_of_gone(change, touched, action);
    /* Somebody new who accepted long ago is somebody old. */
    if (before == NOBODY && touched->after->joined_at > 0 && !touched->accept)
        return AUDIT_RESTORE;
    if (before == PERSON_HELD && after == PERSON_ACTIVE && touched->before->joined_at > 0)
        return AUDIT_REACTIVATE;
    if (after == PERSON_INVITED && (before == PERSON_INVITED || before == PERSON_EXPIRED))
        return deed_of_link(touched);
    return action == AUDIT_EDIT ? deed_of_standing(change, touched) : action;
}
