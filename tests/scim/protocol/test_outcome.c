#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = OUTCOME_RETRY; i <= OUTCOME_INTERNAL; i++) {
        assert_true(strlen(outcome_name((enum outcome)i)) > 0);
        for (int j = OUTCOME_RETRY; j < i; j++)
            assert_string_not_equal(outcome_name((enum outcome)i),
                                    outcome_name((enum outcome)j));
    }
    assert_string_equal(outcome_name(OUTCOME_BAD_INPUT), "bad-input");
}

static void an_error_of_ours_is_told_by_its_domain(void **state)
{
    (void)state;
    g_autoptr(GError) error = g_error_new(OUTCOME, OUTCOME_RETRY, "try again");
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_false(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
        cmocka_unit_test(an_error_of_ours_is_told_by_its_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
