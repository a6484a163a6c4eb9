#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_state.h"
#include "tests/agent/sync/sketch.h"

/* ann 0, bob 1, cat 2, dan 3; ads 0, search 1 */
static const char company[] = "project ads\nproject search\n"
                              "person ann active owner ads=admin search=admin\n"
                              "person bob active member search=read-only\n"
                              "link labs billing-admin ads=admin\n"
                              "person cat suspended owner never-joined\n"
                              "person dan invited owner search=admin\n"
                              "override member\noverride search=none\n";

static struct plan_step step_of(enum plan_kind kind)
{
    return (struct plan_step){.kind = kind, .origin = "directory:corp", .made_by = -1};
}

static void roles_are_the_highest_of_links_unless_overridden(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(company);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    assert_int_equal(model->owners, 1);
    assert_int_equal(model->seats, 3);
    assert_int_equal(model->admins[0], 2);
    assert_int_equal(model->admins[1], 1);
    assert_int_equal(plan_state_role(model, 1), ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(plan_state_role(model, 3), ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(plan_state_project_role(model, 3, 1), PROJECT_ROLE_NONE);
    assert_int_equal(plan_state_project_role(model, 1, 1), PROJECT_ROLE_READ_ONLY);
    assert_true(plan_state_is_admin(model, 1, 0));
    assert_false(plan_state_is_owner(model, 2));
    assert_int_equal(plan_state_find_project(sketch->actual, "search"), 1);
    assert_int_equal(plan_state_find_project(sketch->actual, "none"), -1);
}

static void links_end_one_by_one(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(company);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    struct plan_step step = step_of(PLAN_REMOVE);
    assert_true(plan_state_owns_profile(model, 1, 0));
    assert_false(plan_state_owns_profile(model, 1, 1));
    assert_int_equal(plan_state_place_of(model, 1, "directory:corp"), 0);
    assert_int_equal(plan_state_place_of(model, 1, "directory:nowhere"), -1);
    assert_int_equal(plan_state_seat_effect(model, &step, 1, 0), 0);
    plan_state_apply(model, &step, 1, 0, NULL);
    assert_true(plan_state_owns_profile(model, 1, 1));
    assert_false(plan_state_has_origin(model, 1, "directory:corp"));
    assert_int_equal(plan_state_project_role(model, 1, 1), PROJECT_ROLE_NONE);
    assert_int_equal(plan_state_seat_effect(model, &step, 1, 1), -1);
    plan_state_apply(model, &step, 1, 1, NULL);
    assert_true(model->people[1].gone);
    assert_int_equal(model->seats, 2);
    assert_int_equal(model->admins[0], 1);
}

static void suspension_ends_every_effect_and_a_return_takes_a_seat(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(company);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    struct plan_step suspend = step_of(PLAN_SUSPEND);
    struct plan_step back = step_of(PLAN_REACTIVATE);
    plan_state_apply(model, &suspend, 0, 0, NULL);
    assert_int_equal(model->owners, 0);
    assert_int_equal(model->admins[1], 0);
    assert_int_equal(model->seats, 2);
    assert_int_equal(plan_state_seat_effect(model, &back, 0, 0), 1);
    plan_state_apply(model, &back, 0, 0, NULL);
    assert_int_equal(model->owners, 1);
    plan_state_apply(model, &back, 2, 0, NULL); /* never accepted: invited anew */
    assert_int_equal(model->people[2].status, ACTUAL_INVITED);
    assert_int_equal(model->owners, 1);
    assert_int_equal(model->seats, 4);
}

static void a_stand_in_ends_when_somebody_else_becomes_admin(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("project search\nperson ann active owner\n"
                                          "person bob active member\n");
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct plan_role_change change = {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN};
    struct plan_step step = step_of(PLAN_SET_PROJECT_ROLE);
    step.projects = &change;
    step.project_count = 1;
    step.flags = PLAN_STAND_IN;
    plan_state_apply(model, &step, 0, -1, touched);
    assert_true(plan_state_is_admin(model, 0, 0));
    assert_int_equal(touched->len, 0);
    step.flags = 0;
    plan_state_apply(model, &step, 1, 0, touched);
    assert_false(plan_state_is_admin(model, 0, 0));
    assert_int_equal(model->admins[0], 1);
    assert_int_equal(touched->len, 1);
    assert_int_equal(g_array_index(touched, guint32, 0), 0);
}

static void a_stand_in_ends_with_the_ownership(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("project search\nperson ann active owner\n"
                                          "stands-in search\n");
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    struct plan_step step = step_of(PLAN_SET_ORGANIZATION_ROLE);
    step.organization_from = ORGANIZATION_ROLE_OWNER;
    step.organization_to = ORGANIZATION_ROLE_MEMBER;
    assert_int_equal(model->admins[0], 1);
    plan_state_apply(model, &step, 0, 0, NULL);
    assert_int_equal(model->admins[0], 0);
    assert_int_equal(model->owners, 0);
}

static void an_adoption_makes_a_link(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(company);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    struct plan_step step = step_of(PLAN_SET_ORGANIZATION_ROLE);
    step.origin = "directory:new";
    step.flags = PLAN_ADOPT;
    step.organization_to = ORGANIZATION_ROLE_OWNER;
    plan_state_apply(model, &step, 1, -1, NULL);
    assert_true(plan_state_has_origin(model, 1, "directory:new"));
    assert_true(plan_state_is_owner(model, 1));
    assert_int_equal(model->owners, 2);
}

static void an_attached_link_gives_roles_and_keeps_nobody_in(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new("project search\nperson ann active member origin=scim:okta\n"
                   "link okta owner search=admin attached\n");
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    const gint32 own = plan_state_place_of(model, 0, "scim:okta");
    const gint32 attached = plan_state_place_of(model, 0, "directory:okta");
    struct plan_step step = step_of(PLAN_REMOVE);
    assert_true(plan_state_is_owner(model, 0));
    assert_true(plan_state_is_admin(model, 0, 0));
    assert_true(plan_state_owns_profile(model, 0, own));
    assert_false(plan_state_owns_profile(model, 0, attached));
    assert_int_equal(plan_state_seat_effect(model, &step, 0, attached), 0);
    assert_int_equal(plan_state_seat_effect(model, &step, 0, own), -1);
    g_autoptr(PlanState) without = plan_state_copy(model);
    plan_state_apply(without, &step, 0, attached, NULL);
    assert_false(without->people[0].gone);
    assert_false(plan_state_is_owner(without, 0));
    plan_state_apply(model, &step, 0, own, NULL);
    assert_true(model->people[0].gone);
    assert_int_equal(model->owners, 0);
    assert_int_equal(model->seats, 0);
}

static void a_question_to_a_copy_leaves_the_state(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(company);
    g_autoptr(PlanState) model = plan_state_new(sketch->actual);
    g_autoptr(PlanState) copy = plan_state_copy(model);
    struct plan_step step = step_of(PLAN_REMOVE);
    plan_state_apply(copy, &step, 0, 0, NULL);
    assert_int_equal(copy->owners, 0);
    assert_int_equal(model->owners, 1);
    assert_false(model->people[0].gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_the_highest_of_links_unless_overridden),
        cmocka_unit_test(links_end_one_by_one),
        cmocka_unit_test(suspension_ends_every_effect_and_a_return_takes_a_seat),
        cmocka_unit_test(a_stand_in_ends_when_somebody_else_becomes_admin),
        cmocka_unit_test(a_stand_in_ends_with_the_ownership),
        cmocka_unit_test(an_adoption_makes_a_link),
        cmocka_unit_test(an_attached_link_gives_roles_and_keeps_nobody_in),
        cmocka_unit_test(a_question_to_a_copy_leaves_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
