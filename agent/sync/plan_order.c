#include "agent/sync/plan_order.h"

#include <string.h>

#include "agent/sync/plan_addresses.h"
#include "agent/sync/plan_invariants.h"
#include "agent/sync/plan_reason.h"
#include "agent/sync/plan_seats.h"

#define ADDRESS_MASK ((1u << PROFILE_USER_NAME) | (1u << PROFILE_MAIL))

struct taken_stand_in {
    guint32 project;
    guint32 step; /* index into plan->steps */
};

struct order {
    PlanDraft *draft;
    PlanState *state;
    PlanAddresses *addresses; /* NULL: no address changes hands */
    GArray *stand_ins;        /* struct taken_stand_in, of this plan */
    GArray *touched;          /* scratch: guint32 */
    gboolean again; /* the seat queue changed what was decided before: another round */
};

enum grant { GRANT_OWNER, GRANT_PROJECT_ADMIN, GRANT_OTHER, GRANT_NONE };

static gboolean is_open(const struct plan_candidate *candidate)
{
    return candidate->fate == PLAN_FATE_OPEN;
}

static gint seat_effect(const struct order *order, const struct plan_candidate *candidate)
{
    return plan_state_seat_effect(order->state, &candidate->step, candidate->person,
                                  candidate->link);
}

static enum grant grant_of(const struct order *order, const struct plan_candidate *candidate)
{
    const struct plan_step *step = &candidate->step;
    if (!is_open(candidate) || candidate->person < 0 || (step->flags & PLAN_DESTRUCTIVE) != 0)
        return GRANT_NONE;
    if (step->kind == PLAN_REACTIVATE)
        return seat_effect(order, candidate) <= 0 ? GRANT_OTHER : GRANT_NONE;
    /* A new link comes early: it may keep somebody whom their other directory drops. */
    if ((step->flags & PLAN_ADOPT) != 0 && step->organization_to != ORGANIZATION_ROLE_OWNER)
        return GRANT_PROJECT_ADMIN;
    if ((step->flags & PLAN_ADOPT) != 0)
        return GRANT_OWNER;
    if (step->kind != PLAN_SET_ORGANIZATION_ROLE && step->kind != PLAN_SET_PROJECT_ROLE)
        return GRANT_NONE;
    if (order->state->people[candidate->person].status != ACTUAL_ACTIVE)
        return GRANT_OTHER;
    if (step->organization_to == ORGANIZATION_ROLE_OWNER)
        return GRANT_OWNER;
    for (guint32 i = 0; i < step->project_count; i++)
        if (step->projects[i].to == PROJECT_ROLE_ADMIN)
            return GRANT_PROJECT_ADMIN;
    return GRANT_OTHER;
}

static void add_touches(struct order *order, struct plan_step *step)
{
    GArray *touched = order->touched;
    step->touches = plan_block(order->draft->plan, sizeof *step->touches, touched->len);
    step->touch_count = touched->len;
    for (guint i = 0; i < touched->len; i++) {
        guint32 person = g_array_index(touched, guint32, i);
        const char *id = order->state->actual->people[person].id;
        step->touches[i] = plan_text(order->draft->plan, id);
    }
    g_array_set_size(touched, 0);
}

/* The step loses this person's admin role where somebody stands in since this plan: not without
 * them. `was` says, by stand-in, whether the person was an admin before. */
static void add_needs(struct order *order, struct plan_step *step, gint32 person,
                      const gboolean *was)
{
    guint32 *needs = plan_block(order->draft->plan, sizeof *needs, order->stand_ins->len);
    for (guint i = 0; i < order->stand_ins->len; i++) {
        const struct taken_stand_in *stand_in =
            &g_array_index(order->stand_ins, struct taken_stand_in, i);
        if (was[i] && !plan_state_is_admin(order->state, (guint32)person, stand_in->project))
            needs[step->need_count++] = stand_in->step;
    }
    step->needs = needs;
}

/* `who` is the person, or whom plan_addresses knows somebody invited by. */
static void follow_addresses(struct order *order, const struct plan_step *step, gint32 person,
                             gint32 who)
{
    if (order->addresses == NULL)
        return;
    if ((step->profile_mask & ADDRESS_MASK) != 0)
        plan_addresses_take(order->addresses, who, &step->profile, step->profile_mask);
    if (person >= 0 && order->state->people[person].gone)
        plan_addresses_release(order->addresses, person);
}

