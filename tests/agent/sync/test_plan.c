#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan.h"

static struct plan_step make_step(void)
{
    static struct plan_role_change projects[] = {
        {"ads", PROJECT_ROLE_READ_ONLY, PROJECT_ROLE_NONE},
        {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN}};
    struct plan_step step = {
        .kind = PLAN_REISSUE,
        .organization = "acme",
        .origin = "directory:corp",
        .external_id = "a-dana",
        .person = "7",
        .user_name = "dana@example.com",
        .base = "W/\"3\"",
        .made_by = -1,
        .organization_from = ORGANIZATION_ROLE_MEMBER,
        .organization_to = ORGANIZATION_ROLE_OWNER,
        .projects = projects,
        .project_count = 2,
        .profile_mask = 1u << PROFILE_TITLE,
        .reason = "because",
    };
    return step;
}

static void names_go_both_ways(void **state)
{
    enum plan_kind kind = PLAN_INVITE;
    enum plan_hold_reason hold = PLAN_HOLD_LAST_OWNER;
    enum plan_note_reason note = PLAN_NOTE_OVERRIDE;
    (void)state;
    for (guint i = 0; i < PLAN_KINDS; i++)
        assert_true(plan_kind_parse(plan_kind_name((enum plan_kind)i), &kind) && kind == i);
    for (guint i = 0; i < PLAN_HOLDS; i++)
        assert_true(plan_hold_parse(plan_hold_name((enum plan_hold_reason)i), &hold) &&
                    hold == i);
    for (guint i = 0; i < PLAN_NOTES; i++)
        assert_true(plan_note_parse(plan_note_name((enum plan_note_reason)i), &note) &&
                    note == i);
    assert_false(plan_kind_parse("delete", &kind));
    assert_false(plan_hold_parse("", &hold));
    assert_false(plan_note_parse("x", &note));
}

static void a_step_says_from_what_to_what(void **state)
{
    (void)state;
    struct plan_step step = make_step();
    g_autofree char *from = plan_step_from(&step);
    g_autofree char *to = plan_step_to(&step);
    assert_string_equal(from, "member, ads/read-only");
    assert_string_equal(to, "owner, search/admin, no title");
    step.kind = PLAN_SUSPEND;
    g_autofree char *suspended = plan_step_to(&step);
    assert_string_equal(suspended, "suspended");
}

static void the_key_follows_what_is_written_and_its_base(void **state)
{
    (void)state;
    struct plan_step step = make_step();
    g_autofree char *key = plan_step_key(&step);
    g_autofree char *approval = plan_approval_key(&step);
    step.reason = "for another reason";
    g_autofree char *same = plan_step_key(&step);
    assert_string_equal(key, same);
    step.base = "W/\"4\"";
    g_autofree char *moved = plan_step_key(&step);
    g_autofree char *still_approved = plan_approval_key(&step);
    assert_string_not_equal(key, moved);
    assert_string_equal(approval, still_approved);
    step.organization_to = ORGANIZATION_ROLE_BILLING_ADMIN;
    g_autofree char *other = plan_approval_key(&step);
    assert_string_not_equal(approval, other);
}

static void a_copied_step_lives_in_the_plan(void **state)
{
    (void)state;
    g_autoptr(Plan) plan = plan_new("acme");
    struct plan_step step = make_step();
    guint32 needs[] = {0};
    const char *touches[] = {"9"};
    step.needs = needs;
    step.need_count = 1;
    step.touches = touches;
    step.touch_count = 1;
    struct plan_step copy = plan_copy_step(plan, &step);
    assert_ptr_not_equal(copy.projects, step.projects);
    assert_string_equal(copy.projects[1].project, "search");
    assert_int_equal(copy.needs[0], 0);
    assert_string_equal(copy.touches[0], "9");
    assert_null(copy.profile.field[PROFILE_TITLE]);
    assert_null(plan_text(plan, NULL));
    assert_true(plan_is_empty(plan));
    g_array_append_val(plan->steps, copy);
    assert_false(plan_is_empty(plan));
}

static void the_digest_to_approve_ignores_the_order_and_other_holds(void **state)
{
    (void)state;
    g_autoptr(Plan) one = plan_new("acme");
    g_autoptr(Plan) other = plan_new("acme");
    struct plan_hold first = {.reason = PLAN_HOLD_GUARD, .step = make_step()};
    struct plan_hold second = first;
    struct plan_hold foreign = {.reason = PLAN_HOLD_LAST_OWNER, .step = make_step()};
    second.step.person = "8";
    assert_null(plan_approval_digest(one));
    g_array_append_val(one->holds, first);
    g_array_append_val(one->holds, second);
    g_array_append_val(other->holds, second);
    g_array_append_val(other->holds, foreign);
    g_autofree char *partly = plan_approval_digest(other);
    g_array_append_val(other->holds, first);
    g_autofree char *digest = plan_approval_digest(one);
    g_autofree char *same = plan_approval_digest(other);
    assert_string_equal(digest, same);
    assert_string_not_equal(digest, partly);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(a_step_says_from_what_to_what),
        cmocka_unit_test(the_key_follows_what_is_written_and_its_base),
        cmocka_unit_test(a_copied_step_lives_in_the_plan),
        cmocka_unit_test(the_digest_to_approve_ignores_the_order_and_other_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
