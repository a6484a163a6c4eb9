/*
 * The exhaustive small model: one organization, one project, up to three people in every
 * combination of status, roles and protection, against everything that a directory can want of
 * them, with the cap at and around the number of people. People are interchangeable: each multiset
 * is counted once. Every prefix of every plan must keep I1-I4 under an endpoint of its own, and the
 * second plan must be empty.
 *
 *   campaign_small_model [k n]     only every n-th case, beginning with the k-th
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "agent/sync/planner.h"
#include "tests/agent/sync/endpoint_model.h"

#define PEOPLE   3
#define ABSENT   0
#define STATUSES 5
/* Owners unprotected and protected, billing admins, members; each with any project role. */
#define RANKS         4
#define PROJECT_ROLES 4
#define ACTUALS       (1 + STATUSES * RANKS * PROJECT_ROLES)

#define WANTED_GONE      0
#define WANTED_GRANTED   1 /* and 11 more: three organization roles, four project roles */
#define WANTED_SUSPENDED 13
#define WANTED_DENIED    14
#define WANTED_SET_ASIDE 15
#define WANTEDS          16

struct counts {
    guint64 cases, plans, steps, holds, notes, waiting, failures;
};

static const char *const anchors[PEOPLE] = {"a1", "a2", "a3"};
static const char *const names[PEOPLE] = {"one@example.com", "two@example.com",
                                          "three@example.com"};

struct wish {
    struct desired_link links[PEOPLE];
    struct desired_project projects[PEOPLE];
    Desired desired;
};

static const char *directories[] = {"directory:d1", NULL};

static void add_actual(struct model *model, guint code, guint index)
{
    static const enum actual_status statuses[STATUSES] = {
        ACTUAL_INVITED, ACTUAL_EXPIRED, ACTUAL_ACTIVE, ACTUAL_SUSPENDED, ACTUAL_SUSPENDED};

    static const enum organization_role ranks[RANKS] = {
        ORGANIZATION_ROLE_OWNER, ORGANIZATION_ROLE_OWNER, ORGANIZATION_ROLE_BILLING_ADMIN,
        ORGANIZATION_ROLE_MEMBER};

    if (code == ABSENT)
        return;
    guint status = (code - 1) % STATUSES;
    guint rank = (code - 1) / STATUSES % RANKS;
    struct model_person *person = endpoint_model_add(model);
    struct model_link *link = &person->links[0];
    person->status = statuses[status];
    person->joined = status == 2 || status == 3;
    person->is_protected = rank == 1;
    person->user_name = person->mail = names[index];
    link->alive = TRUE;
    link->active = person->status != ACTUAL_SUSPENDED;
    link->external_id = anchors[index];
    link->role = ranks[rank];
    link->projects[0] = (enum project_role)((code - 1) / STATUSES / RANKS);
}

static void add_wanted(struct wish *wish, guint code, guint index)
{
    if (code == WANTED_GONE)
        return;
    struct desired_link *link = &wish->links[wish->desired.link_count++];
    *link = (struct desired_link){.origin = directories[0],
                                  .anchor = anchors[index],
                                  .dn = names[index],
                                  .seat_order = ""};
    link->profile.field[PROFILE_USER_NAME] = link->profile.field[PROFILE_MAIL] = names[index];
    if (code == WANTED_SUSPENDED)
        link->state = DESIRED_SUSPENDED;
    else if (code == WANTED_DENIED)
        link->state = DESIRED_DENIED;
    else if (code == WANTED_SET_ASIDE)
        link->state = DESIRED_SET_ASIDE;
    if (code >= WANTED_SUSPENDED)
        return;
    link->state = DESIRED_GRANTED;
    link->role = (enum organization_role)(ORGANIZATION_ROLE_MEMBER + (code - 1) % 3);
    wish->projects[index] =
        (struct desired_project){.name = "p1", .role = (enum project_role)((code - 1) / 3)};
    link->projects = &wish->projects[index];
    link->project_count = wish->projects[index].role != PROJECT_ROLE_NONE ? 1 : 0;
}

static void fail(struct counts *counts, const struct model *model, const Plan *plan,
                 const guint *codes, const char *wrong)
{
    if (counts->failures++ > 20)
        return;
    fprintf(stderr, "FAILED: %s; actual %u %u %u, wanted %u %u %u, cap %u\n", wrong, codes[0],
            codes[1], codes[2], codes[3], codes[4], codes[5], model->cap);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, i);
        g_autofree char *from = plan_step_from(step);
        g_autofree char *to = plan_step_to(step);
        fprintf(stderr, "    %u. %s %s: %s -> %s\n", i, plan_kind_name(step->kind),
                step->user_name, from, to);
    }
}

static void count(struct counts *counts, const Plan *plan)
{
    counts->plans++;
    counts->steps += plan->steps->len;
    counts->holds += plan->holds->len;
    counts->notes += plan->notes->len;
    counts->waiting += plan->waiting->len;
}

/* What the guard holds in a plan, approved. */
static GHashTable *approve(const Plan *plan)
{
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (hold->reason == PLAN_HOLD_GUARD)
            g_hash_table_add(keys, plan_approval_key(&hold->step));
    }
    return keys;
}

