#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/seats.h"

static void use_may_rise_to_the_cap_and_not_beyond(void **state)
{
    (void)state;

    struct {
        gint64 cap, before, after;
        gboolean allowed;
    } const cases[] = {
        {100, 99, 100, TRUE}, {100, 100, 101, FALSE}, {100, 100, 100, TRUE}, {90, 95, 95, TRUE},
        {90, 95, 94, TRUE},   {90, 95, 96, FALSE},    {90, 90, 91, FALSE},   {1, 0, 1, TRUE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal refusal = {0};
        assert_int_equal(seats_allow(cases[i].cap, cases[i].before, cases[i].after, &refusal),
                         cases[i].allowed);
        if (!cases[i].allowed) {
            assert_int_equal(refusal.rule, REFUSAL_SEAT_CAP);
            assert_int_equal(refusal.limit, cases[i].cap);
            assert_int_equal(refusal.used, cases[i].before);
            assert_non_null(refusal.detail);
        }
        refusal_clear(&refusal);
    }
}

static void the_ceiling_follows_use_down_to_the_cap_and_never_up(void **state)
{
    (void)state;
    assert_int_equal(seats_ceiling(100, 100, 40), 100);
    assert_int_equal(seats_ceiling(50, 100, 80), 80);
    assert_int_equal(seats_ceiling(50, 80, 70), 70);
    assert_int_equal(seats_ceiling(50, 70, 71), 70);
    assert_int_equal(seats_ceiling(50, 70, 40), 50);
    assert_int_equal(seats_ceiling(200, 70, 60), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(use_may_rise_to_the_cap_and_not_beyond),
        cmocka_unit_test(the_ceiling_follows_use_down_to_the_cap_and_never_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