/* Makes a step of the plan out of it and carries it out in the model. */
static guint32 take_step(struct order *order, const struct plan_step *wanted, gint32 person,
                         gint32 link)
{
    PlanState *state = order->state;
    struct plan_step step = plan_copy_step(order->draft->plan, wanted);
    gint effect = plan_state_seat_effect(state, wanted, person, link);
    guint stand_ins = person >= 0 ? order->stand_ins->len : 0;
    g_autofree gboolean *was = stand_ins > 0 ? g_new(gboolean, stand_ins) : NULL;
    if (effect != 0)
        step.flags |= effect > 0 ? PLAN_TAKES_SEAT : PLAN_FREES_SEAT;
    for (guint i = 0; i < stand_ins; i++)
        was[i] = plan_state_is_admin(
            state, (guint32)person,
            g_array_index(order->stand_ins, struct taken_stand_in, i).project);
    plan_state_apply(state, wanted, person, link, order->touched);
    if (order->touched->len > 0)
        add_touches(order, &step);
    if (was != NULL)
        add_needs(order, &step, person, was);
    g_array_append_val(order->draft->plan->steps, step);
    return order->draft->plan->steps->len - 1;
}

/* Whom plan_addresses knows the candidate's person by. */
static gint32 who_of(const struct order *order, const struct plan_candidate *candidate)
{
    const struct plan_candidate *first = plan_draft_at(order->draft, 0);
    return candidate->person >= 0 ? candidate->person
                                  : plan_addresses_new_one((guint)(candidate - first));
}

static void take(struct order *order, struct plan_candidate *candidate)
{
    candidate->taken_as =
        take_step(order, &candidate->step, candidate->person, candidate->link);
    follow_addresses(order, &candidate->step, candidate->person, who_of(order, candidate));
    candidate->fate = PLAN_FATE_TAKEN;
}

static void take_grants(struct order *order, enum grant grant)
{
    for (guint i = 0; i < order->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if (grant_of(order, candidate) == grant)
            take(order, candidate);
    }
}

static void take_stand_ins(struct order *order, const GArray *chosen)
{
    const Actual *actual = order->state->actual;
    for (guint i = 0; i < chosen->len; i++) {
        const struct plan_stand_in *choice = &g_array_index(chosen, struct plan_stand_in, i);
        const struct plan_candidate *cause = plan_draft_at(order->draft, choice->cause);
        const struct actual_person *owner = &actual->people[choice->person];
        struct plan_role_change change = {
            actual->projects[choice->project].name,
            plan_state_project_role(order->state, choice->person, choice->project),
            PROJECT_ROLE_ADMIN};
        struct plan_step step = {
            .kind = PLAN_SET_PROJECT_ROLE,
            .flags = PLAN_STAND_IN,
            .organization = order->draft->plan->organization,
            .origin = cause->step.origin,
            .external_id = "",
            .person = owner->id,
            .user_name = owner->profile.field[PROFILE_USER_NAME],
            .made_by = -1,
            .projects = &change,
            .project_count = 1,
            .reason = plan_draft_text(
                order->draft, "stands in: '%s' is the last other admin of '%s' and goes",
                cause->step.user_name, change.project),
        };
        struct taken_stand_in taken = {choice->project, 0};
        taken.step = take_step(order, &step, (gint32)choice->person, -1);
        g_array_append_val(order->stand_ins, taken);
    }
}

/* One reduction can make another one of it: the end of a suspended link takes a seat only as long as
 * the person's other links are active. */
static void take_reductions(struct order *order)
{
    gboolean progress = TRUE;
    while (progress) {
        progress = FALSE;
        for (guint i = 0; i < order->draft->candidates->len; i++) {
            struct plan_candidate *candidate = plan_draft_at(order->draft, i);
            if (candidate->obstacle != PLAN_OBSTACLE_NONE ||
                !plan_invariants_is_reduction(order->state, candidate))
                continue;
            take(order, candidate);
            progress = TRUE;
        }
    }
}

static gboolean is_profile_step(const struct plan_candidate *candidate)
{
    return is_open(candidate) && candidate->inviter < 0 &&
           (candidate->step.kind == PLAN_UPDATE_PROFILE ||
            candidate->step.kind == PLAN_REISSUE);
}

/* Has somebody else an address that the step wants? */
static gboolean is_taken(const struct order *order, const struct plan_candidate *candidate,
                         struct plan_address_holder *holder)
{
    return order->addresses != NULL &&
           plan_addresses_find(order->addresses, who_of(order, candidate),
                               &candidate->step.profile, candidate->step.profile_mask, holder);
}

static gboolean changes_roles(const struct plan_step *step)
{
    return step->project_count > 0 || step->organization_from != step->organization_to;
}

/* The invitation that a reissue was to change is revoked by now (another link suspends the person):
 * what is left are changes of roles and profile, one step each. */
