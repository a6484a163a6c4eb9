#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_date.h"

static void dates_are_told_to_programs_and_people(void **state)
{
    (void)state;

    static const struct {
        gint64 at;
        const char *date, *words;
    } cases[] = {
        {0, "Thu, 1 Jan 1970 00:00:00 +0000", "Thursday, 1 January 1970, 00:00 UTC"},
        {1800000000, "Fri, 15 Jan 2027 08:00:00 +0000", "Friday, 15 January 2027, 08:00 UTC"},
        {951782399, "Mon, 28 Feb 2000 23:59:59 +0000", "Monday, 28 February 2000, 23:59 UTC"},
        {4294967296, "Sun, 7 Feb 2106 06:28:16 +0000", "Sunday, 7 February 2106, 06:28 UTC"},
        {253402300800, "Sat, 1 Jan 10000 00:00:00 +0000",
         "Saturday, 1 January 10000, 00:00 UTC"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *date = mail_date_print(cases[i].at);
        g_autofree char *words = mail_date_words(cases[i].at);
        assert_string_equal(date, cases[i].date);
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
    g_autofree char *words = mail_date_words(G_MININT64);
    assert_string_equal(date, "Thu, 1 Jan 1970 00:00:00 +0000");
    assert_string_equal(words, "Thursday, 1 January 1970, 00:00 UTC");
}

static void durations_are_told_in_a_unit_of_which_there_are_some(void **state)
{
    (void)state;

    static const struct {
        gint64 seconds;
        const char *words;
    } cases[] = {
        {0, "0 seconds"},        {119, "119 seconds"},        {120, "2 minutes"},
        {3600, "60 minutes"},    {7199, "119 minutes"},       {7200, "2 hours"},
        {48 * 3600, "48 hours"}, {96 * 3600 - 1, "95 hours"}, {96 * 3600, "4 days"},
        {7 * 86400, "7 days"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = mail_date_duration(cases[i].seconds);
        assert_string_equal(words, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_told_to_programs_and_people),
        cmocka_unit_test(ten_thousand_dates_are_those_of_another_calendar),
        cmocka_unit_test(no_date_is_no_harm),
        cmocka_unit_test(durations_are_told_in_a_unit_of_which_there_are_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
