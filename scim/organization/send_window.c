#include "scim/organization/send_window.h"

#include <string.h>

#include "scim/protocol/outcome.h"

#define MINUTE     ((gint64)60)
#define DAY        ((gint64)24 * 3600)
#define DAYS       7
#define LOOK_AHEAD 8 /* days */

struct send_window {
    gboolean days[DAYS]; /* Monday is 0 */
    gint64 from, to;     /* seconds of the day; `to` does not belong to it any more */
    GTimeZone *zone;
};

static const char *const day_names[DAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

void send_window_free(SendWindow *window)
{
    if (window == NULL)
        return;
    if (window->zone != NULL)
        g_time_zone_unref(window->zone);
    g_free(window);
}

static gboolean complain(GError **error, const char *what, const char *text, const char *wanted)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "\"%s\" is no %s: %s", text, what, wanted);
    return FALSE;
}

static gboolean parse_day(const char *name, guint *day, GError **error)
{
    for (*day = 0; *day < DAYS; (*day)++)
        if (g_ascii_strcasecmp(name, day_names[*day]) == 0)
            return TRUE;
    return complain(error, "day of the week", name,
                    "write Mon, Tue, Wed, Thu, Fri, Sat or Sun");
}

/* One day, or a range that may go over Sunday: "Sat-Tue". */
static gboolean add_days(SendWindow *window, const char *text, GError **error)
{
    guint first, last;
    g_auto(GStrv) ends = g_strsplit(text, "-", -1);
    guint count = g_strv_length(ends);
    if (count < 1 || count > 2)
        return complain(error, "range of days", text, "write \"Mon-Thu\" or \"Mon,Wed\"");
    if (!parse_day(ends[0], &first, error) || !parse_day(ends[count - 1], &last, error))
        return FALSE;
    for (guint day = first; day != last; day = (day + 1) % DAYS)
        window->days[day] = TRUE;
    window->days[last] = TRUE;
    return TRUE;
}

static gboolean parse_days(SendWindow *window, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++)
        if (!add_days(window, parts[i], error))
            return FALSE;
    return TRUE;
}

static gboolean is_digits(const char *text, gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    return TRUE;
}

static int two_digits(const char *text)
{
    return 10 * g_ascii_digit_value(text[0]) + g_ascii_digit_value(text[1]);
}

/* "07:00"; "24:00" is the end of the day. */
static gboolean parse_time(const char *text, gint64 *seconds, GError **error)
{
    gboolean is_time = strlen(text) == 5 && is_digits(text, 2) && text[2] == ':' &&
                       is_digits(text + 3, 2) && two_digits(text + 3) < 60;
    if (is_time)
        *seconds = (two_digits(text) * 60 + two_digits(text + 3)) * MINUTE;
    return (is_time && *seconds <= DAY) ||
           complain(error, "time of the day", text, "write 00:00 to 24:00");
}

static gboolean parse_times(SendWindow *window, const char *text, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", -1);
    if (g_strv_length(ends) != 2)
        return complain(error, "range of times", text, "write \"07:00-15:00\"");
    if (!parse_time(ends[0], &window->from, error) || !parse_time(ends[1], &window->to, error))
        return FALSE;
    if (window->from >= window->to)
        return complain(error, "range of times", text,
                        "it begins before it ends, within one day");
    return TRUE;
}

static gboolean parse_zone(SendWindow *window, const char *name, GError **error)
{
    /* Offsets and POSIX rules are zones for GLib too: they know no daylight saving, or hide it. */
    gboolean is_name = g_ascii_isalpha(name[0]) && strchr(name, ':') == NULL;
    window->zone = is_name ? g_time_zone_new_identifier(name) : NULL;
    if (window->zone == NULL)
        return complain(error, "time zone", name, "write a name such as Europe/Berlin, or UTC");
    return TRUE;
}

/* The words of a text, whatever number of blanks is between them. */
static char **split_words(const char *text)
{
    g_auto(GStrv) parts = g_strsplit_set(text, " \t", -1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
            g_strv_builder_add(builder, parts[i]);
    return g_strv_builder_end(builder);
}

SendWindow *send_window_parse(const char *text, GError **error)
{
    g_autoptr(SendWindow) window = g_new0(SendWindow, 1);
    g_auto(GStrv) words = split_words(text);
    guint count = g_strv_length(words);
    if (count < 2 || count > 3) {
        complain(error, "send window", text,
                 "write days, times and a zone: \"Mon-Thu 07:00-15:00 Europe/Berlin\"");
        return NULL;
    }
    if (!parse_days(window, words[0], error) || !parse_times(window, words[1], error) ||
        !parse_zone(window, count == 3 ? words[2] : "UTC", error))
        return NULL;
    return g_steal_pointer(&window);
}

/* NULL beyond the year 9999, where GLib's calendar ends. */
static GDateTime *local_time(const SendWindow *window, gint64 now)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now);
    return utc == NULL ? NULL : g_date_time_to_timezone(utc, window->zone);
}

static gint64 second_of_day(GDateTime *local)
{
    return (gint64)g_date_time_get_hour(local) * 3600 + g_date_time_get_minute(local) * MINUTE +
           g_date_time_get_second(local);
}

gboolean send_window_is_open(const SendWindow *window, gint64 now)
{
    if (window == NULL)
        return TRUE;
    g_autoptr(GDateTime) local = local_time(window, now);
    if (local == NULL)
        return FALSE;
    gint64 second = second_of_day(local);
    return window->days[g_date_time_get_day_of_week(local) - 1] && second >= window->from &&
           second < window->to;
}

/* How far it is to the next opening by the hands of the clock there, whatever day that is; only a
 * minute where the hands are moved in between, so that an hour left out or doubled is walked through.
 * 0: no calendar any more. */
static gint64 stride(const SendWindow *window, gint64 at)
{
    g_autoptr(GDateTime) local = local_time(window, at);
    if (local == NULL)
        return 0;
    gint64 second = second_of_day(local);
    gint64 wait = second < window->from ? window->from - second : DAY - second + window->from;
    g_autoptr(GDateTime) then = local_time(window, at + wait);
    gboolean is_even =
        then != NULL && g_date_time_get_utc_offset(local) == g_date_time_get_utc_offset(then);
    return is_even ? wait : MINUTE - second % MINUTE;
}

gint64 send_window_next(const SendWindow *window, gint64 now)
{
    gint64 latest = now + LOOK_AHEAD * DAY;
    for (gint64 at = now; at < latest;) {
        if (send_window_is_open(window, at))
            return at;
        gint64 step = stride(window, at);
        at = step == 0 ? latest : at + step;
    }
    return latest;
}
