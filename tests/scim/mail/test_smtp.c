#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/smtp.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/mail/scripted_mail_server.h"

#define FROM     "console@example.com"
#define TO       "bob@example.com"
#define PASSWORD "pass-word"

/* In clear, on loopback; with a login where `user` is given. */
static Smtp *client(const struct scripted_mail_server *server, const char *user)
{
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", server->port);
    const struct smtp_options options = {.url = url,
                                         .user = user,
                                         .password = user != NULL ? PASSWORD : NULL,
                                         .allows_clear = TRUE,
                                         .timeout = 20};
    g_autoptr(GError) error = NULL;
    Smtp *smtp = smtp_new(&options, &error);
    if (smtp == NULL)
        fail_msg("%s", error->message);
    return smtp;
}

static Smtp *hasty_client(const struct scripted_mail_server *server, gboolean allows_clear)
{
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", server->port);
    const struct smtp_options options = {
        .url = url, .allows_clear = allows_clear, .timeout = 1};
    return smtp_new(&options, NULL);
}

/* Hands a mail over; what the administrator is told is returned (the caller frees). */
static char *send_mail(Smtp *smtp, const char *text, enum smtp_result expected)
{
    GString *mail = g_string_new(text);
    char *detail = NULL;
    enum smtp_result result = smtp_send(smtp, FROM, TO, mail, &detail);
    if (result != expected)
        fail_msg("%d, not %d: %s", result, expected, detail);
    assert_int_equal(detail == NULL, result == SMTP_TAKEN);
    if (detail != NULL) {
        assert_null(strstr(detail, PASSWORD));
        for (const char *p = detail; *p != '\0'; p++)
            assert_true(*p >= ' ' && *p <= '~');
    }
    g_string_free(mail, TRUE);
    return detail;
}

static void a_mail_arrives_with_its_envelope(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    g_free(send_mail(smtp, "Subject: x\r\n\r\nhello\r\n", SMTP_TAKEN));
    g_autofree char *commands = scripted_mail_server_commands(server);
    g_autofree char *last = scripted_mail_server_last(server);
    assert_non_null(strstr(commands, "MAIL FROM:<" FROM ">"));
    assert_non_null(strstr(commands, "RCPT TO:<" TO ">\nDATA\n"));
    assert_string_equal(last, "Subject: x\r\n\r\nhello\r\n");
    scripted_mail_server_stop(server);
}

static void several_mails_share_a_connection_until_it_is_put_to_rest(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            g_free(send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_TAKEN));
        assert_int_equal(scripted_mail_server_connections(server), round + 1);
        smtp_rest(smtp);
        smtp_rest(smtp);
    }
    assert_int_equal(scripted_mail_server_mails(server), 6);
    scripted_mail_server_stop(server);
}

/* A server that never answers QUIT holds nobody up. */
static void rest_does_not_wait_for_the_server(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    scripted_mail_server_set(server, SMTP_STAGE_QUIT, SCRIPTED_MAIL_MUTE);
    Smtp *smtp = client(server, NULL);
    g_free(send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_TAKEN));
    gint64 began = g_get_monotonic_time();
    smtp_free(smtp);
    assert_true(g_get_monotonic_time() - began < 5 * G_TIME_SPAN_SECOND);
    scripted_mail_server_stop(server);
}

static void a_refusal_is_told_though_QUIT_is_never_answered(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    scripted_mail_server_set(server, SMTP_STAGE_RECIPIENT, 550);
    scripted_mail_server_set(server, SMTP_STAGE_QUIT, SCRIPTED_MAIL_MUTE);
    gint64 began = g_get_monotonic_time();
    g_free(send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_REFUSED));
    assert_true(g_get_monotonic_time() - began < 5 * G_TIME_SPAN_SECOND);
    scripted_mail_server_stop(server);
}

