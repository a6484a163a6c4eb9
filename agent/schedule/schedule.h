/*
 * When the next run is due: "every 15m", or five cron fields. Pure.
 *
 *     if (!schedule_parse("every 15m", &schedule, &error)) ...
 *     due = schedule_due(&schedule, &last_start, clock_now(clock));
 *
 * Everything is computed in UTC, cron fields too: no run is lost or doubled when the clocks
 * change. "every" counts from 1970, so that a restart does not move it: "every 15m" is :00 :15
 * :30 :45. Cron fields are minute, hour, day of month, month, day of week (0 and 7 are Sunday),
 * with lists, ranges, steps and English short names; if both days are restricted, either one
 * will do (as in cron(5)). After a long stop there is one run to catch up, not one for each
 * that was missed.
 */
#pragma once

#include <glib.h>

/* The cron fields in their order. */
enum schedule_field {
    SCHEDULE_MINUTE,
    SCHEDULE_HOUR,
    SCHEDULE_DAY,
    SCHEDULE_MONTH,
    SCHEDULE_WEEKDAY,
    SCHEDULE_FIELDS, /* how many there are */
};

/* Plain data; read it through the functions only. */
struct schedule {
    gint64 every;                     /* seconds; 0: the fields count */
    guint64 allowed[SCHEDULE_FIELDS]; /* bit n: the value n; Sunday is 0 */
    gboolean either_day;              /* both days are restricted: one of them will do */
};

/* Reads the config's `schedule`. Intervals are "30s", "15m", "6h", "1d": at least 10 seconds,
 * at most 366 days. FALSE with SETTINGS and the reason, also for a date that never comes
 * ("0 0 30 2 *"). */
gboolean schedule_parse(const char *text, struct schedule *schedule, GError **error);

/* The first time later than `after`, in UTC seconds; G_MAXINT64 if there is none before year
 * 9999. */
gint64 schedule_next(const struct schedule *schedule, gint64 after);

/* When the next run has to start: `now` if one was missed since *last_start or if there never was
 * one (negative), else a time later than `now`. A *last_start in the future becomes `now`: the clock
 * was set back, and nobody waits for it to get there again (T01). */
gint64 schedule_due(const struct schedule *schedule, gint64 *last_start, gint64 now);
