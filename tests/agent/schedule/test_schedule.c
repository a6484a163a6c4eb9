#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/schedule/schedule.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

static gint64 at(const char *text)
{
    gint64 seconds = 0;
    assert_true(clock_parse(text, &seconds));
    return seconds;
}

static struct schedule parsed(const char *text)
{
    struct schedule schedule;
    g_autoptr(GError) error = NULL;
    if (!schedule_parse(text, &schedule, &error))
        fail_msg("%s", error->message);
    return schedule;
}

static void the_next_time_is_the_first_one_later(void **state)
{
    (void)state;

    static const struct {
        const char *schedule, *after, *next;
    } cases[] = {
        /* intervals count from 1970, whatever happened before */
        {"every 15m", "2026-11-22T02:00:00Z", "2026-11-22T02:15:00Z"},
        {"every 15m", "2026-11-22T02:14:59Z", "2026-11-22T02:15:00Z"},
        {"every 10s", "2026-11-22T02:14:59Z", "2026-11-22T02:15:00Z"},
        {"every 6h", "2026-11-22T06:00:00Z", "2026-11-22T12:00:00Z"},
        {"every 1d", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
        {"  every\t7d ", "1970-01-01T00:00:00Z", "1970-01-08T00:00:00Z"},
        /* minutes and hours */
        {"* * * * *", "2026-11-22T02:00:00Z", "2026-11-22T02:01:00Z"},
        {"* * * * *", "2026-11-22T02:00:59Z", "2026-11-22T02:01:00Z"},
        {"*/15 * * * *", "2026-11-22T23:46:00Z", "2026-11-23T00:00:00Z"},
        {"5-20/5 * * * *", "2026-11-22T02:20:00Z", "2026-11-22T03:05:00Z"},
        {"59 23 * * *", "2026-12-31T23:59:00Z", "2027-01-01T23:59:00Z"},
        {"0 9-17 * * *", "2026-11-22T17:00:00Z", "2026-11-23T09:00:00Z"},
        {"30 2,14 * * *", "2026-11-22T02:30:00Z", "2026-11-22T14:30:00Z"},
        /* days and months */
        {"0 0 1 * *", "2026-11-22T00:00:00Z", "2026-12-01T00:00:00Z"},
        {"0 0 31 * *", "2026-08-31T00:00:00Z", "2026-10-31T00:00:00Z"},
        {"0 0 30 * *", "2027-01-30T00:00:00Z", "2027-03-30T00:00:00Z"},
        {"0 0 29 2 *", "2026-11-22T00:00:00Z", "2028-02-29T00:00:00Z"},
        {"0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},   /* 2100 is none */
        {"0 0 29 2 */7", "2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z"}, /* the longest gap */
        {"0 12 * jan,JUL *", "2026-01-31T12:00:00Z", "2026-07-01T12:00:00Z"},
        {"0 0 1 12-12 *", "2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z"},
        /* weekdays: 2026-11-22 is a Sunday */
        {"0 6 * * 1-5", "2026-11-22T00:00:00Z", "2026-11-23T06:00:00Z"},
        {"0 6 * * mon-fri", "2026-11-27T06:00:00Z", "2026-11-30T06:00:00Z"},
        {"0 6 * * 0", "2026-11-22T06:00:00Z", "2026-11-29T06:00:00Z"},
        {"0 6 * * 7", "2026-11-22T06:00:00Z", "2026-11-29T06:00:00Z"},
        {"0 6 * * fri-sun", "2026-11-22T06:00:00Z", "2026-11-27T06:00:00Z"},
        {"0 6 * * 5-7", "2026-11-28T06:00:00Z", "2026-11-29T06:00:00Z"},
        /* both days restricted: either will do */
        {"0 0 13 * 5", "2026-11-22T00:00:00Z", "2026-11-27T00:00:00Z"},
        {"0 0 13 * 5", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z"},
        {"0 0 30 2 1", "2026-02-02T00:00:00Z", "2026-02-09T00:00:00Z"},
        /* one of them begins with '*': both must fit */
        {"0 0 */2 * 1", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"},
        {"0 0 */2 * 1", "2026-11-23T00:00:00Z", "2026-12-07T00:00:00Z"},
        /* clocks are changed in Europe on 2026-03-29 and 2026-10-25: nothing happens here */
        {"30 2 * * *", "2026-03-28T02:30:00Z", "2026-03-29T02:30:00Z"},
        {"30 1 * * *", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
        /* far away */
        {"0 0 1 1 *", "9998-06-01T00:00:00Z", "9999-01-01T00:00:00Z"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct schedule schedule = parsed(cases[i].schedule);
        g_autofree char *next = clock_print(schedule_next(&schedule, at(cases[i].after)));
        if (strcmp(next, cases[i].next) != 0)
            print_error("%s after %s\n", cases[i].schedule, cases[i].after);
        assert_string_equal(next, cases[i].next);
    }
}

static void beyond_the_last_year_nothing_is_due(void **state)
{
    (void)state;
    struct schedule yearly = parsed("0 0 1 1 *");
    struct schedule often = parsed("every 15m");
    assert_int_equal(schedule_next(&yearly, at("9999-06-01T00:00:00Z")), G_MAXINT64);
    assert_int_equal(schedule_next(&yearly, G_MAXINT64), G_MAXINT64);
    assert_int_equal(schedule_next(&often, G_MAXINT64), G_MAXINT64);
    assert_int_equal(schedule_next(&often, G_MININT64), 900);
    assert_int_equal(schedule_next(&yearly, G_MININT64), at("1971-01-01T00:00:00Z"));
}

static void what_is_no_schedule_is_refused_with_the_reason(void **state)
{
    (void)state;

    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "neither"},
        {"hourly", "neither"},
        {"every", "neither"},
        {"Every 15m", "neither"},
        {"every 15 m", "neither"},
        {"* * * *", "neither"},
        {"* * * * * *", "neither"},
        {"every m", "an interval is"},
        {"every 15", "an interval is"},
        {"every 15w", "an interval is"},
        {"every -15m", "an interval is"},
        {"every +15m", "an interval is"},
        {"every 1.5h", "an interval is"},
        {"every 9s", "an interval is"},
        {"every 0m", "an interval is"},
        {"every 367d", "an interval is"},
        {"every 18446744073709551615d", "an interval is"},
        {"every 99999999999999999999s", "an interval is"},
        {"60 * * * *", "\"60\" is no minute"},
        {"-1 * * * *", "\"-1\" is no minute"},
        {"1, * * * *", "\"1,\" is no minute"},
        {",1 * * * *", "is no minute"},
        {"*/0 * * * *", "is no minute"},
        {"*/60 * * * *", "is no minute"},
        {"5/10 * * * *", "is no minute"},
        {"20-10 * * * *", "is no minute"},
        {"1-2-3 * * * *", "is no minute"},
        {"1/2/3 * * * *", "is no minute"},
        {"jan * * * *", "is no minute"},
        {"0 24 * * *", "\"24\" is no hour"},
        {"0 0 0 * *", "\"0\" is no day of month"},
        {"0 0 32 * *", "\"32\" is no day of month"},
        {"0 0 * 13 *", "\"13\" is no month"},
        {"0 0 * 0 *", "\"0\" is no month"},
        {"0 0 * janu *", "\"janu\" is no month"},
        {"0 0 * an- *", "is no month"},
        {"0 0 * * 8", "\"8\" is no day of week"},
        {"0 0 * * unm", "\"unm\" is no day of week"},
        {"0 0 30 2 *", "no such date ever comes"},
        {"0 0 31 4,6,9,11 *", "no such date ever comes"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct schedule schedule;
        g_autoptr(GError) error = NULL;
        if (schedule_parse(cases[i].text, &schedule, &error))
            fail_msg("\"%s\" was taken", cases[i].text);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, cases[i].why));
    }
}

static void a_run_is_due_at_once_only_if_one_was_missed(void **state)
{
    (void)state;

    static const struct {
        const char *last, *now, *due;
    } cases[] = {
        {"2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z", "2026-11-22T02:15:00Z"},
        {"2026-11-22T02:00:03Z", "2026-11-22T02:14:59Z", "2026-11-22T02:15:00Z"},
        {"2026-11-22T02:00:03Z", "2026-11-22T02:15:00Z", "2026-11-22T02:15:00Z"},
        {"2026-11-22T02:00:03Z", "2026-11-22T02:15:40Z", "2026-11-22T02:15:40Z"},
        /* a long stop: one run now, and the next in its turn */
        {"2026-10-01T00:00:00Z", "2026-11-22T02:07:00Z", "2026-11-22T02:07:00Z"},
        {"2026-11-22T02:07:00Z", "2026-11-22T02:07:30Z", "2026-11-22T02:15:00Z"},
        /* the clock was set back */
        {"2027-01-01T00:00:00Z", "2026-11-22T02:07:00Z", "2026-11-22T02:15:00Z"},
    };
    struct schedule schedule = parsed("every 15m");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 last = at(cases[i].last);
        g_autofree char *due = clock_print(schedule_due(&schedule, &last, at(cases[i].now)));
        assert_string_equal(due, cases[i].due);
    }
    gint64 never = -1;
    assert_int_equal(schedule_due(&schedule, &never, 1000), 1000);
}

/* Every minute of five years, against a plain reading of the fields. */
static void next_agrees_with_looking_at_every_minute(void **state)
{
    (void)state;
    struct schedule schedule = parsed("7,37 */5 10-12 2,11 *");
    gint64 from = at("2026-01-01T00:00:00Z");
    gint64 to = at("2031-01-01T00:00:00Z");
    gint64 expected = schedule_next(&schedule, from - 1);
    guint hits = 0;
    for (gint64 time = from; time < to; time += 60) {
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);
        int day = g_date_time_get_day_of_month(date);
        int month = g_date_time_get_month(date);
        gboolean hit =
            (g_date_time_get_minute(date) == 7 || g_date_time_get_minute(date) == 37) &&
            g_date_time_get_hour(date) % 5 == 0 && day >= 10 && day <= 12 &&
            (month == 2 || month == 11);
        assert_int_equal(hit, time == expected);
        if (hit) {
            hits++;
            expected = schedule_next(&schedule, time);
        }
    }
    assert_int_equal(hits, 5 * 2 * 3 * 5 * 2);
}

/* How serve lives by it: sleeps until what is due, runs, asks again. `sleeps_at` is when the machine
 * is suspended, for `sleeps_for` seconds. */
struct life {
    gint64 now, last_start;
    gint64 sleeps_at, sleeps_for;
};

static gint64 next_run(const struct schedule *schedule, struct life *life)
{
    gint64 due = schedule_due(schedule, &life->last_start, life->now + 1);
    life->now = MAX(due, life->now + 1);
    if (life->sleeps_for > 0 && life->now >= life->sleeps_at) {
        life->now = MAX(life->now, life->sleeps_at + life->sleeps_for);
        life->sleeps_for = 0;
    }
    life->last_start = life->now;
    return life->now;
}

static const char *const zones[] = {
    "UTC",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
};

static void run_over(const struct schedule *schedule, gint64 interval, gint64 transition,
                     const char *zone)
{
    struct life life = {.now = transition - 2 * interval,
                        .last_start = transition - 2 * interval};
    gint64 before = next_run(schedule, &life);
    while (life.now < transition + 2 * interval) {
        gint64 run = next_run(schedule, &life);
        if ((run - before) * 100 < interval * 99 || (run - before) * 100 > interval * 101)
            fail_msg("%s: %" G_GINT64_FORMAT " s between two runs about %" G_GINT64_FORMAT,
                     zone, run - before, transition);
        before = run;
    }
}

/* Also with the machine set to that zone: nothing here asks for it. */
static void T02_no_change_of_the_clocks_moves_a_run(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gint64 interval;
    } schedules[] = {{"every 15m", 900},  {"*/30 * * * *", 1800}, {"every 1h", 3600},
                     {"every 4h", 14400}, {"0 */4 * * *", 14400}, {"30 2 * * *", 86400}};

    const gint64 from = at("2020-01-01T00:00:00Z"), to = at("2041-01-01T00:00:00Z");
    guint transitions = 0;
    for (guint i = 0; i < G_N_ELEMENTS(zones); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[i]);
        if (zone == NULL)
            fail_msg("the machine does not know the zone %s", zones[i]);
        g_setenv("TZ", zones[i], TRUE);
        gint32 offset = 0;
        for (gint64 time = from; time < to; time += 6 * 3600) {
            gint32 now = g_time_zone_get_offset(
                zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, time));
            if (time > from && now != offset) {
                transitions++;
                for (guint k = 0; k < G_N_ELEMENTS(schedules); k++) {
                    struct schedule schedule = parsed(schedules[k].text);
                    run_over(&schedule, schedules[k].interval, time - 3 * 3600, zones[i]);
                }
            }
            offset = now;
        }
    }
    g_unsetenv("TZ");
    print_message("%u changes of the clocks in %zu zones\n", transitions, G_N_ELEMENTS(zones));
    assert_true(transitions > 500);
}

