#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_seats.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"by role, priority, seat order and anchor",
     "cap 1\n"
     "project search\n"
     "person root active owner search=admin origin=manual\n"
     "read corp\n"
     "want corp m1 member\n"
     "want corp m2 member priority=5\n"
     "want corp m3 member order=10\n"
     "want corp m4 member order=9\n"
     "want corp m5 member order=B\n"
     "want corp b billing-admin\n"
     "want corp o owner\n"
     "want corp p member search=admin\n",
     "waiting o: owner\n"
     "waiting p: search/admin\n"
     "waiting b: billing-admin\n"
     "waiting m2: member\n"
     "waiting m4: member\n"
     "waiting m3: member\n"
     "waiting m5: member\n"
     "waiting m1: member\n"},
    {"the first come in, the rest waits",
     "cap 3\n"
     "project search\n"
     "person root active owner search=admin origin=manual\n"
     "read corp\n"
     "want corp m1 member\n"
     "want corp m2 member priority=5\n"
     "want corp b billing-admin\n"
     "want corp o owner\n",
     "invite o: none -> owner\n"
     "invite b: none -> billing-admin\n"
     "waiting m2: member\n"
     "waiting m1: member\n"},
    {"who was suspended stands in the same queue",
     "cap 2\n"
     "project search\n"
     "person root active owner search=admin origin=manual\n"
     "person dana suspended member\n"
     "read corp\n"
     "want corp dana member\n"
     "want corp eve billing-admin\n",
     "invite eve: none -> billing-admin\n"
     "waiting dana: member\n"},
    {"numbers count as numbers",
     "cap 2\n"
     "project search\n"
     "person root active owner search=admin origin=manual\n"
     "read corp\n"
     "want corp a member order=0100\n"
     "want corp b member order=99\n",
     "invite b: none -> member\n"
     "waiting a: member\n"},
};

static void seats_are_given_in_one_order(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seats_are_given_in_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
