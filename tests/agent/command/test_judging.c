#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "agent/command/judging.h"
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

static void key_and_anchors_are_made_beside_the_store_for_their_owner_alone(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    static const char *const files[] = {"rolecall.db.audit-key", "rolecall.db.audit-anchors"};
    struct judging judging;
    assert_true(judging_open(&judging, settings, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        GStatBuf facts;
        assert_int_equal(g_stat(rolecall_fixture_path(fixture, files[i]), &facts), 0);
        assert_int_equal(facts.st_mode & 0777, 0600);
    }
    judging_close(&judging);
}

static void the_config_says_how_writes_are_judged(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    g_autofree char *key = g_strdup(rolecall_fixture_path(fixture, "elsewhere.key"));
    settings->audit.key_file = key;
    settings->invitations.renewals = 7;
    settings->invitations.restore_window = 60;
    settings->invitations.send_window = "Mon-Fri 08:00-16:00 UTC";
    struct judging judging;
    assert_true(judging_open(&judging, settings, NULL));
    assert_true(g_file_test(key, G_FILE_TEST_EXISTS));
    assert_false(judging.judge.sends_mail);
    assert_int_equal(judging.judge.restore_window, 60);
    assert_int_equal(judging.judge.renewal->renewals, 7);
    assert_non_null(judging.judge.renewal->window);
    assert_ptr_equal(judging.judge.audit_key, &judging.key);
    assert_null(judging.judge.session);
    judging_close(&judging);
    settings->mail.url = "smtp://127.0.0.1:1";
    assert_true(judging_open(&judging, settings, NULL));
    assert_true(judging.judge.sends_mail);
    judging_close(&judging);
}

static void a_window_that_is_none_is_told_with_its_place(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    g_autoptr(GError) error = NULL;
    struct judging judging;
    assert_true(judging_check(settings, &error));
    settings->invitations.send_window = "now and then";
    assert_false(judging_check(settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "rolecall.conf:"));
    assert_false(judging_open(&judging, settings, NULL));
    judging_close(&judging);
}

/* With the trail, or with what is left of it outside the store. */
static void a_lost_key_is_not_replaced_by_another(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    operator_access_close(&access);
    static const char *const lost[] = {"rolecall.db.audit-key", "rolecall.db.audit-anchors"};
    for (gsize i = 0; i < G_N_ELEMENTS(lost); i++) {
        g_autoptr(GError) error = NULL;
        struct judging judging;
        g_unlink(rolecall_fixture_path(fixture, lost[i]));
        assert_false(judging_open(&judging, settings, &error));
        judging_close(&judging);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, "put your copy of it back"));
        assert_false(g_file_test(rolecall_fixture_path(fixture, lost[0]), G_FILE_TEST_EXISTS));
    }
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "serve", NULL), 78);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 78);
}

static void lost_anchors_are_told_and_begun_anew(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    operator_access_close(&access);
    const struct rolecall_run *run =
        rolecall_fixture_run(fixture, "invite", "x@example.com", NULL);
    assert_null(strstr(run->err, "are gone"));
    g_unlink(rolecall_fixture_path(fixture, "rolecall.db.audit-anchors"));
    run = rolecall_fixture_run(fixture, "invite", "y@example.com", NULL);
    assert_non_null(strstr(run->err, "are gone and are begun anew"));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(key_and_anchors_are_made_beside_the_store_for_their_owner_alone),
        ON_A_FIXTURE(the_config_says_how_writes_are_judged),
        ON_A_FIXTURE(lost_anchors_are_told_and_begun_anew),
        ON_A_FIXTURE(a_window_that_is_none_is_told_with_its_place),
        ON_A_FIXTURE(a_lost_key_is_not_replaced_by_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
