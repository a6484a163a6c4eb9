#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_date.h"

static void dates_are_told_to_programs(void **state)
{
    (void)state;

    static const struct {
        gint64 at;
        const char *date;
    } cases[] = {
        {0, "Thu, 1 Jan 1970 00:00:00 +0000"},
        {1800000000, "Fri, 15 Jan 2027 08:00:00 +0000"},
        {951782399, "Mon, 28 Feb 2000 23:59:59 +0000"},
        {4294967296, "Sun, 7 Feb 2106 06:28:16 +0000"},
        {253402300800, "Sat, 1 Jan 10000 00:00:00 +0000"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *date = mail_date_print(cases[i].at);
        assert_string_equal(date, cases[i].date);
    }
}

/* GLib has a calendar of its own. */
static void ten_thousand_dates_are_those_of_another_calendar(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int round = 0; round < 10000; round++) {
        gint64 at = (gint64)(g_rand_double(random) * 8e9);
        g_autofree char *date = mail_date_print(at);
        g_autoptr(GDateTime) other = g_date_time_new_from_unix_utc(at);
        g_autofree char *expected = g_date_time_format(other, "%a, %-d %b %Y %H:%M:%S +0000");
        assert_string_equal(date, expected);
    }
}

static void no_date_is_no_harm(void **state)
{
    (void)state;
    g_autofree char *date = mail_date_print(G_MAXINT64);
    g_autofree char *past = mail_date_print(G_MININT64);
    assert_string_equal(date, "Thu, 1 Jan 1970 00:00:00 +0000");
    assert_string_equal(past, "Thu, 1 Jan 1970 00:00:00 +0000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_told_to_programs),
        cmocka_unit_test(ten_thousand_dates_are_those_of_another_calendar),
        cmocka_unit_test(no_date_is_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
