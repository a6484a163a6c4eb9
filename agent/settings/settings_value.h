/*
 * The spellings of values that libconfig has no type for: durations, sizes, limits, schedules.
 *
 * Each parser gives FALSE and, in *why, a static sentence part ("has no unit: write 90s, 15m
 * ...").
 */
#pragma once

#include <glib.h>

/* "max(3, 10%)": at most the larger of a number and a share. "5" and "10%" are the two alone.
 */
struct settings_limit {
    gint64 number;  /* 0 when only a share was given */
    gint64 percent; /* 0 when only a number was given */
};

/* "90s", "15m", "48h", "7d": a whole number and one unit, in seconds. */
gboolean settings_value_duration(const char *text, gint64 *seconds, const char **why);

/* "512", "64 KiB", "1 MiB", "8M": bytes, units of 1024. */
gboolean settings_value_size(const char *text, gint64 *bytes, const char **why);

gboolean settings_value_limit(const char *text, struct settings_limit *limit, const char **why);

/* Seconds as the config writes them, "48h"; the caller frees. */
char *settings_value_print_duration(gint64 seconds);

/* The value of `names` (NULL-terminated) nearest to `text`, if it is at most two edits away;
 * else NULL. Borrowed. */
const char *settings_value_nearest(const char *text, const char *const *names);
