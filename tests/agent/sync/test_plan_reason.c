#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_reason.h"
#include "tests/agent/sync/sketch.h"

static const char *say_rule(void *context, guint32 rule)
{
    (void)context;
    return rule == 0 ? "group 'staff' of directory 'corp' -> acme: member" : NULL;
}

static void an_invitation_names_its_rule(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new("read corp\nwant corp ann member");
    g_autoptr(Plan) bare = sketch_plan(sketch);
    assert_string_equal(g_array_index(bare->steps, struct plan_step, 0).reason,
                        "wanted by 'directory:corp'");
    sketch->input.rule_text = say_rule;
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_string_equal(g_array_index(plan->steps, struct plan_step, 0).reason,
                        "by rule: group 'staff' of directory 'corp' -> acme: member");
}

static void every_presence_has_its_sentence(void **state)
{
    (void)state;
    for (guint i = SOURCE_PRESENT; i <= SOURCE_UNKNOWN; i++) {
        const char *sentence = plan_reason_presence((enum source_presence)i);
        assert_true(strlen(sentence) > 10);
        for (guint k = SOURCE_PRESENT; k < i; k++)
            assert_string_not_equal(sentence, plan_reason_presence((enum source_presence)k));
    }
}

static void a_hold_says_who_why_and_what_helps(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new("project search\nperson ann active owner search=admin\n"
                   "read corp");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, 0);
    assert_string_equal(hold->sentence,
                        "remove 'ann@example.com' is held: no other active owner "
                        "would be left (an invited one does not count)");
    assert_non_null(strstr(hold->release, "finishes this by itself"));
    assert_string_equal(hold->step.reason, "no longer in any mapped group");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_names_its_rule),
        cmocka_unit_test(every_presence_has_its_sentence),
        cmocka_unit_test(a_hold_says_who_why_and_what_helps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
