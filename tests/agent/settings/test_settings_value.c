#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_value.h"

static void durations_are_a_number_and_a_unit(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gint64 seconds; /* -1: refused */
    } cases[] = {
        {"90s", 90},
        {"15m", 900},
        {"48h", 172800},
        {"7d", 604800},
        {"0s", 0},
        {"2 h", 7200},
        {"", -1},
        {"15", -1},
        {"15x", -1},
        {"m", -1},
        {"-1s", -1},
        {"1.5h", -1},
        {"1h30m", -1},
        {"99999999999999999999s", -1},
        {"9223372036854775807d", -1},
        {" 1s", -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 seconds = -1;
        const char *why = NULL;
        const gboolean read = settings_value_duration(cases[i].text, &seconds, &why);
        if (read != (cases[i].seconds >= 0) || seconds != cases[i].seconds)
            fail_msg("\"%s\" became %" G_GINT64_FORMAT, cases[i].text, seconds);
        assert_int_equal(why == NULL, read);
    }
}

static void sizes_count_in_1024(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gint64 bytes;
    } cases[] = {
        {"512", 512},    {"64 KiB", 65536},    {"64K", 65536}, {"1 MiB", 1048576},
        {"8M", 8388608}, {"1GiB", 1073741824}, {"10B", 10},    {"1 MB", -1},
        {"", -1},        {"KiB", -1},          {"1 mib", -1},  {"99999999999999 GiB", -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 bytes = -1;
        const char *why = NULL;
        const gboolean read = settings_value_size(cases[i].text, &bytes, &why);
        if (read != (cases[i].bytes >= 0) || bytes != cases[i].bytes)
            fail_msg("\"%s\" became %" G_GINT64_FORMAT, cases[i].text, bytes);
        assert_int_equal(why == NULL, read);
    }
}

static void limits_are_a_number_a_share_or_the_larger_of_both(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gint64 number, percent; /* number -1: refused */
    } cases[] = {
        {"max(3, 10%)", 3, 10},
        {"max(10%,3)", 3, 10},
        {"max( 3 , 10 % )", 3, 10},
        {"5", 5, 0},
        {"10%", 0, 10},
        {"0", 0, 0},
        {"100%", 0, 100},
        {"101%", -1, 0},
        {"max(3)", -1, 0},
        {"max(3, 4)", -1, 0},
        {"max(3%, 4%)", -1, 0},
        {"max(3, 10%", -1, 0},
        {"min(3, 10%)", -1, 0},
        {"max(3, 10%) ", -1, 0},
        {"", -1, 0},
        {"-3", -1, 0},
        {"3 people", -1, 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct settings_limit limit = {.number = -1};
        const char *why = NULL;
        const gboolean read = settings_value_limit(cases[i].text, &limit, &why);
        if (read != (cases[i].number >= 0) || limit.number != cases[i].number ||
            limit.percent != cases[i].percent)
            fail_msg("\"%s\" became %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT "%%",
                     cases[i].text, limit.number, limit.percent);
        assert_int_equal(why == NULL, read);
    }
}

static void durations_print_in_the_largest_whole_unit(void **state)
{
    (void)state;
    static const char *const texts[] = {"0s", "90s", "15m", "2d", "36h", "7d"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        gint64 seconds = 0;
        const char *why = NULL;
        assert_true(settings_value_duration(texts[i], &seconds, &why));
        g_autofree char *printed = settings_value_print_duration(seconds);
        assert_string_equal(printed, texts[i]);
    }
}

static void the_nearest_name_is_at_most_two_edits_away(void **state)
{
    (void)state;
    static const char *const names[] = {"seats", "domains", "owners", "name", NULL};
    assert_string_equal(settings_value_nearest("seat", names), "seats");
    assert_string_equal(settings_value_nearest("onwers", names), "owners");
    assert_string_equal(settings_value_nearest("domain", names), "domains");
    assert_null(settings_value_nearest("limits", names));
    assert_null(settings_value_nearest("zzzzzz", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_a_number_and_a_unit),
        cmocka_unit_test(sizes_count_in_1024),
        cmocka_unit_test(limits_are_a_number_a_share_or_the_larger_of_both),
        cmocka_unit_test(durations_print_in_the_largest_whole_unit),
        cmocka_unit_test(the_nearest_name_is_at_most_two_edits_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
