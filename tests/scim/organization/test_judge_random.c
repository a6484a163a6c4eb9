/*
 * Random operations by everybody at once; after each commit the tables themselves are asked
 * whether I1 to I5 hold (stage_do() does that).
 *
 *   test_judge_random [OPERATIONS [SEED]]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "scim/organization/marker.h"
#include "scim/organization/project.h"
#include "tests/scim/organization/stage.h"

#define OPERATIONS 20000
#define TOKENS     8
#define PEOPLE     14

struct crowd {
    struct stage *stage;
    GRand *random;
    GPtrArray *people;    /* struct person_facts, read anew for each operation */
    char *tokens[TOKENS]; /* some dead, some alive */
    int verdicts[VERDICT_INVALID + 1];
    int refusals[REFUSAL_MAX_ROLE + 1];
    int events[VERDICT_EVENT_DECLINED + 1];
};

static int operations = OPERATIONS;
static guint32 seed = 20261122;

static int up_to(struct crowd *crowd, int limit)
{
    return g_rand_int_range(crowd->random, 0, limit);
}

static const char *any_person(struct crowd *crowd)
{
    return ((PersonFacts *)crowd->people->pdata[up_to(crowd, (int)crowd->people->len)])->id;
}

static const char *const projects[] = {"search", "ads"};

static struct actor any_actor(struct crowd *crowd)
{
    switch (up_to(crowd, 8)) {
    case 0:
    case 1:
        return stage_operator();
    case 2:
    case 3:
        return stage_person(any_person(crowd));
    case 4: {
        struct actor labs = stage_sync("directory:labs");
        labs.may_adopt = TRUE;
        return labs;
    }
    case 5: {
        struct actor okta = stage_provider("scim:okta");
        okta.max_role = (enum organization_role)(1 + up_to(crowd, 3));
        okta.may_adopt = up_to(crowd, 2) != 0;
        return okta;
    }
    default:
        return stage_sync("directory:corp");
    }
}

static void perform(struct crowd *crowd, const struct actor *actor, const struct act *act)
{
    struct stage *stage = crowd->stage;
    enum verdict_kind kind = stage_do(stage, actor, act);
    crowd->verdicts[kind]++;
    crowd->refusals[stage->verdict.fault.refusal.rule]++;
    crowd->events[stage->verdict.event]++;
    if (kind == VERDICT_REFUSED)
        assert_int_not_equal(stage->verdict.fault.refusal.rule, REFUSAL_NONE);
    if (stage->verdict.token != NULL) {
        int place = up_to(crowd, TOKENS);
        g_free(crowd->tokens[place]);
        crowd->tokens[place] = g_strdup(stage->verdict.token);
    }
}

static struct project_grant any_grant(struct crowd *crowd)
{
    return (struct project_grant){projects[up_to(crowd, 2)],
                                  (enum project_role)up_to(crowd, 4)};
}

static void create(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct project_grant grant = any_grant(crowd);
    int number = up_to(crowd, PEOPLE),
        other = up_to(crowd, 6) == 0 ? up_to(crowd, PEOPLE) : number;
    g_autofree char *name = g_strdup_printf("p%d@example.com", number);
    g_autofree char *address =
        g_strdup_printf("p%d@%s", other, up_to(crowd, 9) == 0 ? "out.org" : "example.com");
    const struct person_draft draft = {.user_name = name,
                                       .address = address,
                                       .external_id = name,
                                       .profile = "{}",
                                       .active = up_to(crowd, 8) != 0,
                                       .has_roles = up_to(crowd, 3) != 0,
                                       .role = (enum organization_role)up_to(crowd, 4),
                                       .projects = &grant,
                                       .project_count = (gsize)up_to(crowd, 2)};
    const struct act act = {.kind = up_to(crowd, 2) ? ACT_PERSON_CREATE : ACT_INVITE,
                            .draft = &draft};
    perform(crowd, &actor, &act);
}

static void edit(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const char *id = any_person(crowd);
    g_autoptr(PersonFacts) facts = stage_facts(crowd->stage, id);
    g_autofree char *address = g_strdup_printf("p%d@example.com", up_to(crowd, PEOPLE));
    struct project_grant grants[8];
    struct person_draft draft = stage_draft(facts, &actor, grants);
    if (up_to(crowd, 3) == 0)
        draft.role = (enum organization_role)up_to(crowd, 4);
    if (up_to(crowd, 3) == 0)
        draft.active = !draft.active;
    if (up_to(crowd, 6) == 0)
        draft.address = address;
    if (draft.external_id == NULL && up_to(crowd, 2) == 0)
        draft.external_id = facts->user_name;
    if (draft.project_count > 0 && up_to(crowd, 3) == 0)
        draft.project_count--;
    else if (draft.project_count == 0 && up_to(crowd, 2) == 0)
        grants[draft.project_count++] = any_grant(crowd);
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    perform(crowd, &actor, &act);
}

static void depart(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct act acts[] = {
        {.kind = ACT_PERSON_REMOVE, .id = any_person(crowd)},
        {.kind = ACT_LEAVE_ORGANIZATION},
        {.kind = ACT_LEAVE_PROJECT, .name = projects[up_to(crowd, 2)]},
    };
    perform(crowd, &actor, &acts[up_to(crowd, 3)]);
}

