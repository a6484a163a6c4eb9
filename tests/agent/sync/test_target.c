#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/target.h"

static void a_result_can_be_cleared_twice_and_used_again(void **state)
{
    struct target_result result = {0};
    (void)state;
    target_result_clear(&result);
    result.person = g_strdup("7");
    result.version = g_strdup("W/\"1\"");
    refusal_set(&result.refusal, REFUSAL_SEAT_CAP, "%d of %d", 1, 1);
    target_result_clear(&result);
    target_result_clear(&result);
    assert_null(result.person);
    assert_null(result.version);
    assert_int_equal(result.refusal.rule, REFUSAL_NONE);
    assert_null(result.refusal.detail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_can_be_cleared_twice_and_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
