#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/succession.h"

static void an_unprotected_owner_who_stays_with_the_lowest_id_stands_in(void **state)
{
    (void)state;

    struct {
        struct succession_candidate candidates[3];
        gssize expected;
    } const cases[] = {
        {{{"b", TRUE, TRUE, FALSE}, {"a", TRUE, TRUE, FALSE}, {"c", TRUE, TRUE, FALSE}}, 1},
        {{{"b", TRUE, TRUE, FALSE}, {"a", TRUE, TRUE, TRUE}, {"c", TRUE, TRUE, FALSE}}, 0},
        {{{"b", TRUE, FALSE, FALSE}, {"a", TRUE, TRUE, TRUE}, {"c", FALSE, TRUE, FALSE}}, 1},
        {{{"b", TRUE, FALSE, FALSE}, {"a", FALSE, TRUE, FALSE}, {"c", TRUE, FALSE, TRUE}}, -1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(succession_choose(cases[i].candidates, 3), cases[i].expected);
    assert_int_equal(succession_choose(NULL, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unprotected_owner_who_stays_with_the_lowest_id_stands_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
