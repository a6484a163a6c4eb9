#include "scim/mail/mail_pace.h"

#define PERIOD ((gint64)60 * G_USEC_PER_SEC)

/* The times of the last `rate` mails, in a ring: `at` is the oldest. */
struct mail_pace {
    gint64 *times;
    gsize rate, count, at;
};

MailPace *mail_pace_new(gint64 rate)
{
    MailPace *pace = g_new0(struct mail_pace, 1);
    pace->rate = rate > 0 ? (gsize)rate : 0;
    pace->times = g_new0(gint64, pace->rate);
    return pace;
}

void mail_pace_free(MailPace *pace)
{
    if (pace == NULL)
        return;
    g_free(pace->times);
    g_free(pace);
}

gint64 mail_pace_next(const MailPace *pace, gint64 now)
{
    if (pace->rate == 0 || pace->count < pace->rate)
        return now;
    return pace->times[pace->at] + PERIOD;
}

void mail_pace_count(MailPace *pace, gint64 now)
{
    if (pace->rate == 0)
        return;
    pace->times[(pace->at + pace->count) % pace->rate] = now;
    if (pace->count < pace->rate)
        pace->count++;
    else
        pace->at = (pace->at + 1) % pace->rate;
}
