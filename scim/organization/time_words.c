#include "scim/organization/time_words.h"

#include <time.h>

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

const char *time_words_weekday(int day)
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    return day >= 0 && day < (int)G_N_ELEMENTS(days) ? days[day] : "";
}

const char *time_words_month(int month)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    return month >= 0 && month < (int)G_N_ELEMENTS(months) ? months[month] : "";
}

char *time_words_date(gint64 seconds)
{
    time_t time = (time_t)seconds;
    struct tm at;
    if (gmtime_r(&time, &at) == NULL) /* a year that no int holds */
        return g_strdup("a time that no calendar here knows");
    return g_strdup_printf("%s, %d %s %04ld, %02d:%02d UTC", time_words_weekday(at.tm_wday),
                           at.tm_mday, time_words_month(at.tm_mon), at.tm_year + 1900L,
                           at.tm_hour, at.tm_min);
}

static char *count_of(gint64 count, const char *unit)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", count, unit, count == 1 ? "" : "s");
}

char *time_words_left(gint64 seconds)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {0, NULL}};

    gsize i = 0;
    while (units[i].name != NULL && seconds < units[i].seconds)
        i++;
    if (units[i].name == NULL)
        return g_strdup("less than a minute");
    g_autofree char *whole = count_of(seconds / units[i].seconds, units[i].name);
    gint64 rest =
        units[i + 1].name != NULL ? seconds % units[i].seconds / units[i + 1].seconds : 0;
    if (rest == 0)
        return g_steal_pointer(&whole);
    g_autofree char *part = count_of(rest, units[i + 1].name);
    return g_strconcat(whole, " and ", part, NULL);
}
