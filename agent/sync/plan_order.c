#include "agent/sync/plan_order.h"

#include <string.h>

#include "agent/sync/plan_addresses.h"
#include "agent/sync/plan_invariants.h"
#include "agent/sync/plan_profiles.h"
#include "agent/sync/plan_reason.h"
#include "agent/sync/plan_seats.h"
#include "agent/sync/plan_taking.h"

enum grant { GRANT_OWNER, GRANT_PROJECT_ADMIN, GRANT_OTHER, GRANT_NONE };

static gboolean is_open(const struct plan_candidate *candidate)
{
    return candidate->fate == PLAN_FATE_OPEN;
}

static gint seat_effect(const struct plan_taking *taking,
                        const struct plan_candidate *candidate)
{
    return plan_state_seat_effect(taking->state, &candidate->step, candidate->person,
                                  candidate->link);
}

static enum grant grant_of(const struct plan_taking *taking,
                           const struct plan_candidate *candidate)
{
    const struct plan_step *step = &candidate->step;
    if (!is_open(candidate) || candidate->person < 0 || (step->flags & PLAN_DESTRUCTIVE) != 0)
        return GRANT_NONE;
    if (step->kind == PLAN_REACTIVATE)
        return seat_effect(taking, candidate) <= 0 ? GRANT_OTHER : GRANT_NONE;
    /* A new link comes early: it may keep somebody whom their other directory drops. */
    if ((step->flags & PLAN_ADOPT) != 0 && step->organization_to != ORGANIZATION_ROLE_OWNER)
        return GRANT_PROJECT_ADMIN;
    if ((step->flags & PLAN_ADOPT) != 0)
        return GRANT_OWNER;
    if (step->kind != PLAN_SET_ORGANIZATION_ROLE && step->kind != PLAN_SET_PROJECT_ROLE)
        return GRANT_NONE;
    if (taking->state->people[candidate->person].status != ACTUAL_ACTIVE)
        return GRANT_OTHER;
    if (step->organization_to == ORGANIZATION_ROLE_OWNER)
        return GRANT_OWNER;
    for (guint32 i = 0; i < step->project_count; i++)
        if (step->projects[i].to == PROJECT_ROLE_ADMIN)
            return GRANT_PROJECT_ADMIN;
    return GRANT_OTHER;
}

static void take_grants(struct plan_taking *taking, enum grant grant)
{
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (grant_of(taking, candidate) == grant)
            plan_taking_take(taking, candidate);
    }
}

/* One reduction can make another one of it: the end of a suspended link takes a seat only as long as
 * the person's other links are active. */
static void take_reductions(struct plan_taking *taking)
{
    gboolean progress = TRUE;
    while (progress) {
        progress = FALSE;
        for (guint i = 0; i < taking->draft->candidates->len; i++) {
            struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
            /* With the last link that kept them in, an attached one is gone as well. */
            if (is_open(candidate) && candidate->person >= 0 &&
                taking->state->people[candidate->person].gone)
                candidate->fate = PLAN_FATE_LEFT;
            if (candidate->obstacle != PLAN_OBSTACLE_NONE ||
                !plan_invariants_is_reduction(taking->state, candidate))
                continue;
            plan_taking_take(taking, candidate);
            progress = TRUE;
        }
    }
}

/* Whoever joins the person that was just invited. */
static void take_joiners(struct plan_taking *taking, guint inviter)
{
    guint32 invite = plan_draft_at(taking->draft, inviter)->taken_as;
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (!is_open(candidate) || candidate->inviter != (gint32)inviter)
            continue;
        candidate->step.made_by = (gint)invite;
        candidate->step.needs = &invite;
        candidate->step.need_count = 1;
        plan_taking_take(taking, candidate);
        candidate->step.needs = NULL;
        candidate->step.need_count = 0;
    }
}

static void queue_for_seats(struct plan_taking *taking, GArray *queue)
{
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (!is_open(candidate) || candidate->inviter >= 0 ||
            seat_effect(taking, candidate) <= 0)
            continue;
        g_array_append_val(queue, i);
    }
    plan_seats_sort(taking->draft, queue);
}

/* An invite that was to be joined is none: whoever joined stands alone again. */
static gboolean part_joiners(struct plan_taking *taking, guint inviter)
{
    gboolean parted = FALSE;
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (!is_open(candidate) || candidate->inviter != (gint32)inviter)
            continue;
        plan_draft_as_invite(candidate);
        parted = TRUE;
    }
    return parted;
}