/* M02: what each reply at each stage does to the mail. */
static const struct {
    enum smtp_stage stage;
    int taken_from, taken_to; /* these codes let the mail through */
    gboolean refuses;         /* 5xx stops it */
} expectations[] = {
    {SMTP_STAGE_GREETING, 200, 299, FALSE}, {SMTP_STAGE_HELLO, 200, 299, FALSE},
    {SMTP_STAGE_TLS, 0, 0, FALSE},          {SMTP_STAGE_LOGIN, 235, 235, FALSE},
    {SMTP_STAGE_SENDER, 200, 299, FALSE},   {SMTP_STAGE_RECIPIENT, 200, 299, TRUE},
    {SMTP_STAGE_DATA, 354, 354, TRUE},      {SMTP_STAGE_MAIL, 200, 299, TRUE},
    {SMTP_STAGE_QUIT, 200, 599, FALSE},
};

static enum smtp_result expected_of(gsize row, int code)
{
    gboolean wants_login = code == 530 || code == 534 || code == 535 || code == 538;
    if (code >= expectations[row].taken_from && code <= expectations[row].taken_to)
        return SMTP_TAKEN;
    return expectations[row].refuses && code >= 500 && !wants_login ? SMTP_REFUSED
                                                                    : SMTP_POSTPONE;
}

static Smtp *client_for(struct scripted_mail_server *server, enum smtp_stage stage)
{
    if (stage == SMTP_STAGE_LOGIN)
        scripted_mail_server_offer(server, "AUTH PLAIN");
    if (stage == SMTP_STAGE_TLS)
        scripted_mail_server_offer(server, "STARTTLS");
    return stage == SMTP_STAGE_TLS
               ? hasty_client(server, FALSE)
               : client(server, stage == SMTP_STAGE_LOGIN ? "console" : NULL);
}

static void every_code_at_every_stage_does_what_the_table_says(void **state)
{
    (void)state;
    int cells = 0;
    for (gsize row = 0; row < G_N_ELEMENTS(expectations); row++) {
        enum smtp_stage stage = expectations[row].stage;
        struct scripted_mail_server *server = scripted_mail_server_start();
        g_autoptr(Smtp) smtp = client_for(server, stage);
        guint mails = 0;
        for (int code = 200; code <= 599; code++, cells++) {
            if (stage == SMTP_STAGE_TLS && code == 220)
                continue; /* a handshake begins: test_mail_tls has it */
            scripted_mail_server_set(server, stage, code);
            g_free(send_mail(smtp, "a: b\r\n\r\nc\r\n", expected_of(row, code)));
            smtp_rest(smtp);
            mails += expected_of(row, code) == SMTP_TAKEN || stage == SMTP_STAGE_MAIL;
            if (scripted_mail_server_mails(server) != mails)
                fail_msg("stage %d, code %d", stage, code);
        }
        scripted_mail_server_stop(server);
    }
    print_message("%d cells\n", cells);
}

static void what_the_server_said_is_told(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    scripted_mail_server_set(server, SMTP_STAGE_RECIPIENT, 550);
    g_autofree char *refused = send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_REFUSED);
    assert_string_equal(refused, "the mail server answered RCPT TO with 550: "
                                 "\"9.9.9 <bob@example.com> 'scripted'\"");
    scripted_mail_server_set(server, SMTP_STAGE_RECIPIENT, 0);
    scripted_mail_server_set(server, SMTP_STAGE_MAIL, 451);
    g_autofree char *later = send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_POSTPONE);
    assert_true(g_str_has_prefix(later, "the mail server answered the mail with 451: \""));
    scripted_mail_server_stop(server);
}

