#include "agent/sync/plan_invariants.h"

#include <string.h>

#include "scim/organization/succession.h"

struct judgement {
    PlanDraft *draft;
    const PlanState *state; /* before the reductions */
    PlanState *after;       /* after those that may go */
    gboolean *kept;         /* by person: stays an owner, so that somebody can stand in */
    gboolean *spared;       /* by person: takes no reduction at all, for a project's sake */
};

gboolean plan_invariants_is_reduction(const PlanState *state,
                                      const struct plan_candidate *candidate)
{
    return candidate->fate == PLAN_FATE_OPEN && candidate->person >= 0 &&
           (candidate->step.flags & PLAN_DESTRUCTIVE) != 0 &&
           candidate->step.kind != PLAN_REISSUE &&
           plan_state_seat_effect(state, &candidate->step, candidate->person,
                                  candidate->link) <= 0;
}

static gboolean may_lose_owner(const struct plan_candidate *candidate)
{
    return candidate->step.kind == PLAN_REMOVE || candidate->step.kind == PLAN_SUSPEND ||
           candidate->step.kind == PLAN_SET_ORGANIZATION_ROLE;
}

/* Only as long as it is a reduction: the end of the last suspended link brings a person back. */
static void apply(PlanState *state, const struct plan_candidate *candidate)
{
    if (plan_invariants_is_reduction(state, candidate))
        plan_state_apply(state, &candidate->step, candidate->person, candidate->link, NULL);
}

static gboolean is_judged(const struct judgement *judgement,
                          const struct plan_candidate *candidate)
{
    return plan_invariants_is_reduction(judgement->state, candidate) &&
           !judgement->spared[candidate->person];
}

/* Takes all open reductions of people whose ownership nothing keeps. */
static void take_all(struct judgement *judgement)
{
    plan_state_free(judgement->after);
    judgement->after = plan_state_copy(judgement->state);
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (is_judged(judgement, candidate) && !judgement->kept[candidate->person])
            apply(judgement->after, candidate);
    }
}

/* How much a person's ownership would be ended: the less, the rather they are kept. */
static guint severity(const struct judgement *judgement, gint32 person)
{
    guint worst = 0;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != person || !is_judged(judgement, candidate))
            continue;
        gboolean stays = (candidate->step.flags & PLAN_ATTACHED) != 0;
        guint this_one = candidate->step.kind == PLAN_REMOVE && !stays ? 2
                         : candidate->step.kind == PLAN_SUSPEND        ? 1
                                                                       : 0;
        worst = MAX(worst, this_one);
    }
    return worst;
}

/* An owner's edit of their role in a project wins over standing in there. */
static gboolean is_kept_out(const struct actual_person *person, const char *project)
{
    for (guint32 i = 0; i < person->override_count; i++)
        if (strcmp(person->overrides[i].project, project) == 0)
            return person->overrides[i].role != PROJECT_ROLE_ADMIN;
    return FALSE;
}

/* Of the owners who would go, the one who would lose least; -1 when there is none. With a project:
 * only whoever could stand in there. */
static gint32 choose_owner(const struct judgement *judgement, const char *project)
{
    gint32 chosen = -1;
    guint least = 0;
    for (guint32 i = 0; i < judgement->state->actual->person_count; i++) {
        if (!plan_state_is_owner(judgement->state, i) || judgement->kept[i] ||
            judgement->spared[i] ||
            (project != NULL && is_kept_out(&judgement->state->actual->people[i], project)))
            continue;
        guint this_one = severity(judgement, (gint32)i);
        if (chosen < 0 || this_one < least) {
            chosen = (gint32)i;
            least = this_one;
        }
    }
    return chosen;
}

/* Takes what a kept owner can lose and stay one; the rest gets its obstacle. */
static void take_from_owner(struct judgement *judgement, guint32 person)
{
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != (gint32)person || !is_judged(judgement, candidate))
            continue;
        if (may_lose_owner(candidate)) {
            g_autoptr(PlanState) without = plan_state_copy(judgement->after);
            apply(without, candidate);
            if (!plan_state_is_owner(without, person)) {
                candidate->obstacle = PLAN_OBSTACLE_LAST_OWNER;
                continue;
            }
        }
        apply(judgement->after, candidate);
    }
}

/* Does the step lower a role in this project, and nothing else? */
static gboolean lowers_in(const struct plan_candidate *candidate, const char *project)
{
    return (candidate->step.kind == PLAN_REMOVE_PROJECT_ROLE ||
            candidate->step.kind == PLAN_SET_PROJECT_ROLE) &&
           strcmp(candidate->step.projects[0].project, project) == 0;
}

/* Would the person still be admin there if only the steps about this project were left out? */
static gboolean stays_admin_without(const struct judgement *judgement, guint32 person,
                                    guint32 project)
{
    const char *name = judgement->state->actual->projects[project].name;
    gboolean lowered = FALSE;
    g_autoptr(PlanState) other = plan_state_copy(judgement->state);
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != (gint32)person || candidate->obstacle != PLAN_OBSTACLE_NONE ||
            !is_judged(judgement, candidate))
            continue;
        if (lowers_in(candidate, name))
            lowered = TRUE;
        else
            apply(other, candidate);
    }
    return lowered && plan_state_is_admin(other, person, project);
}

static struct succession_candidate candidate_of(const struct judgement *judgement,
                                                guint32 person, gboolean may_be)
{
    const struct actual_person *who = &judgement->state->actual->people[person];
    return (struct succession_candidate){
        .id = who->id,
        .is_active_owner = may_be && plan_state_is_owner(judgement->state, person),
        .stays = may_be && plan_state_is_owner(judgement->after, person),
        .is_protected = who->is_protected,
    };
}

