#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/schedule/runner.h"
#include "scim/protocol/outcome.h"

/* No child of these tests needs that long. */
#define LONG_MS 30000

static struct runner_end run_shell(const char *script)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct runner_end end;
    g_autoptr(GError) error = NULL;
    g_autoptr(Runner) runner = runner_new(argv, LONG_MS, LONG_MS, NULL);
    if (!runner_run(runner, &end, &error))
        fail_msg("%s", error->message);
    assert_false(runner_is_busy(runner));
    return end;
}

static void the_exit_status_comes_back(void **state)
{
    (void)state;

    static const struct {
        const char *script;
        int status;
    } cases[] = {{"exit 0", 0},     {"exit 3", 3},          {"exit 69", 69},
                 {"exit 255", 255}, {"kill -KILL $$", 137}, {"kill -TERM $$", 143}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct runner_end end = run_shell(cases[i].script);
        assert_int_equal(end.status, cases[i].status);
        assert_false(end.timed_out);
        assert_false(end.stopped);
    }
}

static void a_runner_runs_again_and_again(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/true", NULL};
    g_autoptr(Runner) runner = runner_new(argv, 0, 0, NULL);
    for (guint i = 0; i < 5; i++) {
        struct runner_end end = {.status = 1};
        assert_true(runner_run(runner, &end, NULL));
        assert_int_equal(end.status, 0);
    }
}

static void a_program_that_is_not_there_is_named(void **state)
{
    (void)state;
    const char *const argv[] = {"/does/not/exist", NULL};
    struct runner_end end;
    g_autoptr(GError) error = NULL;
    g_autoptr(Runner) runner = runner_new(argv, 0, 0, NULL);
    assert_false(runner_run(runner, &end, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERNAL));
    assert_true(g_str_has_prefix(error->message, "\"/does/not/exist\": cannot be started"));
    assert_false(runner_is_busy(runner));
}

static void the_child_inherits_no_descriptor_and_no_signal_setting(void **state)
{
    (void)state;
    int leak = open("/dev/null", O_RDONLY); /* not close-on-exec: the worst case */
    assert_true(leak > STDERR_FILENO);
    g_autofree char *script = g_strdup_printf("test ! -e /proc/self/fd/%d || exit 1; test -z "
                                              "\"$(cat)\" || exit 2; kill -PIPE $$; exit 3",
                                              leak);
    struct sigaction former;
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGPIPE);
    sigaction(SIGPIPE, &ignore, &former);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    struct runner_end end = run_shell(script);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGPIPE, &former, NULL);
    close(leak);
    assert_int_equal(end.status, 128 + SIGPIPE);
}

static void the_child_leads_a_group_of_its_own(void **state)
{
    (void)state;
    /* field 5 of stat is the process group; sh is /proc/$$ itself */
    struct runner_end end =
        run_shell("read -r line </proc/$$/stat; set -- ${line##*) }; test \"$3\" = $$");
    assert_int_equal(end.status, 0);
}

static void who_takes_too_long_is_ended(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/sh", "-c", "exec sleep 60", NULL};
    struct runner_end end;
    g_autoptr(Runner) runner = runner_new(argv, 50, LONG_MS, NULL);
    assert_true(runner_run(runner, &end, NULL));
    assert_int_equal(end.status, 128 + SIGTERM);
    assert_true(end.timed_out);
    assert_false(end.stopped);
}

struct run {
    Runner *runner;
    struct runner_end end;
    gboolean good;
};

static gpointer run_in_thread(gpointer data)
{
    struct run *run = data;
    run->good = runner_run(run->runner, &run->end, NULL);
    return NULL;
}

/* A child that says on a FIFO that it is there. */
static char *make_fifo(char **folder)
{
    *folder = g_dir_make_tmp("rolecall-XXXXXX", NULL);
    char *path = g_build_filename(*folder, "ready", NULL);
    assert_int_equal(mkfifo(path, 0600), 0);
    return path;
}

static void wait_for_word(const char *fifo)
{
    char byte = 0;
    int fd = open(fifo, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, &byte, 1), 1);
    close(fd);
}

