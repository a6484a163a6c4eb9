/* How often one may ask (RFC 6585 4), and what is counted on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/tolerance_counts.h"
#include "scim/server/rate_limit.h"
#include "scim/server/tolerance_tally.h"
#include "tests/scim/server/server_fixture.h"

#define RATE 25

struct bench {
    struct server_fixture *fixture;
    gint64 ticks;
    struct rate_limit *tokens, *strangers;
};

static gint64 read_ticks(void *context)
{
    return *(gint64 *)context;
}

static struct rate_limit *limit_of(struct bench *bench, gint64 rate)
{
    return rate_limit_new(&(struct rate_limit_options){.per_second = rate,
                                                       .burst = rate,
                                                       .keys = 100,
                                                       .ticks = read_ticks,
                                                       .context = &bench->ticks});
}

static void open_bench(struct bench *bench, struct server_fixture *fixture)
{
    *bench = (struct bench){.fixture = fixture};
    bench->tokens = fixture->dispatch.service.tokens = limit_of(bench, RATE);
    bench->strangers = fixture->dispatch.service.strangers = limit_of(bench, RATE);
}

static void close_bench(struct bench *bench)
{
    bench->fixture->dispatch.service.tokens = NULL;
    bench->fixture->dispatch.service.strangers = NULL;
    rate_limit_free(bench->tokens);
    rate_limit_free(bench->strangers);
}

static unsigned ask(struct bench *bench, const char *token, const char *method,
                    const char *target, const char *body)
{
    struct reply reply = server_fixture_ask(bench->fixture, token, method, target, body);
    unsigned status = reply.status;
    if (status == 429) {
        const char *after = exchange_answer_header(reply.exchange, "Retry-After");
        guint64 seconds = 0;
        assert_true(g_ascii_string_to_unsigned(after, 10, 1, 60, &seconds, NULL));
        assert_string_equal(reply_text(&reply, "status"), "429");
        assert_string_equal(reply_text(&reply, "schemas.0"),
                            "urn:ietf:params:scim:api:messages:2.0:Error");
        assert_non_null(reply_text(&reply, "detail"));
        assert_null(reply_value(&reply, "scimType"));
    }
    reply_clear(&reply);
    return status;
}

/* How many of `count` requests passed. */
static guint flood(struct bench *bench, const char *token, guint count)
{
    guint passed = 0;
    for (guint i = 0; i < count; i++) {
        passed += ask(bench, token, "GET", "/scim/v2/Users?count=0", NULL) == 200 ? 1U : 0U;
    }
    return passed;
}

static void beyond_the_rate_a_token_is_told_when_to_come_again(void **state)
{
    struct bench bench;
    open_bench(&bench, *state);
    const struct server_fixture *fixture = bench.fixture;
    assert_int_equal(flood(&bench, fixture->provider, 2 * RATE), RATE);
    static const char body[] = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                               "\"userName\":\"ada@example.com\"}";
    assert_int_equal(ask(&bench, fixture->provider, "POST", "/scim/v2/Users", body), 429);
    assert_int_equal(ask(&bench, fixture->provider, "PATCH", "/scim/v2/Projects/x", "{}"), 429);
    assert_null(server_fixture_find(bench.fixture, "ada@example.com"));
    /* Another token has its own. */
    assert_int_equal(flood(&bench, fixture->reader, RATE), RATE);
    bench.ticks += G_USEC_PER_SEC;
    assert_int_equal(flood(&bench, fixture->provider, 2 * RATE), RATE);
    close_bench(&bench);
}

static void a_sync_is_exempt_and_the_open_documents_are(void **state)
{
    struct bench bench;
    open_bench(&bench, *state);
    const struct server_fixture *fixture = bench.fixture;
    assert_int_equal(flood(&bench, fixture->sync, 10 * RATE), 10 * RATE);
    for (int i = 0; i < 2 * RATE; i++) {
        assert_int_equal(ask(&bench, NULL, "GET", "/scim/v2/ServiceProviderConfig", NULL), 200);
        assert_int_equal(ask(&bench, NULL, "GET", "/healthz", NULL), 200);
    }
    close_bench(&bench);
}

static void a_bulk_request_counts_once(void **state)
{
    struct bench bench;
    open_bench(&bench, *state);
    GString *body = g_string_new("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
                                 "BulkRequest\"],\"Operations\":[");
    for (int i = 0; i < 4 * RATE; i++) {
        g_string_append_printf(body, "%s{\"method\":\"DELETE\",\"path\":\"/Users/x%d\"}",
                               i == 0 ? "" : ",", i);
    }
    g_string_append(body, "]}");
    struct reply reply = server_fixture_ask(bench.fixture, bench.fixture->admin, "POST",
                                            "/scim/v2/Bulk", body->str);
    const json_t *operations = reply_value(&reply, "Operations");
    assert_int_equal(json_array_size(operations), 4 * RATE);
    size_t index = 0;
    const json_t *operation = NULL;
    json_array_foreach(operations, index, operation)
    {
        assert_string_equal(json_string_value(json_object_get(operation, "status")), "404");
    }
    reply_clear(&reply);
    g_string_free(body, TRUE);
    assert_int_equal(flood(&bench, bench.fixture->admin, 2 * RATE), RATE - 1);
    close_bench(&bench);
}

