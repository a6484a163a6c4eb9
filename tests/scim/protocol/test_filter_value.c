#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/filter_value.h"

static const struct schema_attribute a_text = {.name = "text"};
static const struct schema_attribute an_exact_text = {.name = "exact", .case_exact = TRUE};
static const struct schema_attribute a_flag = {.name = "flag", .kind = SCHEMA_BOOLEAN};
static const struct schema_attribute a_number = {.name = "number", .kind = SCHEMA_INTEGER};
static const struct schema_attribute a_time = {.name = "time", .kind = SCHEMA_DATE_TIME};

static const struct {
    const struct schema_attribute *attribute;
    enum filter_comparison comparison;
    const char *literal;
    const char *stored;
    gboolean holds;
} comparisons[] = {
    {&a_text, FILTER_EQ, "\"Bob\"", "\"bOB\"", TRUE},
    {&a_text, FILTER_EQ, "\"Bob\"", "\"bobby\"", FALSE},
    {&a_text, FILTER_NE, "\"Bob\"", "\"bob\"", FALSE},
    {&a_text, FILTER_NE, "\"Bob\"", "\"alice\"", TRUE},
    {&a_text, FILTER_CO, "\"OB\"", "\"Bobby\"", TRUE},
    {&a_text, FILTER_CO, "\"\"", "\"Bobby\"", TRUE},
    {&a_text, FILTER_CO, "\"bobbyx\"", "\"Bobby\"", FALSE},
    {&a_text, FILTER_SW, "\"BOB\"", "\"bobby\"", TRUE},
    {&a_text, FILTER_SW, "\"by\"", "\"bobby\"", FALSE},
    {&a_text, FILTER_EW, "\"BY\"", "\"bobby\"", TRUE},
    {&a_text, FILTER_EW, "\"xbobby\"", "\"bobby\"", FALSE},
    {&a_text, FILTER_GT, "\"a\"", "\"B\"", TRUE},
    {&a_text, FILTER_GT, "\"b\"", "\"B\"", FALSE},
    {&a_text, FILTER_GE, "\"b\"", "\"B\"", TRUE},
    {&a_text, FILTER_LT, "\"b\"", "\"A\"", TRUE},
    {&a_text, FILTER_LE, "\"a\"", "\"A\"", TRUE},
    {&a_text, FILTER_LE, "\"a\"", "\"ab\"", FALSE},
    {&a_text, FILTER_GT, "\"z\"", "\"\\u00e9\"", TRUE}, /* bytes: beyond ASCII comes after it */
    {&a_text, FILTER_EQ, "\"\\u00c9\"", "\"\\u00e9\"", FALSE}, /* only ASCII is folded */
    {&an_exact_text, FILTER_EQ, "\"Bob\"", "\"bob\"", FALSE},
    {&an_exact_text, FILTER_EQ, "\"Bob\"", "\"Bob\"", TRUE},
    {&an_exact_text, FILTER_SW, "\"b\"", "\"Bob\"", FALSE},
    {&an_exact_text, FILTER_GT, "\"Z\"", "\"a\"", TRUE},
    {&a_flag, FILTER_EQ, "true", "true", TRUE},
    {&a_flag, FILTER_EQ, "true", "false", FALSE},
    {&a_flag, FILTER_NE, "true", "false", TRUE},
    {&a_flag, FILTER_EQ, "\"False\"", "false", TRUE},
    {&a_number, FILTER_EQ, "5", "5", TRUE},
    {&a_number, FILTER_GT, "5", "5", FALSE},
    {&a_number, FILTER_GT, "5", "50", TRUE},
    {&a_number, FILTER_LT, "5.5", "5", TRUE},
    {&a_number, FILTER_NE, "5", "6", TRUE},
    {&a_time, FILTER_EQ, "\"2026-11-22T01:00:00Z\"", "\"2026-11-22T02:00:00+01:00\"", TRUE},
    {&a_time, FILTER_GT, "\"2026-11-22T01:00:00Z\"", "\"2026-11-22T01:00:01Z\"", TRUE},
    {&a_time, FILTER_GE, "\"2026-11-22T01:00:00.5Z\"", "\"2026-11-22T01:00:00Z\"", FALSE},
    {&a_time, FILTER_LT, "\"2026-11-22T01:00:00Z\"", "\"2026-11-22T01:00:00Z\"", FALSE},
    {&a_time, FILTER_LE, "\"2026-11-22T01:00:00Z\"", "\"2026-11-22T01:00:00Z\"", TRUE},
    {&a_time, FILTER_NE, "\"2026-11-22T01:00:00Z\"", "\"broken\"", FALSE},
    {&a_text, FILTER_EQ, "\"5\"", "5",
     FALSE}, /* a stored value of another type never compares */
    {&a_flag, FILTER_NE, "true", "\"x\"", FALSE},
};