/* Among the admins that this project loses, an owner who stays and would only lose this role; -1
 * when there is none. */
static gint32 find_keeper(const struct judgement *judgement, guint32 project)
{
    guint32 count = judgement->state->actual->person_count;
    g_autofree struct succession_candidate *all = g_new0(struct succession_candidate, count);
    for (guint32 i = 0; i < count; i++)
        all[i] = candidate_of(judgement, i,
                              plan_state_is_admin(judgement->state, i, project) &&
                                  plan_state_is_owner(judgement->after, i) &&
                                  stays_admin_without(judgement, i, project));
    return (gint32)succession_choose(all, count);
}

static gint32 find_stand_in(const struct judgement *judgement, guint32 project)
{
    const Actual *actual = judgement->state->actual;
    guint32 count = actual->person_count;
    g_autofree struct succession_candidate *all = g_new0(struct succession_candidate, count);
    for (guint32 i = 0; i < count; i++)
        all[i] = candidate_of(judgement, i,
                              !is_kept_out(&actual->people[i], actual->projects[project].name));
    return (gint32)succession_choose(all, count);
}

/* The first candidate by which the project loses an admin. */
static guint find_cause(const struct judgement *judgement, guint32 project)
{
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (is_judged(judgement, candidate) &&
            plan_state_is_admin(judgement->state, (guint32)candidate->person, project))
            return i;
    }
    return G_MAXUINT;
}

/* Nobody can stand in: an owner who could stays one, or else the admin who would lose least stays as
 * they are. */
static gboolean keep_somebody(struct judgement *judgement, guint32 project)
{
    gint32 spared = -1;
    guint least = 0;
    gint32 owner = choose_owner(judgement, judgement->state->actual->projects[project].name);
    if (owner >= 0) {
        judgement->kept[owner] = TRUE;
        return TRUE;
    }
    for (guint32 i = 0; i < judgement->state->actual->person_count; i++) {
        if (!plan_state_is_admin(judgement->state, i, project) || judgement->spared[i])
            continue;
        guint this_one = severity(judgement, (gint32)i);
        if (spared < 0 || this_one < least) {
            spared = (gint32)i;
            least = this_one;
        }
    }
    if (spared >= 0)
        judgement->spared[spared] = TRUE;
    return spared >= 0;
}

static void keep_admin(struct judgement *judgement, guint32 project, gint32 keeper)
{
    const char *name = judgement->state->actual->projects[project].name;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person == keeper && lowers_in(candidate, name) &&
            is_judged(judgement, candidate))
            candidate->obstacle = PLAN_OBSTACLE_ONLY_ADMIN;
    }
}

/* TRUE: nobody can stand in, somebody is kept for it, and all must be judged anew. */
static gboolean judge_project(struct judgement *judgement, guint32 project, GArray *stand_ins)
{
    if (judgement->state->admins[project] == 0 || judgement->after->admins[project] > 0)
        return FALSE;
    gint32 keeper = find_keeper(judgement, project);
    if (keeper >= 0) {
        keep_admin(judgement, project, keeper);
        return FALSE;
    }
    gint32 owner = find_stand_in(judgement, project);
    guint cause = find_cause(judgement, project);
    if (owner < 0)
        return keep_somebody(judgement, project);
    struct plan_stand_in stand_in = {(guint32)owner, project, cause};
    if (cause != G_MAXUINT)
        g_array_append_val(stand_ins, stand_in);
    return FALSE;
}

/* Clears the obstacles of all reductions. TRUE: one of them is of somebody active. */
static gboolean begin(struct judgement *judgement)
{
    gboolean matters = FALSE;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (!plan_invariants_is_reduction(judgement->state, candidate))
            continue;
        candidate->obstacle = judgement->spared[candidate->person] ? PLAN_OBSTACLE_LAST_ADMIN
                                                                   : PLAN_OBSTACLE_NONE;
        matters =
            matters || judgement->state->people[candidate->person].status == ACTUAL_ACTIVE;
    }
    return matters;
}

static gboolean keeps_an_owner(const struct judgement *judgement)
{
    for (guint32 i = 0; i < judgement->state->actual->person_count; i++)
        if (judgement->kept[i])
            return TRUE;
    return FALSE;
}

/* TRUE: judged; FALSE: somebody is kept now, once more. */
static gboolean judge(struct judgement *judgement, GArray *stand_ins)
{
    const PlanState *state = judgement->state;
    g_array_set_size(stand_ins, 0);
    if (!begin(judgement))
        return TRUE;
    take_all(judgement);
    gint32 last = -1;
    if (state->owners > 0 && judgement->after->owners == 0 && !keeps_an_owner(judgement))
        last = choose_owner(judgement, NULL);
    if (last >= 0) {
        judgement->kept[last] = TRUE;
        take_all(judgement);
    }
    for (guint32 i = 0; i < state->actual->person_count; i++)
        if (judgement->kept[i])
            take_from_owner(judgement, i);
    if (last >= 0)
        judgement->kept[last] =
            FALSE; /* anew each time: a project may need another owner more */
    for (guint32 i = 0; i < state->actual->project_count; i++)
        if (judge_project(judgement, i, stand_ins))
            return FALSE;
    return TRUE;
}

void plan_invariants_judge(PlanDraft *draft, const PlanState *state, GArray *stand_ins)
{
    g_autofree gboolean *spared = g_new0(gboolean, state->actual->person_count);
    g_autofree gboolean *kept = g_new0(gboolean, state->actual->person_count);
    struct judgement judgement = {
        .draft = draft, .state = state, .kept = kept, .spared = spared};
    while (!judge(&judgement, stand_ins))
        ;
    plan_state_free(judgement.after);
}
