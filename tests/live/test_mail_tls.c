#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/smtp.h"
#include "tests/support/mail_sink.h"

#define MAIL "Subject: x\r\n\r\nhello\r\n"

static enum smtp_result send_mail(const struct mail_sink *sink,
                                  const struct smtp_options *options, char **detail)
{
    struct smtp_options all = *options;
    all.url = sink->url;
    all.ca_file = options->ca_file != NULL ? options->ca_file : sink->ca_file;
    all.timeout = 20;
    g_autoptr(GError) error = NULL;
    Smtp *smtp = smtp_new(&all, &error);
    if (smtp == NULL)
        fail_msg("%s", error->message);
    GString *mail = g_string_new(MAIL);
    enum smtp_result result =
        smtp_send(smtp, "console@example.com", "bob@example.com", mail, detail);
    g_string_free(mail, TRUE);
    smtp_free(smtp);
    return result;
}

/* Before TLS a client may say hello and ask for TLS: nothing of a login or a mail. */
static void assert_nothing_in_clear(const struct mail_sink *sink)
{
    g_auto(GStrv) commands = mail_sink_lines(sink, "commands.jsonl");
    for (guint i = 0; commands[i] != NULL && commands[i][0] != '\0'; i++)
        if (strstr(commands[i], "\"tls\": false") != NULL &&
            strstr(commands[i], "\"command\": \"EHLO ") == NULL &&
            strstr(commands[i], "\"command\": \"STARTTLS\"") == NULL &&
            strstr(commands[i], "\"command\": \"QUIT\"") == NULL)
            fail_msg("in clear: %s", commands[i]);
}

static guint mails(const struct mail_sink *sink)
{
    g_auto(GStrv) lines = mail_sink_lines(sink, "mails.jsonl");
    return lines[0] == NULL || lines[0][0] == '\0' ? 0 : g_strv_length(lines);
}

static const char *const kinds[] = {"starttls", "smtps"};

static void with_a_good_certificate_the_mail_goes_through_TLS(void **state)
{
    (void)state;
    const struct smtp_options options = {.user = MAIL_SINK_USER,
                                         .password = MAIL_SINK_PASSWORD};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        struct mail_sink *sink = mail_sink_start(kinds[i], CERTIFICATE_GOOD);
        char *detail = NULL;
        if (send_mail(sink, &options, &detail) != SMTP_TAKEN)
            fail_msg("%s: %s", kinds[i], detail);
        g_auto(GStrv) lines = mail_sink_lines(sink, "mails.jsonl");
        assert_int_equal(g_strv_length(lines), 1);
        assert_non_null(strstr(lines[0], "\"tls\": true"));
        assert_non_null(strstr(lines[0], "\"user\": \"" MAIL_SINK_USER "\""));
        assert_non_null(strstr(lines[0], "\"data\": \"Subject: x\\r\\n\\r\\nhello\\r\\n\""));
        assert_nothing_in_clear(sink);
        mail_sink_stop(sink);
    }
}

static void with_a_bad_certificate_nothing_is_said(void **state)
{
    (void)state;

    static const enum certificate_fault faults[] = {
        CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID, CERTIFICATE_WRONG_NAME,
        CERTIFICATE_GOOD /* by an authority that is not ours */};

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(faults); j++) {
            struct mail_sink *sink = mail_sink_start(kinds[i], faults[j]);
            struct smtp_options options = {.user = MAIL_SINK_USER,
                                           .password = MAIL_SINK_PASSWORD};
            if (faults[j] == CERTIFICATE_GOOD)
                options.ca_file = sink->other_ca_file;
            g_autofree char *detail = NULL;
            assert_int_equal(send_mail(sink, &options, &detail), SMTP_POSTPONE);
            if (strstr(detail, "certificate is not trusted") == NULL)
                fail_msg("%s, fault %d: %s", kinds[i], faults[j], detail);
            assert_int_equal(mails(sink), 0);
            assert_nothing_in_clear(sink);
            mail_sink_stop(sink);
        }
}

static void a_server_without_TLS_gets_nothing(void **state)
{
    (void)state;
    struct mail_sink *sink = mail_sink_start("none", CERTIFICATE_GOOD);
    const struct smtp_options options = {.user = MAIL_SINK_USER,
                                         .password = MAIL_SINK_PASSWORD};
    g_autofree char *detail = NULL;
    assert_int_equal(send_mail(sink, &options, &detail), SMTP_POSTPONE);
    assert_non_null(strstr(detail, "offers no TLS"));
    assert_nothing_in_clear(sink);
    assert_int_equal(mails(sink), 0);
    mail_sink_stop(sink);
}

static void a_server_that_refuses_STARTTLS_gets_nothing(void **state)
{
    (void)state;
    static const char *const modes[] = {"{\"STARTTLS\": \"454 4.7.0 not now\"}",
                                        "{\"STARTTLS\": \"501 no\"}",
                                        "{\"STARTTLS\": \"250 sure\"}"};
    struct mail_sink *sink = mail_sink_start("starttls", CERTIFICATE_GOOD);
    const struct smtp_options options = {.user = MAIL_SINK_USER,
                                         .password = MAIL_SINK_PASSWORD};
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *detail = NULL;
        mail_sink_set(sink, modes[i]);
        assert_int_equal(send_mail(sink, &options, &detail), SMTP_POSTPONE);
        assert_non_null(strstr(detail, "STARTTLS with "));
    }
    assert_nothing_in_clear(sink);
    assert_int_equal(mails(sink), 0);
    mail_sink_stop(sink);
}

static void a_wrong_login_waits_for_somebody_to_mend_it(void **state)
{
    (void)state;

    static const struct {
        const char *user, *password;
    } wrong[] = {
        {MAIL_SINK_USER, "wrong"}, {"nobody", MAIL_SINK_PASSWORD}, {MAIL_SINK_USER, NULL}};
    struct mail_sink *sink = mail_sink_start("starttls", CERTIFICATE_GOOD);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const struct smtp_options options = {.user = wrong[i].user,
                                             .password = wrong[i].password};
        g_autofree char *detail = NULL;
        assert_int_equal(send_mail(sink, &options, &detail), SMTP_POSTPONE);
        assert_non_null(strstr(detail, "the mail server answered the login with 535"));
        assert_null(strstr(detail, MAIL_SINK_PASSWORD));
    }
    assert_int_equal(mails(sink), 0);
    mail_sink_stop(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_good_certificate_the_mail_goes_through_TLS),
        cmocka_unit_test(with_a_bad_certificate_nothing_is_said),
        cmocka_unit_test(a_server_without_TLS_gets_nothing),
        cmocka_unit_test(a_server_that_refuses_STARTTLS_gets_nothing),
        cmocka_unit_test(a_wrong_login_waits_for_somebody_to_mend_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
