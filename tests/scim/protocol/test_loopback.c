#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/protocol/loopback.h"

static void loopback_is_what_no_other_machine_reaches(void **state)
{
    (void)state;
    static const char *const near[] = {"127.0.0.1", "127.9.9.9", "::1",
                                       "[::1]",     "localhost", "LocalHost"};
    static const char *const far[] = {"0.0.0.0",
                                      "10.0.0.1",
                                      "::",
                                      "[::]",
                                      "",
                                      "localhost.example.com",
                                      "127.0.0.1.example.com",
                                      "1.127.0.0"};
    for (gsize i = 0; i < G_N_ELEMENTS(near); i++)
        assert_true(loopback_is_host(near[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(far); i++)
        assert_false(loopback_is_host(far[i]));
}

static void a_url_is_loopback_by_its_host(void **state)
{
    (void)state;
    assert_true(loopback_is_url("smtp://127.0.0.1:25"));
    assert_true(loopback_is_url("smtp://[::1]"));
    assert_true(loopback_is_url("http://localhost:8080"));
    assert_false(loopback_is_url("smtp://127.0.0.1.example.com"));
    assert_false(loopback_is_url("127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_what_no_other_machine_reaches),
        cmocka_unit_test(a_url_is_loopback_by_its_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
