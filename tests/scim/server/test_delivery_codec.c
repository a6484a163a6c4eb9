#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/delivery_codec.h"

static void a_delivery_is_printed_as_far_as_its_reader_may_see(void **state)
{
    (void)state;

    const struct {
        struct outbox_delivery delivery;
        gboolean says_detail;
        const char *wanted; /* NULL: nothing */
    } cases[] = {
        {{.state = OUTBOX_NONE}, TRUE, NULL},
        {{.state = OUTBOX_WAITING}, TRUE, "{\"status\":\"waiting\",\"attempts\":0}"},
        {{.state = OUTBOX_SENT, .attempts = 2, .attempted_at = 61},
         TRUE,
         "{\"status\":\"sent\",\"attempts\":2,\"attemptedAt\":\"1970-01-01T00:01:01Z\"}"},
        {{.state = OUTBOX_UNDELIVERABLE, .detail = (char[]){"550 no such user"}, .attempts = 1},
         TRUE,
         "{\"status\":\"undeliverable\",\"detail\":\"550 no such user\",\"attempts\":1}"},
        {{.state = OUTBOX_UNDELIVERABLE, .detail = (char[]){"550 no such user"}, .attempts = 1},
         FALSE,
         "{\"status\":\"undeliverable\",\"attempts\":1}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *printed = delivery_codec_print(&cases[i].delivery, cases[i].says_detail);
        json_t *wanted = cases[i].wanted != NULL ? json_loads(cases[i].wanted, 0, NULL) : NULL;
        assert_int_equal(printed == NULL, wanted == NULL);
        if (wanted != NULL && !json_equal(printed, wanted)) {
            fail_msg("case %zu: %s", i, json_dumps(printed, 0));
        }
        json_decref(printed);
        json_decref(wanted);
    }
}

static void only_a_mail_that_did_not_arrive_is_a_reason(void **state)
{
    (void)state;
    const struct person_facts facts = {.address = (char[]){"ann@example.com"}};
    const struct person_facts nowhere = {0};
    const struct outbox_delivery refused = {.state = OUTBOX_UNDELIVERABLE,
                                            .detail = (char[]){"550 no such user"}};
    static const struct outbox_delivery silent = {.state = OUTBOX_UNDELIVERABLE};
    static const struct outbox_delivery waiting = {.state = OUTBOX_WAITING};
    static const struct outbox_delivery sent = {.state = OUTBOX_SENT};
    g_autofree char *told = delivery_codec_reason(&facts, &refused);
    g_autofree char *given_up = delivery_codec_reason(&facts, &silent);
    assert_non_null(
        strstr(told, "\"ann@example.com\" could not be delivered: 550 no such user"));
    assert_non_null(strstr(given_up, "it was given up"));
    assert_null(delivery_codec_reason(&facts, &waiting));
    assert_null(delivery_codec_reason(&facts, &sent));
    assert_null(delivery_codec_reason(&nowhere, &refused));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delivery_is_printed_as_far_as_its_reader_may_see),
        cmocka_unit_test(only_a_mail_that_did_not_arrive_is_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
