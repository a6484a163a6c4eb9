#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/rate_limit.h"

#define SECOND G_USEC_PER_SEC

static gint64 read_ticks(void *context)
{
    return *(gint64 *)context;
}

static struct rate_limit *open_limit(gint64 *now, gint64 per_second, gint64 burst, guint keys)
{
    return rate_limit_new(&(struct rate_limit_options){.per_second = per_second,
                                                       .burst = burst,
                                                       .keys = keys,
                                                       .ticks = read_ticks,
                                                       .context = now});
}

static guint take_all(struct rate_limit *limit, const char *key, guint *seconds)
{
    guint count = 0;
    while (rate_limit_take(limit, key, seconds)) {
        count++;
    }
    return count;
}

static void a_burst_passes_then_one_for_each_part_of_a_second(void **state)
{
    (void)state;
    gint64 now = 7;
    guint seconds = 0;
    struct rate_limit *limit = open_limit(&now, 100, 100, 10);
    assert_int_equal(take_all(limit, "a", &seconds), 100);
    assert_int_equal(seconds, 1);
    now += SECOND / 100 - 1;
    assert_int_equal(take_all(limit, "a", &seconds), 0);
    now += 1;
    assert_int_equal(take_all(limit, "a", &seconds), 1);
    now += SECOND / 2;
    assert_int_equal(take_all(limit, "a", &seconds), 50);
    now += 10 * SECOND;
    assert_int_equal(take_all(limit, "a", &seconds), 100);
    rate_limit_free(limit);
}

static void in_ten_seconds_of_asking_all_the_time_rate_and_burst_pass(void **state)
{
    (void)state;
    gint64 now = 0;
    guint seconds = 0, passed = 0;
    struct rate_limit *limit = open_limit(&now, 25, 25, 10);
    for (; now < 10 * SECOND; now += 1000) {
        passed += rate_limit_take(limit, "a", &seconds) ? 1U : 0U;
    }
    assert_in_range(passed, 25 + 249, 25 + 250);
    rate_limit_free(limit);
}

static void whoever_waits_as_told_passes(void **state)
{
    (void)state;
    gint64 now = 0;
    guint seconds = 0;
    struct rate_limit *limit = open_limit(&now, 1, 1, 10);
    assert_true(rate_limit_take(limit, "a", &seconds));
    assert_false(rate_limit_take(limit, "a", &seconds));
    assert_int_equal(seconds, 1);
    now += seconds * SECOND;
    assert_true(rate_limit_take(limit, "a", &seconds));
    rate_limit_free(limit);
}

static void one_key_takes_nothing_from_another(void **state)
{
    (void)state;
    gint64 now = 0;
    guint seconds = 0;
    struct rate_limit *limit = open_limit(&now, 10, 10, 10);
    assert_int_equal(take_all(limit, "a", &seconds), 10);
    assert_int_equal(take_all(limit, "b", &seconds), 10);
    rate_limit_free(limit);
}

static void keys_are_bounded_and_the_one_not_seen_for_longest_goes(void **state)
{
    (void)state;
    gint64 now = 0;
    guint seconds = 0;
    struct rate_limit *limit = open_limit(&now, 1, 1, 100);
    assert_int_equal(take_all(limit, "kept", &seconds), 1);
    for (int i = 0; i < 10000; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        rate_limit_take(limit, key, &seconds);
        assert_false(rate_limit_take(limit, "kept", &seconds));
        assert_true(rate_limit_keys(limit) <= 100);
    }
    assert_int_equal(rate_limit_keys(limit), 100);
    rate_limit_free(limit);
}

static void a_clock_that_stands_or_jumps_far_does_no_harm(void **state)
{
    (void)state;
    gint64 now = 1000;
    guint seconds = 0;
    struct rate_limit *limit = open_limit(&now, 1000000, 1000000, 10);
    assert_true(rate_limit_take(limit, "a", &seconds));
    now = 0;
    assert_true(rate_limit_take(limit, "a", &seconds));
    now = G_MAXINT64;
    assert_int_equal(take_all(limit, "a", &seconds), 1000000);
    rate_limit_free(limit);
}

static void without_a_limit_everything_passes(void **state)
{
    (void)state;
    guint seconds = 0;
    for (int i = 0; i < 1000; i++) {
        assert_true(rate_limit_take(NULL, "a", &seconds));
    }
    rate_limit_free(NULL);
    gint64 before = rate_limit_ticks(NULL);
    assert_true(rate_limit_ticks(NULL) >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_then_one_for_each_part_of_a_second),
        cmocka_unit_test(in_ten_seconds_of_asking_all_the_time_rate_and_burst_pass),
        cmocka_unit_test(whoever_waits_as_told_passes),
        cmocka_unit_test(one_key_takes_nothing_from_another),
        cmocka_unit_test(keys_are_bounded_and_the_one_not_seen_for_longest_goes),
        cmocka_unit_test(a_clock_that_stands_or_jumps_far_does_no_harm),
        cmocka_unit_test(without_a_limit_everything_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
