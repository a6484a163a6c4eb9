#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_sender.h"
#include "scim/protocol/outcome.h"

static void a_sender_is_an_address_with_or_without_a_name(void **state)
{
    (void)state;

    static const struct {
        const char *from, *display, *address;
    } cases[] = {
        {"console@example.com", NULL, "console@example.com"},
        {"<console@example.com>", NULL, "console@example.com"},
        {"  Acme Console  <console@example.com> ", "Acme Console", "console@example.com"},
        {"\"Acme, Inc.\" <console@example.com>", "Acme, Inc.", "console@example.com"},
        {"\"say \\\"hi\\\"\" <console@example.com>", "say \"hi\"", "console@example.com"},
        {"Łódź <console@example.com>", "Łódź", "console@example.com"},
        {"a < b <console@example.com>", "a < b", "console@example.com"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct mail_sender sender;
        assert_true(mail_sender_parse(cases[i].from, &sender, NULL));
        assert_string_equal(sender.address, cases[i].address);
        assert_int_equal(g_strcmp0(sender.display, cases[i].display), 0);
        mail_sender_clear(&sender);
    }
}

static void what_is_no_sender_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        NULL,
        "",
        "Acme",
        "Acme <console>",
        "Acme <console@example.com",
        "Acme <console@example.com> x",
        "Acme\r\nBcc: x <console@example.com>",
        "console@example.com\n",
        "Acme <\"a b\"@example.com>",
        "a@example.com, b@example.com",
        "Acme \xFF <console@example.com>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct mail_sender sender;
        g_autoptr(GError) error = NULL;
        if (mail_sender_parse(wrong[i], &sender, &error))
            fail_msg("\"%s\" is a sender", wrong[i]);
        assert_int_equal(error->code, OUTCOME_SETTINGS);
        assert_null(strchr(error->message, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_is_an_address_with_or_without_a_name),
        cmocka_unit_test(what_is_no_sender_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
