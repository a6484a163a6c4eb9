#include "agent/sync/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "scim/protocol/outcome.h"

struct run_lock {
    int file;
};

/* The number that the holder wrote, or 0. */
static gint64 read_holder(int file)
{
    char text[32] = "";
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    return length > 0 ? g_ascii_strtoll(text, NULL, 10) : 0;
}

RunLock *run_lock_take(const char *state, GError **error)
{
    g_autofree char *path = g_build_filename(state, "lock", NULL);
    return run_lock_take_file(path, "another run is active", error);
}

RunLock *run_lock_take_file(const char *path, const char *busy, GError **error)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot open '%s': %s", path,
                    g_strerror(errno));
        return NULL;
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            g_set_error(error, OUTCOME, OUTCOME_RETRY,
                        "%s (process %" G_GINT64_FORMAT " has '%s')", busy, read_holder(file),
                        path);
        else
            g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot lock '%s': %s", path,
                        g_strerror(errno));
        close(file);
        return NULL;
    }
    /* The number is for people to read: the lock is the flock, which the process's death ends. */
    g_autofree char *holder = g_strdup_printf("%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0 || dprintf(file, "%s", holder) < 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot write '%s': %s", path,
                    g_strerror(errno));
        close(file);
        return NULL;
    }
    RunLock *lock = g_new(RunLock, 1);
    lock->file = file;
    return lock;
}

void run_lock_release(RunLock *lock)
{
    if (lock == NULL)
        return;
    close(lock->file);
    g_free(lock);
}
