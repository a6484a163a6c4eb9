#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/server/clock_guard.h"

#define START  ((gint64)1800000000)
#define MINUTE ((gint64)60)
#define HOUR   ((gint64)3600)
#define YEAR   ((gint64)365 * 24 * HOUR)

/* A machine whose wall clock can be set, and how the guard sees it. */
struct machine {
    struct clock_guard guard;
    gint64 witness, set_by; /* set_by: how far the wall clock is from the true time */
};

static void begin(struct machine *machine, gint64 witness)
{
    *machine = (struct machine){.witness = witness};
    clock_guard_begin(&machine->guard, START + witness, witness);
}

static enum clock_guard_event look(struct machine *machine)
{
    return clock_guard_look(&machine->guard, START + machine->witness + machine->set_by,
                            machine->witness);
}

static enum clock_guard_event look_after(struct machine *machine, gint64 seconds)
{
    machine->witness += seconds;
    return look(machine);
}

static void a_clock_that_is_left_alone_is_believed_however_rarely_it_is_looked_at(void **state)
{
    (void)state;
    static const gint64 pauses[] = {0, 1, 5, 299, 301, HOUR, 72 * HOUR, 10 * YEAR};
    struct machine machine;
    begin(&machine, 12345);
    for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
        assert_int_equal(look_after(&machine, pauses[i]), CLOCK_GUARD_NOTHING);
        assert_false(machine.guard.is_frozen);
    }
}

static void a_step_of_more_than_five_minutes_freezes_either_way(void **state)
{
    (void)state;

    static const struct {
        gint64 step;
        gboolean freezes;
    } cases[] = {
        {1, FALSE},          {-1, FALSE},        {300, FALSE},   {-300, FALSE},
        {301, TRUE},         {-301, TRUE},       {HOUR, TRUE},   {-HOUR, TRUE},
        {10 * YEAR, TRUE},   {-10 * YEAR, TRUE}, {-START, TRUE}, {0, FALSE},
        {8000 * YEAR, TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct machine machine;
        begin(&machine, 100);
        machine.set_by = cases[i].step;
        enum clock_guard_event event = look_after(&machine, 5);
        if (machine.guard.is_frozen != cases[i].freezes ||
            (event == CLOCK_GUARD_FROZEN) != cases[i].freezes) {
            fail_msg("a step of %" G_GINT64_FORMAT " s", cases[i].step);
        }
    }
}

static void a_frozen_time_is_told_once(void **state)
{
    (void)state;
    struct machine machine;
    begin(&machine, 0);
    machine.set_by = HOUR;
    assert_int_equal(look(&machine), CLOCK_GUARD_FROZEN);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(look_after(&machine, 5), CLOCK_GUARD_NOTHING);
        assert_true(machine.guard.is_frozen);
    }
}

static void it_thaws_when_the_clock_is_right_again(void **state)
{
    (void)state;
    struct machine machine;
    begin(&machine, 0);
    machine.set_by = 10 * YEAR;
    assert_int_equal(look(&machine), CLOCK_GUARD_FROZEN);
    machine.set_by = 0;
    assert_int_equal(look_after(&machine, 5), CLOCK_GUARD_NOTHING);
    assert_int_equal(look_after(&machine, CLOCK_GUARD_CALM - 1), CLOCK_GUARD_NOTHING);
    assert_true(machine.guard.is_frozen);
    assert_int_equal(look_after(&machine, 1), CLOCK_GUARD_AGREED);
    assert_false(machine.guard.is_frozen);
    assert_int_equal(look_after(&machine, HOUR), CLOCK_GUARD_NOTHING);
}

static void a_new_time_is_believed_after_fifteen_steady_minutes(void **state)
{
    (void)state;
    struct machine machine;
    begin(&machine, 0);
    machine.set_by = -HOUR;
    assert_int_equal(look(&machine), CLOCK_GUARD_FROZEN);
    for (gint64 i = 1; i < CLOCK_GUARD_STEADY; i++) {
        assert_int_equal(look_after(&machine, 1), CLOCK_GUARD_NOTHING);
        assert_true(machine.guard.is_frozen);
    }
    assert_int_equal(look_after(&machine, 1), CLOCK_GUARD_BELIEVED);
    assert_false(machine.guard.is_frozen);
    /* what was right before is now a step itself */
    machine.set_by = 0;
    assert_int_equal(look_after(&machine, 1), CLOCK_GUARD_FROZEN);
}

static void a_clock_that_steps_every_second_stays_frozen_and_is_told_once(void **state)
{
    (void)state;
    static const gint64 steps[] = {10 * YEAR, -10 * YEAR, HOUR, -HOUR};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct machine machine;
        begin(&machine, 0);
        int frozen = 0, thawed = 0;
        for (int second = 1; second <= 5000; second++) {
            machine.set_by = second % 2 == 0 ? 0 : steps[i];
            enum clock_guard_event event = look_after(&machine, 1);
            frozen += event == CLOCK_GUARD_FROZEN;
            thawed += event == CLOCK_GUARD_AGREED || event == CLOCK_GUARD_BELIEVED;
        }
        assert_int_equal(frozen, 1);
        assert_int_equal(thawed, 0);
        assert_true(machine.guard.is_frozen);
    }
}

static void small_steps_add_up(void **state)
{
    (void)state;
    struct machine machine;
    begin(&machine, 0);
    int looks = 0;
    while (!machine.guard.is_frozen) {
        machine.set_by += 30;
        look_after(&machine, 5);
        looks++;
        assert_true(looks <= 11);
    }
    assert_int_equal(looks, 11);
}

