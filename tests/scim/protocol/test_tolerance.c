#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/tolerance.h"

static void every_tolerance_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = TOLERANCE_NONE; i < TOLERANCE_COUNT; i++) {
        assert_true(strlen(tolerance_name((enum tolerance)i)) > 0);
        for (int j = TOLERANCE_NONE; j < i; j++)
            assert_string_not_equal(tolerance_name((enum tolerance)i),
                                    tolerance_name((enum tolerance)j));
    }
    assert_int_equal(TOLERANCE_COUNT, 18);
}

static void uses_are_counted_by_number(void **state)
{
    (void)state;
    struct tolerance_use use = {.count = {0}};
    tolerance_note(&use, TOLERANCE_BOOLEAN_TEXT);
    tolerance_note(&use, TOLERANCE_BOOLEAN_TEXT);
    tolerance_note(&use, TOLERANCE_EMPTY_OPERATIONS);
    tolerance_note(&use, TOLERANCE_NONE);
    assert_int_equal(use.count[2], 2);
    assert_int_equal(use.count[17], 1);
    assert_int_equal(use.count[0], 0);
}

static void a_password_that_is_dropped_has_a_number_of_its_own(void **state)
{
    (void)state;
    struct tolerance_use use = {.count = {0}};
    tolerance_note_unknown(&use, "Password", 8);
    tolerance_note_unknown(&use, "passwords", 9);
    tolerance_note_unknown(&use, "pass", 4);
    assert_int_equal(use.count[TOLERANCE_PASSWORD], 1);
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 2);
    tolerance_note_unknown(NULL, "pass", 4);
    tolerance_note(NULL, TOLERANCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tolerance_has_a_name_of_its_own),
        cmocka_unit_test(uses_are_counted_by_number),
        cmocka_unit_test(a_password_that_is_dropped_has_a_number_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
