#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/accept_form.h"

static const struct call_service service = {.url = "http://test.example/console",
                                            .clock = NULL};

static gint64 read_clock(void *context)
{
    (void)context;
    return 0;
}

static const struct clock still = {read_clock, NULL};

/* A call with that body and those headers ("Name: value"); the exchange is the caller's too. */
static struct call *make_call(struct call_service *own, const char *body,
                              const char *const *headers)
{
    *own = service;
    own->clock = &still;
    Exchange *exchange = exchange_new("POST", "/invitation");
    exchange_add_body(exchange, body, strlen(body), 100000);
    for (; headers != NULL && *headers != NULL; headers++) {
        g_auto(GStrv) parts = g_strsplit(*headers, ": ", 2);
        exchange_add_header(exchange, parts[0], parts[1]);
    }
    return call_new(own, exchange);
}

static void free_call(struct call *call)
{
    Exchange *exchange = call->exchange;
    call_free(call);
    exchange_free(exchange);
}

static void a_form_of_another_site_is_refused(void **state)
{
    (void)state;

    static const struct {
        const char *headers[3];
        gboolean is_foreign;
    } cases[] = {
        {{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}, TRUE},
        {{"Sec-Fetch-Site: same-site", "Origin: null"}, TRUE},
        {{"Sec-Fetch-Site: cross-site", "Origin: http://test.example"}, TRUE},
        {{"Sec-Fetch-Site: "}, TRUE},
        {{"Origin: https://evil.example"}, TRUE},
        {{"Origin: https://test.example"}, TRUE},
        {{"Origin: http://test.example.evil.example"}, TRUE},
        {{"Origin: http://test.exampl"}, TRUE},
        {{"Origin: http:"}, TRUE},
        {{"Origin: "}, TRUE},
        {{"Origin: https://evil.example", "Host: test.example"}, TRUE},
        {{"Sec-Fetch-Site: same-origin", "Origin: null"}, FALSE},
        {{"Sec-Fetch-Site: none"}, FALSE},
        {{"Origin: null"}, FALSE},
        {{"Origin: http://test.example"}, FALSE},
        {{"Origin: http://127.0.0.1:8080", "Host: 127.0.0.1:8080"}, FALSE},
        {{NULL}, FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct call_service own;
        struct call *call = make_call(&own, "token=x", cases[i].headers);
        if (accept_form_refuse_foreign(call) != cases[i].is_foreign) {
            fail_msg("case %zu", i);
        }
        assert_int_equal(call->exchange->status, cases[i].is_foreign ? 403 : 0);
        free_call(call);
    }
}

static void a_form_is_short_and_well_formed(void **state)
{
    (void)state;
    g_autofree char *filler = g_strnfill(ACCEPT_FORM_BYTES - strlen("token=x&y="), 'y');
    g_autofree char *longest = g_strconcat("token=x&y=", filler, NULL);
    g_autofree char *longer = g_strconcat(longest, "y", NULL);

    const struct {
        const char *body;
        int status;
    } cases[] = {{"token=x", 0},     {"", 0},
                 {longest, 0},       {longer, 413},
                 {"token=%zz", 400}, {"token=x&token=y", 400},
                 {"token=%00", 400}, {"token=%ff", 400}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct call_service own;
        struct call *call = make_call(&own, cases[i].body, NULL);
        GHashTable *fields = accept_form_read(call);
        assert_int_equal(fields != NULL, cases[i].status == 0);
        assert_int_equal(call->fault.status, cases[i].status);
        g_clear_pointer(&fields, g_hash_table_unref);
        free_call(call);
    }
}

static void every_answer_is_guarded(void **state)
{
    (void)state;
    struct call_service own;
    struct call *call = make_call(&own, "", NULL);
    assert_true(accept_form_answer(call, 410, ACCEPT_FORM_HTML, g_strdup("<p>")));
    assert_int_equal(call->exchange->status, 410);
    static const char *const names[] = {"Content-Security-Policy", "Referrer-Policy",
                                        "X-Frame-Options", "Cross-Origin-Opener-Policy",
                                        "Cross-Origin-Resource-Policy"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_non_null(exchange_answer_header(call->exchange, names[i]));
    }
    free_call(call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_of_another_site_is_refused),
        cmocka_unit_test(a_form_is_short_and_well_formed),
        cmocka_unit_test(every_answer_is_guarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