static gboolean has_joined(const struct plan_taking *taking, guint inviter, const char *origin)
{
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if ((i == inviter || candidate->inviter == (gint32)inviter) &&
            strcmp(candidate->step.origin, origin) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Addresses have moved since the difference was made: whoever has the wanted one now may be adopted
 * instead. TRUE: done. */
static gboolean adopt_holder(struct plan_taking *taking, guint index,
                             const struct plan_address_holder *holder)
{
    struct plan_candidate *candidate = plan_draft_at(taking->draft, index);
    if (candidate->step.kind != PLAN_INVITE || !holder->is_one ||
        !plan_draft_may_adopt(taking->draft, candidate->step.origin))
        return FALSE;
    if (holder->who < 0) {
        guint inviter = (guint)(-1 - holder->who);
        if (has_joined(taking, inviter, candidate->step.origin))
            return FALSE;
        part_joiners(taking, index);
        candidate->inviter = (gint32)inviter;
        plan_draft_as_joiner(candidate);
        take_joiners(taking, inviter);
        return TRUE;
    }
    guint32 person = (guint32)holder->who;
    enum actual_status status = taking->state->people[person].status;
    if (taking->state->actual->people[person].is_protected || status == ACTUAL_WAITING ||
        status == ACTUAL_HELD || status == ACTUAL_REHEARSED ||
        plan_state_has_origin(taking->state, person, candidate->step.origin))
        return FALSE;
    part_joiners(taking, index);
    plan_draft_as_adoption(taking->draft, candidate, person, status);
    plan_taking_take(taking, candidate);
    return TRUE;
}

static void take_seats(struct plan_taking *taking)
{
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint));
    struct plan_address_holder holder;
    queue_for_seats(taking, queue);
    taking->again = FALSE;
    for (guint i = 0; i < queue->len; i++) {
        guint index = g_array_index(queue, guint, i);
        struct plan_candidate *candidate = plan_draft_at(taking->draft, index);
        candidate->obstacle = PLAN_OBSTACLE_NONE;
        if (plan_taking_is_taken(taking, candidate, &holder)) {
            candidate->obstacle = PLAN_OBSTACLE_ADDRESS;
            if (adopt_holder(taking, index, &holder) || part_joiners(taking, index))
                taking->again = TRUE;
            continue;
        }
        if (taking->state->seats >= taking->draft->plan->cap) {
            candidate->obstacle = PLAN_OBSTACLE_SEAT;
            continue;
        }
        plan_taking_take(taking, candidate);
        taking->again = taking->again || candidate->person >= 0;
        if (taking->addresses != NULL)
            take_joiners(taking, index);
    }
}

static void take_round(struct plan_taking *taking)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(struct plan_stand_in));
    take_grants(taking, GRANT_OWNER);
    take_grants(taking, GRANT_PROJECT_ADMIN);
    plan_invariants_judge(taking->draft, taking->state, chosen);
    plan_taking_stand_ins(taking, chosen);
    take_grants(taking, GRANT_OTHER);
    take_reductions(taking);
    take_grants(taking, GRANT_OTHER); /* a suspended person may come out of it without a seat */
    plan_profiles_take(taking);
    take_seats(taking);
}

static void leave(struct plan_taking *taking, struct plan_candidate *candidate)
{
    PlanDraft *draft = taking->draft;
    struct plan_address_holder holder = {0, FALSE, ""};
    const char *name = NULL;
    switch (candidate->obstacle) {
    case PLAN_OBSTACLE_NONE: /* joins an invite that was not sent, or a profile that is another
                                link's by now */
        candidate->fate = PLAN_FATE_LEFT;
        break;
    case PLAN_OBSTACLE_LAST_OWNER:
        plan_reason_hold(draft, candidate, PLAN_HOLD_LAST_OWNER, NULL);
        break;
    case PLAN_OBSTACLE_LAST_ADMIN:
        plan_reason_hold(draft, candidate, PLAN_HOLD_LAST_PROJECT_ADMIN, NULL);
        break;
    case PLAN_OBSTACLE_ONLY_ADMIN:
        plan_draft_leave(
            draft, candidate, PLAN_NOTE_ONLY_ADMIN, candidate->step.projects[0].project,
            plan_draft_text(draft,
                            "'%s' stays admin of '%s': an owner, and nobody else is "
                            "its admin",
                            candidate->step.user_name, candidate->step.projects[0].project));
        break;
    case PLAN_OBSTACLE_ADDRESS:
        if (plan_taking_is_taken(taking, candidate, &holder))
            name = plan_addresses_name(taking->addresses, holder.who);
        plan_reason_hold(draft, candidate, PLAN_HOLD_ADDRESS_TAKEN,
                         plan_draft_text(draft, "%s has the address '%s'",
                                         name != NULL ? name : "somebody invited in this plan",
                                         holder.address));
        break;
    case PLAN_OBSTACLE_SEAT:
        plan_seats_wait(draft, candidate, taking->state);
        break;
    }
}

/* Holds and notes in the order of the difference, then the queue of those who wait. */
static void leave_all(struct plan_taking *taking)
{
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < taking->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (!is_open(candidate))
            continue;
        if (candidate->obstacle == PLAN_OBSTACLE_SEAT)
            g_array_append_val(queue, i);
        else
            leave(taking, candidate);
    }
    plan_seats_sort(taking->draft, queue);
    for (guint i = 0; i < queue->len; i++)
        leave(taking, plan_draft_at(taking->draft, g_array_index(queue, guint, i)));
}

void plan_order(PlanDraft *draft, PlanState *state)
{
    struct plan_taking taking;
    if (draft->candidates->len == 0)
        return;
    plan_taking_init(&taking, draft, state);
    do
        take_round(&taking);
    while (taking.again);
    leave_all(&taking);
    plan_taking_clear(&taking);
}
