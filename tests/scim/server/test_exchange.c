#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/exchange.h"

static void the_target_is_split_and_the_path_left_as_sent(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange =
        exchange_new("GET", "/scim/v2/%2e%2e//Users?count=2&x=%20+y");
    assert_string_equal(exchange->path, "/scim/v2/%2e%2e//Users");
    assert_string_equal(exchange_query(exchange, "COUNT"), "2");
    assert_string_equal(exchange_query(exchange, "x"), "  y");
    assert_null(exchange_query(exchange, "y"));
    assert_false(exchange->query_is_broken);
}

static void a_target_with_scheme_and_host_is_the_one_behind_them(void **state)
{
    (void)state;

    static const struct {
        const char *target, *path, *query;
    } cases[] = {
        {"http://127.0.0.1:8080/scim/v2/Users?count=2", "/scim/v2/Users", "count=2"},
        {"HTTPS://console.example.com/scim/v2/Users", "/scim/v2/Users", NULL},
        {"http://console.example.com", "", NULL},
        {"http://console.example.com?x=/y", "", "x=/y"},
        {"/http://console.example.com/Users", "/http://console.example.com/Users", NULL},
        {"ftp://console.example.com/Users", "ftp://console.example.com/Users", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Exchange) exchange = exchange_new("GET", cases[i].target);
        assert_string_equal(exchange->path, cases[i].path);
        assert_int_equal(g_strcmp0(exchange->query, cases[i].query), 0);
    }
}

static void a_query_is_broken_where_it_cannot_be_read_one_way(void **state)
{
    (void)state;

    static const struct {
        const char *query;
        gboolean is_broken;
    } cases[] = {
        {"", FALSE},
        {"count=1&", FALSE},
        {"aadOptscim062020", FALSE},
        {"a=b=c", FALSE},
        {"a=%41", FALSE},
        {"a=%4", TRUE},
        {"a=%zz", TRUE},
        {"a=%00", TRUE},
        {"a=%ff", TRUE},
        {"count=1&count=2", TRUE},
        {"count=1&COUNT=2", TRUE},
        {"%=1", TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/x?", cases[i].query, NULL);
        g_autoptr(Exchange) exchange = exchange_new("GET", target);
        if (exchange->query_is_broken != cases[i].is_broken) {
            fail_msg("'%s': broken is %d", cases[i].query, exchange->query_is_broken);
        }
    }
}

static void headers_are_found_in_any_case_and_repeats_are_marked(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("GET", "/");
    exchange_add_header(exchange, "Authorization", "Bearer one");
    exchange_add_header(exchange, "AUTHORIZATION", "Bearer two");
    exchange_add_header(exchange, "Host", "h");
    assert_string_equal(exchange_header(exchange, "authorization"), "Bearer one");
    assert_true(exchange_header_is_repeated(exchange, "Authorization"));
    assert_false(exchange_header_is_repeated(exchange, "host"));
}

static void a_body_ends_at_its_limit(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("POST", "/");
    assert_true(exchange_add_body(exchange, "12345", 5, 8));
    assert_true(exchange_add_body(exchange, "678", 3, 8));
    assert_int_equal(exchange->body->len, 8);
    assert_false(exchange_add_body(exchange, "9", 1, 8));
    assert_true(exchange->body_is_too_long);
    assert_int_equal(exchange->body->len, 0);
    assert_false(exchange_add_body(exchange, "", 0, 8));
    g_autoptr(Exchange) other = exchange_new("POST", "/");
    assert_false(exchange_add_body(other, "x", SIZE_MAX, 8));
}

static void a_later_answer_replaces_the_first(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("GET", "/");
    exchange_answer(exchange, 200, "text/plain", g_strdup("old"), 3);
    exchange_answer(exchange, 503, "text/html", g_strdup("new!"), 4);
    assert_int_equal(exchange->status, 503);
    assert_int_equal(exchange->answer_length, 4);
    assert_string_equal(exchange_answer_header(exchange, "Content-Type"), "text/html");
    exchange_answer(exchange, 204, NULL, NULL, 0);
    assert_null(exchange->answer);
    assert_null(exchange_answer_header(exchange, "Content-Type"));
}

static void a_header_of_the_answer_cannot_carry_a_second_one(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("GET", "/");
    exchange_set_header(exchange, "Location", "/x\r\nSet-Cookie: a=b");
    assert_null(exchange_answer_header(exchange, "Location"));
    exchange_set_header(exchange, "Location", "/x");
    assert_string_equal(exchange_answer_header(exchange, "Location"), "/x");
    exchange_set_header(exchange, "Location", NULL);
    assert_null(exchange_answer_header(exchange, "Location"));
}

static void a_form_is_read_like_a_query(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("POST", "/invitation");
    exchange_add_body(exchange, "token=a%2Db&answer=accept", 25, 100);
    g_autoptr(GHashTable) form = exchange_read_form(exchange);
    assert_non_null(form);
    assert_string_equal(g_hash_table_lookup(form, "token"), "a-b");
    assert_string_equal(g_hash_table_lookup(form, "answer"), "accept");
    g_autoptr(Exchange) twice = exchange_new("POST", "/invitation");
    exchange_add_body(twice, "token=a&token=b", 15, 100);
    assert_null(exchange_read_form(twice));
    g_autoptr(Exchange) cut = exchange_new("POST", "/invitation");
    exchange_add_body(cut, "token=a\0b", 9, 100);
    assert_null(exchange_read_form(cut));
}

static void note(void *context)
{
    ++*(int *)context;
}

static void parking_reaches_whoever_holds_the_socket(void **state)
{
    (void)state;
    int parked = 0;
    g_autoptr(Exchange) exchange = exchange_new("POST", "/");
    exchange_park(exchange);
    exchange_ready(exchange);
    exchange->hooks = (struct exchange_hooks){note, note, &parked};
    exchange_park(exchange);
    assert_int_equal(parked, 1);
    exchange_ready(exchange);
    assert_int_equal(parked, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_target_is_split_and_the_path_left_as_sent),
        cmocka_unit_test(a_target_with_scheme_and_host_is_the_one_behind_them),
        cmocka_unit_test(a_query_is_broken_where_it_cannot_be_read_one_way),
        cmocka_unit_test(headers_are_found_in_any_case_and_repeats_are_marked),
        cmocka_unit_test(a_body_ends_at_its_limit),
        cmocka_unit_test(a_later_answer_replaces_the_first),
        cmocka_unit_test(a_header_of_the_answer_cannot_carry_a_second_one),
        cmocka_unit_test(a_form_is_read_like_a_query),
        cmocka_unit_test(parking_reaches_whoever_holds_the_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
