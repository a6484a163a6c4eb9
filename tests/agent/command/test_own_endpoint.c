#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/own_endpoint.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *settings_with(const struct rolecall_fixture *fixture, const char *endpoint)
{
    g_autofree char *text = g_strdup_printf(
        "endpoint = { %s };\nsync = { state = \"%s/state\"; };\n", endpoint, fixture->folder);
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    return settings;
}

static void the_address_to_speak_to_follows_from_listen(void **state)
{
    static const struct {
        const char *endpoint, *url;
    } cases[] = {
        {"listen = \"127.0.0.1:8080\";", "http://127.0.0.1:8080"},
        {"listen = \"[::1]:81\";", "http://[::1]:81"},
        {"listen = \"0.0.0.0:80\"; insecure = true;", "http://127.0.0.1:80"},
        {"listen = \"[::]:80\"; insecure = true;", "http://[::1]:80"},
        {"listen = \"unix:/run/x.sock\";", "unix:/run/x.sock"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Settings) settings = settings_with(*state, cases[i].endpoint);
        g_autofree char *url = own_endpoint_url(settings, NULL);
        assert_string_equal(url, cases[i].url);
    }
}

static void a_port_that_the_machine_chose_is_announced_and_withdrawn(void **state)
{
    g_autoptr(Settings) settings = settings_with(*state, "listen = \"127.0.0.1:0\";");
    g_autoptr(GError) error = NULL;
    assert_null(own_endpoint_url(settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    g_clear_error(&error);
    assert_true(own_endpoint_make_state(settings, &error));
    assert_true(own_endpoint_announce(settings, "http://127.0.0.1:4711", &error));
    g_autofree char *url = own_endpoint_url(settings, &error);
    assert_string_equal(url, "http://127.0.0.1:4711");
    own_endpoint_withdraw(settings);
    assert_null(own_endpoint_url(settings, &error));
}

static void links_start_with_the_public_url(void **state)
{
    static const struct {
        const char *endpoint, *link;
    } cases[] = {
        {"public_url = \"https://c.example/\"; listen = \"127.0.0.1:1\";",
         "https://c.example/invitation#abc"},
        {"listen = \"127.0.0.1:1\";", "http://127.0.0.1:1/invitation#abc"},
        {"listen = \"unix:/run/x.sock\";", "http://localhost/invitation#abc"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Settings) settings = settings_with(*state, cases[i].endpoint);
        g_autofree char *link = own_endpoint_link(settings, "abc", NULL);
        assert_string_equal(link, cases[i].link);
    }
}

static void the_state_folder_is_ours_alone(void **state)
{
    g_autoptr(Settings) settings = settings_with(*state, "");
    struct stat status;
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_int_equal(stat(settings->sync.state, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    g_autofree char *token = own_endpoint_token_file(settings);
    assert_true(g_str_has_suffix(token, "/state/token"));
}

static void a_state_folder_that_cannot_be_made_is_a_settings_error(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_write(fixture, "state", "a file in the way");
    g_autoptr(Settings) settings = settings_with(fixture, "");
    g_autoptr(GError) error = NULL;
    assert_false(own_endpoint_make_state(settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_address_to_speak_to_follows_from_listen),
        ON_A_FIXTURE(a_port_that_the_machine_chose_is_announced_and_withdrawn),
        ON_A_FIXTURE(links_start_with_the_public_url),
        ON_A_FIXTURE(the_state_folder_is_ours_alone),
        ON_A_FIXTURE(a_state_folder_that_cannot_be_made_is_a_settings_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