static void a_leap_second_and_a_slow_drift_freeze_nothing(void **state)
{
    (void)state;
    struct machine machine;
    begin(&machine, 0);
    /* half a second a minute, for a week, with a leap second every hour */
    for (int second = 0; second < 7 * 24 * 3600; second += 5) {
        machine.set_by = second / 1800 + second / 3600;
        assert_int_equal(look_after(&machine, 5), CLOCK_GUARD_NOTHING);
    }
}

/* What must hold over any schedule, computed from the schedule itself: frozen whenever the clock is
 * more than the step from every time that was steady for long enough, and never more than the
 * steady time after the last step. */
struct history {
    gint64 believed; /* the offsets that may count, by an own reckoning */
    gint64 since;    /* when the present offset was first seen */
    gint64 offset;   /* the present offset */
    guint64 frozen, believed_anew, agreed;
};

static void check_look(struct machine *machine, struct history *history,
                       enum clock_guard_event event, guint32 seed)
{
    gint64 steady = machine->witness - history->since;
    gint64 away = machine->set_by - history->believed;
    if ((away > CLOCK_GUARD_STEP || away < -CLOCK_GUARD_STEP) && steady < CLOCK_GUARD_STEADY &&
        !machine->guard.is_frozen) {
        fail_msg("seed %u: not frozen %" G_GINT64_FORMAT " s away", seed, away);
    }
    if (steady >= CLOCK_GUARD_STEADY && machine->guard.is_frozen) {
        fail_msg("seed %u: frozen though steady for %" G_GINT64_FORMAT " s", seed, steady);
    }
    if (steady >= CLOCK_GUARD_STEADY) {
        history->believed = machine->set_by;
    }
    history->frozen += event == CLOCK_GUARD_FROZEN;
    history->believed_anew += event == CLOCK_GUARD_BELIEVED;
    history->agreed += event == CLOCK_GUARD_AGREED;
    g_autofree char *sentence = clock_guard_sentence(&machine->guard, event);
    assert_int_equal(sentence != NULL, event != CLOCK_GUARD_NOTHING);
}

static gint64 any_step(GRand *random)
{
    static const gint64 steps[] = {10 * YEAR, -10 * YEAR, HOUR, -HOUR, 301, -301,
                                   300,       -300,       1,    2,     -2,  20};
    return steps[g_rand_int_range(random, 0, G_N_ELEMENTS(steps))];
}

static void run_schedule(guint32 seed, struct history *total)
{
    GRand *random = g_rand_new_with_seed(seed);
    struct machine machine;
    struct history history = {0};
    begin(&machine, g_rand_int_range(random, 0, 100000));
    history.since = machine.witness;
    int looks = g_rand_int_range(random, 5, 60);
    for (int i = 0; i < looks; i++) {
        machine.witness += g_rand_int_range(random, 0, 5) == 0
                               ? g_rand_int_range(random, 0, 1000)
                               : g_rand_int_range(random, 0, 12);
        switch (g_rand_int_range(random, 0, 8)) {
        case 0:
            machine.set_by += any_step(random);
            break;
        case 1:
            machine.set_by = 0;
            break;
        default:
            break;
        }
        if (machine.set_by - history.offset > CLOCK_GUARD_JITTER ||
            history.offset - machine.set_by > CLOCK_GUARD_JITTER) {
            history.offset = machine.set_by;
            history.since = machine.witness;
        }
        machine.set_by = history.offset; /* a jitter is none */
        check_look(&machine, &history, look(&machine), seed);
    }
    total->frozen += history.frozen;
    total->believed_anew += history.believed_anew;
    total->agreed += history.agreed;
    g_rand_free(random);
}

static void hundred_thousand_random_schedules_are_judged_rightly(void **state)
{
    (void)state;
    struct history total = {0};
    for (guint32 seed = 1; seed <= 100000; seed++) {
        run_schedule(seed, &total);
    }
    print_message("100000 schedules: frozen %" G_GUINT64_FORMAT
                  ", right again %" G_GUINT64_FORMAT ", believed anew %" G_GUINT64_FORMAT "\n",
                  total.frozen, total.agreed, total.believed_anew);
    assert_true(total.frozen > 10000 && total.agreed > 1000 && total.believed_anew > 1000);
}

static void the_sentence_says_which_way_and_how_far(void **state)
{
    (void)state;

    static const struct {
        gint64 step;
        const char *says;
    } cases[] = {
        {10 * YEAR, "forward by 3650 days"}, {-10 * YEAR, "back by 3650 days"},
        {HOUR, "forward by 60 minutes"},     {-3 * HOUR, "back by 3 hours"},
        {301, "forward by 5 minutes"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct machine machine;
        begin(&machine, 0);
        machine.set_by = cases[i].step;
        g_autofree char *frozen = clock_guard_sentence(&machine.guard, look(&machine));
        if (strstr(frozen, cases[i].says) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", frozen, cases[i].says);
        }
        g_autofree char *believed =
            clock_guard_sentence(&machine.guard, look_after(&machine, 15 * MINUTE));
        assert_non_null(strstr(believed, cases[i].step < 0 ? "behind" : "ahead of"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_left_alone_is_believed_however_rarely_it_is_looked_at),
        cmocka_unit_test(a_step_of_more_than_five_minutes_freezes_either_way),
        cmocka_unit_test(a_frozen_time_is_told_once),
        cmocka_unit_test(it_thaws_when_the_clock_is_right_again),
        cmocka_unit_test(a_new_time_is_believed_after_fifteen_steady_minutes),
        cmocka_unit_test(a_clock_that_steps_every_second_stays_frozen_and_is_told_once),
        cmocka_unit_test(small_steps_add_up),
        cmocka_unit_test(a_leap_second_and_a_slow_drift_freeze_nothing),
        cmocka_unit_test(hundred_thousand_random_schedules_are_judged_rightly),
        cmocka_unit_test(the_sentence_says_which_way_and_how_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
