#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/smtp_server.h"
#include "scim/protocol/outcome.h"

static void only_a_mail_server_and_clear_text_only_at_home(void **state)
{
    (void)state;

    static const struct {
        const char *url;
        gboolean demands_tls, allows_clear; /* is it taken so? */
    } cases[] = {
        {"smtps://mail.example.com", TRUE, FALSE},
        {"smtps://mail.example.com:465/", TRUE, FALSE},
        {"smtp://mail.example.com:587", TRUE, FALSE},
        {"smtp://127.0.0.1:2525", TRUE, TRUE},
        {"smtp://127.1.2.3", TRUE, TRUE},
        {"smtp://localhost:25", TRUE, TRUE},
        {"smtp://[::1]:25", TRUE, TRUE},
        {"smtp://[0:0:0:0:0:0:0:1]:25", TRUE, TRUE},
        {"smtps://127.0.0.1:2525", TRUE, FALSE},
        {"smtp://localhost.example.com", TRUE, FALSE},
        {"smtp://127.0.0.1.example.com", TRUE, FALSE},
        {"smtp://10.0.0.1", TRUE, FALSE},
        {"smtp://[::2]", TRUE, FALSE},
        {"smtp://user:secret@mail.example.com", FALSE, FALSE},
        {"smtp://;AUTH=PLAIN@mail.example.com", FALSE, FALSE},
        {"smtp://mail.example.com/helo", FALSE, FALSE},
        {"smtp://mail.example.com/?x", FALSE, FALSE},
        {"smtp://mail.example.com/#x", FALSE, FALSE},
        {"http://mail.example.com", FALSE, FALSE},
        {"file:///etc/passwd", FALSE, FALSE},
        {"mail.example.com", FALSE, FALSE},
        {"smtp://", FALSE, FALSE},
        {"", FALSE, FALSE},
        {NULL, FALSE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (int clear = 0; clear < 2; clear++) {
            g_autoptr(GError) error = NULL;
            gboolean taken = smtp_server_check(cases[i].url, clear, &error);
            if (taken != (clear ? cases[i].allows_clear : cases[i].demands_tls))
                fail_msg("%s, %s: %s", cases[i].url, clear ? "clear" : "TLS",
                         taken ? "taken" : error->message);
            if (!taken)
                assert_int_equal(error->code, OUTCOME_SETTINGS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_mail_server_and_clear_text_only_at_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
