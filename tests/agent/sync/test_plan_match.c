#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_match.h"
#include "tests/agent/sync/sketch.h"

static void candidates_and_notes_carry_the_link(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("person ann active member\n");
    g_autoptr(Plan) plan = plan_new("acme");
    g_autoptr(PlanDraft) draft = plan_draft_new(&sketch->input, plan);
    const struct actual_person *ann = &sketch->actual->people[0];
    struct plan_match match = {.draft = draft, .person = ann, .link = &ann->links[0]};
    match.base.step.origin = "directory:corp";
    match.base.step.external_id = "a-ann";
    match.base.step.user_name = "ann@example.com";
    struct plan_step *step = plan_match_begin(&match, PLAN_SUSPEND, PLAN_DESTRUCTIVE);
    assert_int_equal(step->kind, PLAN_SUSPEND);
    assert_int_equal(step->flags, PLAN_DESTRUCTIVE);
    assert_string_equal(step->external_id, "a-ann");
    plan_match_note(&match, PLAN_NOTE_NO_PROJECT, "ads", "no such project");
    plan_match_note_protected(&match, "not suspended");
    const struct plan_note *notes = (const struct plan_note *)(void *)plan->notes->data;
    assert_int_equal(plan->notes->len, 2);
    assert_string_equal(notes[0].project, "ads");
    assert_string_equal(notes[0].person, "ann");
    assert_int_equal(notes[1].reason, PLAN_NOTE_PROTECTED);
    assert_string_equal(notes[1].sentence,
                        "'ann@example.com' is protected by the config: not suspended");
}

static void a_link_without_a_role_makes_a_member(void **state)
{
    (void)state;
    assert_int_equal(plan_match_at_least_member(ORGANIZATION_ROLE_NONE),
                     ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(plan_match_at_least_member(ORGANIZATION_ROLE_OWNER),
                     ORGANIZATION_ROLE_OWNER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_and_notes_carry_the_link),
        cmocka_unit_test(a_link_without_a_role_makes_a_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
