#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/time_words.h"

/* T05: no time_t of 32 bits, no surprise at the end of the calendar. */
static void a_time_is_written_out(void **state)
{
    (void)state;

    static const struct {
        gint64 at;
        const char *words;
    } cases[] = {
        {0, "Thursday, 1 January 1970, 00:00 UTC"},
        {951782399, "Monday, 28 February 2000, 23:59 UTC"},
        {1795496520, "Tuesday, 24 November 2026, 05:02 UTC"},
        {1800000000, "Friday, 15 January 2027, 08:00 UTC"},
        {4294967296, "Sunday, 7 February 2106, 06:28 UTC"},
        {253402300799, "Friday, 31 December 9999, 23:59 UTC"},
        {253402300800, "Saturday, 1 January 10000, 00:00 UTC"},
        {G_MAXINT64, "a time that no calendar here knows"},
        {G_MININT64, "a time that no calendar here knows"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = time_words_date(cases[i].at);
        assert_string_equal(words, cases[i].words);
    }
}

/* GLib has a calendar of its own. */
static void ten_thousand_dates_are_those_of_another_calendar(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int round = 0; round < 10000; round++) {
        gint64 at = (gint64)(g_rand_double(random) * 8e9);
        g_autofree char *words = time_words_date(at);
        g_autoptr(GDateTime) other = g_date_time_new_from_unix_utc(at);
        g_autofree char *expected = g_date_time_format(other, "%A, %-d %B %Y, %H:%M UTC");
        assert_string_equal(words, expected);
    }
}

static void the_time_left_is_said_in_words_and_promises_nothing(void **state)
{
    (void)state;

    static const struct {
        gint64 seconds;
        const char *expected;
    } cases[] = {
        {172800, "2 days"},
        {172799, "1 day and 23 hours"},
        {90000, "1 day and 1 hour"},
        {86400, "1 day"},
        {86399, "23 hours and 59 minutes"},
        {7500, "2 hours and 5 minutes"},
        {7200, "2 hours"},
        {7199, "1 hour and 59 minutes"},
        {3600, "1 hour"},
        {3599, "59 minutes"},
        {120, "2 minutes"},
        {119, "1 minute"},
        {60, "1 minute"},
        {59, "less than a minute"},
        {0, "less than a minute"},
        {-5, "less than a minute"},
        {96 * 3600 - 1, "3 days and 23 hours"},
        {7 * 86400, "7 days"},
        {30 * 86400 + 59, "30 days"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *left = time_words_left(cases[i].seconds);
        assert_string_equal(left, cases[i].expected);
    }
}

static void what_is_no_day_and_no_month_has_no_name(void **state)
{
    (void)state;
    assert_string_equal(time_words_weekday(0), "Sunday");
    assert_string_equal(time_words_weekday(6), "Saturday");
    assert_string_equal(time_words_month(0), "January");
    assert_string_equal(time_words_month(11), "December");
    assert_string_equal(time_words_weekday(-1), "");
    assert_string_equal(time_words_weekday(7), "");
    assert_string_equal(time_words_month(-1), "");
    assert_string_equal(time_words_month(12), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_written_out),
        cmocka_unit_test(ten_thousand_dates_are_those_of_another_calendar),
        cmocka_unit_test(the_time_left_is_said_in_words_and_promises_nothing),
        cmocka_unit_test(what_is_no_day_and_no_month_has_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
