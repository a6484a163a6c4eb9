#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/sync/plan_diff.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET                                                                                  \
    "project search\n"                                                                         \
    "person root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"who is wanted and absent is invited",
     QUIET "read corp\nwant corp dana owner search=read-only",
     "invite dana: none -> owner, search/read-only\n"},
    {"who is as wanted is left alone",
     QUIET "person dana active member search=read-only\nread corp\nwant corp dana member "
           "search=read-only",
     ""},
    {"disabled is suspended", QUIET "person dana active member\nread corp\nsuspended corp dana",
     "suspend dana: member -> suspended\n"},
    {"disabled and pending is suspended, too",
     QUIET "person dana invited member\nread corp\nsuspended corp dana",
     "suspend dana: member -> suspended\n"},
    {"disabled and absent is nobody's business", QUIET "read corp\nsuspended corp dana", ""},
    {"enabled again is reactivated",
     QUIET "person dana suspended member\nread corp\nwant corp dana member",
     "reactivate dana: suspended -> active\n"},
    {"what an owner suspended stays so",
     QUIET "person dana suspended member by-owner\nread corp\nwant corp dana member", ""},
    {"denied is removed", QUIET "person dana active member\nread corp\ndenied corp dana",
     "remove dana: member -> none\n"},
    {"pending and denied is revoked",
     QUIET "person dana invited member\nread corp\ndenied corp dana",
     "revoke dana: member -> none\n"},
    {"an expired invitation that nobody wants is removed",
     QUIET "person dana expired member\nread corp", "remove dana: member -> none\n"},
    {"missing is removed", QUIET "person dana active billing-admin search=admin\nread corp",
     "remove dana: billing-admin, search/admin -> none\n"},
    {"set aside keeps what they have",
     QUIET "person dana active billing-admin\nread corp\naside corp dana",
     "note set-aside: dana\n"},
    {"a directory that was not read touches nobody",
     QUIET "person dana active billing-admin\nread labs", "note no-directory: \n"},
    {"a directory that gave no snapshot touches nobody and is not noted",
     QUIET "person dana active billing-admin\nread labs\nadopt corp", ""},
    {"a link by hand is nobody's", QUIET "person dana active owner origin=manual\nread corp",
     ""},
    {"denied and protected at once stays",
     QUIET "person dana active owner protected\nread corp\ndenied corp dana",
     "note protected: dana\n"},
    {"disabled and protected stays",
     QUIET "person dana active owner protected\nread corp\nsuspended corp dana",
     "note protected: dana\n"},
    {"whom the directory could not be asked about is held",
     QUIET "person dana active member\nread corp\ngone dana failing",
     "held unproven: remove dana\n"},
};

static void every_state_of_the_directory_has_its_step(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

struct reason_case {
    const char *presence, *reason;
    gboolean proven;
};

static const struct reason_case reasons[] = {
    {"present", "no longer in any mapped group", FALSE},
    {"disabled", "the account is disabled or expired and in no mapped group", TRUE},
    {"moved", "moved out of the part of the directory that is read", FALSE},
    {"deleted", "deleted from the directory", TRUE},
    {"unknown", "not in the directory any more; this source cannot tell deleted from moved",
     FALSE},
};

static void a_removal_says_what_the_directory_proves(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
        g_autofree char *text =
            g_strconcat(QUIET "person dana active member\nread corp\ngone dana ",
                        reasons[i].presence, NULL);
        g_autoptr(Sketch) sketch = sketch_new(text);
        g_autoptr(Plan) plan = sketch_plan(sketch);
        assert_int_equal(plan->steps->len, 1);
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, 0);
        assert_string_equal(step->reason, reasons[i].reason);
        assert_int_equal((step->flags & PLAN_PROVEN_LEAVER) != 0, reasons[i].proven);
        assert_true((step->flags & PLAN_DESTRUCTIVE) != 0);
        assert_string_equal(step->base, "W/\"1\"");
    }
}

static void people_are_counted(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(
        QUIET
        "person dana active member\nperson eve active member\nread corp\n"
        "want corp dana member\nsuspended corp eve\nwant corp fay member\naside corp gil");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    assert_int_equal(plan->managed, 2);
    assert_int_equal(plan->matched, 3);
    assert_int_equal(plan->seats_used, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_of_the_directory_has_its_step),
        cmocka_unit_test(a_removal_says_what_the_directory_proves),
        cmocka_unit_test(people_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
