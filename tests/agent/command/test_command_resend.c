#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const char *field(struct rolecall_run *run, size_t index, const char *key)
{
    json_t *value = run->json != NULL ? run->json : rolecall_fixture_json(run);
    const json_t *row = json_array_get(json_object_get(value, "invitations"), index);
    return json_string_value(json_object_get(row, key));
}

static void a_resent_invitation_has_a_new_link(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *invite =
        rolecall_fixture_run(*state, "invite", "--json", "x@example.com", NULL);
    struct rolecall_run *resend =
        rolecall_fixture_run(*state, "resend", "--json", "x@example.com", NULL);
    rolecall_fixture_expect(resend, 0);
    assert_string_equal(field(resend, 0, "status"), "resent");
    assert_string_not_equal(field(resend, 0, "link"), field(invite, 0, "link"));
}

static void who_has_no_open_invitation_is_refused(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *resend =
        rolecall_fixture_run(*state, "resend", "--json", "dana@example.com",
                             "nobody@example.com", "x@example.com", NULL);
    rolecall_fixture_expect(resend, 4);
    assert_non_null(strstr(field(resend, 0, "detail"), "no open invitation: they are active"));
    assert_non_null(strstr(field(resend, 1, "detail"), "there is nobody"));
    assert_string_equal(field(resend, 2, "status"), "resent");
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_resent_invitation_has_a_new_link),
        ON_A_FIXTURE(who_has_no_open_invitation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
