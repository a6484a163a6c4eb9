#include "agent/schedule/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scim/protocol/outcome.h"

#define SIGNAL_STATUS 128

struct runner {
    char **argv;
    gint64 timeout_ms;
    gint64 grace_ms;
    int stop; /* an eventfd: readable for good once runner_stop() was called */
    int wake; /* another: readable until the waiting that runner_wake() ends */
    gint busy;
};

/* One child's life, in the thread that waits for it. */
struct child {
    pid_t pid;
    int handle;      /* a pidfd: readable once the child has ended */
    gint64 deadline; /* monotonic milliseconds, or -1 */
    gboolean asked_to_end;
};

static gint64 now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* What poll() takes for a deadline: at most a day at a time, -1 for ever. */
static int remaining_ms(gint64 deadline)
{
    const gint64 day = 86400000;
    return deadline < 0 ? -1 : (int)CLAMP(deadline - now_ms(), 0, day);
}

static gboolean fail(const Runner *runner, const char *what, int code, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "\"%s\": %s: %s", runner->argv[0], what,
                g_strerror(code));
    return FALSE;
}

Runner *runner_new(const char *const *argv, gint64 timeout_ms, gint64 grace_ms, GError **error)
{
    g_autoptr(Runner) runner = g_new0(Runner, 1);
    GStrvBuilder *copy = g_strv_builder_new();
    for (const char *const *argument = argv; *argument != NULL; argument++) {
        g_strv_builder_add(copy, *argument);
    }
    runner->argv = g_strv_builder_end(copy);
    g_strv_builder_unref(copy);
    runner->timeout_ms = timeout_ms;
    runner->grace_ms = grace_ms;
    runner->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    runner->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (runner->stop < 0 || runner->wake < 0) {
        fail(runner, "cannot be prepared", errno, error);
        return NULL;
    }
    return g_steal_pointer(&runner);
}

static gboolean is_stopped(const Runner *runner)
{
    struct pollfd stop = {.fd = runner->stop, .events = POLLIN};
    return poll(&stop, 1, 0) > 0;
}

gboolean runner_idle(Runner *runner, gint64 milliseconds)
{
    gint64 deadline = now_ms() + MAX(milliseconds, 0);
    struct pollfd bells[] = {{.fd = runner->stop, .events = POLLIN},
                             {.fd = runner->wake, .events = POLLIN}};
    do {
        if (poll(bells, G_N_ELEMENTS(bells), remaining_ms(deadline)) > 0) {
            guint64 rung = 0;
            ssize_t count = read(runner->wake, &rung, sizeof(rung));
            (void)count; /* nothing there: it was the other bell */
            return bells[0].revents == 0;
        }
    } while (now_ms() < deadline);
    return TRUE;
}

static void ring(int bell)
{
    const guint64 one = 1;
    /* Fails only when the counter is full, and then it is readable already. */
    ssize_t written = write(bell, &one, sizeof(one));
    (void)written;
}

void runner_wake(Runner *runner)
{
    ring(runner->wake);
}

/* As at a fresh start: no descriptor, no blocked and no ignored signal of ours reaches the
 * child. */
static int spawn(char *const *argv, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int code = posix_spawn(pid, argv[0], &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

static void ask_to_end(const Runner *runner, struct child *child)
{
    if (child->asked_to_end) {
        kill(-child->pid, SIGKILL);
        child->deadline = -1;
        return;
    }
    kill(-child->pid, SIGTERM);
    child->asked_to_end = TRUE;
    child->deadline = now_ms() + runner->grace_ms;
}

static void await_end(const Runner *runner, struct child *child, struct runner_end *end)
{
    for (;;) {
        struct pollfd events[] = {{.fd = child->handle, .events = POLLIN},
                                  {.fd = runner->stop, .events = POLLIN}};
        nfds_t watched = end->stopped ? 1 : 2;
        int ready = poll(events, watched, remaining_ms(child->deadline));
        if (ready > 0 && events[0].revents != 0) {
            return;
        }
        if (ready > 0) {
            end->stopped = TRUE;
            ask_to_end(runner, child);
        } else if (child->deadline >= 0 && now_ms() >= child->deadline) {
            end->timed_out = end->timed_out || !child->asked_to_end;
            ask_to_end(runner, child);
        }
    }
}

/* 0, or errno: then somebody else took the exit status. */
static int reap(const struct child *child, struct runner_end *end)
{
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_STATUS + WTERMSIG(status);
    return 0;
}

static gboolean run_child(Runner *runner, struct runner_end *end, GError **error)
{
    struct child child = {.deadline =
                              runner->timeout_ms > 0 ? now_ms() + runner->timeout_ms : -1};
    int code = spawn(runner->argv, &child.pid);
    if (code != 0) {
        return fail(runner, "cannot be started", code, error);
    }
    child.handle = pidfd_open(child.pid, 0);
    if (child.handle < 0) {
        code = errno;
        kill(-child.pid, SIGKILL);
        reap(&child, end);
        return fail(runner, "cannot be watched", code, error);
    }
    await_end(runner, &child, end);
    close(child.handle);
    code = reap(&child, end);
    return code == 0 ? TRUE : fail(runner, "its exit status is lost", code, error);
}

gboolean runner_run(Runner *runner, struct runner_end *end, GError **error)
{
    *end = (struct runner_end){0};
    if (!g_atomic_int_compare_and_exchange(&runner->busy, 0, 1)) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "\"%s\" is running already",
                    runner->argv[0]);
        return FALSE;
    }
    gboolean good = FALSE;
    if (is_stopped(runner)) {
        g_set_error(error, OUTCOME, OUTCOME_INTERRUPTED,
                    "\"%s\": no more runs, we are stopping", runner->argv[0]);
    } else {
        good = run_child(runner, end, error);
    }
    g_atomic_int_set(&runner->busy, 0);
    return good;
}

gboolean runner_is_busy(Runner *runner)
{
    return g_atomic_int_get(&runner->busy) != 0;
}

void runner_stop(Runner *runner)
{
    ring(runner->stop);
}

void runner_free(Runner *runner)
{
    if (runner == NULL) {
        return;
    }
    if (runner->stop >= 0) {
        close(runner->stop);
    }
    if (runner->wake >= 0) {
        close(runner->wake);
    }
    g_strfreev(runner->argv);
    g_free(runner);
}
