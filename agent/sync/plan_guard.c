#include "agent/sync/plan_guard.h"

#include <string.h>

#include "agent/sync/plan_reason.h"

/* At most this many owners may come about unasked, or this share of the people (A05). */
#define OWNERS_FEW     3u
#define OWNERS_PERCENT 10u

enum tally {
    TALLY_PROVEN = 1,
    TALLY_UNPROVEN = 2,
    TALLY_OWNER_LOST = 4,
};

/* What trips, each with its words or NULL. */
struct verdict {
    const char *removals;
    const char *proven_leavers;
    const char *owners_lost;
    const char *owners_made;
    guint8 *people; /* enum tally, by person */
};

gboolean plan_guard_trips(guint n, guint people, const struct plan_limit *limit)
{
    return n > limit->absolute && (guint64)n * 100 > (guint64)people * limit->percent;
}

static gboolean is_open(const struct plan_candidate *candidate)
{
    return candidate->fate == PLAN_FATE_OPEN;
}

static gboolean is_destructive(const struct plan_candidate *candidate)
{
    return is_open(candidate) && (candidate->step.flags & PLAN_DESTRUCTIVE) != 0;
}

static gboolean is_proven(const struct plan_candidate *candidate)
{
    return (candidate->step.flags & PLAN_PROVEN_LEAVER) != 0;
}

/* Could this one step end an ownership? */
static gboolean may_lose_owner(const struct plan_candidate *candidate)
{
    return is_destructive(candidate) &&
           (candidate->step.kind == PLAN_REMOVE || candidate->step.kind == PLAN_SUSPEND ||
            candidate->step.organization_to < candidate->step.organization_from);
}

/* Does this step make an owner, now or once the person accepts? */
static gboolean makes_owner(const PlanState *state, const struct plan_candidate *candidate)
{
    if (!is_open(candidate))
        return FALSE;
    if (candidate->step.kind == PLAN_REACTIVATE)
        return candidate->wanted->role == ORGANIZATION_ROLE_OWNER;
    if (candidate->step.organization_to != ORGANIZATION_ROLE_OWNER ||
        candidate->step.organization_from == ORGANIZATION_ROLE_OWNER)
        return FALSE;
    return candidate->person < 0 ||
           plan_state_role(state, (guint32)candidate->person) != ORGANIZATION_ROLE_OWNER;
}

static void count_removals(PlanDraft *draft, struct verdict *verdict)
{
    const struct plan_input *input = draft->input;
    guint proven = 0;
    guint unproven = 0;
    for (guint i = 0; i < draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (is_destructive(candidate))
            verdict->people[candidate->person] |=
                is_proven(candidate) ? TALLY_PROVEN : TALLY_UNPROVEN;
    }
    for (guint32 i = 0; i < input->actual->person_count; i++) {
        gboolean is_unproven = (verdict->people[i] & TALLY_UNPROVEN) != 0;
        unproven += is_unproven ? 1 : 0;
        proven += !is_unproven && verdict->people[i] != 0 ? 1 : 0;
    }
    guint managed = draft->plan->managed;
    if (plan_guard_trips(unproven, managed, &input->max_removals))
        verdict->removals = plan_draft_text(
            draft,
            "%u of %u people would be removed or lose a role at once (limit: %u or %u %%)",
            unproven, managed, input->max_removals.absolute, input->max_removals.percent);
    if (plan_guard_trips(proven, managed, &input->max_proven_leavers))
        verdict->proven_leavers =
            plan_draft_text(draft,
                            "%u of %u people are disabled or gone in the directory at once "
                            "(limit: %u or %u %%)",
                            proven, managed, input->max_proven_leavers.absolute,
                            input->max_proven_leavers.percent);
}

/* The organization as it would be if everything open were done, grants first. */
static PlanState *afterwards(PlanDraft *draft, const PlanState *state)
{
    PlanState *after = plan_state_copy(state);
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < draft->candidates->len; i++) {
            const struct plan_candidate *candidate = plan_draft_at(draft, i);
            if (is_open(candidate) && is_destructive(candidate) == (pass == 1))
                plan_state_apply(after, &candidate->step, candidate->person, candidate->link,
                                 NULL);
        }
    return after;
}

/* Owners who are there or are coming; and all people of the kind. */
static guint count_owners(const PlanState *state, guint *people)
{
    guint owners = 0;
    *people = 0;
    for (guint32 i = 0; i < state->actual->person_count; i++) {
        const struct plan_state_person *person = &state->people[i];
        if (person->gone)
            continue;
        ++*people;
        gboolean counts = person->status == ACTUAL_ACTIVE || person->status == ACTUAL_INVITED ||
                          person->status == ACTUAL_EXPIRED;
        if (counts && plan_state_role(state, i) == ORGANIZATION_ROLE_OWNER)
            owners++;
    }
    return owners;
}

static void judge_lost(PlanDraft *draft, const PlanState *state, const PlanState *after,
                       struct verdict *verdict)
{
    guint lost = 0;
    for (guint32 i = 0; i < state->actual->person_count; i++)
        if (plan_state_is_owner(state, i) && !plan_state_is_owner(after, i)) {
            verdict->people[i] |= TALLY_OWNER_LOST;
            lost++;
        }
    if (lost > 1)
        verdict->owners_lost = plan_draft_text(draft, "%u owners would be lost at once", lost);
}

