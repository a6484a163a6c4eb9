#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mapping/needs.h"

static void nothing_is_needed_at_first(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_new();
    assert_int_equal(needs->group_dns->len, 0);
    assert_int_equal(needs->group_names->len, 0);
    assert_int_equal(needs->group_anchors->len, 0);
    assert_int_equal(needs->attributes->len, 0);
    assert_false(needs->all_groups);
    assert_false(needs->all_people);
}

static void what_is_added_dies_with_it(void **state)
{
    (void)state;
    Needs *needs = needs_new();
    g_ptr_array_add(needs->attributes, g_strdup("mail"));
    g_ptr_array_add(needs->group_names, g_strdup("staff"));
    assert_string_equal(needs->attributes->pdata[0], "mail");
    needs_free(needs);
    needs_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_needed_at_first),
        cmocka_unit_test(what_is_added_dies_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
