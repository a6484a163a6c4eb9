#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_guard.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"three of a few go",
     QUIET "person p0 active member\n"
           "person p1 active member\n"
           "person p2 active member\n"
           "person p3 active member\n"
           "read corp\n"
           "want corp p0 member\n",
     "remove p1: member -> none\n"
     "remove p2: member -> none\n"
     "remove p3: member -> none\n"},
    {"four of a few are held",
     QUIET "person p0 active member\n"
           "person p1 active member\n"
           "person p2 active member\n"
           "person p3 active member\n"
           "person p4 active member\n"
           "read corp\n"
           "want corp p0 member\n"
           "want corp new member\n",
     "invite new: none -> member\n"
     "held guard: remove p1\n"
     "held guard: remove p2\n"
     "held guard: remove p3\n"
     "held guard: remove p4\n"},
    {"four of forty go",
     QUIET "person p00 active member\n"
           "person p01 active member\n"
           "person p02 active member\n"
           "person p03 active member\n"
           "person p04 active member\n"
           "person p05 active member\n"
           "person p06 active member\n"
           "person p07 active member\n"
           "person p08 active member\n"
           "person p09 active member\n"
           "person p10 active member\n"
           "person p11 active member\n"
           "person p12 active member\n"
           "person p13 active member\n"
           "person p14 active member\n"
           "person p15 active member\n"
           "person p16 active member\n"
           "person p17 active member\n"
           "person p18 active member\n"
           "person p19 active member\n"
           "person p20 active member\n"
           "person p21 active member\n"
           "person p22 active member\n"
           "person p23 active member\n"
           "person p24 active member\n"
           "person p25 active member\n"
           "person p26 active member\n"
           "person p27 active member\n"
           "person p28 active member\n"
           "person p29 active member\n"
           "person p30 active member\n"
           "person p31 active member\n"
           "person p32 active member\n"
           "person p33 active member\n"
           "person p34 active member\n"
           "person p35 active member\n"
           "person p36 active member\n"
           "person p37 active member\n"
           "person p38 active member\n"
           "person p39 active member\n"
           "read corp\n"
           "want corp p04 member\n"
           "want corp p05 member\n"
           "want corp p06 member\n"
           "want corp p07 member\n"
           "want corp p08 member\n"
           "want corp p09 member\n"
           "want corp p10 member\n"
           "want corp p11 member\n"
           "want corp p12 member\n"
           "want corp p13 member\n"
           "want corp p14 member\n"
           "want corp p15 member\n"
           "want corp p16 member\n"
           "want corp p17 member\n"
           "want corp p18 member\n"
           "want corp p19 member\n"
           "want corp p20 member\n"
           "want corp p21 member\n"
           "want corp p22 member\n"
           "want corp p23 member\n"
           "want corp p24 member\n"
           "want corp p25 member\n"
           "want corp p26 member\n"
           "want corp p27 member\n"
           "want corp p28 member\n"
           "want corp p29 member\n"
           "want corp p30 member\n"
           "want corp p31 member\n"
           "want corp p32 member\n"
           "want corp p33 member\n"
           "want corp p34 member\n"
           "want corp p35 member\n"
           "want corp p36 member\n"
           "want corp p37 member\n"
           "want corp p38 member\n"
           "want corp p39 member\n",
     "remove p00: member -> none\n"
     "remove p01: member -> none\n"
     "remove p02: member -> none\n"
     "remove p03: member -> none\n"},
    {"four of thirty-nine do not",
     QUIET "person p00 active member\n"
           "person p01 active member\n"
           "person p02 active member\n"
           "person p03 active member\n"
           "person p04 active member\n"
           "person p05 active member\n"
           "person p06 active member\n"
           "person p07 active member\n"
           "person p08 active member\n"
           "person p09 active member\n"
           "person p10 active member\n"
           "person p11 active member\n"
           "person p12 active member\n"
           "person p13 active member\n"
           "person p14 active member\n"
           "person p15 active member\n"
           "person p16 active member\n"
           "person p17 active member\n"
           "person p18 active member\n"
           "person p19 active member\n"
           "person p20 active member\n"
           "person p21 active member\n"
           "person p22 active member\n"
           "person p23 active member\n"
           "person p24 active member\n"
           "person p25 active member\n"
           "person p26 active member\n"
           "person p27 active member\n"
           "person p28 active member\n"
           "person p29 active member\n"
           "person p30 active member\n"
           "person p31 active member\n"
           "person p32 active member\n"
           "person p33 active member\n"
           "person p34 active member\n"
           "person p35 active member\n"
           "person p36 active member\n"
           "person p37 active member\n"
           "person p38 active member\n"
           "read corp\n"
           "want corp p04 member\n"
           "want corp p05 member\n"
           "want corp p06 member\n"
           "want corp p07 member\n"
           "want corp p08 member\n"
           "want corp p09 member\n"
           "want corp p10 member\n"
           "want corp p11 member\n"
           "want corp p12 member\n"
           "want corp p13 member\n"
           "want corp p14 member\n"
           "want corp p15 member\n"
           "want corp p16 member\n"
           "want corp p17 member\n"
           "want corp p18 member\n"
           "want corp p19 member\n"
           "want corp p20 member\n"
           "want corp p21 member\n"
           "want corp p22 member\n"
           "want corp p23 member\n"
           "want corp p24 member\n"
           "want corp p25 member\n"
           "want corp p26 member\n"
           "want corp p27 member\n"
           "want corp p28 member\n"
           "want corp p29 member\n"
           "want corp p30 member\n"
           "want corp p31 member\n"
           "want corp p32 member\n"
           "want corp p33 member\n"
           "want corp p34 member\n"
           "want corp p35 member\n"
           "want corp p36 member\n"
           "want corp p37 member\n"
           "want corp p38 member\n",
     "held guard: remove p00\n"
     "held guard: remove p01\n"
     "held guard: remove p02\n"
     "held guard: remove p03\n"},
    {"a person counts once",
     QUIET "person p0 active billing-admin search=admin\n"
           "person p1 active billing-admin search=admin\n"
           "person p2 active billing-admin search=admin\n"
           "read corp\n"
           "want corp p0 member\n"
           "want corp p1 member\n"
           "want corp p2 member\n",
     "set-organization-role p0: billing-admin -> member\n"
     "remove-project-role p0: search/admin -> none\n"
     "set-organization-role p1: billing-admin -> member\n"
     "remove-project-role p1: search/admin -> none\n"
     "set-organization-role p2: billing-admin -> member\n"
     "remove-project-role p2: search/admin -> none\n"},
    {"proven leavers have their own limit",
     QUIET "person p0 active member\n"
           "person p1 active member\n"
           "person p2 active member\n"
           "person p3 active member\n"
           "person p4 active member\n"
           "person p5 active member\n"
           "read corp\n"
           "want corp p0 member\n"
           "suspended corp p1\n"
           "suspended corp p2\n"
           "suspended corp p3\n"
           "suspended corp p4\n"
           "suspended corp p5\n",
     "suspend p1: member -> suspended\n"
     "suspend p2: member -> suspended\n"
     "suspend p3: member -> suspended\n"
     "suspend p4: member -> suspended\n"
     "suspend p5: member -> suspended\n"},
    {"eleven of thirty proven leavers are held",
     QUIET "person p00 active member\n"
           "person p01 active member\n"
           "person p02 active member\n"
           "person p03 active member\n"
           "person p04 active member\n"
           "person p05 active member\n"
           "person p06 active member\n"
           "person p07 active member\n"
           "person p08 active member\n"
           "person p09 active member\n"
           "person p10 active member\n"
           "person p11 active member\n"
           "person p12 active member\n"
           "person p13 active member\n"
           "person p14 active member\n"
           "person p15 active member\n"
           "person p16 active member\n"
           "person p17 active member\n"
           "person p18 active member\n"
           "person p19 active member\n"
           "person p20 active member\n"
           "person p21 active member\n"
           "person p22 active member\n"
           "person p23 active member\n"
           "person p24 active member\n"
           "person p25 active member\n"
           "person p26 active member\n"
           "person p27 active member\n"
           "person p28 active member\n"
           "person p29 active member\n"
           "read corp\n"
           "want corp p11 member\n"
           "want corp p12 member\n"
           "want corp p13 member\n"
           "want corp p14 member\n"
           "want corp p15 member\n"
           "want corp p16 member\n"
           "want corp p17 member\n"
           "want corp p18 member\n"
           "want corp p19 member\n"
           "want corp p20 member\n"
           "want corp p21 member\n"
           "want corp p22 member\n"
           "want corp p23 member\n"
           "want corp p24 member\n"
           "want corp p25 member\n"
           "want corp p26 member\n"
           "want corp p27 member\n"
           "want corp p28 member\n"
           "want corp p29 member\n"
           "gone p00 deleted\n"
           "gone p01 deleted\n"
           "gone p02 deleted\n"
           "gone p03 deleted\n"
           "gone p04 deleted\n"
           "gone p05 deleted\n"
           "gone p06 deleted\n"
           "gone p07 deleted\n"
           "gone p08 deleted\n"
           "gone p09 deleted\n"
           "gone p10 deleted\n",
     "held guard: remove p00\n"
     "held guard: remove p01\n"
     "held guard: remove p02\n"
     "held guard: remove p03\n"
     "held guard: remove p04\n"
     "held guard: remove p05\n"
     "held guard: remove p06\n"
     "held guard: remove p07\n"
     "held guard: remove p08\n"
     "held guard: remove p09\n"
     "held guard: remove p10\n"},
    {"what is approved passes",
     QUIET "person p0 active member\n"
           "person p1 active member\n"
           "person p2 active member\n"
           "person p3 active member\n"
           "person p4 active member\n"
           "read corp\n"
           "want corp p0 member\n"
           "approve-all\n",
     "remove p1: member -> none\n"
     "remove p2: member -> none\n"
     "remove p3: member -> none\n"
     "remove p4: member -> none\n"},
    {"a limit can be set",
     QUIET "person dana active member\n"
           "person eve active member\n"
           "read corp\n"
           "limit 1 0\n",
     "held guard: remove dana\n"
     "held guard: remove eve\n"},
    {"an emptied group holds what nothing proves",
     QUIET "person dana active member\n"
           "person eve active member\n"
           "read corp\n"
           "emptied corp staff\n"
           "suspended corp eve\n",
     "suspend eve: member -> suspended\n"
     "held guard: remove dana\n"},
    {"two owners lost at once are held, whoever replaces them",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active owner\n"
     "person cat active member\n"
     "person dan active member\n"
     "read corp\n"
     "want corp ann member search=admin\n"
     "want corp bob member\n"
     "want corp cat owner\n"
     "want corp dan owner\n",
     "set-organization-role cat: member -> owner\n"
     "set-organization-role dan: member -> owner\n"
     "held guard: set-organization-role ann\n"
     "held guard: set-organization-role bob\n"},
    {"one owner swapped for another is not",
     "project search\n"
     "person ann active owner search=admin\n"
     "person cat active member\n"
     "read corp\n"
     "want corp ann member search=admin\n"
     "want corp cat owner\n",
     "set-organization-role cat: member -> owner\n"
     "set-organization-role ann: owner -> member\n"},
    {"rules that make everybody an owner are held",
     QUIET "person ann active member\n"
           "person bob active member\n"
           "person cat active member\n"
           "read corp\n"
           "want corp ann owner\n"
           "want corp bob owner\n"
           "want corp cat owner\n"
           "want corp dan owner\n",
     "held guard: set-organization-role ann\n"
     "held guard: set-organization-role bob\n"
     "held guard: set-organization-role cat\n"
     "held guard: invite dan\n"},
    {"nobody comes back into a role whose reduction is held",
     QUIET "person p0 active member\n"
           "person p1 active member\n"
           "person p2 active member\n"
           "person p3 active member\n"
           "person zoe suspended owner\n"
           "read corp\n"
           "want corp zoe member\n"
           "limit 1 0\n",
     "held guard: remove p0\n"
     "held guard: remove p1\n"
     "held guard: remove p2\n"
     "held guard: remove p3\n"
     "held guard: set-organization-role zoe\n"
     "held guard: reactivate zoe\n"},
    {"a distrusted reading clears no marker",
     QUIET "person dana active member\n"
           "read corp\n"
           "emptied corp staff\n"
           "marker corp a-eve eve@example.com\n",
     "held guard: remove dana\n"},
    {"and invites nobody on the word of one",
     QUIET "person dana active member\n"
           "read corp\n"
           "emptied corp staff\n"
           "marker corp old eve@example.com\n"
           "want corp eve member\n",
     "held guard: remove dana\n"
     "note marker: eve\n"},
};

static void what_takes_too_much_is_held(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

struct limit_case {
    guint n, people;
    gboolean trips;
};

static void the_limit_is_exact_at_its_edge(void **state)
{
    static const struct limit_case edges[] = {
        {3, 1, FALSE}, {4, 1, TRUE},     {4, 39, TRUE},   {4, 40, FALSE},
        {5, 40, TRUE}, {10, 100, FALSE}, {11, 100, TRUE}, {0, 0, FALSE},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
        assert_int_equal(plan_guard_trips(edges[i].n, edges[i].people, &plan_default_removals),
                         edges[i].trips);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_too_much_is_held),
        cmocka_unit_test(the_limit_is_exact_at_its_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
