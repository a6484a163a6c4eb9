#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/refusal.h"

static void every_rule_is_printed_and_read_back(void **state)
{
    (void)state;
    for (int i = REFUSAL_SEAT_CAP; i <= REFUSAL_MAX_ROLE; i++) {
        enum refusal_rule rule = REFUSAL_NONE;
        assert_true(refusal_parse(refusal_name((enum refusal_rule)i), &rule));
        assert_int_equal(rule, i);
    }
    assert_string_equal(refusal_name(REFUSAL_LAST_PROJECT_ADMIN), "last-project-admin");
    assert_string_equal(refusal_name(REFUSAL_NONE), "none");
}

static void what_is_no_rule_is_not_read(void **state)
{
    (void)state;
    static const char *const names[] = {"", "none", "seat", "SEAT-CAP", "seat-cap "};
    enum refusal_rule rule = REFUSAL_ORIGIN;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_false(refusal_parse(names[i], &rule));
    assert_int_equal(rule, REFUSAL_ORIGIN);
}

static void the_first_refusal_stands(void **state)
{
    (void)state;
    struct refusal refusal = {.rule = REFUSAL_NONE};
    refusal_set(&refusal, REFUSAL_SEAT_CAP, "all %d seats are taken", 100);
    refusal_set(&refusal, REFUSAL_ORIGIN, "somebody else's");
    assert_int_equal(refusal.rule, REFUSAL_SEAT_CAP);
    assert_string_equal(refusal.detail, "all 100 seats are taken");
    refusal_clear(&refusal);
}

static void a_cleared_refusal_takes_another(void **state)
{
    (void)state;
    struct refusal refusal = {.rule = REFUSAL_NONE};
    refusal_clear(&refusal);
    refusal.projects = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(refusal.projects, g_strdup("search"));
    refusal_set(&refusal, REFUSAL_LAST_PROJECT_ADMIN, "the only admin");
    refusal_clear(&refusal);
    assert_null(refusal.projects);
    assert_null(refusal.detail);
    refusal_set(&refusal, REFUSAL_MAX_ROLE, "too high");
    assert_int_equal(refusal.rule, REFUSAL_MAX_ROLE);
    refusal_clear(&refusal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_is_printed_and_read_back),
        cmocka_unit_test(what_is_no_rule_is_not_read),
        cmocka_unit_test(the_first_refusal_stands),
        cmocka_unit_test(a_cleared_refusal_takes_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
