#include "scim/server/deadline_watch.h"

#include <stdatomic.h>
#include <sys/socket.h>

#define NEVER G_MAXINT64

/* How late a deadline may be noticed. Short against every deadline that means anything, long
 * enough to cost nothing. */
#define PERIOD_MICROSECONDS ((gint64)50000)

struct deadline_entry {
    GList link; /* data points back here */
    int socket;
    _Atomic gint64 due; /* monotonic microseconds */
};

struct deadline_watch {
    GMutex lock; /* the list, and that no socket in it is closed meanwhile */
    GCond changed;
    GQueue entries;
    gboolean stopping;
    GThread *thread;
};

static gint64 due_in(unsigned milliseconds)
{
    return milliseconds == 0 ? NEVER : g_get_monotonic_time() + (gint64)milliseconds * 1000;
}

/* The lock is held. */
static void shut_due(struct deadline_watch *watch, gint64 now)
{
    for (GList *each = watch->entries.head; each != NULL; each = each->next) {
        struct deadline_entry *entry = each->data;
        if (atomic_load(&entry->due) <= now) {
            shutdown(entry->socket, SHUT_RDWR);
            atomic_store(&entry->due, NEVER);
        }
    }
}

static gpointer run(gpointer data)
{
    struct deadline_watch *watch = data;
    g_mutex_lock(&watch->lock);
    while (!watch->stopping) {
        if (g_queue_is_empty(&watch->entries)) {
            g_cond_wait(&watch->changed, &watch->lock);
            continue;
        }
        gint64 now = g_get_monotonic_time();
        shut_due(watch, now);
        g_cond_wait_until(&watch->changed, &watch->lock, now + PERIOD_MICROSECONDS);
    }
    g_mutex_unlock(&watch->lock);
    return NULL;
}

struct deadline_watch *deadline_watch_start(void)
{
    struct deadline_watch *watch = g_new0(struct deadline_watch, 1);
    g_mutex_init(&watch->lock);
    g_cond_init(&watch->changed);
    g_queue_init(&watch->entries);
    watch->thread = g_thread_new("deadlines", run, watch);
    return watch;
}

struct deadline_entry *deadline_watch_add(struct deadline_watch *watch, int socket,
                                          unsigned milliseconds)
{
    struct deadline_entry *entry = g_new0(struct deadline_entry, 1);
    entry->link.data = entry;
    entry->socket = socket;
    atomic_init(&entry->due, due_in(milliseconds));
    g_mutex_lock(&watch->lock);
    if (g_queue_is_empty(&watch->entries)) {
        g_cond_signal(&watch->changed);
    }
    g_queue_push_tail_link(&watch->entries, &entry->link);
    g_mutex_unlock(&watch->lock);
    return entry;
}

void deadline_entry_set(struct deadline_entry *entry, unsigned milliseconds)
{
    atomic_store(&entry->due, due_in(milliseconds));
}

void deadline_watch_remove(struct deadline_watch *watch, struct deadline_entry *entry)
{
    g_mutex_lock(&watch->lock);
    g_queue_unlink(&watch->entries, &entry->link);
    g_mutex_unlock(&watch->lock);
    g_free(entry);
}

void deadline_watch_expire(struct deadline_watch *watch)
{
    g_mutex_lock(&watch->lock);
    for (GList *each = watch->entries.head; each != NULL; each = each->next) {
        struct deadline_entry *entry = each->data;
        shutdown(entry->socket, SHUT_RDWR);
    }
    g_mutex_unlock(&watch->lock);
}

void deadline_watch_stop(struct deadline_watch *watch)
{
    g_mutex_lock(&watch->lock);
    watch->stopping = TRUE;
    g_cond_signal(&watch->changed);
    g_mutex_unlock(&watch->lock);
    g_thread_join(watch->thread);
    g_mutex_clear(&watch->lock);
    g_cond_clear(&watch->changed);
    g_free(watch);
}
