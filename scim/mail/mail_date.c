#include "scim/mail/mail_date.h"

#include <time.h>

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* A year that no int holds is shown as the epoch: there is no such date. */
static struct tm read_time(gint64 seconds)
{
    const struct tm epoch = {.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
    time_t time = (time_t)seconds;
    struct tm parts;
    return gmtime_r(&time, &parts) != NULL ? parts : epoch;
}

char *mail_date_print(gint64 seconds)
{
    const struct tm at = read_time(seconds);
    return g_strdup_printf("%.3s, %d %.3s %04ld %02d:%02d:%02d +0000", days[at.tm_wday],
                           at.tm_mday, months[at.tm_mon], at.tm_year + 1900L, at.tm_hour,
                           at.tm_min, at.tm_sec);
}

char *mail_date_words(gint64 seconds)
{
    const struct tm at = read_time(seconds);
    return g_strdup_printf("%s, %d %s %04ld, %02d:%02d UTC", days[at.tm_wday], at.tm_mday,
                           months[at.tm_mon], at.tm_year + 1900L, at.tm_hour, at.tm_min);
}

char *mail_date_duration(gint64 seconds)
{
    static const struct {
        gint64 from, length;
        const char *unit;
    } units[] = {
        {4 * DAY, DAY, "days"}, {2 * HOUR, HOUR, "hours"}, {2 * MINUTE, MINUTE, "minutes"}};

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (seconds >= units[i].from)
            return g_strdup_printf("%" G_GINT64_FORMAT " %s", seconds / units[i].length,
                                   units[i].unit);
    return g_strdup_printf("%" G_GINT64_FORMAT " seconds", seconds);
}
