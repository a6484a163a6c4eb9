#include "scim/client/retry.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000

const struct retry_policy retry_usual = {
    .first_ms = 500,
    .cap_ms = 300000,
    .budget_ms = 600000,
    .attempts = 8,
};

static gboolean system_wait(void *context, gint64 milliseconds)
{
    (void)context;
    const struct timespec time = {.tv_sec = milliseconds / MS_PER_SECOND,
                                  .tv_nsec = (milliseconds % MS_PER_SECOND) * NS_PER_MS};
    return clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL) == 0;
}

static const struct retry_waiter the_system_waiter = {.wait = system_wait, .context = NULL};

const struct retry_waiter *retry_waiter_system(void)
{
    return &the_system_waiter;
}

struct retry retry_begin(const struct retry_policy *policy, const struct random_source *random)
{
    return (struct retry){.policy = *policy, .random = random};
}

gint64 retry_after_seconds(const char *retry_after)
{
    guint64 seconds = 0;
    if (retry_after == NULL ||
        !g_ascii_string_to_unsigned(retry_after, 10, 0, G_MAXINT32, &seconds, NULL)) {
        return -1;
    }
    return (gint64)seconds;
}

/* Doubled once a try, up to the cap: half of it is sure, half is chance. */
static gint64 own_wait(const struct retry *retry)
{
    gint64 whole = MIN(retry->policy.first_ms, retry->policy.cap_ms);
    for (guint i = 1; i < retry->tries && whole < retry->policy.cap_ms; i++) {
        whole = whole > retry->policy.cap_ms / 2 ? retry->policy.cap_ms : whole * 2;
    }
    guint32 chance = 0;
    retry->random->fill(retry->random->context, (guint8 *)&chance, sizeof(chance));
    gint64 half = whole / 2;
    return whole - half + (half > 0 ? (gint64)chance % (half + 1) : 0);
}

gboolean retry_next(struct retry *retry, const char *retry_after, gint64 *wait_ms)
{
    retry->tries++;
    if (retry->tries >= retry->policy.attempts) {
        return FALSE;
    }
    gint64 asked = retry_after_seconds(retry_after);
    gint64 wait = own_wait(retry);
    if (asked >= 0) {
        wait = MAX(wait, asked * MS_PER_SECOND);
    }
    if (wait > retry->policy.budget_ms - retry->waited_ms) {
        return FALSE;
    }
    retry->waited_ms += wait;
    *wait_ms = wait;
    return TRUE;
}

gboolean retry_is_invited(int status, gboolean writes)
{
    if (status == 429 || status == 503) {
        return TRUE;
    }
    return !writes && (status == 500 || status == 502 || status == 504);
}
