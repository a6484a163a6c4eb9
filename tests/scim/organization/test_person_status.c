#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/person_status.h"

static void every_status_has_a_name_that_reads_back(void **state)
{
    (void)state;
    for (int i = PERSON_INVITED; i <= PERSON_REHEARSED; i++) {
        enum person_status status = PERSON_HELD;
        assert_true(person_status_parse(person_status_name((enum person_status)i), &status));
        assert_int_equal(status, i);
    }
    enum person_status status;
    assert_false(person_status_parse("gone", &status));
}

static void active_and_invited_people_hold_a_seat_and_nobody_else(void **state)
{
    (void)state;
    assert_true(person_status_holds_seat(PERSON_ACTIVE));
    assert_true(person_status_holds_seat(PERSON_INVITED));
    assert_false(person_status_holds_seat(PERSON_EXPIRED));
    assert_false(person_status_holds_seat(PERSON_SUSPENDED));
    assert_false(person_status_holds_seat(PERSON_HELD));
    assert_false(person_status_holds_seat(PERSON_WAITING));
    assert_false(person_status_holds_seat(PERSON_REHEARSED));
}

static void waiting_and_rehearsed_are_kinds_of_held(void **state)
{
    (void)state;
    for (int i = PERSON_INVITED; i <= PERSON_REHEARSED; i++)
        assert_int_equal(person_status_is_held((enum person_status)i),
                         i == PERSON_HELD || i == PERSON_WAITING || i == PERSON_REHEARSED);
}

static void an_invitation_is_over_at_its_second_and_not_before(void **state)
{
    (void)state;
    assert_int_equal(person_status_at(PERSON_INVITED, 100, 99), PERSON_INVITED);
    assert_int_equal(person_status_at(PERSON_INVITED, 100, 100), PERSON_EXPIRED);
    assert_int_equal(person_status_at(PERSON_INVITED, 100, 101), PERSON_EXPIRED);
    assert_int_equal(person_status_at(PERSON_ACTIVE, 0, 100), PERSON_ACTIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_that_reads_back),
        cmocka_unit_test(active_and_invited_people_hold_a_seat_and_nobody_else),
        cmocka_unit_test(waiting_and_rehearsed_are_kinds_of_held),
        cmocka_unit_test(an_invitation_is_over_at_its_second_and_not_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
