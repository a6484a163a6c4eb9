#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

/* The same config, with mail that nobody takes. */
static void with_mail(struct rolecall_fixture *fixture)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(fixture->config, &text, NULL, NULL));
    g_autofree char *whole = g_strconcat(
        text, "mail = { url = \"smtp://127.0.0.1:1\"; from = \"console@example.com\"; };\n",
        NULL);
    rolecall_fixture_write(fixture, "rolecall.conf", whole);
}

static void with_mail_no_verb_shows_a_link(void **state)
{
    struct rolecall_fixture *fixture = *state;
    static const char *const acts[][3] = {
        {"invite", "x@example.com", NULL},
        {"resend", "x@example.com", NULL},
        {"role", "billing-admin", "x@example.com"},
    };
    static const char *const words[] = {"invited", "resent", "reissued"};
    with_mail(fixture);
    rolecall_fixture_serve(fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
        struct rolecall_run *run =
            rolecall_fixture_run(fixture, acts[i][0], "--json", acts[i][1], acts[i][2], NULL);
        rolecall_fixture_expect(run, 0);
        const char *list = i < 2 ? "invitations" : "people";
        const json_t *row =
            json_array_get(json_object_get(rolecall_fixture_json(run), list), 0);
        assert_string_equal(json_string_value(json_object_get(row, "status")), words[i]);
        assert_true(json_is_true(json_object_get(row, "mailed")));
        assert_null(json_object_get(row, "link"));
    }
    const struct rolecall_run *text =
        rolecall_fixture_run(fixture, "invite", "y@example.com", NULL);
    assert_string_equal(text->out, "y@example.com: invited, mailed\n");
    const struct rolecall_run *revoked =
        rolecall_fixture_run(fixture, "revoke", "y@example.com", NULL);
    assert_string_equal(revoked->out, "y@example.com: revoked\n");
}

/* Where the port is open, only serve knows it: without it no link could be told. */
static void a_link_that_cannot_be_told_is_not_made(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    const struct rolecall_run *invite =
        rolecall_fixture_run(fixture, "invite", "x@example.com", NULL);
    rolecall_fixture_expect(invite, 1);
    const struct rolecall_run *members = rolecall_fixture_run(fixture, "members", NULL);
    assert_null(strstr(members->out, "x@example.com"));
    with_mail(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(with_mail_no_verb_shows_a_link),
        ON_A_FIXTURE(a_link_that_cannot_be_told_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
