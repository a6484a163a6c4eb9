#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/serve_organizations.h"
#include "agent/command/token_act.h"
#include "agent/settings/settings_read.h"
#include "scim/organization/token.h"
#include "tests/agent/command/rolecall_fixture.h"

static guint live_tokens(struct operator_access *access)
{
    g_autoptr(GPtrArray) tokens =
        token_list(access->session, "acme", clock_now(clock_system()), NULL);
    return tokens->len;
}

static void tokens_are_made_and_all_but_one_revoked(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read(fixture->config, problems);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    const struct connection_draft draft = {.name = "okta", .scope = "people"};
    const struct act create = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    const struct actor actor = operator_access_actor(&access, "acme");
    g_autofree char *id = NULL;
    char *token = token_act_make(&access, &actor, &create, NULL, NULL);
    assert_non_null(token);
    token_act_forget(token);
    token = token_act_make(&access, &actor, &rotate, &id, NULL);
    assert_true(g_str_has_prefix(token + strlen("rc_"), id));
    g_autofree char *newest = NULL;
    g_autofree char *nobodys = NULL;
    assert_true(token_act_newest(&access, "acme", "okta", &newest, NULL));
    assert_true(token_act_newest(&access, "acme", "none", &nobodys, NULL));
    assert_non_null(newest);
    assert_null(nobodys);
    token_act_forget(token);
    assert_int_equal(live_tokens(&access), 2);

    guint count = 0;
    assert_true(token_act_revoke(&access, "acme", "other", NULL, &count, NULL));
    assert_int_equal(count, 0);
    assert_true(token_act_revoke(&access, "acme", "okta", id, &count, NULL));
    assert_int_equal(count, 1);
    assert_int_equal(live_tokens(&access), 1);
    assert_true(token_act_revoke(&access, "acme", "okta", NULL, &count, NULL));
    assert_int_equal(live_tokens(&access), 0);

    g_autoptr(GError) error = NULL;
    assert_null(token_act_make(&access, &actor, &create, NULL, &error));
    assert_non_null(strstr(error->message, "okta"));
    token_act_forget(NULL);
    operator_access_close(&access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tokens_are_made_and_all_but_one_revoked,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
