#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/operator_access.h"
#include "agent/command/serve_mail.h"
#include "agent/command/serve_organizations.h"
#include "agent/settings/settings_read.h"
#include "scim/organization/outbox.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

#define DEADLINE_SECONDS 20

static Settings *settings_of(const struct rolecall_fixture *fixture)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    settings->mail.url = "smtp://127.0.0.1:1";
    settings->mail.from = "Acme <console@example.com>";
    return settings;
}

static void count_line(void *context, GLogLevelFlags level, const char *line)
{
    (void)level;
    gint *lines = context;
    assert_null(strstr(line, "example.com"));
    g_atomic_int_inc(lines);
}

static void what_cannot_send_is_told_before_anything_starts(void **state)
{
    static const struct {
        const char *url, *from, *user, *password, *ca_file, *problem;
    } cases[] = {
        {NULL, NULL, NULL, NULL, NULL, NULL},
        {"smtp://127.0.0.1:1", "a@example.com", NULL, NULL, NULL, NULL},
        {"smtps://mail.example.com", "Acme <a@example.com>", NULL, NULL, NULL, NULL},
        {"smtp://mail.example.com", "a@example.com", NULL, NULL, NULL, NULL},
        {"smtps://mail.example.com", "Acme", NULL, NULL, NULL, "Acme"},
        {"smtps://mail.example.com", "a@example.com", "u", "/nowhere/password", NULL,
         "/nowhere/password"},
        {"smtps://mail.example.com", "a@example.com", NULL, NULL, "/nowhere/ca.pem",
         "/nowhere/ca.pem"},
    };

    g_autoptr(Settings) settings = settings_of(*state);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        settings->mail = (struct mail_settings){.url = cases[i].url,
                                                .from = cases[i].from,
                                                .user = cases[i].user,
                                                .password = {.file = cases[i].password},
                                                .ca_file = cases[i].ca_file};
        assert_int_equal(serve_mail_check(settings, &error), cases[i].problem == NULL);
        if (cases[i].problem == NULL)
            continue;
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, cases[i].problem));
    }
}

/* An invitation by a verb, beside the mailer: the id of its invitation. */
static char *invite(struct operator_access *access)
{
    const struct person_draft draft = {.user_name = "x@example.com",
                                       .address = "x@example.com",
                                       .profile = "{}",
                                       .active = TRUE};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    const struct actor actor = operator_access_actor(access, "acme");
    struct verdict verdict = {0};
    g_autoptr(GError) error = NULL;
    if (!operator_access_judge(access, &actor, &act, &verdict, &error))
        fail_msg("%s", error->message);
    assert_null(verdict.token);
    char *invitation = g_strdup(verdict.invitation);
    verdict_clear(&verdict);
    return invitation;
}

static void wait_for_an_attempt(struct operator_access *access, const char *invitation)
{
    const gint64 deadline = g_get_monotonic_time() + DEADLINE_SECONDS * G_TIME_SPAN_SECOND;
    for (gint64 attempts = 0; attempts == 0; poll(NULL, 0, 20)) {
        struct outbox_delivery delivery = {OUTBOX_NONE};
        assert_true(outbox_read(access->session, "acme", invitation, &delivery, NULL));
        attempts = delivery.attempts;
        outbox_delivery_clear(&delivery);
        assert_true(g_get_monotonic_time() < deadline);
    }
}

static void what_a_verb_put_there_is_tried_without_a_word_from_the_endpoint(void **state)
{
    gint lines = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = settings_of(*state);
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, &error));
    assert_true(serve_organizations_ensure(&access, &error));
    ServeMail *mail = serve_mail_new(count_line, &lines);
    serve_mail_wake(mail); /* before it has begun: nothing */
    assert_true(serve_mail_start(mail, settings, "https://c.example", &error));
    g_autofree char *invitation = invite(&access);
    wait_for_an_attempt(&access, invitation);
    serve_mail_free(mail);
    assert_true(g_atomic_int_get(&lines) > 0);
    operator_access_close(&access);
}

static void settings_that_cannot_send_leave_the_mailer_before(void **state)
{
    gint lines = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = settings_of(*state);
    g_autoptr(Settings) broken = settings_of(*state);
    struct operator_access access = {NULL};
    broken->mail.password.file = "/nowhere/password";
    assert_true(operator_access_open(&access, settings, &error));
    assert_true(serve_organizations_ensure(&access, &error));
    ServeMail *mail = serve_mail_new(count_line, &lines);
    assert_true(serve_mail_start(mail, settings, "https://c.example", &error));
    assert_false(serve_mail_start(mail, broken, "https://c.example", &error));
    g_clear_error(&error);
    g_autofree char *invitation = invite(&access);
    wait_for_an_attempt(&access, invitation);
    broken->mail.password.file = NULL;
    assert_true(serve_mail_start(mail, broken, "https://c.example", &error));
    serve_mail_wake(mail);
    serve_mail_free(mail);
    operator_access_close(&access);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(what_cannot_send_is_told_before_anything_starts),
        ON_A_FIXTURE(what_a_verb_put_there_is_tried_without_a_word_from_the_endpoint),
        ON_A_FIXTURE(settings_that_cannot_send_leave_the_mailer_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