static void stored_values_compare_by_the_type_of_the_attribute(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++) {
        struct filter_value value = {.kind = FILTER_NO_VALUE};
        json_auto_t *literal = json_loads(comparisons[i].literal, JSON_DECODE_ANY, NULL);
        json_auto_t *stored = json_loads(comparisons[i].stored, JSON_DECODE_ANY, NULL);
        assert_null(filter_value_set(&value, comparisons[i].attribute,
                                     comparisons[i].comparison, literal, NULL));
        if (filter_value_compare(&value, comparisons[i].comparison, stored) !=
            comparisons[i].holds)
            fail_msg("%s %s %s", comparisons[i].stored,
                     filter_comparison_name(comparisons[i].comparison), comparisons[i].literal);
        filter_value_clear(&value);
    }
}

static void a_text_keeps_its_spelling_beside_the_folded_one(void **state)
{
    (void)state;
    struct filter_value value = {.kind = FILTER_NO_VALUE};
    json_auto_t *literal = json_string("Bob");
    assert_null(filter_value_set(&value, &a_text, FILTER_EQ, literal, NULL));
    assert_string_equal(value.text, "bob");
    assert_string_equal(value.literal, "Bob");
    assert_false(value.case_exact);
    filter_value_clear(&value);
    assert_null(value.text);
    assert_null(value.literal);
}

static void a_literal_of_another_type_does_not_fit(void **state)
{
    (void)state;

    static const struct {
        const struct schema_attribute *attribute;
        enum filter_comparison comparison;
        const char *literal;
    } cases[] = {
        {&a_text, FILTER_EQ, "5"},     {&a_text, FILTER_EQ, "false"},
        {&a_text, FILTER_CO, "null"},  {&a_flag, FILTER_EQ, "\"maybe\""},
        {&a_flag, FILTER_LT, "true"},  {&a_number, FILTER_EQ, "\"5\""},
        {&a_number, FILTER_CO, "5"},   {&a_time, FILTER_EQ, "\"yesterday\""},
        {&a_time, FILTER_EW, "\"Z\""}, {NULL, FILTER_GT, "false"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct filter_value value = {.kind = FILTER_NO_VALUE};
        json_auto_t *literal = json_loads(cases[i].literal, JSON_DECODE_ANY, NULL);
        assert_non_null(
            filter_value_set(&value, cases[i].attribute, cases[i].comparison, literal, NULL));
        filter_value_clear(&value);
    }
}

static void presence_and_null_never_compare_a_value(void **state)
{
    (void)state;
    struct filter_value value = {.kind = FILTER_NULL};
    json_auto_t *stored = json_string("x");
    assert_false(filter_value_compare(&value, FILTER_EQ, stored));
    value.kind = FILTER_NO_VALUE;
    assert_false(filter_value_compare(&value, FILTER_PR, stored));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_values_compare_by_the_type_of_the_attribute),
        cmocka_unit_test(a_text_keeps_its_spelling_beside_the_folded_one),
        cmocka_unit_test(a_literal_of_another_type_does_not_fit),
        cmocka_unit_test(presence_and_null_never_compare_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
