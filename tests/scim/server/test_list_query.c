#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/list_query.h"

static struct call *call_to(struct call_service *service, const char *method,
                            const char *target)
{
    *service = (struct call_service){.url = "http://h", .clock = clock_system()};
    return call_new(service, exchange_new(method, target));
}

static struct call *new_call(struct call_service *service, const char *target)
{
    return call_to(service, "GET", target);
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
        struct call *call = call_to(&service, "POST", "/x");
        call->body = json_loads(cases[i].body, 0, NULL);
        struct list_query list;
        if (list_query_read(call, &schema_tables_project, &list) != cases[i].good) {
            fail_msg("%s: %d", cases[i].body, !cases[i].good);
        }
        assert_int_equal(fault_is_set(&call->fault), !cases[i].good);
        list_query_clear(&list);
        end_call(call);
    }
}

#define SEARCH "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]"

/* One page by cursor of the projects whose names these are. */
struct page {
    char *shown; /* the names, or the scimType of the fault */
    char *next;  /* NULL: the last */
};

static struct page read_page(const char *names, const char *method, const char *target,
                             const char *body)
{
    struct call_service service;
    struct call *call = call_to(&service, method, target);
    call->body = body != NULL ? json_loads(body, 0, NULL) : NULL;
    json_t *all = json_array();
    for (const char *name = names; *name != '\0'; name++) {
        const char text[] = {*name, '\0'};
        json_array_append_new(all, json_pack("{s:s, s:s}", "id", text, "name", text));
    }
    struct list_query list;
    struct page page = {0};
    if (!list_query_read(call, &schema_tables_project, &list)) {
        page.shown = g_strdup(fault_type_name(call->fault.type));
        json_decref(all);
    } else {
        assert_true(list_query_answer(call, &list, all));
        json_t *answer =
            json_loadb(call->exchange->answer, call->exchange->answer_length, 0, NULL);
        GString *shown = g_string_new(NULL);
        const json_t *rows = json_object_get(answer, "Resources");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            g_string_append(
                shown, json_string_value(json_object_get(json_array_get(rows, i), "name")));
        }
        assert_null(json_object_get(answer, "startIndex"));
        assert_int_equal(json_integer_value(json_object_get(answer, "itemsPerPage")),
                         shown->len);
        page.shown = g_string_free(shown, FALSE);
        page.next = g_strdup(json_string_value(json_object_get(answer, "nextCursor")));
        json_decref(answer);
    }
    list_query_clear(&list);
    end_call(call);
    return page;
}

static void page_clear(struct page *page)
{
    g_free(page->shown);
    g_free(page->next);
}

