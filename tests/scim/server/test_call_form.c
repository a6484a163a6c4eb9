#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/call_form.h"
#include "scim/server/route.h"

static const struct route any_route = {.body = ROUTE_NO_BODY};
static const struct route json_route = {.body = ROUTE_JSON};
static const struct route bulk_route = {.body = ROUTE_BULK};
static const struct route form_route = {.body = ROUTE_FORM};

static void what_a_route_takes_is_looked_at_before_anything_is_done(void **state)
{
    (void)state;

    static const struct {
        const struct route *route;
        const char *target, *type, *coding, *accept, *body;
        int status; /* 0: good */
    } cases[] = {
        {&any_route, "/x", NULL, NULL, NULL, "not looked at", 0},
        {&any_route, "/x?a=%zz", NULL, NULL, NULL, "", 400},
        {&any_route, "/x", NULL, "gzip", NULL, "", 415},
        {&any_route, "/x", NULL, NULL, "text/html", "", 406},
        {&any_route, "/x", NULL, NULL, "text/html, application/*;q=0.1", "", 0},
        {&any_route, "/x", NULL, NULL, "application/json; q=0", "", 406},
        {&any_route, "/x", NULL, NULL, "application/json;q=0.000, */*;q=0.001", "", 0},
        {&any_route, "/x", NULL, "", NULL, "", 0},
        {&json_route, "/x", "application/scim+json", NULL, NULL, "{}", 0},
        {&json_route, "/x", "Application/JSON; charset=utf-8", "Identity", NULL, "{}", 0},
        {&json_route, "/x", "application/json;v=1;CHARSET=\"UTF-8\"", NULL, NULL, "{}", 0},
        {&json_route, "/x", "application/json;charset", NULL, NULL, "{}", 0},
        {&json_route, "/x", "application/json; charset=iso-8859-1", NULL, NULL, "{}", 415},
        {&json_route, "/x", "application/scim+json;charset=utf-16", NULL, NULL, "{}", 415},
        {&json_route, "/x", "text/plain", NULL, NULL, "{}", 415},
        {&json_route, "/x", NULL, NULL, NULL, "{}", 415},
        {&json_route, "/x", "application/json", NULL, NULL, "{", 400},
        {&json_route, "/x", "application/json", NULL, NULL, "{\"a\":[[1]]}", 0},
        {&json_route, "/x", "application/json", NULL, NULL, "{\"a\":[[[1]]]}", 400},
        {&json_route, "/x", "application/json", NULL, NULL, "{\"a\":\"0123456789012345\"}",
         413},
        {&bulk_route, "/x", "application/json", NULL, NULL, "{\"a\":\"0123456789012345\"}", 0},
        {&bulk_route, "/x", "application/json", NULL, NULL, "{\"a\":[[[[[1]]]]]}", 0},
        {&bulk_route, "/x", "application/json", NULL, NULL, "{\"a\":[[[[[[1]]]]]]}", 400},
        {&bulk_route, "/x", "text/plain", NULL, NULL, "{}", 415},
        {&form_route, "/x", "application/x-www-form-urlencoded", NULL, NULL, "a=b", 0},
        {&form_route, "/x", "application/json", NULL, NULL, "{}", 415},
    };
    struct request_limits limits = *request_limits_standard();
    limits.body = 20;
    limits.bulk_body = 40;
    limits.json_depth = 3;
    const struct call_service service = {
        .url = "http://h", .clock = clock_system(), .limits = &limits};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Exchange) exchange = exchange_new("POST", cases[i].target);
        const char *const fields[][2] = {{"Content-Type", cases[i].type},
                                         {"Content-Encoding", cases[i].coding},
                                         {"Accept", cases[i].accept}};
        for (size_t j = 0; j < G_N_ELEMENTS(fields); j++) {
            if (fields[j][1] != NULL) {
                exchange_add_header(exchange, fields[j][0], fields[j][1]);
            }
        }
        exchange_add_body(exchange, cases[i].body, strlen(cases[i].body), 100);
        struct call *call = call_new(&service, exchange);
        call->route = cases[i].route;
        call->base = g_strdup("http://h/scim/v2");
        gboolean good = call_form_check(call);
        if (good != (cases[i].status == 0) || call->fault.status != cases[i].status) {
            fail_msg("case %zu: %d %s", i, call->fault.status, call->fault.detail);
        }
        call_free(call);
    }
}

static void a_body_that_is_too_long_is_told_its_limit(void **state)
{
    (void)state;

    static const struct {
        const struct route *route;
        const char *detail;
    } cases[] = {{NULL, "1048576 bytes"},
                 {&json_route, "1048576 bytes"},
                 {&bulk_route, "maxPayloadSize (8388608)"}};
    const struct call_service service = {.url = "http://h", .clock = clock_system()};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Exchange) exchange = exchange_new("POST", "/x");
        struct call *call = call_new(&service, exchange);
        assert_false(call_form_too_long(call, cases[i].route));
        assert_int_equal(call->fault.status, 413);
        assert_non_null(strstr(call->fault.detail, cases[i].detail));
        call_free(call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_route_takes_is_looked_at_before_anything_is_done),
        cmocka_unit_test(a_body_that_is_too_long_is_told_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