static void a_server_that_misbehaves_is_left_in_time(void **state)
{
    (void)state;
    static const int deeds[] = {SCRIPTED_MAIL_MUTE, SCRIPTED_MAIL_DROP, SCRIPTED_MAIL_DRIBBLE,
                                SCRIPTED_MAIL_NONSENSE, SCRIPTED_MAIL_HALF};

    static const enum smtp_stage at[] = {SMTP_STAGE_GREETING, SMTP_STAGE_HELLO,
                                         SMTP_STAGE_SENDER,   SMTP_STAGE_RECIPIENT,
                                         SMTP_STAGE_DATA,     SMTP_STAGE_MAIL};

    for (gsize i = 0; i < G_N_ELEMENTS(at); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(deeds); j++) {
            struct scripted_mail_server *server = scripted_mail_server_start();
            g_autoptr(Smtp) smtp = hasty_client(server, TRUE);
            scripted_mail_server_set(server, at[i], deeds[j]);
            gint64 began = g_get_monotonic_time();
            g_autofree char *detail = send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_POSTPONE);
            assert_true(g_str_has_prefix(detail, "the "));
            assert_true(g_get_monotonic_time() - began < 5 * G_TIME_SPAN_SECOND);
            assert_int_equal(scripted_mail_server_mails(server), at[i] == SMTP_STAGE_MAIL);
            scripted_mail_server_stop(server);
        }
}

static void a_reply_of_several_lines_is_one_reply(void **state)
{
    (void)state;
    for (int stage = SMTP_STAGE_GREETING; stage <= SMTP_STAGE_QUIT; stage++) {
        if (stage == SMTP_STAGE_TLS || stage == SMTP_STAGE_LOGIN)
            continue;
        struct scripted_mail_server *server = scripted_mail_server_start();
        g_autoptr(Smtp) smtp = client(server, NULL);
        scripted_mail_server_set(server, (enum smtp_stage)stage, SCRIPTED_MAIL_MANY_LINES);
        g_free(send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_TAKEN));
        scripted_mail_server_stop(server);
    }
}

/* Where TLS is wanted and none is offered, nothing of the login or the mail is said. */
static void without_TLS_nothing_is_told_to_the_server(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", server->port);
    const struct smtp_options options = {
        .url = url, .user = "console", .password = PASSWORD, .timeout = 5};
    g_autoptr(Smtp) smtp = smtp_new(&options, NULL);
    scripted_mail_server_offer(server, "AUTH PLAIN LOGIN");
    g_autofree char *detail = send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_POSTPONE);
    assert_true(g_str_has_prefix(
        detail, "the mail server offers no TLS, and without it nothing is sent"));
    g_autofree char *commands = scripted_mail_server_commands(server);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(commands), "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        if (!g_str_has_prefix(lines[i], "EHLO ") && strcmp(lines[i], "QUIT") != 0)
            fail_msg("%s", lines[i]);
    scripted_mail_server_stop(server);
}

static void a_closed_port_and_an_unknown_host_are_weather(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    scripted_mail_server_stop(server);
    g_autofree char *closed = send_mail(smtp, "a: b\r\n\r\nc\r\n", SMTP_POSTPONE);
    assert_true(g_str_has_prefix(closed, "the mail server does not answer"));
    const struct smtp_options nowhere = {.url = "smtps://mail.invalid", .timeout = 5};
    g_autoptr(Smtp) lost = smtp_new(&nowhere, NULL);
    g_autofree char *unknown = send_mail(lost, "a: b\r\n\r\nc\r\n", SMTP_POSTPONE);
    assert_true(g_str_has_prefix(unknown, "the mail server's name cannot be resolved"));
}

/* R57: whatever came so far, no such address goes into a command. */
static void an_address_with_a_line_end_goes_nowhere(void **state)
{
    (void)state;
    static const char *const wrong[] = {"bob@example.com\r\nRCPT TO:<eve@evil.example>",
                                        "bob@example.com>\r\nDATA",
                                        "bob\n@b.c",
                                        "\"bob\r\n\"@example.com",
                                        "bob@example.com BODY=8BITMIME",
                                        "",
                                        "bob"};
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    GString *mail = g_string_new("a: b\r\n\r\nc\r\n");
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        char *detail = NULL;
        assert_int_equal(smtp_send(smtp, FROM, wrong[i], mail, &detail), SMTP_REFUSED);
        g_clear_pointer(&detail, g_free);
        assert_int_equal(smtp_send(smtp, wrong[i], TO, mail, &detail), SMTP_REFUSED);
        g_free(detail);
    }
    g_string_free(mail, TRUE);
    assert_int_equal(scripted_mail_server_connections(server), 0);
    scripted_mail_server_stop(server);
}

