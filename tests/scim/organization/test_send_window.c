#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/send_window.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

#define DAY ((gint64)24 * 3600)

static gint64 at(const char *text)
{
    gint64 seconds = 0;
    if (!clock_parse(text, &seconds))
        fail_msg("%s is no time", text);
    return seconds;
}

static SendWindow *window_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    SendWindow *window = send_window_parse(text, &error);
    if (window == NULL)
        fail_msg("%s: %s", text, error->message);
    return window;
}

static void no_window_is_always_open(void **state)
{
    (void)state;
    assert_true(send_window_is_open(NULL, 0));
    assert_true(send_window_is_open(NULL, G_MAXINT64));
    assert_int_equal(send_window_next(NULL, 1800000000), 1800000000);
}

struct moment {
    const char *window, *time;
    gboolean is_open;
    const char *next; /* NULL: that time itself */
};

/* 2026-11-23 is a Monday. */
static const struct moment moments[] = {
    /* the edges of a day: the beginning is in it, the end is not */
    {"Mon-Thu 07:00-15:00", "2026-11-23T06:59:59Z", FALSE, "2026-11-23T07:00:00Z"},
    {"Mon-Thu 07:00-15:00", "2026-11-23T07:00:00Z", TRUE, NULL},
    {"Mon-Thu 07:00-15:00", "2026-11-23T14:59:59Z", TRUE, NULL},
    {"Mon-Thu 07:00-15:00", "2026-11-23T15:00:00Z", FALSE, "2026-11-24T07:00:00Z"},
    {"Mon-Thu 07:00-15:00", "2026-11-26T15:00:00Z", FALSE, "2026-11-30T07:00:00Z"},
    {"Mon-Thu 07:00-15:00", "2026-11-22T23:59:59Z", FALSE, "2026-11-23T07:00:00Z"},
    /* lists, ranges over Sunday, one day, the whole day, letters of either case */
    {"Mon,Wed-Fri 09:30-10:00", "2026-11-24T09:40:00Z", FALSE, "2026-11-25T09:30:00Z"},
    {"Mon,Wed-Fri 09:30-10:00", "2026-11-27T09:40:00Z", TRUE, NULL},
    {"Sat-Mon 00:00-24:00", "2026-11-23T23:59:59Z", TRUE, NULL},
    {"Sat-Mon 00:00-24:00", "2026-11-24T00:00:00Z", FALSE, "2026-11-28T00:00:00Z"},
    {"Sun 00:00-24:00", "2026-11-22T12:00:00Z", TRUE, NULL},
    {"sun 12:00-12:01 UTC", "2026-11-22T12:01:00Z", FALSE, "2026-11-29T12:00:00Z"},
    {"mon-SUN 00:00-24:00 UTC", "2026-11-25T03:04:05Z", TRUE, NULL},
    {"  Mon-Thu\t07:00-15:00   UTC ", "2026-11-23T07:00:00Z", TRUE, NULL},
    /* a zone: another day there */
    {"Mon-Thu 07:00-15:00 Europe/Berlin", "2026-11-23T05:59:59Z", FALSE,
     "2026-11-23T06:00:00Z"},
    {"Mon-Thu 07:00-15:00 Europe/Berlin", "2026-07-20T05:00:00Z", TRUE, NULL},
    {"Mon 00:00-24:00 Pacific/Auckland", "2026-11-22T11:00:00Z", TRUE, NULL},
    {"Mon 00:00-24:00 Pacific/Auckland", "2026-11-22T10:59:59Z", FALSE, "2026-11-22T11:00:00Z"},
    {"Sun 00:00-24:00 Pacific/Honolulu", "2026-11-23T09:59:59Z", TRUE, NULL},
    {"Sun 00:00-24:00 Pacific/Honolulu", "2026-11-23T10:00:00Z", FALSE, "2026-11-29T10:00:00Z"},
    /* half and quarter hours */
    {"Mon-Fri 09:00-17:00 Asia/Kolkata", "2026-11-23T03:29:59Z", FALSE, "2026-11-23T03:30:00Z"},
    {"Mon-Fri 09:00-17:00 Asia/Kathmandu", "2026-11-23T03:15:00Z", TRUE, NULL},
    {"Mon-Fri 09:00-17:00 Asia/Kathmandu", "2026-11-23T03:14:59Z", FALSE,
     "2026-11-23T03:15:00Z"},
    /* Lord Howe moves its clocks by half an hour: 2026-10-04 at 02:00 to 02:30 */
    {"Sun 02:00-03:00 Australia/Lord_Howe", "2026-10-03T15:29:59Z", FALSE,
     "2026-10-03T15:30:00Z"},
    {"Sun 02:00-03:00 Australia/Lord_Howe", "2026-10-03T15:59:59Z", TRUE, NULL},
    {"Sun 02:00-03:00 Australia/Lord_Howe", "2026-10-03T16:00:00Z", FALSE,
     "2026-10-10T15:00:00Z"},
    /* Berlin in spring, 2026-03-29: there is no hour from 02:00 to 03:00 */
    {"Sun 02:30-04:00 Europe/Berlin", "2026-03-29T00:59:59Z", FALSE, "2026-03-29T01:00:00Z"},
    {"Sun 02:30-04:00 Europe/Berlin", "2026-03-29T01:59:59Z", TRUE, NULL},
    {"Sun 02:30-04:00 Europe/Berlin", "2026-03-29T02:00:00Z", FALSE, "2026-04-05T00:30:00Z"},
    {"Mon-Thu 07:00-15:00 Europe/Berlin", "2026-03-27T12:00:00Z", FALSE,
     "2026-03-30T05:00:00Z"},
    /* and in autumn, 2026-10-25: that hour is there twice */
    {"Sun 02:30-02:45 Europe/Berlin", "2026-10-25T00:29:59Z", FALSE, "2026-10-25T00:30:00Z"},
    {"Sun 02:30-02:45 Europe/Berlin", "2026-10-25T00:45:00Z", FALSE, "2026-10-25T01:30:00Z"},
    {"Sun 02:30-02:45 Europe/Berlin", "2026-10-25T01:45:00Z", FALSE, "2026-11-01T01:30:00Z"},
    {"Mon-Thu 07:00-15:00 Europe/Berlin", "2026-10-23T12:00:00Z", FALSE,
     "2026-10-26T06:00:00Z"},
    /* Samoa left out 2011-12-30, a Friday */
    {"Fri 09:00-10:00 Pacific/Apia", "2011-12-30T09:00:00Z", FALSE, "2012-01-05T19:00:00Z"},
    /* beyond 32 bits */
    {"Mon-Sun 00:00-24:00", "2038-01-19T03:14:08Z", TRUE, NULL},
    {"Mon-Sun 00:00-12:00", "2106-02-07T12:28:16Z", FALSE, "2106-02-08T00:00:00Z"},
    {"Mon-Sun 00:00-24:00", "9999-12-31T23:59:59Z", TRUE, NULL},
};