static void take_apart(struct order *order, struct plan_candidate *candidate)
{
    struct plan_candidate part = *candidate;
    part.step.profile_mask = 0;
    part.step.project_count = 0;
    part.step.kind = PLAN_SET_ORGANIZATION_ROLE;
    if (part.step.organization_from != part.step.organization_to)
        take(order, &part);
    part.step.organization_from = part.step.organization_to = ORGANIZATION_ROLE_NONE;
    part.step.project_count = 1;
    for (guint32 i = 0; i < candidate->step.project_count; i++) {
        part.step.projects = &candidate->step.projects[i];
        part.step.kind = part.step.projects[0].to == PROJECT_ROLE_NONE
                             ? PLAN_REMOVE_PROJECT_ROLE
                             : PLAN_SET_PROJECT_ROLE;
        take(order, &part);
    }
    part.step.project_count = 0;
    part.step.kind = PLAN_UPDATE_PROFILE;
    part.step.profile_mask = candidate->step.profile_mask;
    if (part.step.profile_mask != 0)
        take(order, &part);
    candidate->fate = PLAN_FATE_TAKEN;
}

static void take_profile(struct order *order, struct plan_candidate *candidate)
{
    gboolean pending = order->state->people[candidate->person].status == ACTUAL_INVITED;
    if (candidate->step.kind == PLAN_REISSUE && !pending &&
        (candidate->step.flags & PLAN_ADOPT) == 0)
        take_apart(order, candidate);
    else
        take(order, candidate);
}

/* Takes what else the step changes, and leaves these fields of the profile open. */
static void split(struct order *order, struct plan_candidate *candidate, guint mask)
{
    struct plan_candidate rest = *candidate;
    gboolean roles = changes_roles(&rest.step);
    rest.step.profile_mask &= ~mask;
    if (!roles && rest.step.profile_mask == 0)
        return;
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if ((rest.step.profile_mask & (1u << i)) == 0)
            rest.step.profile.field[i] = NULL;
    candidate->step.profile_mask &= mask;
    candidate->step.project_count = 0;
    candidate->step.organization_to = candidate->step.organization_from =
        ORGANIZATION_ROLE_NONE;
    candidate->step.flags &= ~(guint)PLAN_DESTRUCTIVE;
    if (!roles)
        rest.step.kind = PLAN_UPDATE_PROFILE;
    take_profile(order, &rest);
}

/* A person's profile is their oldest link's, by now; of other links only the roles are taken. */
static gboolean is_foreign_profile(const struct order *order,
                                   const struct plan_candidate *candidate)
{
    return candidate->step.profile_mask != 0 &&
           !plan_state_owns_profile(order->state, (guint32)candidate->person, candidate->link);
}

static gboolean take_profile_if_free(struct order *order, struct plan_candidate *candidate)
{
    struct plan_address_holder holder;
    if (is_foreign_profile(order, candidate)) {
        split(order, candidate, ~0u);
        return FALSE;
    }
    if (is_taken(order, candidate, &holder))
        return FALSE;
    take_profile(order, candidate);
    return TRUE;
}

/* Each after the step that frees its address; one that stays taken holds up only itself. */
static void take_profiles(struct order *order)
{
    guint count = order->draft->candidates->len;
    gboolean progress = TRUE;
    while (progress) {
        progress = FALSE;
        for (guint i = 0; i < count; i++) {
            struct plan_candidate *candidate = plan_draft_at(order->draft, i);
            if (is_profile_step(candidate) && take_profile_if_free(order, candidate))
                progress = order->addresses != NULL;
        }
    }
    for (guint i = 0; i < count; i++) {
        struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if (!is_profile_step(candidate) || is_foreign_profile(order, candidate))
            continue;
        candidate->obstacle = PLAN_OBSTACLE_ADDRESS;
        split(order, candidate, ADDRESS_MASK);
    }
}

/* Whoever joins the person that was just invited. */
static void take_joiners(struct order *order, guint inviter)
{
    guint32 invite = plan_draft_at(order->draft, inviter)->taken_as;
    for (guint i = 0; i < order->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if (!is_open(candidate) || candidate->inviter != (gint32)inviter)
            continue;
        candidate->step.made_by = (gint)invite;
        candidate->step.needs = &invite;
        candidate->step.need_count = 1;
        take(order, candidate);
        candidate->step.needs = NULL;
        candidate->step.need_count = 0;
    }
}

static void queue_for_seats(struct order *order, GArray *queue)
{
    for (guint i = 0; i < order->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if (!is_open(candidate) || candidate->inviter >= 0 ||
            seat_effect(order, candidate) <= 0)
            continue;
        g_array_append_val(queue, i);
    }
    plan_seats_sort(order->draft, queue);
}

