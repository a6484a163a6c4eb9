#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/smtp_reply.h"

static void commands_begin_their_stages(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        enum smtp_stage before, after;
    } cases[] = {
        {"EHLO me\r\n", SMTP_STAGE_GREETING, SMTP_STAGE_HELLO},
        {"HELO me\r\n", SMTP_STAGE_HELLO, SMTP_STAGE_HELLO},
        {"STARTTLS\r\n", SMTP_STAGE_HELLO, SMTP_STAGE_TLS},
        {"EHLO me\r\n", SMTP_STAGE_TLS, SMTP_STAGE_HELLO},
        {"AUTH PLAIN\r\n", SMTP_STAGE_HELLO, SMTP_STAGE_LOGIN},
        {"AG1lAG1haWw=\r\n", SMTP_STAGE_LOGIN, SMTP_STAGE_LOGIN},
        {"DATAbase64==\r\n", SMTP_STAGE_LOGIN, SMTP_STAGE_LOGIN},
        {"MAIL FROM:<a@b.c>\r\n", SMTP_STAGE_LOGIN, SMTP_STAGE_SENDER},
        {"RCPT TO:<a@b.c>\r\n", SMTP_STAGE_SENDER, SMTP_STAGE_RECIPIENT},
        {"DATA\r\n", SMTP_STAGE_RECIPIENT, SMTP_STAGE_DATA},
        {"DATA", SMTP_STAGE_RECIPIENT, SMTP_STAGE_DATA},
        {"QUIT\r\n", SMTP_STAGE_MAIL, SMTP_STAGE_QUIT},
        {"", SMTP_STAGE_MAIL, SMTP_STAGE_MAIL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(
            smtp_reply_stage(cases[i].line, strlen(cases[i].line), cases[i].before),
            cases[i].after);
}

/* Only RCPT TO, DATA and the final dot speak of this mail; a yes counts only behind the dot. */
static enum smtp_result expected(enum smtp_stage stage, int code)
{
    gboolean is_of_mail =
        stage == SMTP_STAGE_RECIPIENT || stage == SMTP_STAGE_DATA || stage == SMTP_STAGE_MAIL;
    gboolean wants_login = code == 530 || code == 534 || code == 535 || code == 538;
    if (stage == SMTP_STAGE_MAIL && code >= 200 && code <= 299)
        return SMTP_TAKEN;
    return is_of_mail && code >= 500 && !wants_login ? SMTP_REFUSED : SMTP_POSTPONE;
}

static void every_code_is_judged_at_every_stage(void **state)
{
    (void)state;
    int cells = 0;
    for (int stage = SMTP_STAGE_GREETING; stage <= SMTP_STAGE_QUIT; stage++)
        for (int code = 200; code <= 599; code++, cells++)
            assert_int_equal(smtp_reply_judge((enum smtp_stage)stage, code),
                             expected((enum smtp_stage)stage, code));
    print_message("%d cells\n", cells);
}

static void sessions_go_on_after_what_they_wait_for(void **state)
{
    (void)state;

    static const struct {
        enum smtp_stage stage;
        int code;
        gboolean goes_on;
    } cases[] = {
        {SMTP_STAGE_GREETING, 220, TRUE},   {SMTP_STAGE_GREETING, 421, FALSE},
        {SMTP_STAGE_HELLO, 250, TRUE},      {SMTP_STAGE_HELLO, 502, FALSE},
        {SMTP_STAGE_TLS, 220, TRUE},        {SMTP_STAGE_TLS, 250, FALSE},
        {SMTP_STAGE_LOGIN, 235, TRUE},      {SMTP_STAGE_LOGIN, 334, TRUE},
        {SMTP_STAGE_LOGIN, 250, FALSE},     {SMTP_STAGE_RECIPIENT, 251, TRUE},
        {SMTP_STAGE_RECIPIENT, 354, FALSE}, {SMTP_STAGE_DATA, 354, TRUE},
        {SMTP_STAGE_DATA, 250, FALSE},      {SMTP_STAGE_MAIL, 252, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(smtp_reply_is_wanted(cases[i].stage, cases[i].code), cases[i].goes_on);
}

static void foreign_words_are_one_short_printable_line(void **state)
{
    (void)state;
    g_autofree char *plain =
        smtp_reply_print(SMTP_STAGE_RECIPIENT, 550, "5.1.1 no such user\r\n");
    assert_string_equal(plain,
                        "the mail server answered RCPT TO with 550: \"5.1.1 no such user\"");
    g_autofree char *none = smtp_reply_print(SMTP_STAGE_MAIL, 451, "\r\n");
    assert_string_equal(none, "the mail server answered the mail with 451");
    g_autofree char *nasty = smtp_reply_clean("\x1B[31m \"a\"\r\nb\tc \xE2\x80\xAE d \x01 ");
    assert_string_equal(nasty, "[31m 'a' b c d");
    g_autofree char *endless = g_strnfill(5000, 'x');
    g_autofree char *cut = smtp_reply_clean(endless);
    assert_int_equal(strlen(cut), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_begin_their_stages),
        cmocka_unit_test(every_code_is_judged_at_every_stage),
        cmocka_unit_test(sessions_go_on_after_what_they_wait_for),
        cmocka_unit_test(foreign_words_are_one_short_printable_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