/* By URL or by SearchRequest; what comes and goes between the pages is in `worlds`. */
static void whoever_is_there_all_the_time_is_read_once_by_cursor(void **state)
{
    (void)state;

    static const struct {
        const char *query, *worlds[5];
        const char *pages[5];
    } cases[] = {
        {"", {"badcfe", "badcfe", "badcfe"}, {"ab", "cd", "ef"}},
        {"&sortBy=name&sortOrder=descending",
         {"badcfe", "badcfe", "badcfe"},
         {"fe", "dc", "ba"}},
        {"", {"badcfe", "dcfe", "cfe"}, {"ab", "cd", "ef"}},
        {"", {"bdcfe", "bdcfea", "bdcfeag"}, {"bc", "de", "fg"}},
        {"&sortBy=name", {"bdcfe", "dcfea", "eag"}, {"bc", "de", "g"}},
        {"&sortBy=displayName", {"badcfe", "dcfe", "cfe"}, {"ab", "cd", "ef"}},
        {"&filter=name+gt+%22b%22", {"badcfe", "badcfe"}, {"cd", "ef"}},
        {"", {"badcfe", "abg"}, {"ab", "g"}},
        {"", {"ab"}, {"ab"}},
        {"", {""}, {""}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *cursor = g_strdup("");
        for (size_t at = 0; at < 5 && cases[i].worlds[at] != NULL; at++) {
            assert_non_null(cursor);
            g_autofree char *target =
                g_strdup_printf("/Projects?count=2&cursor=%s%s", cursor, cases[i].query);
            struct page page = read_page(cases[i].worlds[at], "GET", target, NULL);
            if (strcmp(page.shown, cases[i].pages[at]) != 0) {
                fail_msg("case %zu page %zu: %s", i, at, page.shown);
            }
            g_free(cursor);
            cursor = g_strdup(page.next);
            page_clear(&page);
        }
        assert_null(cursor);
    }
}

static void a_search_is_read_by_cursor_too(void **state)
{
    (void)state;
    struct page first = read_page("badc", "POST", "/Projects/.search",
                                  "{" SEARCH ",\"cursor\":\"\",\"count\":3}");
    assert_string_equal(first.shown, "abc");
    g_autofree char *body =
        g_strdup_printf("{\"Count\":3,\"CURSOR\":\"%s\"," SEARCH "}", first.next);
    struct page second = read_page("badc", "POST", "/Projects/.search", body);
    assert_string_equal(second.shown, "d");
    assert_null(second.next);
    page_clear(&first);
    page_clear(&second);
}

static void a_cursor_is_good_for_its_own_query_alone(void **state)
{
    (void)state;

    static const struct {
        const char *query, *found; /* %s is the cursor of "?cursor=&count=2&filter=name+pr" */
    } cases[] = {
        {"?cursor=%s&count=2&filter=name+pr", "cd"},
        {"?filter=name+pr&COUNT=2&Cursor=%s", "cd"},
        {"?cursor=%s&count=3&filter=name+pr", "invalidCount"},
        {"?cursor=%s&filter=name+pr", "invalidCount"},
        {"?cursor=%s&count=x&filter=name+pr", "invalidCount"},
        {"?cursor=%s&count=2&filter=id+pr", "invalidCursor"},
        {"?cursor=%s&count=2", "invalidCursor"},
        {"?cursor=%s&count=2&filter=name+pr&sortBy=name", "invalidCursor"},
        {"?cursor=%s&count=2&filter=name+pr&attributes=name", "invalidCursor"},
        {"?cursor=%sA&count=2&filter=name+pr", "invalidCursor"},
        {"?cursor=A%s&count=2&filter=name+pr", "invalidCursor"},
        {"?cursor=%s&count=2&filter=name+pr&startIndex=1", "invalidValue"},
        {"?cursor=%s&count=2&filter=name", "invalidFilter"},
        {"?cursor=&count=-3", ""},
        {"?cursor=&count=0", ""},
        {"?cursor&count=2", "ab"},
    };

    struct page first =
        read_page("badcfe", "GET", "/Projects?cursor=&count=2&filter=name+pr", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) parts = g_strsplit(cases[i].query, "%s", 2);
        g_autofree char *query = g_strjoinv(first.next, parts);
        g_autofree char *target = g_strconcat("/Projects", query, NULL);
        struct page page = read_page("badcfe", "GET", target, NULL);
        if (strcmp(page.shown, cases[i].found) != 0) {
            fail_msg("%s: %s, not %s", cases[i].query, page.shown, cases[i].found);
        }
        page_clear(&page);
    }
    g_autofree char *elsewhere =
        g_strdup_printf("/Roles?cursor=%s&count=2&filter=name+pr", first.next);
    struct page page = read_page("badcfe", "GET", elsewhere, NULL);
    assert_string_equal(page.shown, "invalidCursor");
    page_clear(&page);
    page_clear(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_filtered_sorted_and_cut),
        cmocka_unit_test(a_search_request_says_the_same_in_a_body),
        cmocka_unit_test(whoever_is_there_all_the_time_is_read_once_by_cursor),
        cmocka_unit_test(a_search_is_read_by_cursor_too),
        cmocka_unit_test(a_cursor_is_good_for_its_own_query_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
