#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/origin.h"

static void a_directory_is_named_and_found_again(void **state)
{
    (void)state;
    g_autofree char *origin = origin_of_directory("corp");
    assert_string_equal(origin, "directory:corp");
    assert_true(origin_is_directory(origin));
    assert_string_equal(origin_directory_name(origin), "corp");
    assert_string_equal(origin_directory_name("directory:"), "");
}

static void what_is_no_directorys_has_no_name(void **state)
{
    (void)state;
    static const char *const others[] = {"",          ORIGIN_MANUAL,    ORIGIN_PROVIDER "corp",
                                         "directory", "Directory:corp", " directory:corp"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_false(origin_is_directory(others[i]));
        assert_null(origin_directory_name(others[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_named_and_found_again),
        cmocka_unit_test(what_is_no_directorys_has_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
