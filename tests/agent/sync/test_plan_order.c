#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_order.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"promotions, grants, reductions, profiles, seats",
     "cap 6\n"
     "project search\n"
     "project ads\n"
     "person a active owner search=admin\n"
     "person b active member\n"
     "person c active member\n"
     "person d active member search=read-only\n"
     "person e active member title=Old\n"
     "person f suspended member\n"
     "read corp\n"
     "want corp a member search=admin\n"
     "want corp b owner\n"
     "want corp c member ads=admin\n"
     "want corp d member ads=read-only\n"
     "want corp e member title=New\n"
     "want corp f member\n"
     "want corp g member\n",
     "set-organization-role b: member -> owner\n"
     "set-project-role c: none -> ads/admin\n"
     "set-project-role d: none -> ads/read-only\n"
     "set-organization-role a: owner -> member\n"
     "remove-project-role d: search/read-only -> none\n"
     "update-profile e: none -> title 'New'\n"
     "reactivate f: suspended -> active\n"
     "waiting g: member\n"},
    {"a swap at a full cap",
     "cap 3\n"
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active member\n"
     "person cat active member\n"
     "read corp\n"
     "want corp ann owner search=admin\n"
     "want corp bob member\n"
     "want corp dan member\n",
     "remove cat: member -> none\n"
     "invite dan: none -> member\n"},
    {"an owner swapped at a full cap waits for the successor to accept",
     "cap 2\n"
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active member\n"
     "read corp\n"
     "want corp cat owner\n",
     "remove bob: member -> none\n"
     "invite cat: none -> owner\n"
     "held last-owner: remove ann\n"},
    {"the cap lowered below use lets nobody in",
     "cap 2\n"
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active member\n"
     "person cat active member\n"
     "read corp\n"
     "want corp ann owner search=admin\n"
     "want corp bob member\n"
     "want corp dan member\n",
     "remove cat: member -> none\n"
     "waiting dan: member\n"},
    {"a reissue keeps its seat though the cap is full",
     "cap 2\n"
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob invited member\n"
     "read corp\n"
     "want corp ann owner search=admin\n"
     "want corp bob billing-admin\n",
     "reissue bob: member -> billing-admin\n"},
    {"the end of a suspended link brings somebody back, if there is a seat",
     "cap 1\n"
     "project search\n"
     "person ann active owner search=admin origin=manual\n"
     "person bob suspended member\n"
     "link labs member\n"
     "read corp\n"
     "read labs\n"
     "want labs bob member\n",
     "waiting bob: member\n"},
    {"and does so where there is one",
     "cap 2\n"
     "project search\n"
     "person ann active owner search=admin origin=manual\n"
     "person bob suspended member\n"
     "link labs member\n"
     "read corp\n"
     "read labs\n"
     "want labs bob member\n",
     "remove bob: member -> none\n"},
    {"suspended by two, enabled by one: no seat is needed",
     "cap 1\n"
     "project search\n"
     "person ann active owner search=admin origin=manual\n"
     "person bob suspended member\n"
     "link labs member inactive\n"
     "read corp\n"
     "read labs\n"
     "want corp bob member\n"
     "suspended labs bob\n",
     "reactivate bob: suspended -> active\n"},
};

static void the_phases_keep_their_order(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_phases_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