static unsigned knock(struct bench *bench, const char *peer, const char *token)
{
    Exchange *exchange = exchange_new("GET", "/scim/v2/Users?count=0");
    g_autofree char *field = g_strconcat("Bearer ", token, NULL);
    exchange->peer = g_strdup(peer);
    exchange_add_header(exchange, "Authorization", field);
    struct reply reply = server_fixture_send(bench->fixture, exchange);
    unsigned status = reply.status;
    reply_clear(&reply);
    return status;
}

static void bad_tokens_are_bounded_by_peer_and_good_ones_pass_all_the_same(void **state)
{
    struct bench bench;
    open_bench(&bench, *state);
    const struct server_fixture *fixture = bench.fixture;
    g_autofree char *wrong = g_strdup(fixture->admin);
    wrong[58] = wrong[58] == 'A' ? 'B' : 'A';
    g_autofree char *unknown = g_strdup(fixture->admin);
    unknown[5] = unknown[5] == 'A' ? 'B' : 'A';
    for (int i = 0; i < RATE; i++) {
        assert_int_equal(knock(&bench, "192.0.2.1", i % 2 == 0 ? wrong : unknown), 401);
    }
    assert_int_equal(knock(&bench, "192.0.2.1", wrong), 429);
    assert_int_equal(knock(&bench, "192.0.2.1", unknown), 429);
    assert_int_equal(knock(&bench, "192.0.2.1", "nonsense"), 429);
    assert_int_equal(knock(&bench, "192.0.2.1", fixture->admin), 200);
    assert_int_equal(knock(&bench, "192.0.2.2", wrong), 401);
    close_bench(&bench);
}

static void all_access_tokens_of_a_client_share_one_rate(void **state)
{
    struct bench bench;
    open_bench(&bench, *state);
    const struct connection_draft draft = {.name = "clients", .scope = "people"};
    const struct act create = {.kind = ACT_CLIENT_CREATE, .connection = &draft};
    g_autofree char *secret = server_fixture_credential(bench.fixture, "acme", &create);
    g_autofree char *id = g_strndup(secret + 3, 12);
    const struct act grant = {.kind = ACT_TOKEN_GRANT,
                              .id = id,
                              .token = secret,
                              .expires_at = FIXTURE_NOW + TOKEN_ACCESS_LIFE};
    g_autofree char *first = server_fixture_credential(bench.fixture, "acme", &grant);
    g_autofree char *second = server_fixture_credential(bench.fixture, "acme", &grant);
    assert_int_equal(flood(&bench, first, RATE - 5), RATE - 5);
    assert_int_equal(flood(&bench, second, RATE), 5);
    close_bench(&bench);
}

static gint64 uses(struct server_fixture *fixture, struct tolerance_tally *tally,
                   enum tolerance tolerance)
{
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, NULL);
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    g_autoptr(GPtrArray) counts = tolerance_counts_list(session, NULL);
    gint64 found = 0;
    for (guint i = 0; i < counts->len; i++) {
        const struct tolerance_count *count = counts->pdata[i];
        found += count->tolerance == tolerance ? count->uses : 0;
    }
    return found;
}

static void reads_writes_and_operations_of_a_bulk_request_are_counted(void **state)
{
    struct server_fixture *fixture = *state;
    struct tolerance_tally *tally = tolerance_tally_new();
    fixture->dispatch.service.tolerances = tally;
    struct reply reply =
        server_fixture_ask(fixture, fixture->provider, "GET", "/scim/v2/Users?count=0&", NULL);
    reply_expect(&reply, 200);
    assert_int_equal(uses(fixture, tally, TOLERANCE_QUERY), 1);
    reply = server_fixture_ask(fixture, fixture->provider, "POST", "/scim/v2/Users",
                               "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                               "\"userName\":\"ada@example.com\",\"password\":\"x\"}");
    reply_expect(&reply, 201);
    assert_int_equal(uses(fixture, tally, TOLERANCE_PASSWORD), 1);
    reply = server_fixture_ask(
        fixture, fixture->provider, "POST", "/scim/v2/Bulk",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":["
        "{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":{\"schemas\":"
        "[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"bob@example.com\","
        "\"password\":\"y\"}}]}");
    reply_expect(&reply, 200);
    assert_int_equal(uses(fixture, tally, TOLERANCE_PASSWORD), 2);
    fixture->dispatch.service.tolerances = NULL;
    tolerance_tally_free(tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(beyond_the_rate_a_token_is_told_when_to_come_again),
        SERVER_FIXTURE_TEST(a_sync_is_exempt_and_the_open_documents_are),
        SERVER_FIXTURE_TEST(a_bulk_request_counts_once),
        SERVER_FIXTURE_TEST(bad_tokens_are_bounded_by_peer_and_good_ones_pass_all_the_same),
        SERVER_FIXTURE_TEST(all_access_tokens_of_a_client_share_one_rate),
        SERVER_FIXTURE_TEST(reads_writes_and_operations_of_a_bulk_request_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