/* R56: bodies that try to end the mail and to speak to the server. */
static void any_mail_arrives_as_one_mail_with_the_same_bytes(void **state)
{
    (void)state;
    static const char *const pieces[] = {".\r\n",
                                         "\r\n.\r\n",
                                         "\r\n..\r\n",
                                         ".",
                                         "..",
                                         "\r\n",
                                         "MAIL FROM:<a@b.c>\r\n",
                                         "RSET\r\n",
                                         "QUIT\r\n",
                                         "x",
                                         "long line ",
                                         "=2E",
                                         "\r\n.x"};
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    g_autoptr(GRand) random = g_rand_new_with_seed(42);
    const int rounds = 10000;
    for (int round = 0; round < rounds; round++) {
        g_autoptr(GString) text = g_string_new("Subject: x\r\n\r\n");
        for (int count = g_rand_int_range(random, 0, 40); count > 0; count--)
            g_string_append(text,
                            pieces[g_rand_int_range(random, 0, (int)G_N_ELEMENTS(pieces))]);
        g_string_append(text, "\r\n");
        g_free(send_mail(smtp, text->str, SMTP_TAKEN));
        g_autofree char *last = scripted_mail_server_last(server);
        assert_string_equal(last, text->str);
    }
    assert_int_equal(scripted_mail_server_mails(server), rounds);
    smtp_rest(smtp);
    scripted_mail_server_stop(server);
}

/* The dots may fall on any border of curl's buffers. */
static void dots_are_doubled_wherever_a_buffer_ends(void **state)
{
    (void)state;
    struct scripted_mail_server *server = scripted_mail_server_start();
    g_autoptr(Smtp) smtp = client(server, NULL);
    for (gsize length = 65400; length < 65600; length++) {
        g_autoptr(GString) text = g_string_sized_new(length + 100);
        while (text->len < length)
            g_string_append_c(text, 'x');
        g_string_append(text, "\r\n.\r\n..\r\n.y\r\n");
        g_free(send_mail(smtp, text->str, SMTP_TAKEN));
        g_autofree char *last = scripted_mail_server_last(server);
        assert_string_equal(last, text->str);
    }
    smtp_rest(smtp);
    scripted_mail_server_stop(server);
}

static void settings_that_cannot_work_are_refused_at_once(void **state)
{
    (void)state;
    static const struct smtp_options wrong[] = {
        {.url = "http://mail.example.com"},
        {.url = "smtp://mail.example.com", .allows_clear = TRUE},
        {.url = "smtps://mail.example.com", .ca_file = "/nowhere/ca.pem"},
        {.url = "smtps://mail.example.com", .ca_file = "/etc/hostname"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(smtp_new(&wrong[i], &error));
        assert_int_equal(error->code, OUTCOME_SETTINGS);
    }
    smtp_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_arrives_with_its_envelope),
        cmocka_unit_test(several_mails_share_a_connection_until_it_is_put_to_rest),
        cmocka_unit_test(rest_does_not_wait_for_the_server),
        cmocka_unit_test(a_refusal_is_told_though_QUIT_is_never_answered),
        cmocka_unit_test(every_code_at_every_stage_does_what_the_table_says),
        cmocka_unit_test(what_the_server_said_is_told),
        cmocka_unit_test(a_server_that_misbehaves_is_left_in_time),
        cmocka_unit_test(a_reply_of_several_lines_is_one_reply),
        cmocka_unit_test(without_TLS_nothing_is_told_to_the_server),
        cmocka_unit_test(a_closed_port_and_an_unknown_host_are_weather),
        cmocka_unit_test(an_address_with_a_line_end_goes_nowhere),
        cmocka_unit_test(any_mail_arrives_as_one_mail_with_the_same_bytes),
        cmocka_unit_test(dots_are_doubled_wherever_a_buffer_ends),
        cmocka_unit_test(settings_that_cannot_work_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
