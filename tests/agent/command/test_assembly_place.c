#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/assembly_place.h"
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

static void an_organization_lives_where_the_nearest_key_says(void **state)
{
    g_autoptr(Settings) settings = parse(
        *state, "organizations = ( { name = \"here\"; owners = \"a@b.example\"; },\n"
                "  { name = \"there\"; target = { url = \"https://t.example\"; credential = "
                "\"t\"; }; } );\n"
                "sync = { target = { url = \"https://s.example\"; credential = \"s\"; }; };\n");
    assert_string_equal(
        assembly_place_of(settings, settings_organization(settings, "here"))->url,
        "https://s.example");
    assert_string_equal(
        assembly_place_of(settings, settings_organization(settings, "there"))->url,
        "https://t.example");
    g_autoptr(Settings) own =
        parse(*state, "organizations = ( { name = \"here\"; owners = \"a@b.example\"; } );\n");
    assert_null(assembly_place_of(own, settings_organization(own, "here")));
}

static void our_own_endpoint_has_the_token_that_serve_keeps(void **state)
{
    g_autoptr(Settings) settings = parse(*state, "endpoint = { listen = \"127.0.0.1:9\"; };\n"
                                                 "sync = { state = \"@FOLDER@/state\"; };\n");
    g_autofree char *file = own_endpoint_token_file(settings);
    g_autoptr(GError) error = NULL;
    struct assembly_place place;
    assert_false(assembly_place_find(settings, NULL, &place, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_null(place.url);
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_true(secret_write(file, "rc_0", NULL));
    assert_true(assembly_place_find(settings, NULL, &place, NULL));
    assert_string_equal(place.http.url, "http://127.0.0.1:9");
    assert_string_equal(place.http.token, "rc_0");
    assert_true(place.by_organization);
    assembly_place_clear(&place);
    assert_null(place.token);
}

static void a_foreign_place_is_one_organizations(void **state)
{
    g_autoptr(Settings) settings =
        parse(*state, "sync = { target = { url = \"https://s.example/v2\"; token_file = "
                      "\"@FOLDER@/t\"; ca_file = \"/ca.pem\"; }; };\n");
    g_autoptr(GError) error = NULL;
    struct assembly_place place;
    assert_false(assembly_place_find(settings, &settings->sync.target, &place, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_true(secret_write(settings->sync.target.token.file, "abc", NULL));
    assert_true(assembly_place_find(settings, &settings->sync.target, &place, NULL));
    assert_string_equal(place.http.url, "https://s.example/v2");
    assert_string_equal(place.http.token, "abc");
    assert_string_equal(place.http.ca_file, "/ca.pem");
    assert_false(place.by_organization);
    assembly_place_clear(&place);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(an_organization_lives_where_the_nearest_key_says),
        ON_A_FIXTURE(our_own_endpoint_has_the_token_that_serve_keeps),
        ON_A_FIXTURE(a_foreign_place_is_one_organizations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
