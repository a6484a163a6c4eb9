#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_pace.h"

#define MINUTE ((gint64)60 * G_USEC_PER_SEC)

static void the_first_ones_go_at_once_and_the_rest_when_a_minute_is_over(void **state)
{
    (void)state;
    g_autoptr(MailPace) pace = mail_pace_new(3);
    for (gint64 now = 100; now < 103; now++) {
        assert_true(mail_pace_next(pace, now) <= now);
        mail_pace_count(pace, now);
    }
    assert_int_equal(mail_pace_next(pace, 103), 100 + MINUTE);
    assert_true(mail_pace_next(pace, 100 + MINUTE) <= 100 + MINUTE);
    mail_pace_count(pace, 100 + MINUTE);
    assert_int_equal(mail_pace_next(pace, 100 + MINUTE), 101 + MINUTE);
}

/* M05: five thousand mails that all wait. */
static void no_minute_of_a_storm_has_more_than_the_rate(void **state)
{
    (void)state;
    static const gint64 rates[] = {1, 2, 20, 600};
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autoptr(MailPace) pace = mail_pace_new(rates[i]);
        g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
        g_autoptr(GRand) random = g_rand_new_with_seed(5);
        gint64 now = 0;
        for (int mail = 0; mail < 5000; mail++) {
            now = MAX(now, mail_pace_next(pace, now));
            mail_pace_count(pace, now);
            g_array_append_val(times, now);
            now += g_rand_int_range(random, 0, (gint32)G_USEC_PER_SEC);
        }
        for (guint mail = (guint)rates[i]; mail < times->len; mail++)
            assert_true(g_array_index(times, gint64, mail) -
                            g_array_index(times, gint64, mail - (guint)rates[i]) >=
                        MINUTE);
        if (rates[i] == 20) /* exactly as fast as is allowed */
            assert_in_range(now / MINUTE, 5000 / 20 - 1, 5000 / 20);
    }
}

static void without_a_rate_nothing_waits(void **state)
{
    (void)state;
    g_autoptr(MailPace) pace = mail_pace_new(0);
    for (int mail = 0; mail < 1000; mail++) {
        assert_int_equal(mail_pace_next(pace, 7), 7);
        mail_pace_count(pace, 7);
    }
    mail_pace_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_ones_go_at_once_and_the_rest_when_a_minute_is_over),
        cmocka_unit_test(no_minute_of_a_storm_has_more_than_the_rate),
        cmocka_unit_test(without_a_rate_nothing_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
