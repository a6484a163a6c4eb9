#include "scim/mail/mail_date.h"

#include <time.h>

#include "scim/organization/time_words.h"

char *mail_date_print(gint64 seconds)
{
    /* A year that no int holds is shown as the epoch: a header must have a date. */
    const struct tm epoch = {.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
    time_t time = (time_t)seconds;
    struct tm at;
    if (gmtime_r(&time, &at) == NULL)
        at = epoch;
    return g_strdup_printf(
        "%.3s, %d %.3s %04ld %02d:%02d:%02d +0000", time_words_weekday(at.tm_wday), at.tm_mday,
        time_words_month(at.tm_mon), at.tm_year + 1900L, at.tm_hour, at.tm_min, at.tm_sec);
}
