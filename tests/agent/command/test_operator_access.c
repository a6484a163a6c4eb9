#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "agent/command/operator_access.h"
#include "agent/command/serve_organizations.h"
#include "agent/settings/settings_read.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *settings_of(const struct rolecall_fixture *fixture)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    return settings;
}

static void the_operator_is_named_by_the_login(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    g_autofree char *label = g_strconcat("operator:", g_get_user_name(), NULL);
    const struct actor actor = operator_access_actor(&access, "acme");
    assert_int_equal(actor.kind, ACTOR_OPERATOR);
    assert_string_equal(actor.label, label);
    operator_access_close(&access);
    operator_access_close(&access);
}

static void the_organization_is_the_one_named_or_the_only_one(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    struct operator_access access = {NULL};
    g_autoptr(GError) error = NULL;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_null(operator_access_organization(&access, NULL, &error));
    assert_non_null(strstr(error->message, "no organization yet"));
    g_clear_error(&error);
    assert_true(serve_organizations_ensure(&access, &error));
    g_autofree char *only = operator_access_organization(&access, NULL, &error);
    assert_string_equal(only, "acme");
    assert_null(operator_access_organization(&access, "other", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_REFUSED));
    operator_access_close(&access);
}

static void people_are_found_by_address_whatever_the_case(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    struct operator_access access = {NULL};
    g_autoptr(GError) error = NULL;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, &error));
    g_autoptr(PersonFacts) dana =
        operator_access_find(&access, "acme", "DANA@example.com", &error);
    assert_non_null(dana);
    assert_int_equal(dana->role, ORGANIZATION_ROLE_OWNER);
    assert_null(operator_access_find(&access, "acme", "nobody@example.com", &error));
    assert_string_equal(error->message, "there is nobody \"nobody@example.com\" in \"acme\"");
    operator_access_close(&access);
}

static void a_refusal_is_an_error_in_the_judges_words(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    struct operator_access access = {NULL};
    g_autoptr(GError) error = NULL;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, &error));
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = "nobody"};
    const struct actor actor = operator_access_actor(&access, "acme");
    struct verdict verdict = {0};
    assert_false(operator_access_judge(&access, &actor, &act, &verdict, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_REFUSED));
    assert_string_equal(error->message, verdict.fault.detail);
    verdict_clear(&verdict);
    operator_access_close(&access);
}

/* Root gives a store away to show it; anybody else is shown a file of root's. */
static void the_store_of_another_user_is_refused(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    const gboolean is_root = geteuid() == 0;
    rolecall_fixture_write(fixture, "rolecall.db", "");
    if (is_root)
        assert_int_equal(chown(rolecall_fixture_path(fixture, "rolecall.db"), 65534, 65534), 0);
    else
        settings->endpoint.store = "sqlite:/etc/passwd";
    struct operator_access access = {NULL};
    g_autoptr(GError) error = NULL;
    assert_false(operator_access_open(&access, settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    operator_access_close(&access);
    if (is_root)
        rolecall_fixture_expect(rolecall_fixture_run(fixture, "members", NULL), 78);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_operator_is_named_by_the_login),
        ON_A_FIXTURE(the_organization_is_the_one_named_or_the_only_one),
        ON_A_FIXTURE(people_are_found_by_address_whatever_the_case),
        ON_A_FIXTURE(a_refusal_is_an_error_in_the_judges_words),
        ON_A_FIXTURE(the_store_of_another_user_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