/* Plans, carries out, plans again. TRUE when the guard held something. */
static gboolean run(struct counts *counts, const struct model *start, struct wish *wish,
                    GHashTable *approved, const guint *codes, Plan **first)
{
    struct model_view view = {0};
    struct model model = *start;
    guint at = 0;
    const struct plan_origin origin = {.origin = directories[0]};
    struct plan_input input = {.desired = &wish->desired,
                               .actual = endpoint_model_show(&model, &view),
                               .origins = &origin,
                               .origin_count = 1,
                               .max_removals = plan_default_removals,
                               .max_proven_leavers = plan_default_proven_leavers,
                               .approved = approved};
    Plan *plan = planner_make(&input);
    gboolean guarded = FALSE;
    count(counts, plan);
    for (guint i = 0; i < plan->holds->len; i++)
        guarded = guarded ||
                  g_array_index(plan->holds, struct plan_hold, i).reason == PLAN_HOLD_GUARD;
    const char *wrong = endpoint_model_apply(&model, plan, &at);
    if (wrong != NULL) {
        fail(counts, start, plan, codes, wrong);
    } else if (plan->steps->len > 0) {
        struct model_view after = {0};
        input.actual = endpoint_model_show(&model, &after);
        g_autoptr(Plan) second = planner_make(&input);
        if (!plan_is_empty(second)) {
            fail(counts, start, plan, codes, "the second plan is not empty");
            fail(counts, &model, second, codes, "(the second plan)");
        }
    }
    *first = plan;
    return guarded;
}

static void try_case(struct counts *counts, const struct model *start, struct wish *wish,
                     const guint *codes)
{
    g_autoptr(Plan) plan = NULL;
    counts->cases++;
    if (!run(counts, start, wish, NULL, codes, &plan))
        return;
    g_autoptr(GHashTable) approved = approve(plan);
    g_autoptr(Plan) released = NULL;
    run(counts, start, wish, approved, codes, &released);
}

static guint wanted_count(guint actual)
{
    return actual == ABSENT ? WANTED_SUSPENDED : WANTEDS; /* nobody absent can be taken from */
}

struct slice {
    guint64 first, every, next;
};

static void try_wishes(struct counts *counts, struct slice *slice, const guint *actual)
{
    guint codes[2 * PEOPLE] = {actual[0], actual[1], actual[2], 0, 0, 0};
    struct model start = {.project_count = 1};
    for (guint i = 0; i < PEOPLE; i++)
        add_actual(&start, actual[i], i);
    for (guint a = 0; a < wanted_count(actual[0]); a++)
        for (guint b = actual[1] == actual[0] ? a : 0; b < wanted_count(actual[1]); b++)
            for (guint c = actual[2] == actual[1] ? b : 0; c < wanted_count(actual[2]); c++) {
                struct wish wish = {.desired = {.organization = "acme",
                                                .directories = directories,
                                                .links = wish.links}};
                codes[3] = a;
                codes[4] = b;
                codes[5] = c;
                guint people = 0;
                for (guint i = 0; i < PEOPLE; i++)
                    people += actual[i] != ABSENT || codes[PEOPLE + i] != WANTED_GONE ? 1 : 0;
                for (guint cap = people > 1 ? people - 1 : 1; cap <= people + 1; cap++) {
                    if (slice->next++ % slice->every != slice->first)
                        continue;
                    wish.desired.link_count = 0;
                    for (guint i = 0; i < PEOPLE; i++)
                        add_wanted(&wish, codes[PEOPLE + i], i);
                    start.cap = cap;
                    try_case(counts, &start, &wish, codes);
                }
            }
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    struct slice slice = {.first = 0, .every = 1};
    if (argc == 3) {
        slice.first = g_ascii_strtoull(argv[1], NULL, 10);
        slice.every = MAX(1, g_ascii_strtoull(argv[2], NULL, 10));
    }
    gint64 begin = g_get_monotonic_time();
    for (guint a = 0; a < ACTUALS; a++)
        for (guint b = a; b < ACTUALS; b++)
            for (guint c = b; c < ACTUALS; c++) {
                const guint actual[PEOPLE] = {a, b, c};
                struct model model = {.project_count = 1, .cap = PEOPLE};
                for (guint i = 0; i < PEOPLE; i++)
                    add_actual(&model, actual[i], i);
                if (endpoint_model_check(&model, PEOPLE) == NULL)
                    try_wishes(&counts, &slice, actual);
            }
    printf("small model: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
           " cases; plans %" G_GUINT64_FORMAT ", steps %" G_GUINT64_FORMAT
           ", holds %" G_GUINT64_FORMAT ", notes %" G_GUINT64_FORMAT
           ", waiting %" G_GUINT64_FORMAT "; failures %" G_GUINT64_FORMAT "; %.1f s\n",
           counts.cases, slice.next, counts.plans, counts.steps, counts.holds, counts.notes,
           counts.waiting, counts.failures, (double)(g_get_monotonic_time() - begin) / 1e6);
    return counts.failures == 0 && counts.cases > 0 ? 0 : 1;
}
