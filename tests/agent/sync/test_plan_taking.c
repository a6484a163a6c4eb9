#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_taking.h"
#include "tests/agent/sync/sketch.h"

static const struct plan_step *step_at(const Plan *plan, guint index)
{
    assert_true(index < plan->steps->len);
    return &g_array_index(plan->steps, struct plan_step, index);
}

static void a_removal_needs_its_stand_ins(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new("project ads\nproject search\nperson ann active owner origin=manual\n"
                   "person bob active member ads=admin search=admin\nread corp");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_int_equal(plan->steps->len, 3);
    const struct plan_step *removal = step_at(plan, 2);
    assert_int_equal(removal->kind, PLAN_REMOVE);
    assert_int_equal(removal->need_count, 2);
    assert_int_equal(removal->needs[0], 0);
    assert_int_equal(removal->needs[1], 1);
    assert_null(step_at(plan, 0)->base);
    assert_string_equal(step_at(plan, 0)->origin, "directory:corp");
    assert_string_equal(step_at(plan, 0)->external_id, "");
}

static void a_step_names_whose_stand_in_it_ends(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new("project search\nperson ann active owner origin=manual\nstands-in search\n"
                   "person bob active member\nread corp\nwant corp bob member search=admin");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    const struct plan_step *step = step_at(plan, 0);
    assert_int_equal(step->touch_count, 1);
    assert_string_equal(step->touches[0], "ann");
}

static void seats_are_marked_on_the_steps(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new("project search\nperson ann active owner origin=manual search=admin\n"
                   "person bob active member\nperson cat expired member\nread corp\n"
                   "want corp dan member");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_int_equal(plan->steps->len, 3);
    assert_true((step_at(plan, 0)->flags & PLAN_FREES_SEAT) != 0);
    assert_true((step_at(plan, 1)->flags & PLAN_FREES_SEAT) == 0); /* expired: held none */
    assert_true((step_at(plan, 2)->flags & PLAN_TAKES_SEAT) != 0);
}

static void who_joins_names_the_invite(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("read corp\nread labs\nadopt labs\n"
                                          "want corp dan member\nwant labs dan owner");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    const struct plan_step *joins = step_at(plan, 1);
    assert_int_equal(joins->made_by, 0);
    assert_int_equal(joins->need_count, 1);
    assert_null(joins->person);
    assert_null(joins->base);
}

static void a_taken_candidate_is_done_in_the_model_at_once(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("person ann active owner\n");
    g_autoptr(Plan) plan = plan_new("acme");
    g_autoptr(PlanDraft) draft = plan_draft_new(&sketch->input, plan);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    struct plan_candidate candidate = {.person = 0, .link = 0, .inviter = -1};
    struct plan_taking taking;
    candidate.step = (struct plan_step){.kind = PLAN_REMOVE,
                                        .origin = "directory:corp",
                                        .external_id = "a-ann",
                                        .person = "ann",
                                        .user_name = "ann@example.com",
                                        .made_by = -1};
    draft->addresses = TRUE;
    g_array_append_val(draft->candidates, candidate);
    plan_taking_init(&taking, draft, model);
    plan_taking_take(&taking, plan_draft_at(draft, 0));
    assert_int_equal(plan_draft_at(draft, 0)->fate, PLAN_FATE_TAKEN);
    assert_int_equal(model->owners, 0);
    assert_int_equal(plan->steps->len, 1);
    struct plan_candidate wish = {.person = -1};
    struct plan_address_holder holder;
    wish.step.profile.field[PROFILE_MAIL] = "ann@example.com";
    wish.step.profile_mask = PLAN_TAKING_ADDRESSES;
    g_array_append_val(draft->candidates, wish);
    assert_false(plan_taking_is_taken(&taking, plan_draft_at(draft, 1), &holder));
    plan_taking_clear(&taking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_removal_needs_its_stand_ins),
        cmocka_unit_test(a_step_names_whose_stand_in_it_ends),
        cmocka_unit_test(seats_are_marked_on_the_steps),
        cmocka_unit_test(who_joins_names_the_invite),
        cmocka_unit_test(a_taken_candidate_is_done_in_the_model_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
