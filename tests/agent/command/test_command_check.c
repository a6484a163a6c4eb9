#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_read.h"
#include "tests/agent/command/rolecall_fixture.h"

static void a_good_config_passes_with_its_tests(void **state)
{
    struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
    rolecall_fixture_expect(check, 0);
    assert_non_null(strstr(check->out, ": good, 2 rule tests passed\n"));
    assert_string_equal(check->err, "");

    check = rolecall_fixture_run(*state, "check", "--json", NULL);
    rolecall_fixture_expect(check, 0);
    json_t *value = rolecall_fixture_json(check);
    assert_true(json_is_true(json_object_get(value, "good")));
    assert_int_equal(json_integer_value(json_object_get(value, "tests")), 2);
    assert_int_equal(json_array_size(json_object_get(value, "errors")), 0);
}

static void a_bad_config_is_told_with_file_and_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"endpoint = {\n  lisen = \"x\"; };\n",
         "/rolecall.conf:2: \"lisen\" is not a key of endpoint: did you mean \"listen\"?"},
        {"endpoint = ;\n", "/rolecall.conf:1: syntax error"},
        {"@include \"/etc/passwd\"\n", "/rolecall.conf:1: @include is not allowed"},
        {"\nsync = { schedule = \"now and then\"; };\n", "/rolecall.conf:2: "},
        {"organizations = ( { name = \"acme\"; } );\n",
         "/rolecall.conf:1: organization \"acme\" has no owners"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        rolecall_fixture_write(*state, "rolecall.conf", cases[i].text);
        struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
        rolecall_fixture_expect(check, 78);
        assert_string_equal(check->out, "");
        if (strstr(check->err, cases[i].says) == NULL)
            fail_msg("%s", check->err);
        check = rolecall_fixture_run(*state, "check", "--json", NULL);
        rolecall_fixture_expect(check, 78);
        json_t *value = rolecall_fixture_json(check);
        assert_true(json_is_false(json_object_get(value, "good")));
        assert_true(json_array_size(json_object_get(value, "errors")) > 0);
    }
}

/* A copy of the good config in which one text stands for another. */
static void change_config(struct rolecall_fixture *fixture, const char *from, const char *to)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(fixture->config, &text, NULL, NULL));
    GString *changed = g_string_new(text);
    assert_int_equal(g_string_replace(changed, from, to, 0), 1);
    rolecall_fixture_write(fixture, "rolecall.conf", changed->str);
    g_string_free(changed, TRUE);
}

static void a_rule_test_that_fails_is_an_error_with_its_line(void **state)
{
    change_config(*state, "\"acme: member\"", "\"acme: billing-admin\"");
    const struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
    rolecall_fixture_expect(check, 78);
    assert_non_null(strstr(check->err, "/rolecall.conf:11: "));
    assert_non_null(strstr(check->err, "bob@example.com"));
}

static void a_rule_that_matches_nobody_is_a_warning(void **state)
{
    change_config(*state, "rules = (",
                  "rules = ( { user = \"nobody@example.com\"; organization = \"acme\"; role = "
                  "\"owner\"; },");
    const struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
    rolecall_fixture_expect(check, 0);
    assert_non_null(strstr(check->err, "nobody@example.com"));
}

static void a_directory_that_cannot_be_read_is_an_error(void **state)
{
    rolecall_fixture_write(*state, "corp.ldif", "dn: uid=ada\ncut in the mid");
    const struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
    rolecall_fixture_expect(check, 78);
    assert_non_null(strstr(check->err, "directory \"corp\": "));
}

static void a_directory_on_a_server_is_left_alone(void **state)
{
    change_config(*state, "ldif = \"",
                  "uri = \"ldap://127.0.0.1:1\"; base = \"dc=example\"; ca_file = \"");
    struct rolecall_run *check = rolecall_fixture_run(*state, "check", "--json", NULL);
    rolecall_fixture_expect(check, 0);
    json_t *value = rolecall_fixture_json(check);
    assert_int_equal(json_integer_value(json_object_get(value, "tests")), 0);
    assert_int_equal(json_array_size(json_object_get(value, "notes")), 1);
}

static void a_secret_that_cannot_be_used_is_a_warning(void **state)
{
    change_config(
        *state, "sync = {",
        "sync = { target = { url = \"https://s.example\"; token_file = \"@FOLDER@/none\"; };");
    const struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
    rolecall_fixture_expect(check, 0);
    assert_non_null(strstr(check->err, "/rolecall.conf:9: warning: the secret file "));
    assert_non_null(strstr(check->err, "does not exist"));
}

/* Mail and renewals: what only serve acts on is read by check too. */
static void mail_and_its_window_are_looked_at(void **state)
{
    static const struct {
        const char *text, *says;
        int status;
    } cases[] = {
        {"mail = { url = \"smtps://m.example\"; from = \"a@b.example\"; };",
         "warning: mail without endpoint.public_url", 0},
        {"mail = { url = \"smtps://m.example\"; from = \"a@b.example\"; user = \"u\"; "
         "password_file = \"/nowhere/p\"; };",
         "warning: the secret file ", 0},
        {"mail = { url = \"smtps://m.example\"; from = \"a@b.example\"; ca_file = "
         "\"/nowhere/ca.pem\"; };",
         "/nowhere/ca.pem", 78},
        {"mail = { url = \"smtps://m.example\"; from = \"a@b.example\"; };\ninvitations = { "
         "send_window = \"sometimes\"; };",
         "/rolecall.conf:2: ", 78},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        rolecall_fixture_write(*state, "rolecall.conf", cases[i].text);
        const struct rolecall_run *check = rolecall_fixture_run(*state, "check", NULL);
        rolecall_fixture_expect(check, cases[i].status);
        if (strstr(check->err, cases[i].says) == NULL)
            fail_msg("%s is not in\n%s", cases[i].says, check->err);
    }
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_good_config_passes_with_its_tests),
        ON_A_FIXTURE(a_bad_config_is_told_with_file_and_line),
        ON_A_FIXTURE(a_rule_test_that_fails_is_an_error_with_its_line),
        ON_A_FIXTURE(a_rule_that_matches_nobody_is_a_warning),
        ON_A_FIXTURE(a_directory_that_cannot_be_read_is_an_error),
        ON_A_FIXTURE(a_directory_on_a_server_is_left_alone),
        ON_A_FIXTURE(a_secret_that_cannot_be_used_is_a_warning),
        ON_A_FIXTURE(mail_and_its_window_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
