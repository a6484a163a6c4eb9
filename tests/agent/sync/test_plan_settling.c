#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_settling.h"
#include "tests/agent/sync/sketch.h"

#define QUIET                                                                                  \
    "project search\nproject ads\nperson root active owner search=admin ads=admin "            \
    "origin=manual\nread okta\nattach okta\nsettling okta\n"

static const struct sketch_case cases[] = {
    {"what is given is given at once",
     QUIET "person ann active member origin=scim:okta\n"
           "want okta ann member search=read-write anchor=ann\n",
     "attach set-organization-role ann: none -> member, search/read-write\n"},
    {"what is taken waits",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n",
     "note settling: ann\n"},
    {"of one person what is given comes and what is taken waits",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta billing-admin search=admin attached\n"
           "want okta ann member search=read-only ads=read-write anchor=ann\n",
     "set-project-role ann: none -> ads/read-write\n"
     "note settling: ann\n"
     "note settling: ann\n"},
    {"a pending person is reissued with what they get",
     QUIET "person ann invited member origin=scim:okta\n"
           "link okta member search=admin attached\n"
           "want okta ann member ads=read-write anchor=ann\n",
     "reissue ann: none -> ads/read-write\n"
     "note settling: ann\n"},
    {"a denial waits as well",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n"
           "denied okta ann anchor=ann\n",
     "note settling: ann\n"},
    {"other directories are not concerned",
     QUIET "read corp\n"
           "person bob active billing-admin\n"
           "want corp bob member\n",
     "set-organization-role bob: billing-admin -> member\n"},
    {"nothing is held by the guard that is not yet due",
     QUIET "limit 0 1\n"
           "emptied okta team\n"
           "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n",
     "note settling: ann\n"},
};

static void until_groups_are_quiet_they_only_give(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

static void a_note_says_what_is_kept_and_until_when(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch =
        sketch_new(QUIET "person ann active member origin=scim:okta\n"
                         "link okta billing-admin search=read-write attached\n");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_int_equal(plan->notes->len, 1);
    const struct plan_note *note = &g_array_index(plan->notes, struct plan_note, 0);
    assert_string_equal(
        note->sentence,
        "'ann@example.com' keeps billing-admin, search/read-write until "
        "2027-01-15T08:00:00Z: pushed groups take a role away only once none of "
        "them has changed for a while");
    assert_string_equal(note->person, "ann");
    assert_string_equal(note->external_id, "ann");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_groups_are_quiet_they_only_give),
        cmocka_unit_test(a_note_says_what_is_kept_and_until_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
