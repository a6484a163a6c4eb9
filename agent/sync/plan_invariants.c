#include "agent/sync/plan_invariants.h"

#include <string.h>

#include "scim/organization/succession.h"

struct judgement {
    PlanDraft *draft;
    const PlanState *state; /* before the reductions */
    PlanState *after;       /* after those that may go */
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

static void apply(PlanState *state, const struct plan_candidate *candidate)
{
    plan_state_apply(state, &candidate->step, candidate->person, candidate->link, NULL);
}

/* Takes all open reductions but those of `spared` (-1: of nobody). */
static void take_all(struct judgement *judgement, gint32 spared)
{
    plan_state_free(judgement->after);
    judgement->after = plan_state_copy(judgement->state);
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != spared &&
            plan_invariants_is_reduction(judgement->state, candidate))
            apply(judgement->after, candidate);
    }
}

/* How much a person's ownership would be ended: the less, the rather they are kept. */
static guint severity(const struct judgement *judgement, gint32 person)
{
    guint worst = 0;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != person ||
            !plan_invariants_is_reduction(judgement->state, candidate))
            continue;
        guint this_one = candidate->step.kind == PLAN_REMOVE    ? 2
                         : candidate->step.kind == PLAN_SUSPEND ? 1
                                                                : 0;
        worst = MAX(worst, this_one);
    }
    return worst;
}

/* All owners would go: the one who stays for now, with everything that ends the ownership held. */
static void keep_an_owner(struct judgement *judgement)
{
    gint32 keeper = -1;
    guint least = 0;
    for (guint32 i = 0; i < judgement->state->actual->person_count; i++) {
        if (!plan_state_is_owner(judgement->state, i))
            continue;
        guint this_one = severity(judgement, (gint32)i);
        if (keeper < 0 || this_one < least) {
            keeper = (gint32)i;
            least = this_one;
        }
    }
    take_all(judgement, keeper);
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person != keeper ||
            !plan_invariants_is_reduction(judgement->state, candidate))
            continue;
        if (may_lose_owner(candidate)) {
            g_autoptr(PlanState) without = plan_state_copy(judgement->after);
            apply(without, candidate);
            if (without->owners == 0) {
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
            !plan_invariants_is_reduction(judgement->state, candidate))
            continue;
        if (lowers_in(candidate, name))
            lowered = TRUE;
        else
            apply(other, candidate);
    }
    return lowered && plan_state_is_admin(other, person, project);
}

/* An owner's edit of their role in a project wins over standing in there. */
static gboolean has_override(const struct actual_person *person, const char *project)
{
    for (guint32 i = 0; i < person->override_count; i++)
        if (strcmp(person->overrides[i].project, project) == 0)
            return TRUE;
    return FALSE;
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
        all[i] = candidate_of(
            judgement, i, !has_override(&actual->people[i], actual->projects[project].name));
    return (gint32)succession_choose(all, count);
}

/* The first open candidate by which the project loses an admin; all of them get the obstacle, if
 * there is one to set. */
static guint mark_losses(struct judgement *judgement, guint32 project,
                         enum plan_obstacle obstacle)
{
    guint first = G_MAXUINT;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (!plan_invariants_is_reduction(judgement->state, candidate) ||
            !plan_state_is_admin(judgement->state, (guint32)candidate->person, project))
            continue;
        if (first == G_MAXUINT)
            first = i;
        if (obstacle != PLAN_OBSTACLE_NONE)
            candidate->obstacle = obstacle;
    }
    return first;
}

static void keep_admin(struct judgement *judgement, guint32 project, gint32 keeper)
{
    const char *name = judgement->state->actual->projects[project].name;
    for (guint i = 0; i < judgement->draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(judgement->draft, i);
        if (candidate->person == keeper && lowers_in(candidate, name) &&
            plan_invariants_is_reduction(judgement->state, candidate))
            candidate->obstacle = PLAN_OBSTACLE_ONLY_ADMIN;
    }
}

static void judge_project(struct judgement *judgement, guint32 project, GArray *stand_ins)
{
    if (judgement->state->admins[project] == 0 || judgement->after->admins[project] > 0)
        return;
    gint32 keeper = find_keeper(judgement, project);
    if (keeper >= 0) {
        keep_admin(judgement, project, keeper);
        return;
    }
    gint32 owner = find_stand_in(judgement, project);
    guint cause = mark_losses(judgement, project,
                              owner < 0 ? PLAN_OBSTACLE_LAST_ADMIN : PLAN_OBSTACLE_NONE);
    struct plan_stand_in stand_in = {(guint32)owner, project, cause};
    if (owner >= 0 && cause != G_MAXUINT)
        g_array_append_val(stand_ins, stand_in);
}

void plan_invariants_judge(PlanDraft *draft, const PlanState *state, GArray *stand_ins)
{
    struct judgement judgement = {.draft = draft, .state = state};
    gboolean matters = FALSE;
    for (guint i = 0; i < draft->candidates->len; i++) {
        struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (!plan_invariants_is_reduction(state, candidate))
            continue;
        candidate->obstacle = PLAN_OBSTACLE_NONE;
        matters = matters || state->people[candidate->person].status == ACTUAL_ACTIVE;
    }
    if (!matters)
        return;
    take_all(&judgement, -1);
    if (state->owners > 0 && judgement.after->owners == 0)
        keep_an_owner(&judgement);
    for (guint32 i = 0; i < state->actual->project_count; i++)
        judge_project(&judgement, i, stand_ins);
    plan_state_free(judgement.after);
}
