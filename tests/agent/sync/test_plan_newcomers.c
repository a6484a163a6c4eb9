#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_newcomers.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"a marker keeps somebody out",
     QUIET "read corp\n"
           "marker corp a-dana dana@example.com\n"
           "want corp dana member\n",
     "note marker: dana\n"},
    {"a marker keeps the address out of another directory, too",
     QUIET "read corp\n"
           "read labs\n"
           "marker corp x DANA@example.com\n"
           "suspended corp y anchor=x\n"
           "want labs dana member\n",
     "note marker: dana\n"},
    {"who left the source has no marker any more",
     QUIET "read corp\n"
           "marker corp a-dana dana@example.com\n",
     "clear-marker dana\n"},
    {"a new entry with the old address comes in as the old one leaves",
     QUIET "read corp\n"
           "marker corp old dana@example.com\n"
           "want corp dana member\n",
     "clear-marker dana\n"
     "invite dana: none -> member\n"},
    {"a denied entry keeps its marker",
     QUIET "read corp\n"
           "marker corp a-dana dana@example.com\n"
           "denied corp dana\n",
     ""},
    {"the marker of a directory that was not read stays",
     QUIET "read corp\n"
           "marker labs a-dana dana@example.com\n",
     ""},
    {"somebody else's person is not linked by their address",
     QUIET "person dana active member origin=manual\n"
           "read corp\n"
           "want corp dana owner\n",
     "held address-taken: invite dana\n"},
    {"unless the directory may adopt",
     QUIET "person dana active member origin=manual\n"
           "read corp\n"
           "adopt corp\n"
           "want corp dana owner search=admin\n",
     "adopt set-organization-role dana: none -> owner, search/admin\n"},
    {"a pending person is adopted by a reissue",
     QUIET "person dana invited member origin=manual\n"
           "read corp\n"
           "adopt corp\n"
           "want corp dana owner\n",
     "adopt reissue dana: none -> owner\n"},
    {"a protected owner is not adopted",
     QUIET "person dana active owner protected origin=manual\n"
           "read corp\n"
           "adopt corp\n"
           "want corp dana owner\n",
     "note protected: dana\n"},
    {"another entry of the same directory is not adopted",
     QUIET "person dana active member\n"
           "read corp\n"
           "adopt corp\n"
           "want corp dana member\n"
           "want corp eve member userName=dana@example.com mail=eve@example.com\n",
     "held address-taken: invite dana\n"},
    {"two people with half an address each are not adopted",
     QUIET "person dana active member origin=manual\n"
           "person eve active member origin=manual\n"
           "read corp\n"
           "adopt corp\n"
           "want corp fay member userName=dana@example.com mail=eve@example.com\n",
     "held address-taken: invite dana\n"},
    {"two directories want one address: one invites, the other joins",
     QUIET "read corp\n"
           "read labs\n"
           "adopt labs\n"
           "want corp dana member\n"
           "want labs dana owner\n",
     "invite dana: none -> member\n"
     "adopt reissue dana: none -> owner\n"},
    {"whoever may not adopt invites",
     QUIET "read corp\n"
           "read labs\n"
           "adopt corp\n"
           "want corp dana member\n"
           "want labs dana owner\n",
     "invite dana: none -> owner\n"
     "adopt reissue dana: none -> member\n"},
    {"where nobody may adopt the first has it",
     QUIET "read corp\n"
           "read labs\n"
           "want corp dana member\n"
           "want labs dana owner\n",
     "invite dana: none -> owner\n"
     "held address-taken: invite dana\n"},
    {"who joins waits with whom they join",
     "cap 1\n"
     "project search\n"
     "person root active owner search=admin origin=manual\n"
     "read corp\n"
     "read labs\n"
     "adopt labs\n"
     "want corp dana member\n"
     "want labs dana owner\n",
     "waiting dana: member\n"},
    {"a person in two directories has a link of each",
     QUIET "person dana active member\n"
           "link labs billing-admin\n"
           "read corp\n"
           "read labs\n"
           "want corp dana member\n"
           "want labs dana owner\n",
     "set-organization-role dana: billing-admin -> owner\n"},
    {"one directory drops them, the other keeps them",
     QUIET "person dana active member\n"
           "link labs billing-admin\n"
           "read corp\n"
           "read labs\n"
           "want labs dana billing-admin\n",
     "remove dana: member -> none\n"},
};

static void newcomers_are_invited_adopted_or_kept_out(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newcomers_are_invited_adopted_or_kept_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
