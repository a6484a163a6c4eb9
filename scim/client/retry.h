/*
 * When to try again, and how long to wait before it: pure arithmetic, no request and no sleep.
 *
 *     struct retry retry = retry_begin(&policy, random);
 *     while (!send(...) && retry_next(&retry, retry_after, &wait_ms))
 *         if (!waiter->wait(waiter->context, wait_ms)) break;
 *
 * The wait grows by doubling up to a cap, half of it is chance, and all waits together stay
 * within a budget. A Retry-After of the other side is never undercut (N10).
 */
#pragma once

#include <glib.h>

#include "scim/protocol/clock.h"

struct retry_policy {
    gint64 first_ms;  /* the first wait, before chance halves it at most */
    gint64 cap_ms;    /* no wait of our own is longer */
    gint64 budget_ms; /* all waits of one request together */
    guint attempts;   /* sends of one request, the first one included */
};

/* 0.5 s doubling up to 5 min, within 10 min, at most 8 attempts. */
extern const struct retry_policy retry_usual;

/* How waiting is done, handed in so that tests do not wait. FALSE: somebody wants us to
 * stop. */
struct retry_waiter {
    gboolean (*wait)(void *context, gint64 milliseconds);
    void *context;
};

/* Sleeps; a signal that arrives meanwhile ends the wait with FALSE. Static: never freed. */
const struct retry_waiter *retry_waiter_system(void);

/* One request's tries. Plain data, nothing to free. */
struct retry {
    struct retry_policy policy;
    const struct random_source *random;
    guint tries;      /* sends so far */
    gint64 waited_ms; /* handed out so far */
};

/* The first send is about to happen. `random` is borrowed. */
struct retry retry_begin(const struct retry_policy *policy, const struct random_source *random);

/* The send failed in a way that may be repeated: how long to wait before the next. FALSE when
 * the attempts or the budget are used up, or the other side asks for more time than is left.
 * `retry_after` is the header's text or NULL; only whole seconds are understood (RFC
 * 9110 10.2.3), anything else counts as absent. */
gboolean retry_next(struct retry *retry, const char *retry_after, gint64 *wait_ms);

/* Does this status say that the request was not carried out and may be sent again as it is?
 * True for 429 and 503; for requests that change nothing also for 500, 502 and 504. */
gboolean retry_is_invited(int status, gboolean writes);

/* The seconds of a Retry-After header, or -1. */
gint64 retry_after_seconds(const char *retry_after);
