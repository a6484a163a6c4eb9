#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const char *const verbs[] = {"resend", "revoke"};

static void an_address_must_be_given(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, verbs[i], NULL), 64);
}

static void the_organization_must_be_clear(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "organization", "create", "beta",
                                                 "--owner", "q@beta.example", NULL),
                            0);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "--organization", "beta",
                                                 "x@beta.example", NULL),
                            0);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const struct rolecall_run *unclear =
            rolecall_fixture_run(fixture, verbs[i], "x@beta.example", NULL);
        rolecall_fixture_expect(unclear, 1);
        assert_non_null(strstr(unclear->err, "--organization"));
        rolecall_fixture_expect(rolecall_fixture_run(fixture, verbs[i], "--organization",
                                                     "beta", "x@beta.example", NULL),
                                0);
    }
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(an_address_must_be_given),
        ON_A_FIXTURE(the_organization_must_be_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
