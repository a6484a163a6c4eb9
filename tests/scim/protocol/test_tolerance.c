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

static void a_strict_connection_gets_the_fault_its_rule_has(void **state)
{
    (void)state;

    static const enum fault_type wanted[TOLERANCE_COUNT] = {
        [1] = FAULT_INVALID_SYNTAX,  [2] = FAULT_INVALID_VALUE,   [3] = FAULT_INVALID_SYNTAX,
        [4] = FAULT_INVALID_SYNTAX,  [5] = FAULT_NO_TARGET,       [6] = FAULT_INVALID_VALUE,
        [7] = FAULT_INVALID_VALUE,   [8] = FAULT_INVALID_SYNTAX,  [9] = FAULT_INVALID_VALUE,
        [10] = FAULT_MUTABILITY,     [11] = FAULT_INVALID_SYNTAX, [12] = FAULT_INVALID_SYNTAX,
        [14] = FAULT_UNIQUENESS,     [15] = FAULT_INVALID_SYNTAX, [16] = FAULT_INVALID_FILTER,
        [17] = FAULT_INVALID_SYNTAX,
    };

    for (int i = TOLERANCE_NONE + 1; i < TOLERANCE_COUNT; i++) {
        struct fault fault = {.status = 0};
        struct tolerance_use strict = {.is_strict = TRUE};
        struct tolerance_use tolerant = {.is_strict = FALSE};
        tolerance_note(&strict, (enum tolerance)i);
        tolerance_note(&tolerant, (enum tolerance)i);
        assert_true(tolerance_check(&tolerant, &fault));
        assert_int_equal(tolerant.count[i], 1);
        assert_int_equal(tolerance_check(&strict, &fault), i == TOLERANCE_REPEATED);
        assert_int_equal(fault.type, wanted[i]);
        assert_int_equal(fault.status,
                         i == TOLERANCE_REPEATED ? 0 : (i == TOLERANCE_RESTORE ? 409 : 400));
        assert_int_equal(strict.count[i], i != TOLERANCE_REPEATED);
        fault_clear(&fault);
    }
}

static void what_deviates_in_a_filter_is_a_wrong_filter(void **state)
{
    (void)state;

    static const enum tolerance filters[] = {TOLERANCE_BOOLEAN_TEXT, TOLERANCE_UNKNOWN,
                                             TOLERANCE_SCIM_1, TOLERANCE_UNQUOTED};

    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        struct fault fault = {.status = 0};
        struct tolerance_use use = {.is_strict = TRUE};
        tolerance_note_filter(&use, filters[i]);
        assert_false(tolerance_check(&use, &fault));
        assert_int_equal(fault.type, FAULT_INVALID_FILTER);
        fault_clear(&fault);
    }
}

static void what_only_the_profile_forbids_is_refused_and_not_counted(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use whole = {.is_strict = TRUE, .whole_values = 1};
    struct tolerance_use several = {.is_strict = TRUE, .several_values = 1};
    assert_false(tolerance_check(&whole, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_PATH);
    fault_clear(&fault);
    assert_false(tolerance_check(&several, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_FILTER);
    fault_clear(&fault);
    whole.is_strict = FALSE;
    assert_true(tolerance_check(&whole, &fault));
    assert_true(tolerance_check(NULL, &fault));
    assert_false(tolerance_is_strict(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tolerance_has_a_name_of_its_own),
        cmocka_unit_test(uses_are_counted_by_number),
        cmocka_unit_test(a_password_that_is_dropped_has_a_number_of_its_own),
        cmocka_unit_test(a_strict_connection_gets_the_fault_its_rule_has),
        cmocka_unit_test(what_deviates_in_a_filter_is_a_wrong_filter),
        cmocka_unit_test(what_only_the_profile_forbids_is_refused_and_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
