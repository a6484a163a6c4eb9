#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_message.h"
#include "tests/scim/mail/mail_case.h"
#include "tests/scim/mail/mail_reader.h"

/* Under the sanitizers each takes twenty times as long. */
#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 5000
#else
#define ROUNDS 100000
#endif

static struct mail_message ordinary(struct mail_sender *from, GPtrArray *roles)
{
    assert_true(mail_sender_parse("Acme Console <console@example.com>", from, NULL));
    g_ptr_array_add(roles, g_strdup("member"));
    return (struct mail_message){.from = from,
                                 .to = "bob@example.com",
                                 .id = "0123456789abcdef",
                                 .url = "https://console.example.com",
                                 .token = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
                                 .organization = "Acme Inc.",
                                 .inviter = "Dana Reed",
                                 .inviter_address = "dana@example.com",
                                 .roles = roles,
                                 .date = 1800000000,
                                 .expires_at = 1800172800};
}

static void the_headers_are_these_and_no_others(void **state)
{
    (void)state;
    struct mail_sender from;
    g_autoptr(GPtrArray) roles = g_ptr_array_new_with_free_func(g_free);
    const struct mail_message message = ordinary(&from, roles);
    GString *mail = mail_message_print(&message);
    const char *expected =
        "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
        "From: \"Acme Console\" <console@example.com>\r\n"
        "To: bob@example.com\r\n"
        "Subject: Invitation to Acme Inc.\r\n"
        "Message-ID: <0123456789abcdef@example.com>\r\n"
        "MIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "Content-Type: multipart/alternative;\r\n"
        " boundary=\"=_rolecall_0123456789abcdef\"\r\n"
        "\r\n"
        "--=_rolecall_0123456789abcdef\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Dana Reed (dana@example.com) invites you to the organization \"Acme\r\n"
        "Inc.\".\r\n";
    if (!g_str_has_prefix(mail->str, expected))
        fail_msg("%s", mail->str);
    assert_true(g_str_has_suffix(mail->str, "\r\n--=_rolecall_0123456789abcdef--\r\n"));
    g_string_free(mail, TRUE);
    mail_sender_clear(&from);
}

/* R64: a second attempt is the same mail. */
static void the_same_message_is_the_same_bytes(void **state)
{
    (void)state;
    struct mail_sender from;
    g_autoptr(GPtrArray) roles = g_ptr_array_new_with_free_func(g_free);
    const struct mail_message message = ordinary(&from, roles);
    GString *one = mail_message_print(&message), *two = mail_message_print(&message);
    assert_true(g_string_equal(one, two));
    g_string_free(one, TRUE);
    g_string_free(two, TRUE);
    mail_sender_clear(&from);
}

static void an_inviter_is_named_as_far_as_known(void **state)
{
    (void)state;

    static const struct {
        const char *name, *address, *said;
    } cases[] = {
        {"Dana Reed", "dana@example.com", "Dana Reed (dana@example.com) invites"},
        {NULL, "dana@example.com", "dana@example.com invites"},
        {"dana@example.com", "dana@example.com", "dana@example.com invites"},
        {"Dana Reed", NULL, "Dana Reed invites"},
        {"Dana", "evil.example", "Dana (evil[.]example) invites"},
        {NULL, NULL, "You are invited"},
        {"\r\n", "", "You are invited"},
    };
    struct mail_sender from;
    g_autoptr(GPtrArray) roles = g_ptr_array_new_with_free_func(g_free);
    struct mail_message message = ordinary(&from, roles);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        message.inviter = cases[i].name;
        message.inviter_address = cases[i].address;
        GString *bytes = mail_message_print(&message);
        struct mail_read mail = mail_reader_read(bytes->str, bytes->len);
        if (!g_str_has_prefix(mail.texts->pdata[0], cases[i].said))
            fail_msg("%s: %s", cases[i].said, (char *)mail.texts->pdata[0]);
        mail_reader_clear(&mail);
        g_string_free(bytes, TRUE);
    }
    mail_sender_clear(&from);
}

/* "display" <address>, the display quoted or an encoded word. */
static void assert_sender(const char *field, const struct mail_sender *sender)
{
    struct mail_sender read = {0};
    g_autoptr(GError) error = NULL;
    if (!mail_sender_parse(field, &read, &error))
        fail_msg("%s: %s", field, error->message);
    assert_string_equal(read.address, sender->address);
    /* what was encoded was not quoted */
    if (g_strcmp0(read.display, sender->display) != 0 &&
        (sender->display[0] != '\0' || read.display != NULL))
        assert_true(g_str_has_prefix(field, sender->display));
    mail_sender_clear(&read);
}

static void assert_reads_back(const struct mail_case *made, const GString *bytes)
{
    struct mail_read mail = mail_reader_read(bytes->str, bytes->len);
    g_autofree char *id =
        g_strdup_printf("<%s@%s>", made->id, strchr(made->from.address, '@') + 1);
    assert_int_equal(g_hash_table_size(mail.fields), 8);
    assert_string_equal(mail_reader_field(&mail, "subject"), made->subject);
    assert_string_equal(mail_reader_field(&mail, "to"), made->to);
    assert_string_equal(mail_reader_field(&mail, "message-id"), id);
    assert_sender(mail_reader_field(&mail, "from"), &made->from);
    assert_int_equal(mail.texts->len, 2);
    assert_string_equal(mail.types->pdata[0], "text/plain; charset=utf-8");
    assert_string_equal(mail.types->pdata[1], "text/html; charset=utf-8");
    assert_string_equal(mail.texts->pdata[0], made->plain);
    assert_string_equal(mail.texts->pdata[1], made->html);
    mail_reader_clear(&mail);
}

/* M06, R56-R58: whatever names are made of, there is one mail with these headers and bodies. */
static void mails_of_nasty_names_read_back(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(56);
    const char *wanted = g_getenv("ROLECALL_MAIL_ROUNDS");
    guint64 rounds = wanted != NULL ? g_ascii_strtoull(wanted, NULL, 10) : ROUNDS;
    for (guint64 round = 0; round < rounds; round++) {
        struct mail_case made = mail_case_make(random);
        made.message.from = &made.from;
        GString *bytes = mail_message_print(&made.message);
        assert_reads_back(&made, bytes);
        g_string_free(bytes, TRUE);
        mail_case_clear(&made);
    }
    print_message("%" G_GUINT64_FORMAT " mails\n", rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_headers_are_these_and_no_others),
        cmocka_unit_test(the_same_message_is_the_same_bytes),
        cmocka_unit_test(an_inviter_is_named_as_far_as_known),
        cmocka_unit_test(mails_of_nasty_names_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