static void it_is_open_on_its_days_by_the_clock_of_its_zone(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(moments); i++) {
        const struct moment *moment = &moments[i];
        g_autoptr(SendWindow) window = window_of(moment->window);
        gint64 time = at(moment->time);
        if (send_window_is_open(window, time) != moment->is_open)
            fail_msg("%s at %s: is it open?", moment->window, moment->time);
        g_autofree char *next = clock_print(send_window_next(window, time));
        const char *wanted = moment->next != NULL ? moment->next : moment->time;
        if (strcmp(next, wanted) != 0)
            fail_msg("%s after %s: opens at %s, not at %s", moment->window, moment->time,
                     wanted, next);
    }
}

static void after_the_calendar_ends_nothing_is_sent(void **state)
{
    (void)state;
    g_autoptr(SendWindow) window = window_of("Mon-Sun 00:00-24:00");
    gint64 year_10000 = 253402300800;
    assert_false(send_window_is_open(window, year_10000));
    assert_int_equal(send_window_next(window, year_10000), year_10000 + 8 * DAY);
    assert_int_equal(send_window_next(window, year_10000 - 1), year_10000 - 1);
}

/* Goes back minute by minute, so that the first open one after each is known; asks at every 29th, and
 * wherever it has just opened or closed. */
static void walk_back(const char *text, gint64 from, gint64 to)
{
    g_autoptr(SendWindow) window = window_of(text);
    gint64 first = 0;
    gboolean was_open = FALSE;
    for (gint64 now = to; now >= from; now -= 60) {
        gboolean is_open = send_window_is_open(window, now);
        gboolean is_edge = is_open != was_open || (now / 60) % 29 == 0;
        was_open = is_open;
        first = is_open ? now : first;
        if (first != 0 && is_edge && send_window_next(window, now) != first)
            fail_msg("%s: after %" G_GINT64_FORMAT " not %" G_GINT64_FORMAT, text, now, first);
    }
}