static void invitation(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd), system = actor_system(NULL);
    g_autoptr(PersonFacts) facts = stage_facts(crowd->stage, any_person(crowd));
    const struct act acts[] = {
        {.kind = ACT_INVITATION_RESEND, .id = facts->invitation},
        {.kind = ACT_INVITATION_REVOKE, .id = facts->invitation},
        {.kind = ACT_INVITATION_ACCEPT, .token = crowd->tokens[up_to(crowd, TOKENS)]},
        {.kind = ACT_INVITATION_ACCEPT, .token = crowd->tokens[up_to(crowd, TOKENS)]},
        {.kind = ACT_INVITATION_DECLINE, .token = crowd->tokens[up_to(crowd, TOKENS)]},
    };
    int choice = up_to(crowd, 5);
    perform(crowd, choice < 2 ? &actor : &system, &acts[choice]);
}

static void project(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    g_autofree char *id = stage_project(crowd->stage, projects[up_to(crowd, 2)]);
    struct member_grant members[3];
    gsize count = (gsize)up_to(crowd, 4);
    for (gsize i = 0; i < count; i++)
        members[i] =
            (struct member_grant){any_person(crowd), (enum project_role)up_to(crowd, 4)};
    const struct act act = {.kind = ACT_PROJECT_EDIT,
                            .id = id,
                            .members = members,
                            .member_count = count,
                            .replace = up_to(crowd, 5) == 0};
    perform(crowd, &actor, &act);
}

/* The config is read again: another cap, sometimes below use. */
static void configure(struct crowd *crowd)
{
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    static const char *const domains[] = {"example.com", NULL};
    const struct organization_draft draft = {.name = "acme",
                                             .owners = owners,
                                             .domains = domains,
                                             .protected = up_to(crowd, 2) ? owners + 1 : NULL,
                                             .seats = 4 + up_to(crowd, 12)};
    const struct act act = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft};
    const struct actor system = actor_system("acme");
    perform(crowd, &system, &act);
}

static void pass_time(struct crowd *crowd)
{
    gint64 next = 0;
    crowd->stage->now +=
        up_to(crowd, 40) == 0 ? JUDGE_RESTORE_WINDOW : (gint64)up_to(crowd, 24) * STAGE_HOUR;
    if (up_to(crowd, 2) == 0)
        assert_true(judge_sweep(&crowd->stage->judge, &next, NULL));
}

static void lift(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    g_autoptr(GPtrArray) markers = marker_list(crowd->stage->session, "acme", "", NULL);
    if (markers->len == 0)
        return;
    const struct marker *marker = markers->pdata[up_to(crowd, (int)markers->len)];
    const struct act act = {.kind = ACT_MARKER_LIFT, .id = marker->id};
    perform(crowd, &actor, &act);
}

static void step(struct crowd *crowd)
{
    static void (*const kinds[])(struct crowd *) = {
        create,     create,     create,  edit,      edit,      edit, depart,
        invitation, invitation, project, configure, pass_time, lift};
    crowd->people =
        person_facts_select(crowd->stage->session, "p.organization = ?",
                            STORE_BIND(store_text("acme")), crowd->stage->now, TRUE, NULL);
    assert_true(crowd->people->len >= 1);
    kinds[up_to(crowd, (int)G_N_ELEMENTS(kinds))](crowd);
    g_ptr_array_unref(crowd->people);
}

/* Chance takes the protected owner away early: what she is refused for is tried first. */
static void try_protected(struct crowd *crowd)
{
    struct project_grant grants[8];
    struct actor labs = stage_sync("directory:labs");
    labs.may_adopt = TRUE;
    g_autoptr(PersonFacts) facts = stage_facts(crowd->stage, crowd->stage->vera);
    struct person_draft draft = stage_draft(facts, &labs, grants);
    draft.external_id = "vera";
    draft.active = FALSE;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = facts->id, .draft = &draft};
    perform(crowd, &labs, &act);
}

static void the_invariants_hold_after_every_commit(void **state)
{
    (void)state;
    struct crowd crowd = {.stage = stage_open(8), .random = g_rand_new_with_seed(seed)};
    try_protected(&crowd);
    for (int i = 0; i < operations; i++)
        step(&crowd);
    print_message("%d operations, seed %u:", operations, seed);
    for (int i = 0; i <= VERDICT_INVALID; i++)
        print_message(" %d", crowd.verdicts[i]);
    print_message(" by verdict;");
    for (int i = 0; i <= REFUSAL_MAX_ROLE; i++)
        print_message(" %s %d", refusal_name((enum refusal_rule)i), crowd.refusals[i]);
    print_message("\n");
    /* The run was worth something: each end was reached. */
    for (int i = 0; operations >= OPERATIONS && i <= VERDICT_INVALID; i++)
        assert_true(i == VERDICT_STALE || crowd.verdicts[i] > 0);
    for (int i = 1; operations >= OPERATIONS && i <= REFUSAL_MAX_ROLE; i++)
        assert_true(crowd.refusals[i] > 0);
    for (int i = 1; operations >= OPERATIONS && i <= VERDICT_EVENT_DECLINED; i++)
        assert_true(crowd.events[i] > 0);
    for (int i = 0; i < TOKENS; i++)
        g_free(crowd.tokens[i]);
    g_rand_free(crowd.random);
    stage_close(crowd.stage);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_invariants_hold_after_every_commit),
    };
    if (argc > 1)
        operations = atoi(argv[1]);
    if (argc > 2)
        seed = (guint32)strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
