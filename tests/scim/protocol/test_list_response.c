#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/list_response.h"

static const struct {
    const char *start_index;
    const char *count;
    gint64 wanted_start;
    gint64 wanted_count;
} pages[] = {
    {NULL, NULL, 1, 100},   {"1", "10", 1, 10},
    {"0", "10", 1, 10},     {"-5", "10", 1, 10},
    {"11", "0", 11, 0},     {"1", "-1", 1, 0},
    {"1", "1000", 1, 1000}, {"1", "1001", 1, 1000},
    {"", "", 1, 100},       {"9000000000", "5", G_GINT64_CONSTANT(9000000000), 5},
};

static void a_page_is_read_from_the_query(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        struct fault fault = {.status = 0};
        struct list_page page;
        assert_true(list_response_page(pages[i].start_index, pages[i].count,
                                       LIST_RESPONSE_MAX_COUNT, &page, &fault));
        assert_int_equal(page.start_index, pages[i].wanted_start);
        assert_int_equal(page.count, pages[i].wanted_count);
    }
}

static void what_is_no_whole_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"a",  "1.5", "1 ", "0x10", "99999999999999999999",
                                        "1e3"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct fault fault = {.status = 0};
        struct list_page page;
        assert_false(list_response_page(texts[i], NULL, 1000, &page, &fault));
        assert_string_equal(fault.detail, "'startIndex' must be a whole number");
        fault_clear(&fault);
        assert_false(list_response_page(NULL, texts[i], 1000, &page, &fault));
        assert_string_equal(fault.detail, "'count' must be a whole number");
        assert_int_equal(fault.type, FAULT_INVALID_VALUE);
        fault_clear(&fault);
    }
}

static void a_page_is_read_from_a_search_request(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct list_page page;
    json_auto_t *start = json_integer(-3);
    json_auto_t *count = json_integer(5000);
    json_auto_t *text = json_string("5");
    assert_true(list_response_page_of(start, count, 1000, &page, &fault));
    assert_int_equal(page.start_index, 1);
    assert_int_equal(page.count, 1000);
    assert_true(list_response_page_of(NULL, NULL, 1000, &page, &fault));
    assert_int_equal(page.count, LIST_RESPONSE_DEFAULT_COUNT);
    assert_false(list_response_page_of(NULL, text, 1000, &page, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_VALUE);
    fault_clear(&fault);
}

static void the_envelope_counts_what_is_really_there(void **state)
{
    (void)state;
    json_auto_t *list =
        list_response_print(250, 101, json_pack("[{s:i},{s:i}]", "id", 1, "id", 2));
    json_auto_t *wanted =
        json_loads("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
                   "\"totalResults\":250,\"startIndex\":101,\"itemsPerPage\":2,"
                   "\"Resources\":[{\"id\":1},{\"id\":2}]}",
                   0, NULL);
    assert_true(json_equal(list, wanted));
    assert_true(json_is_integer(json_object_get(list, "totalResults")));
}

static void an_empty_list_is_a_list(void **state)
{
    (void)state;
    json_auto_t *list = list_response_print(0, 1, NULL);
    assert_int_equal(json_integer_value(json_object_get(list, "itemsPerPage")), 0);
    assert_true(json_is_array(json_object_get(list, "Resources")));
}

static void a_page_by_cursor_names_the_next_one_unless_it_is_the_last(void **state)
{
    (void)state;
    json_auto_t *page = list_response_print_cursor(3, "x", json_pack("[{s:i}]", "id", 1));
    json_auto_t *wanted =
        json_loads("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
                   "\"totalResults\":3,\"itemsPerPage\":1,\"nextCursor\":\"x\","
                   "\"Resources\":[{\"id\":1}]}",
                   0, NULL);
    assert_true(json_equal(page, wanted));
    json_auto_t *last = list_response_print_cursor(3, NULL, NULL);
    assert_null(json_object_get(last, "nextCursor"));
    assert_int_equal(json_array_size(json_object_get(last, "Resources")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_read_from_the_query),
        cmocka_unit_test(what_is_no_whole_number_is_refused),
        cmocka_unit_test(a_page_is_read_from_a_search_request),
        cmocka_unit_test(the_envelope_counts_what_is_really_there),
        cmocka_unit_test(an_empty_list_is_a_list),
        cmocka_unit_test(a_page_by_cursor_names_the_next_one_unless_it_is_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
