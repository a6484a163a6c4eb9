/*
 * Random organizations: up to six people and three projects, links of two directories (one may
 * adopt) and by hand, overrides, stand-ins, markers, addresses that move. Every prefix of every
 * plan must keep I1-I4 under an endpoint of its own, and the second plan must be empty.
 *
 *   campaign_random [cases [seed]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "agent/sync/planner.h"
#include "tests/agent/sync/endpoint_model.h"

#define PEOPLE        6
#define ENTRIES       8
#define DIRECTORIES   2
#define DEFAULT_CASES 1000000
#define DEFAULT_SEED  20261122

static const char *const addresses[ENTRIES] = {
    "a@example.com", "b@example.com", "c@example.com", "d@example.com",
    "e@example.com", "f@example.com", "g@example.com", "h@example.com"};
static const char *const anchors[ENTRIES] = {"1", "2", "3", "4", "5", "6", "7", "8"};
static const char *directories[] = {"directory:d1", "directory:d2", NULL};
static const char *only_first[] = {"directory:d1", NULL};

struct random {
    guint64 state;
};

struct wish {
    struct desired_link links[DIRECTORIES * ENTRIES];
    struct desired_project projects[DIRECTORIES * ENTRIES][MODEL_PROJECTS];
    Desired desired;
};

struct counts {
    guint64 cases, plans, steps, holds, notes, waiting, failures;
    guint64 kinds[PLAN_KINDS];
    guint64 stand_ins, adoptions;
};

/* xorshift64*: the same cases on every machine. */
static guint draw(struct random *random, guint below)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return (guint)((random->state * G_GUINT64_CONSTANT(2685821657736338717)) >> 33) % below;
}

static gboolean one_in(struct random *random, guint n)
{
    return draw(random, n) == 0;
}

static enum organization_role draw_role(struct random *random)
{
    return (enum organization_role)(ORGANIZATION_ROLE_MEMBER + draw(random, 3));
}

static enum project_role draw_project_role(struct random *random)
{
    return one_in(random, 2) ? PROJECT_ROLE_NONE : (enum project_role)draw(random, 4);
}

static void fill_link(struct random *random, struct model_link *link, const char *anchor)
{
    link->alive = TRUE;
    link->active = !one_in(random, 6);
    link->external_id = anchor;
    link->role = draw_role(random);
    for (guint i = 0; i < MODEL_PROJECTS; i++)
        link->projects[i] = draw_project_role(random);
}

static void draw_status(struct random *random, struct model_person *person)
{
    gboolean inactive = person->by_owner;
    for (guint i = 0; i < MODEL_ORIGINS; i++)
        inactive = inactive || (person->links[i].alive && !person->links[i].active);
    person->status = ACTUAL_ACTIVE;
    if (one_in(random, 4))
        person->status = one_in(random, 2) ? ACTUAL_INVITED : ACTUAL_EXPIRED;
    person->joined = person->status == ACTUAL_ACTIVE;
    if (inactive)
        person->status = ACTUAL_SUSPENDED;
}

static void draw_person(struct random *random, struct model *model, guint index)
{
    struct model_person *person = endpoint_model_add(model);
    person->user_name = person->mail = addresses[index];
    guint first = draw(random, MODEL_ORIGINS);
    fill_link(random, &person->links[first], anchors[index]);
    person->oldest = first;
    for (guint i = 0; i < MODEL_ORIGINS; i++)
        if (i != first && one_in(random, 4))
            fill_link(random, &person->links[i], anchors[index]);
    person->links[MODEL_ORIGINS - 1].active = TRUE;
    person->is_protected = one_in(random, 8);
    person->by_owner = one_in(random, 12);
    if (one_in(random, 6))
        person->override_role = draw_role(random);
    for (guint i = 0; i < model->project_count; i++)
        if (one_in(random, 8))
            person->overrides[i] = (gint)draw(random, 4);
    draw_status(random, person);
    for (guint i = 0; i < model->project_count; i++)
        person->stands_in[i] = person->status == ACTUAL_ACTIVE && one_in(random, 8) &&
                               person->overrides[i] == MODEL_NO_OVERRIDE &&
                               (person->links[0].role == ORGANIZATION_ROLE_OWNER) &&
                               person->links[0].alive &&
                               person->override_role == ORGANIZATION_ROLE_NONE;
}