/* A run that a wrong clock dated ten years ahead holds up none of the next ones. */
static void T01_a_clock_that_was_set_back_holds_up_no_run(void **state)
{
    (void)state;
    struct schedule schedule = parsed("every 15m");
    gint64 now = at("2026-11-22T02:07:00Z"), last = at("2036-11-22T02:00:03Z");
    gint64 due = schedule_due(&schedule, &last, now);
    assert_int_equal(due, at("2026-11-22T02:15:00Z"));
    for (; now < due; now += 60)
        assert_int_equal(schedule_due(&schedule, &last, now), due);
    assert_int_equal(schedule_due(&schedule, &last, due), due);
    assert_int_equal(schedule_due(&schedule, &last, due + 7), due + 7);
}

static void T03_after_three_days_asleep_there_is_one_run_and_then_the_usual(void **state)
{
    (void)state;
    static const char *const texts[] = {"every 1h", "0 * * * *"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct schedule schedule = parsed(texts[i]);
        const gint64 begin = at("2026-11-22T00:30:00Z"), wake = begin + 3 * 86400 + 600;
        struct life life = {.now = begin,
                            .last_start = begin,
                            .sleeps_at = begin + 3600,
                            .sleeps_for = wake - begin - 3600};
        assert_int_equal(next_run(&schedule, &life), at("2026-11-22T01:00:00Z"));
        /* what fell into the sleep is made up for once, when the machine wakes */
        assert_int_equal(next_run(&schedule, &life), wake);
        assert_int_equal(next_run(&schedule, &life), at("2026-11-25T01:00:00Z"));
        assert_int_equal(next_run(&schedule, &life), at("2026-11-25T02:00:00Z"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_time_is_the_first_one_later),
        cmocka_unit_test(beyond_the_last_year_nothing_is_due),
        cmocka_unit_test(what_is_no_schedule_is_refused_with_the_reason),
        cmocka_unit_test(a_run_is_due_at_once_only_if_one_was_missed),
        cmocka_unit_test(next_agrees_with_looking_at_every_minute),
        cmocka_unit_test(T02_no_change_of_the_clocks_moves_a_run),
        cmocka_unit_test(T01_a_clock_that_was_set_back_holds_up_no_run),
        cmocka_unit_test(T03_after_three_days_asleep_there_is_one_run_and_then_the_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
