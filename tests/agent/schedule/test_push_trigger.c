#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/schedule/push_trigger.h"

#define SETTLE 120
#define START  ((gint64)1000000)

static struct push_trigger trigger_of(void)
{
    struct push_trigger trigger;
    push_trigger_init(&trigger, SETTLE);
    return trigger;
}

/* Runs until nothing is due before `until`, each run taking so long: how many runs. */
static guint run_until(struct push_trigger *trigger, gint64 *now, gint64 until, gint64 takes)
{
    guint runs = 0;
    while (push_trigger_due(trigger) <= until) {
        *now = MAX(*now, push_trigger_due(trigger));
        push_trigger_start(trigger, *now);
        *now += takes;
        push_trigger_end(trigger, *now, PUSH_TRIGGER_DONE);
        runs++;
    }
    return runs;
}

static void nothing_is_due_before_something_changes(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    assert_true(push_trigger_due(&trigger) == PUSH_TRIGGER_NEVER);
}

static void a_change_is_two_runs_one_soon_and_one_when_it_is_quiet(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    push_trigger_note(&trigger, START);
    gint64 now = push_trigger_due(&trigger);
    assert_int_equal(now, START + PUSH_TRIGGER_GATHER_MS);
    push_trigger_start(&trigger, now);
    push_trigger_end(&trigger, now + 100, PUSH_TRIGGER_DONE);
    now = push_trigger_due(&trigger);
    assert_true(now > START + SETTLE * 1000 + 1000);
    assert_true(now < START + SETTLE * 1000 + 2000);
    push_trigger_start(&trigger, now);
    push_trigger_end(&trigger, now + 100, PUSH_TRIGGER_DONE);
    assert_true(push_trigger_due(&trigger) == PUSH_TRIGGER_NEVER);
}

static void a_burst_is_one_run(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    gint64 now = START;
    for (guint i = 0; i < 50; i++)
        push_trigger_note(&trigger, START + i * 3);
    assert_int_equal(run_until(&trigger, &now, START + 60000, 300), 1);
}

static void a_change_during_a_run_is_one_more_run(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    push_trigger_note(&trigger, START);
    gint64 now = push_trigger_due(&trigger);
    push_trigger_start(&trigger, now);
    push_trigger_note(&trigger, now + 10);
    push_trigger_note(&trigger, now + 20);
    push_trigger_end(&trigger, now + 1000, PUSH_TRIGGER_DONE);
    assert_int_equal(push_trigger_due(&trigger), now + 1000 + PUSH_TRIGGER_PAUSE_MS);
    now += 1000;
    assert_int_equal(run_until(&trigger, &now, START + 60000, 300), 1);
}

static void every_change_begins_the_quiet_anew(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    gint64 now = START;
    guint runs = 0;
    for (guint minute = 0; minute < 10; minute++) {
        push_trigger_note(&trigger, START + minute * 60000);
        now = START + minute * 60000;
        runs += run_until(&trigger, &now, now + 59000, 300);
    }
    assert_int_equal(runs, 10);
    assert_int_equal(run_until(&trigger, &now, START + 60 * 60000, 300), 1);
}

static void what_failed_is_tried_again_more_and_more_rarely(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    gint64 before = 0;
    push_trigger_note(&trigger, START);
    gint64 now = push_trigger_due(&trigger);
    for (guint i = 0; i < 12; i++) {
        push_trigger_start(&trigger, now);
        push_trigger_end(&trigger, now, PUSH_TRIGGER_FAILED);
        const gint64 wait = push_trigger_due(&trigger) - now;
        assert_true(wait >= before && wait >= 1000 && wait <= 60000);
        before = wait;
        now += wait;
    }
    assert_int_equal(before, 60000);
    push_trigger_start(&trigger, now);
    push_trigger_end(&trigger, now, PUSH_TRIGGER_DONE);
    assert_true(push_trigger_due(&trigger) == PUSH_TRIGGER_NEVER);
}

static void what_was_held_is_tried_a_few_times(void **state)
{
    (void)state;
    struct push_trigger trigger = trigger_of();
    guint runs = 0;
    push_trigger_note(&trigger, START);
    for (gint64 now = START; push_trigger_due(&trigger) < START + 100000; runs++) {
        now = push_trigger_due(&trigger);
        push_trigger_start(&trigger, now);
        push_trigger_end(&trigger, now + 100, PUSH_TRIGGER_PARTLY);
    }
    assert_int_equal(runs, 3);
}

static void settling_by_nothing_is_still_not_before_the_next_second(void **state)
{
    (void)state;
    struct push_trigger trigger;
    push_trigger_init(&trigger, 0);
    push_trigger_note(&trigger, START);
    gint64 now = START;
    assert_int_equal(run_until(&trigger, &now, START + 10000, 50), 2);
    assert_true(now > START + 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_due_before_something_changes),
        cmocka_unit_test(a_change_is_two_runs_one_soon_and_one_when_it_is_quiet),
        cmocka_unit_test(a_burst_is_one_run),
        cmocka_unit_test(a_change_during_a_run_is_one_more_run),
        cmocka_unit_test(every_change_begins_the_quiet_anew),
        cmocka_unit_test(what_failed_is_tried_again_more_and_more_rarely),
        cmocka_unit_test(what_was_held_is_tried_a_few_times),
        cmocka_unit_test(settling_by_nothing_is_still_not_before_the_next_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
