#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/interrupt.h"

static void a_signal_waits_from_the_first_question_on(void **state)
{
    (void)state;
    struct interrupt interrupt = {FALSE};
    assert_false(interrupt_requested(&interrupt));
    assert_false(interrupt_requested(&interrupt));
    assert_int_equal(raise(SIGTERM), 0);
    assert_true(interrupt_requested(&interrupt));
    assert_true(interrupt_requested(&interrupt));
    sigset_t signals;
    int number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    assert_int_equal(sigwait(&signals, &number), 0);
    assert_int_equal(number, SIGTERM);
    assert_false(interrupt_requested(&interrupt));
}

static void other_signals_are_not_meant(void **state)
{
    (void)state;
    struct interrupt interrupt = {FALSE};
    sigset_t signals;
    int number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &signals, NULL), 0);
    assert_false(interrupt_requested(&interrupt));
    assert_int_equal(raise(SIGUSR1), 0);
    assert_false(interrupt_requested(&interrupt));
    assert_int_equal(sigwait(&signals, &number), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_waits_from_the_first_question_on),
        cmocka_unit_test(other_signals_are_not_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
