#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/attribute_path.h"
#include "scim/protocol/body.h"
#include "scim/protocol/request_limits.h"
#include "scim/protocol/schema_tables.h"

static void the_standard_limits_are_the_documented_ones(void **state)
{
    (void)state;
    const struct request_limits *limits = request_limits_standard();
    assert_int_equal(limits->body, 1 << 20);
    assert_int_equal(limits->json_depth, 16);
    assert_int_equal(limits->filter, 4096);
    assert_int_equal(limits->filter_terms, 64);
    assert_int_equal(limits->filter_depth, 32);
    assert_int_equal(limits->path, 512);
    assert_int_equal(limits->page, 1000);
}

static const struct request_limits narrow = {.body = 64,
                                             .filter = 40,
                                             .filter_terms = 2,
                                             .filter_depth = 2,
                                             .path = 30,
                                             .json_depth = 3};

static void a_filter_is_held_to_the_limits_handed_in(void **state)
{
    (void)state;

    static const struct {
        const char *filter;
        const char *refusal;
    } cases[] = {
        {"id pr or title pr", NULL},
        {"((id pr))", NULL},
        {"title eq \"01234567890123456789012345678\"", NULL},
        {"title eq \"012345678901234567890123456789\"", "the filter is longer than 40 bytes"},
        {"id pr or id pr or id pr", "the filter is wrong at byte 19: more than 2 conditions"},
        {"(((id pr)))", "the filter is wrong at byte 3: brackets are nested deeper than 2"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Filter) filter = filter_parse(&schema_tables_user, cases[i].filter,
                                                strlen(cases[i].filter), &narrow, NULL, &fault);
        assert_int_equal(filter == NULL, cases[i].refusal != NULL);
        if (cases[i].refusal != NULL)
            assert_string_equal(fault.detail, cases[i].refusal);
        fault_clear(&fault);
    }
}

static void a_path_is_held_to_the_limits_handed_in(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        const char *refusal;
    } cases[] = {
        {"emails[type eq \"work\"].value", NULL},
        {"emails[type eq \"workday\"].value", "the path is longer than 30 bytes"},
        {"emails[((type pr))]",
         "the filter is wrong at byte 2: brackets are nested deeper than 2"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(AttributePath) path = attribute_path_parse(
            &schema_tables_user, cases[i].path, strlen(cases[i].path), &narrow, NULL, &fault);
        assert_int_equal(path == NULL, cases[i].refusal != NULL);
        if (cases[i].refusal != NULL)
            assert_string_equal(fault.detail, cases[i].refusal);
        fault_clear(&fault);
    }
}

static void a_body_is_held_to_the_depth_handed_in(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    static const char flat[] = "{\"a\":[[1]]}";
    static const char deep[] = "{\"a\":[[[1]]]}";
    json_auto_t *body = body_parse(flat, strlen(flat), narrow.body, &narrow, &fault);
    assert_non_null(body);
    assert_null(body_parse(deep, strlen(deep), narrow.body, &narrow, &fault));
    assert_string_equal(fault.detail,
                        "the body is nested deeper than 3 levels (line 1, column 8)");
    fault_clear(&fault);
    json_auto_t *wide = body_parse(deep, strlen(deep), narrow.body, NULL, &fault);
    assert_non_null(wide);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_limits_are_the_documented_ones),
        cmocka_unit_test(a_filter_is_held_to_the_limits_handed_in),
        cmocka_unit_test(a_path_is_held_to_the_limits_handed_in),
        cmocka_unit_test(a_body_is_held_to_the_depth_handed_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
