#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/assembly.h"
#include "agent/command/own_endpoint.h"
#include "agent/directory/directory_options.h"
#include "agent/settings/settings_read.h"
#include "scim/organization/judge.h"
#include "scim/organization/organization.h"
#include "scim/protocol/outcome.h"
#include "scim/protocol/request_limits.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *settings_of(const struct rolecall_fixture *fixture)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    return settings;
}

/* As serve leaves them: a token and an address. */
static void pretend_to_serve(const Settings *settings)
{
    g_autofree char *token = own_endpoint_token_file(settings);
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_true(own_endpoint_announce(settings, "http://127.0.0.1:9", NULL));
    assert_true(secret_write(
        token, "rc_000000000000_0000000000000000000000000000000000000000000", NULL));
}

static void the_config_becomes_a_cycle(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    pretend_to_serve(settings);
    const struct settings_limit removals = {.number = 7, .percent = 50};
    const struct assembly_request request = {
        .plan_only = TRUE, .approve = "abc", .max_removals = &removals};
    g_autoptr(GError) error = NULL;
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    if (assembly == NULL)
        fail_msg("%s", error->message);
    const struct cycle *cycle = &assembly->cycle;
    assert_int_equal(rules_count(cycle->rules), 3);
    assert_int_equal(cycle->directory_count, 1);
    assert_string_equal(cycle->directories[0].source->name, "corp");
    assert_int_equal(cycle->organization_count, 1);
    assert_string_equal(cycle->organizations[0].name, "acme");
    assert_int_equal(cycle->max_removals.absolute, 7);
    assert_int_equal(cycle->max_removals.percent, 50);
    assert_int_equal(cycle->max_proven_leavers.absolute, 10);
    assert_string_equal(cycle->approve, "abc");
    assert_true(cycle->plan_only);
    assert_int_equal(strlen(cycle->settings_digest), 64);
}

static void what_is_missing_has_an_exit_status(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    const struct assembly_request all = {NULL};
    const struct assembly_request other = {.organization = "other"};
    g_autoptr(GError) error = NULL;
    assert_null(assembly_new(settings, &all, &error));
    assert_int_equal(assembly_exit_status(error), 69);
    g_clear_error(&error);
    pretend_to_serve(settings);
    assert_null(assembly_new(settings, &other, &error));
    assert_int_equal(assembly_exit_status(error), 78);
    g_clear_error(&error);
    error = g_error_new(OUTCOME, OUTCOME_INTERNAL, "disk");
    assert_int_equal(assembly_exit_status(error), 1);
}

static void without_an_endpoint_only_the_directories_are_needed(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    const struct assembly_request request = {.without_endpoint = TRUE};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, NULL);
    assert_non_null(assembly);
    assert_int_equal(assembly->cycle.organization_count, 0);
    assert_int_equal(assembly->cycle.directory_count, 1);
    assert_false(g_file_test(settings->sync.state, G_FILE_TEST_EXISTS));
}

static void a_dn_in_a_rule_is_normalised(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_write(
        fixture, "rolecall.conf",
        "organizations = ( { name = \"acme\"; owners = [ \"a@example.com\" ]; } );\n"
        "directories = ( { name = \"corp\"; ldif = \"@FOLDER@/corp.ldif\"; } );\n"
        "rules = ( { group = \"CN=Staff , DC=example\"; organization = \"acme\"; role = "
        "\"member\"; } );\n");
    g_autoptr(Settings) settings = settings_of(fixture);
    const struct assembly_request request = {.without_endpoint = TRUE};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, NULL);
    assert_non_null(assembly);
    assert_string_equal(rules_get(assembly->rules, 0)->dn_key, "cn=staff,dc=example");
}

/* The config's standards stand in settings_table, the rooms below may not look at it: here both are
 * seen. */
static void what_the_config_leaves_out_is_what_the_rooms_do_by_themselves(void **state)
{
    (void)state;
    static const char text[] =
        "organizations = ( { name = \"acme\"; owners = [ \"a@example.com\" ]; } );\n"
        "directories = ( { name = \"corp\"; ldif = \"corp.ldif\"; } );\n";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings =
        settings_read_text("rolecall.conf", text, strlen(text), problems);
    assert_non_null(settings);
    const struct organization_settings *acme = settings_organization(settings, "acme");
    const struct directory_settings *corp = settings_directory(settings, "corp");
    const struct limits_settings *limits = &settings->endpoint.limits;
    const struct request_limits *standard = request_limits_standard();
    const struct sync_settings *sync = &settings->sync;
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");

    const struct {
        const char *key;
        gint64 config, room;
    } pairs[] = {
        {"seats", acme->seats, ORGANIZATION_SEATS},
        {"invitation_lifetime", acme->invitation_lifetime, ORGANIZATION_INVITATION_LIFETIME},
        {"restore_window", settings->invitations.restore_window, JUDGE_RESTORE_WINDOW},
        {"body", limits->body, (gint64)standard->body},
        {"filter", limits->filter, (gint64)standard->filter},
        {"filter_terms", limits->filter_terms, (gint64)standard->filter_terms},
        {"filter_depth", limits->filter_depth, (gint64)standard->filter_depth},
        {"path", limits->path, (gint64)standard->path},
        {"json_depth", limits->json_depth, (gint64)standard->json_depth},
        {"page", limits->page, standard->page},
        {"max_removals", sync->max_removals.number, plan_default_removals.absolute},
        {"max_removals in %", sync->max_removals.percent, plan_default_removals.percent},
        {"max_proven_leavers", sync->max_proven_leavers.number,
         plan_default_proven_leavers.absolute},
        {"max_proven_leavers in %", sync->max_proven_leavers.percent,
         plan_default_proven_leavers.percent},
        {"page_size", corp->page_size, options->page_size},
        {"connect_timeout", corp->connect_timeout, options->connect_timeout},
        {"search_timeout", corp->search_timeout, options->search_timeout},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (pairs[i].config != pairs[i].room)
            fail_msg("%s: %" G_GINT64_FORMAT " in the config, %" G_GINT64_FORMAT " in its room",
                     pairs[i].key, pairs[i].config, pairs[i].room);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_config_becomes_a_cycle),
        ON_A_FIXTURE(what_is_missing_has_an_exit_status),
        ON_A_FIXTURE(without_an_endpoint_only_the_directories_are_needed),
        ON_A_FIXTURE(a_dn_in_a_rule_is_normalised),
        cmocka_unit_test(what_the_config_leaves_out_is_what_the_rooms_do_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
