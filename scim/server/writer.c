#include "scim/server/writer.h"

#include "scim/protocol/outcome.h"

/* A batch is cut here, so that the first in it does not wait for an endless queue. */
#define BATCH_JOBS 256

#define UNKNOWN ((gint64)-1)

struct writer {
    struct writer_options options;
    struct judge judge;
    GAsyncQueue *queue;
    struct write_job last; /* its arrival ends the thread */
    GThread *thread;
    gint64 next_due;   /* when the clock makes something due; 0: never, or UNKNOWN */
    gint64 next_sweep; /* monotonic microseconds */
    GMutex lock;
    guint64 commits, jobs;
};

static void tell(struct writer *writer, const GError *error)
{
    if (error != NULL && writer->options.failed != NULL) {
        writer->options.failed(writer->options.context, error);
    }
}

/* A full disk makes SQLite roll the whole transaction back inside a statement: then the jobs
 * before are lost as well and must not be told otherwise. */
static gboolean run_jobs(struct writer *writer, GPtrArray *batch, GError **error)
{
    if (!store_begin(writer->judge.session, error)) {
        return FALSE;
    }
    for (guint i = 0; i < batch->len; i++) {
        struct write_job *job = g_ptr_array_index(batch, i);
        job->run(job, &writer->judge);
        if (!store_in_transaction(writer->judge.session)) {
            g_set_error(error, OUTCOME, OUTCOME_RETRY, "the store rolled the writes back");
            return FALSE;
        }
    }
    if (!store_commit(writer->judge.session, error)) {
        return FALSE;
    }
    return TRUE;
}

static void run_batch(struct writer *writer, GPtrArray *batch)
{
    g_autoptr(GError) error = NULL;
    if (!run_jobs(writer, batch, &error)) {
        if (store_in_transaction(writer->judge.session)) {
            store_rollback(writer->judge.session);
        }
        tell(writer, error);
    }
    writer->next_due = UNKNOWN;
    g_mutex_lock(&writer->lock);
    writer->commits++;
    writer->jobs += batch->len;
    g_mutex_unlock(&writer->lock);
    for (guint i = 0; i < batch->len; i++) {
        struct write_job *job = g_ptr_array_index(batch, i);
        job->done(job, error);
    }
    g_ptr_array_set_size(batch, 0);
}

/* Expired invitations free their seats without any write asking for it. */
static void sweep(struct writer *writer)
{
    g_autoptr(GError) error = NULL;
    writer->next_sweep =
        g_get_monotonic_time() + (gint64)writer->options.sweep_milliseconds * 1000;
    gboolean is_due =
        writer->next_due == UNKNOWN ||
        (writer->next_due != 0 && clock_now(writer->options.clock) >= writer->next_due);
    if (is_due && !judge_sweep(&writer->judge, &writer->next_due, &error)) {
        writer->next_due = UNKNOWN;
        tell(writer, error);
    }
}

/* The next job, or NULL when it is time to sweep. */
static struct write_job *wait_for_job(struct writer *writer)
{
    if (writer->options.sweep_milliseconds == 0) {
        return g_async_queue_pop(writer->queue);
    }
    gint64 left = writer->next_sweep - g_get_monotonic_time();
    return left <= 0 ? NULL : g_async_queue_timeout_pop(writer->queue, (guint64)left);
}

static gpointer run(gpointer data)
{
    struct writer *writer = data;
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    gboolean going = TRUE;
    while (going) {
        struct write_job *job = wait_for_job(writer);
        while (job != NULL) {
            going = going && job != &writer->last;
            if (job != &writer->last) {
                g_ptr_array_add(batch, job);
            }
            job = batch->len < BATCH_JOBS ? g_async_queue_try_pop(writer->queue) : NULL;
        }
        if (batch->len > 0) {
            run_batch(writer, batch);
        }
        if (going && writer->options.sweep_milliseconds > 0 &&
            g_get_monotonic_time() >= writer->next_sweep) {
            sweep(writer);
        }
    }
    return NULL;
}

Writer *writer_start(const struct writer_options *options, GError **error)
{
    StoreSession *session = store_session_open(options->store, STORE_WRITE, error);
    if (session == NULL) {
        return NULL;
    }
    struct writer *writer = g_new0(struct writer, 1);
    writer->options = *options;
    writer->judge = (struct judge){.session = session,
                                   .clock = options->clock,
                                   .random = options->random,
                                   .restore_window = JUDGE_RESTORE_WINDOW};
    writer->queue = g_async_queue_new();
    writer->next_due = UNKNOWN;
    g_mutex_init(&writer->lock);
    writer->thread = g_thread_new("writer", run, writer);
    return writer;
}

void writer_submit(Writer *writer, struct write_job *job)
{
    g_async_queue_push(writer->queue, job);
}

void writer_count(Writer *writer, guint64 *commits, guint64 *jobs)
{
    g_mutex_lock(&writer->lock);
    *commits = writer->commits;
    *jobs = writer->jobs;
    g_mutex_unlock(&writer->lock);
}

void writer_stop(Writer *writer)
{
    g_async_queue_push(writer->queue, &writer->last);
    g_thread_join(writer->thread);
    store_session_close(writer->judge.session);
    g_async_queue_unref(writer->queue);
    g_mutex_clear(&writer->lock);
    g_free(writer);
}