/* An invite that was to be joined is none: whoever joined stands alone again. */
static gboolean part_joiners(struct order *order, guint inviter)
{
    gboolean parted = FALSE;
    for (guint i = 0; i < order->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if (!is_open(candidate) || candidate->inviter != (gint32)inviter)
            continue;
        plan_draft_as_invite(candidate);
        parted = TRUE;
    }
    return parted;
}

static gboolean has_joined(const struct order *order, guint inviter, const char *origin)
{
    for (guint i = 0; i < order->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(order->draft, i);
        if ((i == inviter || candidate->inviter == (gint32)inviter) &&
            strcmp(candidate->step.origin, origin) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Addresses have moved since the difference was made: whoever has the wanted one now may be adopted
 * instead. TRUE: done. */
static gboolean adopt_holder(struct order *order, guint index,
                             const struct plan_address_holder *holder)
{
    struct plan_candidate *candidate = plan_draft_at(order->draft, index);
    if (candidate->step.kind != PLAN_INVITE || !holder->is_one ||
        !plan_draft_may_adopt(order->draft, candidate->step.origin))
        return FALSE;
    if (holder->who < 0) {
        guint inviter = (guint)(-1 - holder->who);
        if (has_joined(order, inviter, candidate->step.origin))
            return FALSE;
        part_joiners(order, index);
        candidate->inviter = (gint32)inviter;
        plan_draft_as_joiner(candidate);
        take_joiners(order, inviter);
        return TRUE;
    }
    guint32 person = (guint32)holder->who;
    enum actual_status status = order->state->people[person].status;
    if (order->state->actual->people[person].is_protected || status == ACTUAL_WAITING ||
        status == ACTUAL_HELD || status == ACTUAL_REHEARSED ||
        plan_state_has_origin(order->state, person, candidate->step.origin))
        return FALSE;
    part_joiners(order, index);
    plan_draft_as_adoption(order->draft, candidate, person, status);
    take(order, candidate);
    return TRUE;
}

static void take_seats(struct order *order)
{
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint));
    struct plan_address_holder holder;
    queue_for_seats(order, queue);
    order->again = FALSE;
    for (guint i = 0; i < queue->len; i++) {
        guint index = g_array_index(queue, guint, i);
        struct plan_candidate *candidate = plan_draft_at(order->draft, index);
        candidate->obstacle = PLAN_OBSTACLE_NONE;
        if (is_taken(order, candidate, &holder)) {
            candidate->obstacle = PLAN_OBSTACLE_ADDRESS;
            if (adopt_holder(order, index, &holder) || part_joiners(order, index))
                order->again = TRUE;
            continue;
        }
        if (order->state->seats >= order->draft->plan->cap) {
            candidate->obstacle = PLAN_OBSTACLE_SEAT;
            continue;
        }
        take(order, candidate);
        order->again = order->again || candidate->person >= 0;
        if (order->addresses != NULL)
            take_joiners(order, index);
    }
}

static void take_round(struct order *order)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(struct plan_stand_in));
    take_grants(order, GRANT_OWNER);
    take_grants(order, GRANT_PROJECT_ADMIN);
    plan_invariants_judge(order->draft, order->state, chosen);
    take_stand_ins(order, chosen);
    take_grants(order, GRANT_OTHER);
    take_reductions(order);
    take_grants(order, GRANT_OTHER); /* a suspended person may come out of it without a seat */
    take_profiles(order);
    take_seats(order);
}

static void leave(struct order *order, struct plan_candidate *candidate)
{
    PlanDraft *draft = order->draft;
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
        if (is_taken(order, candidate, &holder))
            name = plan_addresses_name(order->addresses, holder.who);
        plan_reason_hold(draft, candidate, PLAN_HOLD_ADDRESS_TAKEN,
                         plan_draft_text(draft, "%s has the address '%s'",
                                         name != NULL ? name : "somebody invited in this plan",
                                         holder.address));
        break;
    case PLAN_OBSTACLE_SEAT:
        plan_seats_wait(draft, candidate, order->state->seats);
        break;
    }
}

void plan_order(PlanDraft *draft, PlanState *state)
{
    struct order order = {.draft = draft, .state = state};
    if (draft->candidates->len == 0)
        return;
    if (draft->addresses)
        order.addresses = plan_addresses_new(state->actual);
    order.stand_ins = g_array_new(FALSE, FALSE, sizeof(struct taken_stand_in));
    order.touched = g_array_new(FALSE, FALSE, sizeof(guint32));
    do
        take_round(&order);
    while (order.again);
    for (guint i = 0; i < draft->candidates->len; i++)
        if (is_open(plan_draft_at(draft, i)))
            leave(&order, plan_draft_at(draft, i));
    plan_addresses_free(order.addresses);
    g_array_free(order.stand_ins, TRUE);
    g_array_free(order.touched, TRUE);
}