static void judge_made(PlanDraft *draft, const PlanState *state, const PlanState *after,
                       struct verdict *verdict)
{
    guint people = 0;
    guint before = count_owners(state, &people);
    guint now = count_owners(after, &people);
    for (guint i = 0; i < draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (!is_open(candidate) || candidate->step.kind != PLAN_INVITE)
            continue;
        people++;
        now += candidate->step.organization_to == ORGANIZATION_ROLE_OWNER ? 1 : 0;
    }
    if (now > before && now > OWNERS_FEW &&
        (guint64)now * 100 > (guint64)people * OWNERS_PERCENT)
        verdict->owners_made =
            plan_draft_text(draft, "there would be %u owners of %u people; now there are %u",
                            now, people, before);
}

static void judge_owners(PlanDraft *draft, const PlanState *state, struct verdict *verdict)
{
    guint losing = 0;
    guint making = 0;
    for (guint i = 0; i < draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (may_lose_owner(candidate) && plan_state_is_owner(state, (guint32)candidate->person))
            losing++;
        making += makes_owner(state, candidate) ? 1 : 0;
    }
    if (losing < 2 && making == 0)
        return;
    g_autoptr(PlanState) after = afterwards(draft, state);
    judge_lost(draft, state, after, verdict);
    if (making > 0)
        judge_made(draft, state, after, verdict);
}

static const char *emptied(PlanDraft *draft, const char *name)
{
    for (guint i = 0; i < draft->input->origin_count; i++) {
        const struct plan_origin *origin = &draft->input->origins[i];
        if (origin->emptied && strcmp(origin->origin, name) == 0)
            return plan_draft_text(
                draft, "group '%s' of '%s' had 5 or more members and is empty",
                origin->emptied_group != NULL ? origin->emptied_group : "", name);
    }
    return NULL;
}

/* Why this candidate must wait, or NULL. */
static const char *trips(PlanDraft *draft, const PlanState *state,
                         const struct verdict *verdict, const struct plan_candidate *candidate)
{
    if (verdict->owners_made != NULL && makes_owner(state, candidate))
        return verdict->owners_made;
    if (!is_destructive(candidate))
        return NULL;
    if (verdict->owners_lost != NULL && may_lose_owner(candidate) &&
        (verdict->people[candidate->person] & TALLY_OWNER_LOST) != 0)
        return verdict->owners_lost;
    /* Somebody with an unproven loss counts there, with all they lose. */
    if (verdict->removals != NULL && (verdict->people[candidate->person] & TALLY_UNPROVEN) != 0)
        return verdict->removals;
    if (verdict->proven_leavers != NULL && is_proven(candidate))
        return verdict->proven_leavers;
    return is_proven(candidate) ? NULL : emptied(draft, candidate->step.origin);
}

static gboolean is_approved(const PlanDraft *draft, const struct plan_candidate *candidate)
{
    if (draft->input->approved == NULL)
        return FALSE;
    g_autofree char *key = plan_approval_key(&candidate->step);
    return g_hash_table_contains(draft->input->approved, key);
}

/* No marker is cleared on the word of a snapshot that the guard distrusts. */
static void keep_markers(PlanDraft *draft)
{
    g_array_set_size(draft->plan->markers, 0);
    for (guint i = 0; i < draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (is_open(candidate) && candidate->after_marker)
            plan_draft_leave(draft, candidate, PLAN_NOTE_MARKER, "",
                             plan_draft_text(draft, "'%s' is not invited: a marker stands",
                                             candidate->step.user_name));
    }
}

/* A link's reactivation comes after all its other candidates: is one of their reductions held, so
 * that the person would come back into the old role? */
static gboolean has_held_reduction(const PlanDraft *draft, guint index)
{
    const struct plan_candidate *candidate = plan_draft_at(draft, index);
    for (guint i = index; i > 0; i--) {
        const struct plan_candidate *before = plan_draft_at(draft, i - 1);
        if (before->person != candidate->person || before->link != candidate->link)
            return FALSE;
        if (before->fate == PLAN_FATE_LEFT && (before->step.flags & PLAN_DESTRUCTIVE) != 0)
            return TRUE;
    }
    return FALSE;
}

void plan_guard(PlanDraft *draft, const PlanState *state)
{
    struct verdict verdict = {NULL};
    gboolean held = FALSE;
    guint count = draft->candidates->len;
    g_autofree guint8 *people = g_new0(guint8, state->actual->person_count);
    if (count == 0)
        return;
    verdict.people = people;
    count_removals(draft, &verdict);
    judge_owners(draft, state, &verdict);
    for (guint i = 0; i < count; i++) {
        struct plan_candidate *candidate = plan_draft_at(draft, i);
        const char *because =
            is_open(candidate) ? trips(draft, state, &verdict, candidate) : NULL;
        if (candidate->step.kind == PLAN_REACTIVATE && has_held_reduction(draft, i))
            because = "the role that they would come back into is to be lowered";
        if (because == NULL || is_approved(draft, candidate))
            continue;
        plan_reason_hold(draft, candidate, PLAN_HOLD_GUARD, because);
        held = TRUE;
    }
    if (held)
        keep_markers(draft);
}
