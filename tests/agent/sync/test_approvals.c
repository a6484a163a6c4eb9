#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/approvals.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/sketch.h"
#include "tests/agent/sync/state_folder.h"

#define NOON G_GINT64_CONSTANT(1795000000)

static Plan *held_plan(const char *more)
{
    g_autofree char *text =
        g_strconcat("read corp\nemptied corp staff\nperson ann active member\n", more, NULL);
    g_autoptr(Sketch) sketch = sketch_new(text);
    return sketch_plan(sketch);
}

static void what_was_shown_can_be_approved_for_a_day(void **state)
{
    g_autoptr(Plan) plan = held_plan("");
    g_autofree char *digest = plan_approval_digest(plan);
    g_autofree char *key =
        plan_approval_key(&g_array_index(plan->holds, struct plan_hold, 0).step);
    g_autoptr(GError) error = NULL;
    assert_true(approvals_remember(*state, plan, NOON, NULL));
    g_autoptr(GHashTable) keys =
        approvals_find(*state, digest, NOON + APPROVALS_LIFETIME - 1, NULL);
    assert_non_null(keys);
    assert_int_equal(g_hash_table_size(keys), 1);
    assert_true(g_hash_table_contains(keys, key));
    assert_null(approvals_find(*state, digest, NOON + APPROVALS_LIFETIME, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_REFUSED));
}

static void showing_it_again_makes_it_no_younger(void **state)
{
    g_autoptr(Plan) plan = held_plan("");
    g_autofree char *digest = plan_approval_digest(plan);
    assert_true(approvals_remember(*state, plan, NOON, NULL));
    assert_true(approvals_remember(*state, plan, NOON + 3600, NULL));
    assert_null(approvals_find(*state, digest, NOON + APPROVALS_LIFETIME, NULL));
    assert_true(approvals_remember(*state, plan, NOON + APPROVALS_LIFETIME, NULL));
    g_autoptr(GHashTable) keys =
        approvals_find(*state, digest, NOON + APPROVALS_LIFETIME, NULL);
    assert_non_null(keys);
}

static void a_digest_may_be_shortened_but_not_guessed(void **state)
{
    g_autoptr(Plan) plan = held_plan("");
    g_autofree char *digest = plan_approval_digest(plan);
    g_autofree char *twelve = g_strndup(digest, 12);
    g_autofree char *eleven = g_strndup(digest, 11);
    assert_true(approvals_remember(*state, plan, NOON, NULL));
    g_autoptr(GHashTable) keys = approvals_find(*state, twelve, NOON, NULL);
    assert_non_null(keys);
    assert_null(approvals_find(*state, eleven, NOON, NULL));
    assert_null(approvals_find(*state, "000000000000", NOON, NULL));
}

static void an_approval_releases_what_was_shown_and_nothing_else(void **state)
{
    g_autoptr(Plan) shown = held_plan("");
    g_autofree char *digest = plan_approval_digest(shown);
    assert_true(approvals_remember(*state, shown, NOON, NULL));
    g_autoptr(GHashTable) keys = approvals_find(*state, digest, NOON, NULL);
    g_autoptr(Sketch) sketch =
        sketch_new("read corp\nemptied corp staff\n"
                   "person ann active member\nperson bob active member\n");
    sketch->input.approved = keys;
    g_autoptr(Plan) plan = sketch_plan(sketch);
    g_autofree char *printed = sketch_print(plan);
    assert_string_equal(printed, "remove ann: member -> none\nheld guard: remove bob\n");
}

static void a_plan_without_holds_leaves_no_file(void **state)
{
    g_autofree char *path = g_build_filename(*state, "approvals.json", NULL);
    g_autoptr(Plan) plan = plan_new("acme");
    assert_true(approvals_remember(*state, plan, NOON, NULL));
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, state_folder_set_up, state_folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_shown_can_be_approved_for_a_day),
        TEST(showing_it_again_makes_it_no_younger),
        TEST(a_digest_may_be_shortened_but_not_guessed),
        TEST(an_approval_releases_what_was_shown_and_nothing_else),
        TEST(a_plan_without_holds_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