static void never_two_at_once_and_a_stop_ends_the_one(void **state)
{
    (void)state;
    g_autofree char *folder = NULL;
    g_autofree char *fifo = make_fifo(&folder);
    const char *const argv[] = {"/bin/sh", "-c", "echo >\"$0\"; exec sleep 60", fifo, NULL};
    struct run run = {.runner = runner_new(argv, 0, LONG_MS, NULL)};
    GThread *thread = g_thread_new("run", run_in_thread, &run);
    wait_for_word(fifo);
    assert_true(runner_is_busy(run.runner));

    struct runner_end end;
    g_autoptr(GError) error = NULL;
    assert_false(runner_run(run.runner, &end, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_non_null(strstr(error->message, "is running already"));

    runner_stop(run.runner);
    g_thread_join(thread);
    assert_true(run.good);
    assert_true(run.end.stopped);
    assert_false(run.end.timed_out);
    assert_int_equal(run.end.status, 143);

    g_clear_error(&error);
    assert_false(runner_run(run.runner, &end, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED));
    runner_free(run.runner);
    g_unlink(fifo);
    g_rmdir(folder);
}

static void a_child_may_take_its_leave_within_the_grace(void **state)
{
    (void)state;

    static const struct {
        const char *script;
        gint64 grace_ms;
        int status;
    } cases[] = {
        {"trap 'exit 9' TERM; echo >\"$0\"; while :; do sleep 0.01; done", LONG_MS, 9},
        {"trap '' TERM; echo >\"$0\"; while :; do sleep 0.01; done", 20, 128 + SIGKILL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = NULL;
        g_autofree char *fifo = make_fifo(&folder);
        const char *const argv[] = {"/bin/sh", "-c", cases[i].script, fifo, NULL};
        struct run run = {.runner = runner_new(argv, 0, cases[i].grace_ms, NULL)};
        GThread *thread = g_thread_new("run", run_in_thread, &run);
        wait_for_word(fifo);
        runner_stop(run.runner);
        g_thread_join(thread);
        assert_int_equal(run.end.status, cases[i].status);
        assert_true(run.end.stopped);
        runner_free(run.runner);
        g_unlink(fifo);
        g_rmdir(folder);
    }
}

static gpointer idle_in_thread(gpointer data)
{
    return GINT_TO_POINTER(runner_idle(data, G_GINT64_CONSTANT(1000000000000)) ? 1 : 2);
}

static void idling_ends_by_time_or_by_a_stop(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/true", NULL};
    g_autoptr(Runner) runner = runner_new(argv, 0, 0, NULL);
    assert_true(runner_idle(runner, 0));
    assert_true(runner_idle(runner, -5));
    assert_true(runner_idle(runner, 2));
    GThread *thread = g_thread_new("idle", idle_in_thread, runner);
    runner_stop(runner);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(thread)), 2);
    assert_false(runner_idle(runner, 1000000));
    runner_stop(runner); /* twice is once */
    assert_false(runner_idle(runner, 0));
}

static void a_wake_ends_one_waiting_and_is_not_lost(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/true", NULL};
    g_autoptr(Runner) runner = runner_new(argv, 0, 0, NULL);
    const gint64 began = g_get_monotonic_time();
    runner_wake(runner);
    runner_wake(runner); /* before anybody waits, and twice is once */
    assert_true(runner_idle(runner, 1000000));
    GThread *thread = g_thread_new("idle", idle_in_thread, runner);
    runner_wake(runner);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(thread)), 1);
    assert_true(runner_idle(runner, 2));
    assert_true(g_get_monotonic_time() - began < 100 * G_USEC_PER_SEC);
    runner_wake(runner);
    runner_stop(runner);
    assert_false(runner_idle(runner, 1000000)); /* a stop is more than a wake */
}

static void a_stop_before_the_start_lets_nothing_start(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("rolecall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "trace", NULL);
    const char *const argv[] = {"/usr/bin/touch", path, NULL};
    struct runner_end end;
    g_autoptr(Runner) runner = runner_new(argv, 0, 0, NULL);
    runner_stop(runner);
    assert_false(runner_run(runner, &end, NULL));
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_status_comes_back),
        cmocka_unit_test(a_runner_runs_again_and_again),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
        cmocka_unit_test(the_child_inherits_no_descriptor_and_no_signal_setting),
        cmocka_unit_test(the_child_leads_a_group_of_its_own),
        cmocka_unit_test(who_takes_too_long_is_ended),
        cmocka_unit_test(a_child_may_take_its_leave_within_the_grace),
        cmocka_unit_test(never_two_at_once_and_a_stop_ends_the_one),
        cmocka_unit_test(idling_ends_by_time_or_by_a_stop),
        cmocka_unit_test(a_wake_ends_one_waiting_and_is_not_lost),
        cmocka_unit_test(a_stop_before_the_start_lets_nothing_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
