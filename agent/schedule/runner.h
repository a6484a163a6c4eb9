/*
 * Runs a command as a child process started afresh, one at a time: how `serve` runs a sync.
 *
 *     Runner *runner = runner_new(argv, timeout_ms, grace_ms, &error);  argv[0] is a path
 *     while (runner_idle(runner, milliseconds_until_due))               in a thread of its own
 *         runner_run(runner, &end, &error);
 *
 * and from any other thread, or before freeing: runner_stop(runner). The child inherits
 * standard output and error, the environment and nothing else: standard input is empty, every
 * other descriptor is closed, signals are as at a fresh start. It leads a process group of its
 * own.
 */
#pragma once

#include <glib.h>

/* How a child ended. */
struct runner_end {
    int status;         /* its exit status; 128 + signal if a signal ended it */
    gboolean timed_out; /* it took longer than allowed and was ended */
    gboolean stopped;   /* runner_stop() ended it */
};

typedef struct runner Runner;

/* `argv` is copied, NULL-terminated; argv[0] is the path of the program, no search. A child
 * that takes longer than `timeout_ms` (0: no limit) gets SIGTERM, and SIGKILL `grace_ms` later.
 * Error INTERNAL: no descriptors left. */
Runner *runner_new(const char *const *argv, gint64 timeout_ms, gint64 grace_ms, GError **error);

/* Waits so many milliseconds, or until runner_wake(); FALSE at once when runner_stop() was
 * called. */
gboolean runner_idle(Runner *runner, gint64 milliseconds);

/* Ends the waiting, or the next one before it begins. From any thread; returns at once. */
void runner_wake(Runner *runner);

/* Starts the child and waits for its end. FALSE: it never ran. Errors: RETRY when a child of
 * this runner is running already, INTERRUPTED after runner_stop(), INTERNAL when it cannot be
 * started. */
gboolean runner_run(Runner *runner, struct runner_end *end, GError **error);

/* Is a child running now? From any thread. */
gboolean runner_is_busy(Runner *runner);

/* Ends the waiting and the child (SIGTERM, SIGKILL after the grace); nothing starts any more.
 * From any thread; returns at once. */
void runner_stop(Runner *runner);

/* Nobody may be inside runner_run() or runner_idle() any more. NULL is allowed. */
void runner_free(Runner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Runner, runner_free)
