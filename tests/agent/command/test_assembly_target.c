#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/assembly_target.h"
#include "agent/command/own_endpoint.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *parse(struct rolecall_fixture *fixture, const char *text)
{
    rolecall_fixture_write(fixture, "rolecall.conf", text);
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    return settings;
}

static void our_own_endpoint_needs_serve_to_have_run(void **state)
{
    g_autoptr(Settings) settings = parse(*state, "endpoint = { listen = \"127.0.0.1:9\"; };\n"
                                                 "sync = { state = \"@FOLDER@/state\"; };\n");
    g_autoptr(GError) error = NULL;
    assert_null(assembly_target_new(settings, NULL, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_non_null(strstr(error->message, "start `rolecall serve`"));
    g_clear_error(&error);
    g_autofree char *file = own_endpoint_token_file(settings);
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_true(secret_write(
        file, "rc_000000000000_0000000000000000000000000000000000000000000", NULL));
    struct target *target = assembly_target_new(settings, NULL, &error);
    assert_non_null(target);
    target->free(target);
}

static void a_foreign_target_needs_its_token(void **state)
{
    g_autoptr(Settings) settings =
        parse(*state, "sync = { target = { url = \"https://s.example/v2\"; token_file = "
                      "\"@FOLDER@/t\"; }; };\n");
    g_autoptr(GError) error = NULL;
    assert_null(assembly_target_new(settings, &settings->sync.target, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_true(
        g_str_has_prefix(error->message, "target \"https://s.example/v2\": the secret file"));
    g_clear_error(&error);
    assert_true(secret_write(settings->sync.target.token.file, "abc", NULL));
    struct target *target = assembly_target_new(settings, &settings->sync.target, &error);
    assert_non_null(target);
    target->free(target);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(our_own_endpoint_needs_serve_to_have_run),
        ON_A_FIXTURE(a_foreign_target_needs_its_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