/* A state that keeps the invariants. */
static void draw_model(struct random *random, struct model *model)
{
    do {
        *model = (struct model){.project_count = 1 + draw(random, MODEL_PROJECTS)};
        guint people = 1 + draw(random, PEOPLE);
        for (guint i = 0; i < people; i++)
            draw_person(random, model, i);
        model->cap = PEOPLE * 2;
    } while (endpoint_model_check(model, 0) != NULL);
    guint seats = endpoint_model_seats(model);
    model->cap = MAX(1, seats + draw(random, 4)) - (one_in(random, 6) && seats > 1 ? 1 : 0);
    for (guint i = 0; i < MODEL_MARKERS; i++)
        if (one_in(random, 12))
            model->markers[i] = (struct model_marker){.here = TRUE,
                                                      .origin = draw(random, DIRECTORIES),
                                                      .external_id = anchors[PEOPLE + i % 2],
                                                      .user_name = addresses[PEOPLE + i % 2]};
}

static enum desired_state draw_state(struct random *random)
{
    static const enum desired_state rare[] = {DESIRED_SUSPENDED, DESIRED_DENIED,
                                              DESIRED_SET_ASIDE};

    return one_in(random, 5) ? rare[draw(random, 3)] : DESIRED_GRANTED;
}

static void draw_roles(struct random *random, struct wish *wish, struct desired_link *link)
{
    guint index = (guint)(link - wish->links);
    link->role = draw_role(random);
    link->projects = wish->projects[index];
    for (guint i = 0; i < MODEL_PROJECTS; i++) {
        enum project_role role = draw_project_role(random);
        if (role != PROJECT_ROLE_NONE)
            link->projects[link->project_count++] =
                (struct desired_project){.name = endpoint_model_projects[i], .role = role};
    }
}

/* What one directory wants: mostly what is there, sometimes other roles, states and addresses. */
static void draw_wishes(struct random *random, const struct model *model, guint origin,
                        struct wish *wish)
{
    guint swap = one_in(random, 6) ? draw(random, ENTRIES) : 0;
    for (guint i = 0; i < ENTRIES; i++) {
        gboolean there = i < model->person_count && model->people[i].links[origin].alive;
        if (one_in(random, there ? 5 : 2))
            continue;
        struct desired_link *link = &wish->links[wish->desired.link_count++];
        *link = (struct desired_link){.origin = directories[origin],
                                      .anchor = anchors[i],
                                      .dn = addresses[i],
                                      .state = draw_state(random),
                                      .priority = (gint)draw(random, 3),
                                      .seat_order = ""};
        const char *address = addresses[(i + swap) % ENTRIES];
        link->profile.field[PROFILE_USER_NAME] = link->profile.field[PROFILE_MAIL] = address;
        if (link->state != DESIRED_GRANTED)
            continue;
        draw_roles(random, wish, link);
        if (!there || !one_in(random, 2))
            continue;
        /* As it is already, so that there is something to leave alone. */
        const struct model_link *is = &model->people[i].links[origin];
        link->role = is->role;
        link->project_count = 0;
        for (guint k = 0; k < MODEL_PROJECTS; k++)
            if (is->projects[k] != PROJECT_ROLE_NONE)
                link->projects[link->project_count++] = (struct desired_project){
                    .name = endpoint_model_projects[k], .role = is->projects[k]};
    }
}

static gboolean find_presence(void *context, const char *origin, const char *anchor,
                              enum source_presence *presence)
{
    const guint *mood = context;
    const guint number = *mood + (guint)(guchar)anchor[0];
    (void)origin;
    *presence = (enum source_presence)(number % 5);
    return number % 7 != 0;
}

static void count(struct counts *counts, const Plan *plan)
{
    counts->plans++;
    counts->steps += plan->steps->len;
    counts->holds += plan->holds->len;
    counts->notes += plan->notes->len;
    counts->waiting += plan->waiting->len;
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, i);
        counts->kinds[step->kind]++;
        counts->stand_ins += (step->flags & PLAN_STAND_IN) != 0 ? 1 : 0;
        counts->adoptions += (step->flags & PLAN_ADOPT) != 0 ? 1 : 0;
    }
}

static void fail(struct counts *counts, guint64 number, const Plan *plan, guint at,
                 const char *wrong)
{
    if (counts->failures++ > 10)
        return;
    fprintf(stderr, "FAILED: case %" G_GUINT64_FORMAT ", step %u: %s\n", number, at, wrong);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, i);
        g_autofree char *from = plan_step_from(step);
        g_autofree char *to = plan_step_to(step);
        fprintf(stderr, "    %u. %s %s (%s %s) of %s: %s -> %s\n", i,
                plan_kind_name(step->kind), step->user_name, step->origin, step->external_id,
                step->person != NULL ? step->person : "nobody yet", from, to);
    }
    for (guint i = 0; i < plan->holds->len; i++)
        fprintf(stderr, "    %s\n", g_array_index(plan->holds, struct plan_hold, i).sentence);
    for (guint i = 0; i < plan->notes->len; i++)
        fprintf(stderr, "    note: %s\n",
                g_array_index(plan->notes, struct plan_note, i).sentence);
    for (guint i = 0; i < plan->waiting->len; i++)
        fprintf(stderr, "    %s\n",
                g_array_index(plan->waiting, struct plan_waiting, i).sentence);
}

