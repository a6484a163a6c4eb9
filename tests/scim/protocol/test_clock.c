#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/clock.h"

static gint64 fixed_now(void *context)
{
    return *(gint64 *)context;
}

static void fill_with_count(void *context, guint8 *bytes, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++)
        bytes[i] = (guint8)(250 + i);
}

static void the_clock_that_is_handed_in_is_asked(void **state)
{
    (void)state;
    gint64 now = 1795312032;
    const struct clock clock = {.now = fixed_now, .context = &now};
    assert_int_equal(clock_now(&clock), 1795312032);
    now++;
    assert_int_equal(clock_now(&clock), 1795312033);
}

static void the_clock_of_the_machine_runs_after_this_was_written(void **state)
{
    (void)state;
    assert_true(clock_now(clock_system()) > 1700000000);
}

static const struct {
    const char *text;
    gint64 seconds;
} readable[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-11-22T01:47:12Z", 1795312032},
    {"2026-11-22T02:47:12+01:00", 1795312032},
    {"2026-11-22T01:47:12.999Z", 1795312032},
    {"1969-12-31T23:59:59Z", -1},
    {"9999-12-31T23:59:59Z", 253402300799},
};

static void a_date_time_with_a_zone_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(readable); i++) {
        gint64 seconds = 0;
        assert_true(clock_parse(readable[i].text, &seconds));
        assert_int_equal(seconds, readable[i].seconds);
    }
}

static void what_is_printed_is_read_back(void **state)
{
    (void)state;
    static const gint64 times[] = {0, -1, 1, 1795312032, 253402300799};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *text = clock_print(times[i]);
        gint64 seconds = 7;
        assert_true(clock_parse(text, &seconds));
        assert_int_equal(seconds, times[i]);
    }
    g_autofree char *text = clock_print(1795312032);
    assert_string_equal(text, "2026-11-22T01:47:12Z");
}

/* T05: nothing here has 32 bits. */
static void T05_far_years_are_times_like_any_other(void **state)
{
    (void)state;

    static const struct {
        gint64 time;
        const char *text;
    } cases[] = {
        {G_GINT64_CONSTANT(2147483647), "2038-01-19T03:14:07Z"},
        {G_GINT64_CONSTANT(2147483648), "2038-01-19T03:14:08Z"},
        {G_GINT64_CONSTANT(4294967295), "2106-02-07T06:28:15Z"},
        {G_GINT64_CONSTANT(4294967296), "2106-02-07T06:28:16Z"},
        {G_GINT64_CONSTANT(-2147483649), "1901-12-13T20:45:51Z"},
        {G_GINT64_CONSTANT(32503680000), "3000-01-01T00:00:00Z"},
        {G_GINT64_CONSTANT(253402300799), "9999-12-31T23:59:59Z"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 seconds = 0;
        g_autofree char *text = clock_print(cases[i].time);
        assert_string_equal(text, cases[i].text);
        assert_true(clock_parse(cases[i].text, &seconds));
        assert_int_equal(seconds, cases[i].time);
    }
    g_autofree char *after = clock_print(G_GINT64_CONSTANT(253402300800));
    assert_string_equal(after, "9999-12-31T23:59:59Z");
}

static void the_witness_goes_on_and_is_no_wall_clock(void **state)
{
    (void)state;
    gint64 first = clock_now(clock_witness()), second = clock_now(clock_witness());
    assert_true(first > 0 && second >= first && second - first < 60);
    assert_true(first < clock_now(clock_system()));
}

static void a_time_beyond_the_calendar_is_its_last_second(void **state)
{
    (void)state;
    g_autofree char *text = clock_print(G_MAXINT64);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void what_is_no_date_time_is_not_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "now",
                                        "2026-11-22",
                                        "2026-11-22T01:47:12",
                                        "2026-13-22T01:47:12Z",
                                        "2026-11-22T25:47:12Z",
                                        "1795312032"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        gint64 seconds = 0;
        assert_false(clock_parse(texts[i], &seconds));
    }
}

static void random_bytes_are_printed_in_two_alphabets(void **state)
{
    (void)state;
    const struct random_source random = {.fill = fill_with_count};
    g_autofree char *hex = random_hex(&random, 6);
    g_autofree char *base64 = random_base64url(&random, 6);
    assert_string_equal(hex, "fafbfcfdfeff");
    assert_string_equal(base64, "-vv8_f7_");
    g_autofree char *unpadded = random_base64url(&random, 4);
    assert_string_equal(unpadded, "-vv8_Q");
}

static void the_random_source_of_the_machine_does_not_repeat_itself(void **state)
{
    (void)state;
    g_autofree char *one = random_hex(random_system(), 16);
    g_autofree char *other = random_hex(random_system(), 16);
    assert_int_equal(strlen(one), 32);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_that_is_handed_in_is_asked),
        cmocka_unit_test(the_clock_of_the_machine_runs_after_this_was_written),
        cmocka_unit_test(a_date_time_with_a_zone_is_read),
        cmocka_unit_test(what_is_printed_is_read_back),
        cmocka_unit_test(T05_far_years_are_times_like_any_other),
        cmocka_unit_test(the_witness_goes_on_and_is_no_wall_clock),
        cmocka_unit_test(a_time_beyond_the_calendar_is_its_last_second),
        cmocka_unit_test(what_is_no_date_time_is_not_read),
        cmocka_unit_test(random_bytes_are_printed_in_two_alphabets),
        cmocka_unit_test(the_random_source_of_the_machine_does_not_repeat_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
