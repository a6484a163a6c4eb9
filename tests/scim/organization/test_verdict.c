#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/verdict.h"

static void the_first_no_stands(void **state)
{
    (void)state;
    struct verdict verdict = {0};
    assert_true(verdict_is_good(&verdict));
    assert_false(verdict_missing(&verdict, "There is no %s.", "bob"));
    assert_false(verdict_refuse(&verdict, REFUSAL_PERMISSION, "You may not."));
    assert_int_equal(verdict.kind, VERDICT_NOT_FOUND);
    assert_int_equal(verdict.fault.status, 404);
    assert_string_equal(verdict.fault.detail, "There is no bob.");
    assert_false(verdict_is_good(&verdict));
    verdict_clear(&verdict);
    assert_int_equal(verdict.kind, VERDICT_DONE);
}

static void each_kind_has_the_status_of_its_answer(void **state)
{
    (void)state;
    struct verdict verdict = {0};
    verdict_invalid(&verdict, FAULT_MUTABILITY, "no");
    assert_int_equal(verdict.kind, VERDICT_INVALID);
    assert_int_equal(verdict.fault.status, 400);
    verdict_clear(&verdict);
    verdict_taken(&verdict, "no");
    assert_int_equal(verdict.kind, VERDICT_TAKEN);
    assert_int_equal(verdict.fault.status, 409);
    verdict_clear(&verdict);
    verdict_stale(&verdict);
    assert_int_equal(verdict.kind, VERDICT_STALE);
    assert_int_equal(verdict.fault.status, 412);
    verdict_clear(&verdict);
    verdict_refuse(&verdict, REFUSAL_LAST_OWNER, "no %d", 1);
    assert_int_equal(verdict.kind, VERDICT_REFUSED);
    assert_int_equal(verdict.fault.status, 403);
    assert_int_equal(verdict.fault.refusal.rule, REFUSAL_LAST_OWNER);
    verdict_clear(&verdict);
}

static void a_refusal_keeps_its_numbers(void **state)
{
    (void)state;
    struct verdict verdict = {0};
    struct refusal refusal = {.limit = 100, .used = 99};
    refusal_set(&refusal, REFUSAL_SEAT_CAP, "full");
    assert_false(verdict_take_refusal(&verdict, &refusal));
    assert_int_equal(verdict.fault.refusal.limit, 100);
    assert_int_equal(verdict.fault.refusal.used, 99);
    assert_null(refusal.detail);
    verdict_clear(&verdict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_no_stands),
        cmocka_unit_test(each_kind_has_the_status_of_its_answer),
        cmocka_unit_test(a_refusal_keeps_its_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