/* Adds what the guard holds in a plan to what is approved. TRUE: there was something. */
static gboolean approve(const Plan *plan, GHashTable *approved)
{
    gboolean held = FALSE;
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (hold->reason != PLAN_HOLD_GUARD)
            continue;
        g_hash_table_add(approved, plan_approval_key(&hold->step));
        held = TRUE;
    }
    return held;
}

/* Every plan is carried out and checked. What the guard holds is approved and planned anew from the
 * same start, until it holds nothing: only then is the organization what the guard measures by, and
 * the second plan must be empty. */
static void converge(struct counts *counts, struct plan_input *input, struct model start,
                     guint64 number)
{
    g_autoptr(GHashTable) approved =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct model_view view = {0};
    gboolean guarded = TRUE;
    while (guarded) {
        struct model model = start;
        guint at = 0;
        input->approved = approved;
        input->actual = endpoint_model_show(&start, &view);
        g_autoptr(Plan) plan = planner_make(input);
        count(counts, plan);
        guarded = approve(plan, approved);
        const char *wrong = endpoint_model_apply(&model, plan, &at);
        if (wrong != NULL) {
            fail(counts, number, plan, at, wrong);
            return;
        }
        if (guarded)
            continue;
        struct model_view after = {0};
        input->actual = endpoint_model_show(&model, &after);
        g_autoptr(Plan) second = planner_make(input);
        if (plan_is_empty(second))
            return;
        fail(counts, number, plan, 0, "the second plan is not empty");
        fail(counts, number, second, 0, "(the second plan)");
    }
}

static void try_case(struct counts *counts, struct random *random, guint64 number)
{
    struct model model;
    struct wish wish = {.desired = {.organization = "acme", .links = wish.links}};
    guint mood = draw(random, 1000);
    const struct plan_origin origins[] = {
        {.origin = directories[0], .adopt = one_in(random, 2)},
        {.origin = directories[1], .adopt = TRUE}};
    gboolean both = !one_in(random, 5);
    draw_model(random, &model);
    wish.desired.directories = both ? directories : only_first;
    draw_wishes(random, &model, 0, &wish);
    if (both)
        draw_wishes(random, &model, 1, &wish);
    struct plan_input input = {.desired = &wish.desired,
                               .origins = origins,
                               .origin_count = DIRECTORIES,
                               .presence = find_presence,
                               .presence_context = &mood,
                               .max_removals = plan_default_removals,
                               .max_proven_leavers = plan_default_proven_leavers};
    counts->cases++;
    converge(counts, &input, model, number);
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    guint64 cases = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : DEFAULT_CASES;
    guint64 seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : DEFAULT_SEED;
    gint64 begin = g_get_monotonic_time();
    for (guint64 i = 0; i < cases; i++) {
        /* Each case has its own seed, so that any of them can be run alone. */
        struct random random = {(seed + i) * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15) | 1};
        for (guint k = 0; k < 4; k++)
            draw(&random, 2);
        try_case(&counts, &random, seed + i);
    }
    printf("random: %" G_GUINT64_FORMAT " cases; steps %" G_GUINT64_FORMAT
           ", holds %" G_GUINT64_FORMAT ", notes %" G_GUINT64_FORMAT
           ", waiting %" G_GUINT64_FORMAT "; failures %" G_GUINT64_FORMAT "; %.1f s\n",
           counts.cases, counts.steps, counts.holds, counts.notes, counts.waiting,
           counts.failures, (double)(g_get_monotonic_time() - begin) / 1e6);
    for (guint i = 0; i < PLAN_KINDS; i++)
        printf("  %-22s %" G_GUINT64_FORMAT "\n", plan_kind_name((enum plan_kind)i),
               counts.kinds[i]);
    printf("  stand-ins %" G_GUINT64_FORMAT ", adoptions %" G_GUINT64_FORMAT "\n",
           counts.stand_ins, counts.adoptions);
    return counts.failures == 0 && counts.cases > 0 ? 0 : 1;
}
