#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/list_query.h"

static struct call *new_call(struct call_service *service, const char *target)
{
    *service = (struct call_service){.url = "http://h", .clock = clock_system()};
    return call_new(service, exchange_new("GET", target));
}

static void end_call(struct call *call)
{
    exchange_free(call->exchange);
    call_free(call);
}

/* The ids that a query shows of six projects, and "total" in front; "400" for a fault. */
static char *ask(const char *query)
{
    static const char *const names[] = {"b", "a", "d", "c", "f", "e"};
    g_autofree char *target = g_strconcat("/Projects", query, NULL);
    struct call_service service;
    struct call *call = new_call(&service, target);
    json_t *all = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        json_array_append_new(all, json_pack("{s:s, s:s}", "id", names[i], "name", names[i]));
    }
    struct list_query list;
    GString *shown = g_string_new(NULL);
    if (!list_query_read(call, &schema_tables_project, &list)) {
        g_string_printf(shown, "%d", call->fault.status);
        json_decref(all);
    } else {
        assert_true(list_query_answer(call, &list, all));
        json_t *body =
            json_loadb(call->exchange->answer, call->exchange->answer_length, 0, NULL);
        g_string_printf(shown,
                        "%d:", (int)json_integer_value(json_object_get(body, "totalResults")));
        const json_t *rows = json_object_get(body, "Resources");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            g_string_append(shown, json_string_value(json_object_get(row, "id")));
        }
        json_decref(body);
    }
    list_query_clear(&list);
    end_call(call);
    return g_string_free(shown, FALSE);
}

static void a_list_is_filtered_sorted_and_cut(void **state)
{
    (void)state;

    static const struct {
        const char *query, *expected;
    } cases[] = {
        {"", "6:badcfe"},
        {"?count=2", "6:ba"},
        {"?startIndex=5&count=5", "6:fe"},
        {"?startIndex=-4&count=1", "6:b"},
        {"?startIndex=7", "6:"},
        {"?count=0", "6:"},
        {"?filter=name%20gt%20%22c%22", "3:dfe"},
        {"?filter=name+gt+%22c%22&sortBy=name", "3:def"},
        {"?sortBy=name&sortOrder=DESCENDING&count=2", "6:fe"},
        {"?sortBy=nothing", "6:badcfe"},
        {"?sortBy=]", "400"},
        {"?filter=name", "400"},
        {"?filter=", "400"},
        {"?count=many", "400"},
        {"?startIndex=1.5", "400"},
        {"?attributes=name&excludedAttributes=name", "400"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = ask(cases[i].query);
        if (strcmp(found, cases[i].expected) != 0) {
            fail_msg("'%s' shows %s, not %s", cases[i].query, found, cases[i].expected);
        }
    }
}

static void a_search_request_says_the_same_in_a_body(void **state)
{
    (void)state;

    static const struct {
        const char *body;
        gboolean good;
    } cases[] = {
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]}", TRUE},
        {"{\"SCHEMAS\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
         "\"FILTER\":\"name pr\",\"Count\":3,\"startIndex\":null}",
         TRUE},
        {"{}", FALSE},
        {"{\"schemas\":[\"urn:x\"]}", FALSE},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
         "\"filter\":7}",
         FALSE},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
         "\"attributes\":\"name\"}",
         FALSE},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
         "\"attributes\":[7]}",
         FALSE},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
         "\"count\":\"3\"}",
         FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct call_service service;
        struct call *call = new_call(&service, "/x");
        call->body = json_loads(cases[i].body, 0, NULL);
        struct list_query list;
        if (list_query_read_search(call, &schema_tables_project, &list) != cases[i].good) {
            fail_msg("%s: %d", cases[i].body, !cases[i].good);
        }
        assert_int_equal(fault_is_set(&call->fault), !cases[i].good);
        list_query_clear(&list);
        end_call(call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_filtered_sorted_and_cut),
        cmocka_unit_test(a_search_request_says_the_same_in_a_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