static void the_next_opening_is_the_first_open_minute(void **state)
{
    (void)state;
    static const char *const windows[] = {
        "Mon-Thu 07:00-15:00 Europe/Berlin",    "Sun 02:10-02:20 Europe/Berlin",
        "Sun 01:30-03:30 America/New_York",     "Sat,Sun 23:00-24:00 America/St_Johns",
        "Sun 00:00-00:01 Asia/Beirut",          "Sun 02:00-02:15 Australia/Lord_Howe",
        "Tue-Wed 12:34-12:35 Pacific/Chatham",  "Fri-Sun 00:00-01:00 Africa/Casablanca",
        "Mon-Sun 02:59-03:01 America/Sao_Paulo"};
    /* weeks in which the clocks of one zone or another are moved */
    static const char *const weeks[] = {"2025-03-06T00:00:00Z", "2025-03-27T00:00:00Z",
                                        "2025-10-02T00:00:00Z", "2025-10-23T00:00:00Z",
                                        "2025-10-30T00:00:00Z", "2026-02-12T00:00:00Z"};
    for (guint i = 0; i < G_N_ELEMENTS(windows); i++)
        for (guint j = 0; j < G_N_ELEMENTS(weeks); j++)
            walk_back(windows[i], at(weeks[j]), at(weeks[j]) + 7 * DAY);
}

static void the_next_opening_is_within_eight_days_and_never_before_now(void **state)
{
    (void)state;
    g_autoptr(SendWindow) window = window_of("Sun 02:30-02:40 America/New_York");
    for (gint64 now = at("2026-01-01T00:00:00Z"); now < at("2028-01-01T00:00:00Z");
         now += 3 * 3600 + 61) {
        gint64 next = send_window_next(window, now);
        assert_in_range(next - now, 0, 8 * DAY);
        assert_true(send_window_is_open(window, next) || next == now + 8 * DAY);
    }
}

static const struct {
    const char *text, *complaint; /* a part of it */
} broken[] = {
    {"", "send window"},
    {"Mon-Thu", "send window"},
    {"07:00-15:00", "send window"},
    {"Mon-Thu 07:00-15:00 Europe/Berlin now", "send window"},
    {"Moo 07:00-15:00", "\"Moo\" is no day of the week"},
    {"Monday 07:00-15:00", "\"Monday\" is no day of the week"},
    {"Mon-Tue-Wed 07:00-15:00", "\"Mon-Tue-Wed\" is no range of days"},
    {"Mon, 07:00-15:00", "\"\" is no range of days"},
    {"Mon- 07:00-15:00", "\"\" is no day of the week"},
    {"Mon 07:00", "\"07:00\" is no range of times"},
    {"Mon 07:00-09:00-11:00", "no range of times"},
    {"Mon 7:00-15:00", "\"7:00\" is no time of the day"},
    {"Mon 07:60-15:00", "\"07:60\" is no time of the day"},
    {"Mon 07:00-24:01", "\"24:01\" is no time of the day"},
    {"Mon 07.00-15:00", "\"07.00\" is no time of the day"},
    {"Mon +7:00-15:00", "\"+7:00\" is no time of the day"},
    {"Mon 15:00-07:00", "\"15:00-07:00\" is no range of times: it begins before it ends"},
    {"Mon 07:00-07:00", "it begins before it ends"},
    {"Mon 07:00-15:00 Europe/Atlantis", "\"Europe/Atlantis\" is no time zone"},
    {"Mon 07:00-15:00 +02:00", "\"+02:00\" is no time zone"},
    {"Mon 07:00-15:00 ../../etc/passwd", "is no time zone"},
};

static void what_is_wrong_is_told_in_words(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SendWindow) window = send_window_parse(broken[i].text, &error);
        if (window != NULL || error == NULL || error->code != OUTCOME_SETTINGS ||
            strstr(error->message, broken[i].complaint) == NULL)
            fail_msg("\"%s\": wanted %s, got %s", broken[i].text, broken[i].complaint,
                     error == NULL ? "no complaint" : error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_window_is_always_open),
        cmocka_unit_test(it_is_open_on_its_days_by_the_clock_of_its_zone),
        cmocka_unit_test(after_the_calendar_ends_nothing_is_sent),
        cmocka_unit_test(the_next_opening_is_the_first_open_minute),
        cmocka_unit_test(the_next_opening_is_within_eight_days_and_never_before_now),
        cmocka_unit_test(what_is_wrong_is_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
