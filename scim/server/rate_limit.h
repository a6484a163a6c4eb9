/*
 * How many requests a second: a token bucket a key, full at first, which holds a burst and refills
 * steadily. Whoever finds it empty is told when to come again.
 *
 *   limit = rate_limit_new(&(struct rate_limit_options){.per_second = 100, .burst = 100,
 *                                                        .keys = 10000, .ticks = rate_limit_ticks});
 *   if (!rate_limit_take(limit, token_id, &seconds)) ... 429 with Retry-After: seconds
 *
 * From any thread. Memory is bounded: beyond `keys` the key that was not seen for longest is
 * forgotten, and has a full bucket when it comes again.
 */
#pragma once

#include <glib.h>

struct rate_limit_options {
    gint64 per_second, burst; /* at least 1 */
    guint keys;               /* at least 1 */
    /* Microseconds of a clock that nobody sets. */
    gint64 (*ticks)(void *context);
    void *context;
};

struct rate_limit;

struct rate_limit *rate_limit_new(const struct rate_limit_options *options);
void rate_limit_free(struct rate_limit *limit);

/* One request of `key`: TRUE, it may go on. FALSE: not before *seconds (at least 1) have passed.
 * `limit` NULL lets everything pass. */
gboolean rate_limit_take(struct rate_limit *limit, const char *key, guint *seconds);

/* Keys that are remembered now. */
guint rate_limit_keys(struct rate_limit *limit);

/* The machine's monotonic clock. */
gint64 rate_limit_ticks(void *context);
