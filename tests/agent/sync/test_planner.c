#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_file.h"
#include "agent/sync/planner.h"
#include "tests/agent/sync/sketch.h"

/* The hard cases, end to end. */
static const struct sketch_case hard_cases[] = {
    {"two owners are swapped at once: held, and both successors are there when it is approved",
     "project search\nperson ann active owner search=admin\nperson bob active owner\n"
     "person cat active member\nperson dan active member\nread corp\n"
     "want corp ann member search=admin\nwant corp bob member\nwant corp cat owner\n"
     "want corp dan owner\napprove-all",
     "set-organization-role cat: member -> owner\nset-organization-role dan: member -> owner\n"
     "set-organization-role ann: owner -> member\nset-organization-role bob: owner -> "
     "member\n"},
    {"the only admin leaves while the successor is pending",
     "cap 3\nproject search\nperson ann active owner origin=manual\n"
     "person bob active member search=admin\nperson cat invited member search=admin\nread "
     "corp\n"
     "want corp cat member search=admin\nwant corp dan member",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\ninvite dan: none -> member\n"},
    {"a suspended admin is no admin, and comes back as one",
     "project search\nperson ann active owner origin=manual\n"
     "person bob active member search=admin\nperson cat suspended member search=admin\nread "
     "corp\n"
     "want corp cat member search=admin",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\nreactivate cat: suspended -> active\n"},
    {"the only owner is disabled",
     "project search\nperson ann active owner search=admin\nread corp\nsuspended corp ann",
     "held last-owner: suspend ann\n"},
    {"an owner's removal leaves a marker, and the directory still wants them",
     "project search\nperson ann active owner search=admin origin=manual\nread corp\n"
     "marker corp a-bob bob@example.com\nwant corp bob member",
     "note marker: bob\n"},
    {"a directory is gone from the config, another did not answer",
     "project search\nperson ann active owner search=admin origin=manual\n"
     "person bob active member origin=old\nperson cat active member origin=labs\n"
     "person dan active member\nread corp\nadopt labs\nwant corp dan member",
     "note no-directory: \n"},
    {"the owner of everything leaves, the deputy takes over at a full cap",
     "cap 2\nproject search\nproject ads\nperson ann active owner search=admin ads=admin\n"
     "person bob active member\nread corp\nwant corp bob owner\nwant corp cat member",
     "set-organization-role bob: member -> owner\n"
     "stand-in set-project-role bob: none -> ads/admin\n"
     "stand-in set-project-role bob: none -> search/admin\n"
     "remove ann: owner, ads/admin, search/admin -> none\ninvite cat: none -> member\n"},
};

static void the_hard_cases_come_out_as_designed(void **state)
{
    (void)state;
    sketch_expect_all(hard_cases, G_N_ELEMENTS(hard_cases));
}

/* Lines whose order among each other must not matter. */
static const char *const lines[] = {
    "project search",
    "project ads",
    "person ann active owner search=admin",
    "person bob active member ads=admin search=read-only\n"
    "link labs billing-admin search=read-write\noverride search=none",
    "person cat suspended member",
    "person dan invited member",
    "person eve active member",
    "person fay active owner origin=manual",
    "marker corp a-gil gil@example.com",
    "marker corp gone old@example.com",
    "read corp",
    "read labs",
    "adopt labs",
    "want corp ann member ads=read-only search=read-only",
    "want corp cat member",
    "want corp dan owner ads=admin",
    "want corp gil member",
    "want corp hal member priority=3",
    "want corp ida member order=2",
    "want labs hal billing-admin",
    "want labs eve owner",
    "aside corp jim",
    "denied labs kim",
    "suspended corp eve",
    "want labs fay member",
};

static char *plan_text_of(const guint *order)
{
    GString *text = g_string_new("cap 6\n");
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        g_string_append_printf(text, "%s\n", lines[order[i]]);
    g_autoptr(Sketch) sketch = sketch_new(text->str);
    g_string_free(text, TRUE);
    Plan *plan = sketch_plan(sketch);
    plan_seal(plan, sketch->actual);
    g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    g_ptr_array_add(plans, plan);
    assert_true(plan->steps->len > 5);
    return plan_file_print(plans);
}

static void the_order_of_the_input_means_nothing(void **state)
{
    guint order[G_N_ELEMENTS(lines)];
    guint64 random = 7;
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        order[i] = i;
    g_autofree char *first = plan_text_of(order);
    for (guint round = 0; round < 200; round++) {
        for (guint i = G_N_ELEMENTS(lines) - 1; i > 0; i--) {
            random = random * G_GUINT64_CONSTANT(6364136223846793005) + 1442695040888963407;
            guint other = (guint)((random >> 33) % (i + 1));
            guint swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        g_autofree char *again = plan_text_of(order);
        assert_string_equal(first, again);
    }
}

static void nothing_wanted_and_nobody_there_is_no_plan(void **state)
{
    (void)state;
    sketch_expect("empty", "read corp", "");
    sketch_expect("nothing read", "person ann active owner", "note no-directory: \n");
}

static void digests_come_from_the_input_and_the_state(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("person ann active owner\nread corp");
    sketch->input.settings_digest = "s";
    sketch->input.snapshot_digest = "d";
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_string_equal(plan->settings_digest, "s");
    assert_string_equal(plan->snapshot_digest, "d");
    assert_string_equal(plan->actual_digest, "");
    plan_seal(plan, sketch->actual);
    assert_int_equal(strlen(plan->actual_digest), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hard_cases_come_out_as_designed),
        cmocka_unit_test(the_order_of_the_input_means_nothing),
        cmocka_unit_test(nothing_wanted_and_nobody_there_is_no_plan),
        cmocka_unit_test(digests_come_from_the_input_and_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
