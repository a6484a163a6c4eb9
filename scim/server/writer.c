#include "scim/server/writer.h"

#include "scim/protocol/outcome.h"
#include "scim/server/clock_guard.h"

/* A batch is cut here, so that the first in it does not wait for an endless queue. */
#define BATCH_JOBS 256

#define UNKNOWN ((gint64)-1)

struct writer {
    struct writer_options options;
    struct judge judge;
    struct clock clock; /* the judge's: `now` */
    gint64 now;
    struct clock_guard guard;
    GThread *thread;
    gint64 next_due;   /* when the clock makes something due; 0: never, or UNKNOWN */
    gint64 next_sweep; /* monotonic microseconds */
    GMutex lock;       /* all below */
    GCond arrived;
    GQueue queue; /* linked through the jobs themselves */
    gboolean stopping;
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
    return store_commit(writer->judge.session, error);
}

static gint64 tell_now(void *context)
{
    return ((const struct writer *)context)->now;
}

/* The time that counts until the next look: a clock that is set in between changes nothing. */
static void look_at_clock(struct writer *writer)
{
    const struct clock *witness = writer->options.witness;
    writer->now = clock_now(writer->options.judge.clock);
    if (witness == NULL) {
        return;
    }
    enum clock_guard_event event =
        clock_guard_look(&writer->guard, writer->now, clock_now(witness));
    writer->judge.time_is_frozen = writer->guard.is_frozen;
    g_autofree char *sentence = clock_guard_sentence(&writer->guard, event);
    if (sentence == NULL) {
        return;
    }
    writer->next_due = UNKNOWN;
    if (writer->options.clock_was_set != NULL) {
        writer->options.clock_was_set(writer->options.context, sentence);
    }
}

/* What was committed stands, anchored or not: what cannot be written now is tried with the next
 * batch, and told. */
static void anchor(struct writer *writer)
{
    g_autoptr(GError) error = NULL;
    if (writer->judge.anchors != NULL &&
        !audit_anchors_flush(writer->judge.anchors, writer->judge.session,
                             clock_now(writer->judge.clock), &error)) {
        tell(writer, error);
    }
}

static void undo_batch(struct writer *writer)
{
    if (store_in_transaction(writer->judge.session)) {
        store_rollback(writer->judge.session);
    }
    if (writer->judge.anchors != NULL) {
        audit_anchors_forget(writer->judge.anchors);
    }
}

static void tell_committed(struct writer *writer)
{
    if (writer->options.committed != NULL) {
        writer->options.committed(writer->options.context);
    }
}

/* Whatever became of the transaction, the next one begins with a clean slate. */
static void tell_groups(struct writer *writer, gboolean is_committed)
{
    gboolean changed = writer->judge.groups_changed;
    writer->judge.groups_changed = FALSE;
    if (changed && is_committed && writer->options.groups_changed != NULL) {
        writer->options.groups_changed(writer->options.context);
    }
}

static void run_batch(struct writer *writer, GPtrArray *batch)
{
    g_autoptr(GError) error = NULL;
    look_at_clock(writer);
    if (!run_jobs(writer, batch, &error)) {
        undo_batch(writer);
        tell(writer, error);
    }
    anchor(writer);
    if (error == NULL) {
        tell_committed(writer);
    }
    tell_groups(writer, error == NULL);
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

static void tell_paused(struct writer *writer)
{
    if (writer->options.paused != NULL) {
        writer->options.paused(writer->options.context, writer->judge.session, writer->now);
    }
}

/* Expired invitations free their seats, and are renewed, without any write asking for it. */
static void sweep(struct writer *writer)
{
    g_autoptr(GError) error = NULL;
    writer->next_sweep =
        g_get_monotonic_time() + (gint64)writer->options.sweep_milliseconds * 1000;
    look_at_clock(writer);
    tell_paused(writer);
    gboolean is_due = writer->next_due == UNKNOWN ||
                      (writer->next_due != 0 && writer->now >= writer->next_due);
    if (!is_due || writer->guard.is_frozen) {
        return;
    }
    if (!judge_sweep(&writer->judge, &writer->next_due, &error)) {
        writer->next_due = UNKNOWN;
        tell(writer, error);
        tell_groups(writer, FALSE);
        return;
    }
    tell_committed(writer);
    tell_groups(writer, TRUE);
}

/* Waits for jobs or for the time to sweep; the lock is held. */
static void wait_for_work(struct writer *writer)
{
    gboolean in_time = TRUE;
    while (in_time && g_queue_is_empty(&writer->queue) && !writer->stopping) {
        if (writer->options.sweep_milliseconds == 0) {
            g_cond_wait(&writer->arrived, &writer->lock);
        } else {
            in_time = g_cond_wait_until(&writer->arrived, &writer->lock, writer->next_sweep);
        }
    }
}

/* Moves what has gathered into the batch. FALSE: there is nothing, and there never will be. */
static gboolean gather(struct writer *writer, GPtrArray *batch)
{
    g_mutex_lock(&writer->lock);
    wait_for_work(writer);
    while (batch->len < BATCH_JOBS && !g_queue_is_empty(&writer->queue)) {
        g_ptr_array_add(batch, g_queue_pop_head_link(&writer->queue)->data);
    }
    gboolean going = batch->len > 0 || !writer->stopping;
    g_mutex_unlock(&writer->lock);
    return going;
}

static gpointer run(gpointer data)
{
    struct writer *writer = data;
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    while (gather(writer, batch)) {
        if (batch->len > 0) {
            run_batch(writer, batch);
        }
        if (writer->options.sweep_milliseconds > 0 &&
            g_get_monotonic_time() >= writer->next_sweep) {
            sweep(writer);
        }
    }
    tell_paused(writer);
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
    writer->judge = options->judge;
    writer->judge.session = session;
    writer->next_due = UNKNOWN;
    writer->now = clock_now(options->judge.clock);
    writer->clock = (struct clock){.now = tell_now, .context = writer};
    writer->judge.clock = &writer->clock;
    if (options->witness != NULL) {
        clock_guard_begin(&writer->guard, writer->now, clock_now(options->witness));
    }
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->arrived);
    g_queue_init(&writer->queue);
    writer->thread = g_thread_new("writer", run, writer);
    return writer;
}

void writer_submit(Writer *writer, struct write_job *job)
{
    job->link = (GList){.data = job};
    g_mutex_lock(&writer->lock);
    g_queue_push_tail_link(&writer->queue, &job->link);
    g_cond_signal(&writer->arrived);
    g_mutex_unlock(&writer->lock);
}

guint writer_waiting(Writer *writer)
{
    g_mutex_lock(&writer->lock);
    guint waiting = g_queue_get_length(&writer->queue);
    g_mutex_unlock(&writer->lock);
    return waiting;
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
    g_mutex_lock(&writer->lock);
    writer->stopping = TRUE;
    g_cond_signal(&writer->arrived);
    g_mutex_unlock(&writer->lock);
    g_thread_join(writer->thread);
    store_session_close(writer->judge.session);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->arrived);
    g_free(writer);
}
