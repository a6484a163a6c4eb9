#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_profiles.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"a chain begins at its free end",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "person cat active member\n"
           "read corp\n"
           "want corp ann member userName=bob@example.com mail=bob@example.com\n"
           "want corp bob member userName=cat@example.com mail=cat@example.com\n"
           "want corp cat member userName=new@example.com mail=new@example.com\n",
     "update-profile cat: none -> userName 'new', mail 'new'\n"
     "update-profile bob: none -> userName 'cat', mail 'cat'\n"
     "update-profile ann: none -> userName 'bob', mail 'bob'\n"},
    {"a swap is held",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "read corp\n"
           "want corp ann member userName=bob@example.com mail=bob@example.com\n"
           "want corp bob member userName=ann@example.com mail=ann@example.com\n",
     "held address-taken: update-profile ann\n"
     "held address-taken: update-profile bob\n"},
    {"an address moves to somebody new",
     QUIET "person ann active member\n"
           "read corp\n"
           "want corp ann member userName=new@example.com mail=new@example.com\n"
           "want corp bob member userName=ann@example.com mail=ann@example.com\n",
     "update-profile ann: none -> userName 'new', mail 'new'\n"
     "invite ann: none -> member\n"},
    {"who is adopted and left by their older directory in one plan has the new one's profile",
     QUIET "person ann invited member\n"
           "read corp\n"
           "read labs\n"
           "adopt labs\n"
           "want labs ann member title=Chief\n",
     "adopt reissue ann: none -> member\n"
     "revoke ann: member -> none\n"
     "update-profile ann: none -> title 'Chief'\n"},
    {"who is adopted and stays with their older directory keeps its profile",
     QUIET "person ann active member\n"
           "read corp\n"
           "read labs\n"
           "adopt labs\n"
           "want corp ann member\n"
           "want labs ann member title=Chief\n",
     "adopt set-organization-role ann: none -> member\n"},
    {"an address moves on when its owner goes",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "read corp\n"
           "want corp bob member userName=ann@example.com mail=ann@example.com\n",
     "remove ann: member -> none\n"
     "update-profile bob: none -> userName 'ann', mail 'ann'\n"},
    {"and stays where their removal is held",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "read corp\n"
           "emptied corp staff\n"
           "want corp bob member userName=ann@example.com mail=ann@example.com\n",
     "held guard: remove ann\n"
     "held address-taken: update-profile bob\n"},
    {"what else changes goes on",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "read corp\n"
           "want corp ann member\n"
           "want corp bob member userName=ann@example.com mail=ann@example.com title=Boss\n",
     "update-profile bob: none -> title 'Boss'\n"
     "held address-taken: update-profile bob\n"},
    {"and so does a pending person's role",
     QUIET "person ann active member\n"
           "person bob invited member\n"
           "read corp\n"
           "want corp ann member\n"
           "want corp bob owner userName=ann@example.com mail=ann@example.com\n",
     "reissue bob: member -> owner\n"
     "held address-taken: reissue bob\n"},
    {"the profile is the oldest link's",
     QUIET "person dana active member title=Old\n"
           "link labs member\n"
           "read corp\n"
           "read labs\n"
           "want corp dana member title=Old\n"
           "want labs dana member title=New\n",
     ""},
    {"and the next one's when that goes",
     QUIET "person dana active member title=Old\n"
           "link labs member\n"
           "read corp\n"
           "read labs\n"
           "want labs dana member title=New\n",
     "remove dana: member -> none\n"
     "update-profile dana: none -> title 'New'\n"},
    {"an invitation that another directory ends is not reissued",
     QUIET "person dana invited member\n"
           "link labs member\n"
           "read corp\n"
           "read labs\n"
           "suspended corp dana\n"
           "want labs dana owner search=admin\n",
     "suspend dana: member -> suspended\n"
     "set-organization-role dana: member -> owner\n"
     "set-project-role dana: none -> search/admin\n"},
};

static void addresses_move_in_an_order_that_works(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_move_in_an_order_that_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
