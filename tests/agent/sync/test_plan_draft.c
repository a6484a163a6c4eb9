#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_draft.h"
#include "tests/agent/sync/sketch.h"

struct world {
    Sketch *sketch;
    Plan *plan;
    PlanDraft *draft;
};

static int set_up(void **state)
{
    struct world *world = g_new0(struct world, 1);
    world->sketch = sketch_new("person ann invited member\nread corp\nadopt corp\nread labs\n"
                               "want corp bob owner title=Boss");
    world->plan = plan_new("acme");
    world->draft = plan_draft_new(&world->sketch->input, world->plan);
    struct plan_candidate candidate = {.person = -1, .link = -1, .inviter = -1};
    candidate.wanted = &world->sketch->desired->links[0];
    candidate.step = (struct plan_step){.organization = "acme",
                                        .kind = PLAN_REMOVE,
                                        .origin = "directory:corp",
                                        .external_id = "a-bob",
                                        .user_name = "bob@example.com",
                                        .made_by = -1};
    g_array_append_val(world->draft->candidates, candidate);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    plan_draft_free(world->draft);
    plan_free(world->plan);
    sketch_free(world->sketch);
    g_free(world);
    return 0;
}

static void only_who_is_allowed_adopts(void **state)
{
    const struct world *world = *state;
    assert_true(plan_draft_may_adopt(world->draft, "directory:corp"));
    assert_false(plan_draft_may_adopt(world->draft, "directory:labs"));
    assert_false(plan_draft_may_adopt(world->draft, "directory:unknown"));
}

static void a_candidate_can_change_its_nature(void **state)
{
    const struct world *world = *state;
    struct plan_candidate *candidate = plan_draft_at(world->draft, 0);
    plan_draft_as_invite(candidate);
    assert_int_equal(candidate->step.kind, PLAN_INVITE);
    assert_string_equal(candidate->step.profile.field[PROFILE_TITLE], "Boss");
    assert_true((candidate->step.profile_mask & (1u << PROFILE_TITLE)) != 0);
    plan_draft_as_joiner(candidate);
    assert_int_equal(candidate->step.kind, PLAN_REISSUE);
    assert_int_equal(candidate->step.profile_mask, 0);
    plan_draft_as_adoption(world->draft, candidate, 0, ACTUAL_ACTIVE);
    assert_int_equal(candidate->step.kind, PLAN_SET_ORGANIZATION_ROLE);
    assert_int_equal(candidate->step.flags, PLAN_ADOPT);
    assert_string_equal(candidate->step.person, "ann");
    plan_draft_as_adoption(world->draft, candidate, 0, ACTUAL_INVITED);
    assert_int_equal(candidate->step.kind, PLAN_REISSUE);
}

static void what_is_held_is_left(void **state)
{
    const struct world *world = *state;
    struct plan_candidate *candidate = plan_draft_at(world->draft, 0);
    plan_draft_hold(world->draft, candidate, PLAN_HOLD_GUARD, "too much", "a word");
    assert_int_equal(candidate->fate, PLAN_FATE_LEFT);
    assert_int_equal(world->plan->holds->len, 1);
    assert_string_equal(g_array_index(world->plan->holds, struct plan_hold, 0).step.external_id,
                        "a-bob");
}

static void what_is_noted_is_left(void **state)
{
    const struct world *world = *state;
    struct plan_candidate *candidate = plan_draft_at(world->draft, 0);
    const char *text = plan_draft_text(world->draft, "%s %d", "stays", 1);
    plan_draft_leave(world->draft, candidate, PLAN_NOTE_ONLY_ADMIN, "search", text);
    const struct plan_note *note = &g_array_index(world->plan->notes, struct plan_note, 0);
    assert_int_equal(candidate->fate, PLAN_FATE_LEFT);
    assert_string_equal(note->project, "search");
    assert_string_equal(note->sentence, "stays 1");
    assert_null(note->person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_who_is_allowed_adopts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_candidate_can_change_its_nature, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_held_is_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_noted_is_left, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
