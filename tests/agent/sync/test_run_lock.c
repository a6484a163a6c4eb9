#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/sync/run_lock.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/state_folder.h"

static void one_run_at_a_time(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *holder = g_strdup_printf("process %ld", (long)getpid());
    g_autoptr(RunLock) lock = run_lock_take(*state, &error);
    assert_non_null(lock);
    g_autoptr(RunLock) second = run_lock_take(*state, &error);
    assert_null(second);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_non_null(strstr(error->message, holder));
}

static void the_next_run_has_it_once_it_is_released(void **state)
{
    RunLock *lock = run_lock_take(*state, NULL);
    run_lock_release(lock);
    g_autoptr(RunLock) second = run_lock_take(*state, NULL);
    assert_non_null(second);
}

static void a_dead_process_holds_nothing(void **state)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(run_lock_take(*state, NULL) != NULL ? 0 : 1); /* dies with the lock in its hand */
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    g_autoptr(RunLock) lock = run_lock_take(*state, NULL);
    assert_non_null(lock);
}

static void without_a_folder_there_is_no_lock(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(*state, "nowhere", NULL);
    assert_null(run_lock_take(nowhere, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERNAL));
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, state_folder_set_up, state_folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_run_at_a_time),
        TEST(the_next_run_has_it_once_it_is_released),
        TEST(a_dead_process_holds_nothing),
        TEST(without_a_folder_there_is_no_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
