#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/call.h"

struct heard {
    GLogLevelFlags level;
    char *line;
};

static void hear(void *context, GLogLevelFlags level, const char *line)
{
    struct heard *heard = context;
    g_free(heard->line);
    heard->level = level;
    heard->line = g_strdup(line);
}

struct bench {
    struct heard heard;
    struct call_service service;
    struct call *call;
};

static void begin(struct bench *bench, const char *target)
{
    *bench = (struct bench){0};
    bench->service = (struct call_service){
        .url = "http://h", .clock = clock_system(), .log = hear, .log_context = &bench->heard};
    bench->call = call_new(&bench->service, exchange_new("GET", target));
}

static void end(struct bench *bench)
{
    exchange_free(bench->call->exchange);
    call_free(bench->call);
    g_free(bench->heard.line);
}

static void a_fault_becomes_a_scim_error_with_the_headers_it_asks_for(void **state)
{
    (void)state;

    static const struct {
        int status;
        const char *header;
    } cases[] = {
        {401, "WWW-Authenticate"}, {503, "Retry-After"}, {429, "Retry-After"}, {404, NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench;
        begin(&bench, "/x");
        fault_set_status(&bench.call->fault, cases[i].status, "because");
        call_answer_fault(bench.call);
        Exchange *exchange = bench.call->exchange;
        assert_int_equal(exchange->status, cases[i].status);
        if (cases[i].header != NULL) {
            assert_non_null(exchange_answer_header(exchange, cases[i].header));
        } else {
            assert_null(exchange_answer_header(exchange, "WWW-Authenticate"));
            assert_null(exchange_answer_header(exchange, "Retry-After"));
        }
        json_t *body = json_loadb(exchange->answer, exchange->answer_length, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(body, "detail")), "because");
        json_decref(body);
        end(&bench);
    }
}

/* RFC 6750 3: what was shown is no good; nothing was shown. */
static void a_challenge_tells_a_token_that_is_no_good_from_none(void **state)
{
    (void)state;

    static const struct {
        const char *authorization, *challenge;
    } cases[] = {{NULL, "Bearer realm=\"rolecall\""},
                 {"Bearer x", "Bearer realm=\"rolecall\", error=\"invalid_token\""}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench;
        begin(&bench, "/x");
        Exchange *exchange = bench.call->exchange;
        if (cases[i].authorization != NULL) {
            exchange_add_header(exchange, "Authorization", cases[i].authorization);
        }
        fault_set_status(&bench.call->fault, 401, "because");
        call_answer_fault(bench.call);
        assert_string_equal(exchange_answer_header(exchange, "WWW-Authenticate"),
                            cases[i].challenge);
        end(&bench);
    }
}

static void a_store_that_may_work_later_is_503_and_any_other_500(void **state)
{
    (void)state;

    static const struct {
        enum outcome outcome;
        int status;
    } cases[] = {{OUTCOME_RETRY, 503}, {OUTCOME_INTERNAL, 500}, {OUTCOME_CONFLICT, 500}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench;
        begin(&bench, "/secret?filter=secret");
        assert_false(call_store_failed(bench.call, g_error_new(OUTCOME, (int)cases[i].outcome,
                                                               "disk of /var/lib is full")));
        assert_int_equal(bench.call->fault.status, cases[i].status);
        assert_null(strstr(bench.call->fault.detail, "/var/lib"));
        assert_non_null(strstr(bench.heard.line, "disk of /var/lib is full"));
        assert_null(strstr(bench.heard.line, "filter"));
        assert_int_equal(bench.heard.level, G_LOG_LEVEL_WARNING);
        end(&bench);
    }
}

static void only_a_strict_token_minds_a_tolerance(void **state)
{
    (void)state;

    static const struct {
        gboolean is_strict;
        enum tolerance used;
        gboolean passes;
    } cases[] = {{FALSE, TOLERANCE_UNKNOWN, TRUE},      {TRUE, TOLERANCE_UNKNOWN, FALSE},
                 {TRUE, TOLERANCE_BOOLEAN_TEXT, FALSE}, {TRUE, TOLERANCE_READ_ONLY, FALSE},
                 {TRUE, TOLERANCE_REPEATED, TRUE},      {TRUE, TOLERANCE_PASSWORD, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench;
        begin(&bench, "/x");
        bench.call->tolerances.is_strict = cases[i].is_strict;
        tolerance_note(&bench.call->tolerances, cases[i].used);
        assert_int_equal(call_check_strictness(bench.call), cases[i].passes);
        assert_int_equal(bench.call->fault.status, cases[i].passes ? 0 : 400);
        end(&bench);
    }
}

static void a_part_of_the_query_that_says_nothing_is_counted(void **state)
{
    (void)state;

    static const struct {
        const char *target;
        guint count;
    } cases[] = {{"/x", 0},         {"/x?a=b", 0},      {"/x?a=b&c=d", 0},
                 {"/x?a=", 0},      {"/x?", 1},         {"/x?a=b&", 1},
                 {"/x?&a=b", 1},    {"/x?a=b&&c=d", 1}, {"/x?flag062020", 1},
                 {"/x?a=b&flag", 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench;
        begin(&bench, cases[i].target);
        assert_int_equal(bench.call->tolerances.count[TOLERANCE_QUERY], cases[i].count);
        end(&bench);
    }
}

static void services_see_origins_by_their_scope(void **state)
{
    (void)state;

    static const struct {
        enum actor_kind kind;
        gboolean sees;
    } cases[] = {{ACTOR_SYNC, TRUE},
                 {ACTOR_ADMIN, TRUE},
                 {ACTOR_CONNECTION, FALSE},
                 {ACTOR_READER, FALSE}};
    struct bench bench;
    begin(&bench, "/x");
    assert_false(call_sees_origins(bench.call));
    bench.call->bearer = g_new0(struct bearer, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bench.call->bearer->kind = cases[i].kind;
        assert_int_equal(call_sees_origins(bench.call), cases[i].sees);
    }
    end(&bench);
}

static void attributes_are_read_from_the_query(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "/x?Attributes=userName");
    g_autoptr(Projection) projection = call_projection(bench.call, &schema_tables_user);
    assert_non_null(projection);
    assert_true(projection_is_chosen(projection));
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_becomes_a_scim_error_with_the_headers_it_asks_for),
        cmocka_unit_test(a_challenge_tells_a_token_that_is_no_good_from_none),
        cmocka_unit_test(a_store_that_may_work_later_is_503_and_any_other_500),
        cmocka_unit_test(only_a_strict_token_minds_a_tolerance),
        cmocka_unit_test(a_part_of_the_query_that_says_nothing_is_counted),
        cmocka_unit_test(services_see_origins_by_their_scope),
        cmocka_unit_test(attributes_are_read_from_the_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
