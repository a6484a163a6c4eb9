/*
 * The one thread that writes: requests that arrive together share a transaction and its commit.
 *
 *   job = { .run = ..., .done = ... };  exchange_park(exchange);  writer_submit(writer, &job);
 *
 * It drains the queue, begins, runs each job (judge_write() makes the savepoint of each),
 * commits once, and then tells every job. Between batches it sweeps what is due by time. It
 * never sleeps to gather more: while one commit is written the next batch gathers by itself.
 *
 * One batch is judged by one time, read when it begins. Where a witness is given, that time is
 * looked at by clock_guard.h first: while it cannot be believed, judge->time_is_frozen is set for
 * every job, and nothing is swept.
 */
#pragma once

#include <glib.h>

#include "scim/organization/judge.h"

typedef struct writer Writer;

struct write_job {
    /* On the writer's thread, in its transaction: judges, reads back, prepares the answer. */
    void (*run)(struct write_job *job, struct judge *judge);
    /* After the commit; `error` NULL: it stands. Otherwise nothing of the job happened, and the
     * error says why. The job may be freed here. */
    void (*done)(struct write_job *job, const GError *error);
    GList link; /* the writer's own */
};

struct writer_options {
    Store *store;
    struct judge judge; /* how every write is judged; the session is the writer's own */
    const struct clock *witness; /* seconds that nobody can set; NULL: the clock is believed */
    unsigned sweep_milliseconds; /* 0: no sweeping */
    /* All on the writer's thread. A sweep or a commit that failed, or NULL. */
    void (*failed)(void *context, const GError *error);
    /* The wall clock was set, or is believed again: a sentence for the administrator. NULL: nobody
     * listens. */
    void (*clock_was_set)(void *context, const char *sentence);
    /* After a commit, a sweep's too, and before its jobs are told: there may be mail. NULL: nobody
     * listens. */
    void (*committed)(void *context);
    /* Whenever it is time to sweep, outside a transaction, and once more before the end: what has
     * gathered may be written. NULL: nobody. */
    void (*paused)(void *context, StoreSession *session, gint64 now);
    /* After a commit that changed a pushed group (judge.groups_changed), before its jobs are told.
     * NULL: nobody listens. */
    void (*groups_changed)(void *context);
    void *context;
};

/* Opens its session and starts the thread. Errors of store_session_open(). */
Writer *writer_start(const struct writer_options *options, GError **error);

/* From any thread. The job is the writer's until its done(). */
void writer_submit(Writer *writer, struct write_job *job);

/* How many jobs wait: what nobody waits for is better not added to many. From any thread. */
guint writer_waiting(Writer *writer);

/* How many commits have been made for how many jobs, since the start. */
void writer_count(Writer *writer, guint64 *commits, guint64 *jobs);

/* Runs what is queued, ends the thread, frees. Nobody may submit any more. */
void writer_stop(Writer *writer);
