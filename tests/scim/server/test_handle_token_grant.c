#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/rate_limit.h"
#include "tests/scim/server/server_fixture.h"

#define GRANT "grant_type=client_credentials"
#define TOKEN "/oauth2/token"

/* A client of acme, of the scope people. */
struct client {
    char *id, *secret;
};

static struct client make_client(struct server_fixture *fixture, const char *organization,
                                 const struct connection_draft *draft)
{
    const struct act act = {.kind = ACT_CLIENT_CREATE, .connection = draft};
    struct client client = {.secret = server_fixture_credential(fixture, organization, &act)};
    client.id = g_strndup(client.secret + 3, 12);
    return client;
}

static struct client make_okta(struct server_fixture *fixture)
{
    return make_client(fixture, "acme",
                       &(struct connection_draft){.name = "clients", .scope = "people"});
}

static void client_clear(struct client *client)
{
    g_free(client->id);
    g_free(client->secret);
}

static struct reply post(struct server_fixture *fixture, const char *target,
                         const char *authorization, const char *body)
{
    Exchange *exchange = exchange_new("POST", target);
    exchange->peer = g_strdup("192.0.2.1");
    exchange_add_header(exchange, "Content-Type",
                        "application/x-www-form-urlencoded; charset=UTF-8");
    if (authorization != NULL) {
        exchange_add_header(exchange, "Authorization", authorization);
    }
    exchange_add_body(exchange, body, strlen(body), 100000);
    return server_fixture_send(fixture, exchange);
}

static char *basic(const char *id, const char *secret)
{
    g_autofree char *both = g_strconcat(id, ":", secret, NULL);
    g_autofree char *encoded = g_base64_encode((const guchar *)both, strlen(both));
    return g_strconcat("Basic ", encoded, NULL);
}

static struct reply post_basic(struct server_fixture *fixture, const char *target,
                               const struct client *client)
{
    g_autofree char *field = basic(client->id, client->secret);
    return post(fixture, target, field, GRANT);
}

static void expect(struct reply *reply, unsigned status, const char *error)
{
    if (reply->status != status || g_strcmp0(reply_text(reply, "error"), error) != 0) {
        fail_msg("%u %.*s", reply->status, (int)reply->exchange->answer_length,
                 reply->exchange->answer);
    }
    assert_string_equal(exchange_answer_header(reply->exchange, "Cache-Control"), "no-store");
    assert_string_equal(exchange_answer_header(reply->exchange, "Content-Type"),
                        "application/json");
    assert_int_equal(exchange_answer_header(reply->exchange, "WWW-Authenticate") != NULL,
                     status == 401);
    reply_clear(reply);
}

/* The access token of a good answer, which is looked at whole. */
static char *take_token(struct reply *reply, gint64 life)
{
    if (reply->status != 200) {
        fail_msg("%u %.*s", reply->status, (int)reply->exchange->answer_length,
                 reply->exchange->answer);
    }
    assert_string_equal(reply_text(reply, "token_type"), "Bearer");
    assert_true(json_is_integer(reply_value(reply, "expires_in")));
    assert_int_equal(json_integer_value(reply_value(reply, "expires_in")), life);
    assert_string_equal(reply_text(reply, "scope"), "people");
    assert_string_equal(exchange_answer_header(reply->exchange, "Cache-Control"), "no-store");
    assert_string_equal(exchange_answer_header(reply->exchange, "Pragma"), "no-cache");
    char *token = g_strdup(reply_text(reply, "access_token"));
    reply_clear(reply);
    return token;
}

static unsigned list_users(struct server_fixture *fixture, const char *token)
{
    struct reply reply = server_fixture_ask(fixture, token, "GET", "/scim/v2/Users", NULL);
    unsigned status = reply.status;
    reply_clear(&reply);
    return status;
}

static void a_client_fetches_a_token_by_header_or_body_and_uses_it(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    g_autofree char *body =
        g_strconcat(GRANT "&client_id=", client.id, "&client_secret=", client.secret,
                    "&scope=people", NULL);
    struct reply by_header = post_basic(fixture, TOKEN, &client);
    struct reply by_body = post(fixture, TOKEN, NULL, body);
    struct reply named = post_basic(fixture, "/organizations/acme/oauth2/token", &client);
    g_autofree char *first = take_token(&by_header, 3600);
    g_autofree char *second = take_token(&by_body, 3600);
    g_autofree char *third = take_token(&named, 3600);
    assert_int_equal(list_users(fixture, first), 200);
    assert_int_equal(list_users(fixture, second), 200);
    assert_int_equal(list_users(fixture, third), 200);
    assert_int_equal(list_users(fixture, client.secret), 401);
    atomic_store(&fixture->now, FIXTURE_NOW + 3600);
    assert_int_equal(list_users(fixture, first), 401);
    client_clear(&client);
}

static void whoever_asks_for_scim_gets_and_is_told_what_the_connection_may(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    g_autofree char *field = basic(client.id, client.secret);
    struct reply reply = post(fixture, TOKEN, field, GRANT "&scope=scim");
    g_autofree char *token = take_token(&reply, 3600);
    assert_int_equal(list_users(fixture, token), 200);
    reply = post(fixture, TOKEN, field, GRANT "&scope=scim+admin");
    expect(&reply, 400, "invalid_scope");
    client_clear(&client);
}

static void what_it_writes_is_the_connections(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    struct reply reply = post_basic(fixture, TOKEN, &client);
    g_autofree char *token = take_token(&reply, 3600);
    reply = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users",
                               "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                               "\"userName\":\"ada@example.com\",\"externalId\":\"x1\"}");
    g_autofree char *id = g_strdup(reply_text(&reply, "id"));
    reply_expect(&reply, 201);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.value"), "scim:clients");
    reply_clear(&reply);
    client_clear(&client);
}

static void requests_that_are_none_are_told_which_way(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    g_autofree char *good = basic(client.id, client.secret);
    g_autofree char *both =
        g_strconcat(GRANT "&client_id=", client.id, "&client_secret=", client.secret, NULL);
    g_autofree char *query =
        g_strconcat(TOKEN "?client_id=", client.id, "&client_secret=", client.secret, NULL);

    const struct {
        const char *target, *authorization, *body;
        unsigned status;
        const char *error;
    } cases[] = {
        {TOKEN, good, "", 400, "invalid_request"},
        {TOKEN, good, "grant_type=", 400, "invalid_request"},
        {TOKEN, good, GRANT "&" GRANT, 400, "invalid_request"},
        {TOKEN, good, "grant_type=%zz", 400, "invalid_request"},
        {TOKEN, good, "grant_type=password", 400, "unsupported_grant_type"},
        {TOKEN, good, "grant_type=authorization_code&code=x", 400, "unsupported_grant_type"},
        {TOKEN, good, GRANT "&scope=admin", 400, "invalid_scope"},
        {TOKEN, good, GRANT "&scope=people+admin", 400, "invalid_scope"},
        {TOKEN, good, both, 400, "invalid_request"},
        {TOKEN, "Bearer x", GRANT, 401, "invalid_client"},
        {TOKEN, "Basic !!!!", GRANT, 401, "invalid_client"},
        {query, NULL, GRANT, 400, "invalid_request"},
        {TOKEN "?grant_type=client_credentials", good, GRANT, 400, "invalid_request"},
        {TOKEN "?a=%zz", good, GRANT, 400, "invalid_request"},
        {TOKEN, NULL, GRANT, 401, "invalid_client"},
        {"/organizations/other/oauth2/token", good, GRANT, 401, "invalid_client"},
        {"/organizations/none/oauth2/token", good, GRANT, 401, "invalid_client"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            post(fixture, cases[i].target, cases[i].authorization, cases[i].body);
        expect(&reply, cases[i].status, cases[i].error);
    }
    Exchange *exchange = exchange_new("POST", TOKEN);
    exchange_add_header(exchange, "Content-Type", "application/json");
    exchange_add_header(exchange, "Authorization", good);
    exchange_add_body(exchange, GRANT, strlen(GRANT), 1000);
    struct reply reply = server_fixture_send(fixture, exchange);
    expect(&reply, 400, "invalid_request");
    reply = server_fixture_ask(fixture, NULL, "GET", TOKEN, NULL);
    reply_expect(&reply, 405);
    client_clear(&client);
}

static void every_wrong_client_gets_the_same_bytes(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    struct client dead = make_client(
        fixture, "acme", &(struct connection_draft){.name = "dead", .scope = "people"});
    struct client over =
        make_client(fixture, "acme",
                    &(struct connection_draft){
                        .name = "over", .scope = "people", .expires_at = FIXTURE_NOW + 5});
    server_fixture_act(fixture, "acme", &(struct act){.kind = ACT_TOKEN_REVOKE, .id = dead.id});
    atomic_store(&fixture->now, FIXTURE_NOW + 5);
    g_autofree char *wrong = g_strdup(client.secret);
    wrong[50] = wrong[50] == 'A' ? 'B' : 'A';
    g_autofree char *bearer_id = g_strndup(fixture->provider + 3, 12);

    const struct {
        const char *id, *secret;
    } cases[] = {
        {"nobody", "nothing"},    {client.id, wrong},
        {client.id, ""},          {"", client.secret},
        {client.id, dead.secret}, {dead.id, dead.secret},
        {over.id, over.secret},   {bearer_id, fixture->provider},
    };

    g_autofree char *first = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *field = basic(cases[i].id, cases[i].secret);
        struct reply reply = post(fixture, TOKEN, field, GRANT);
        g_autofree char *bytes =
            g_strndup(reply.exchange->answer, reply.exchange->answer_length);
        if (first != NULL) {
            assert_string_equal(bytes, first);
        }
        expect(&reply, 401, "invalid_client");
        g_free(first);
        first = g_steal_pointer(&bytes);
    }
    client_clear(&client);
    client_clear(&dead);
    client_clear(&over);
}

static gint64 no_time(void *context)
{
    (void)context;
    return 0;
}

/* Counted before anybody looks: the good secret waits like a wrong one, an unknown client like a
 * known one. */
static void guessing_is_bounded_by_client_and_peer_alike_for_known_and_unknown(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    const struct rate_limit_options options = {
        .per_second = 1, .burst = 5, .keys = 100, .ticks = no_time};
    struct rate_limit *grants = rate_limit_new(&options);
    fixture->dispatch.service.grants = grants;
    static const char *const secrets[] = {"nothing", NULL};
    const char *const ids[] = {client.id, "nobody"};
    g_autofree char *texts[2] = {NULL, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *field = basic(ids[i], secrets[0]);
        for (int guess = 0; guess < 5; guess++) {
            struct reply reply = post(fixture, TOKEN, field, GRANT);
            expect(&reply, 401, "invalid_client");
        }
        struct reply reply = post(fixture, TOKEN, field, GRANT);
        assert_string_equal(exchange_answer_header(reply.exchange, "Retry-After"), "1");
        texts[i] = g_strndup(reply.exchange->answer, reply.exchange->answer_length);
        expect(&reply, 429, "temporarily_unavailable");
    }
    assert_string_equal(texts[0], texts[1]);
    struct reply reply = post_basic(fixture, TOKEN, &client);
    expect(&reply, 429, "temporarily_unavailable");
    g_free(texts[0]);
    g_free(texts[1]);
    texts[0] = texts[1] = NULL;
    fixture->dispatch.service.grants = NULL;
    rate_limit_free(grants);
    client_clear(&client);
}

static void
the_secret_and_the_token_are_nowhere_in_the_store_and_the_trail_knows_who(void **state)
{
    struct server_fixture *fixture = *state;
    struct client client = make_okta(fixture);
    struct reply reply = post_basic(fixture, TOKEN, &client);
    g_autofree char *token = take_token(&reply, 3600);
    StoreSession *session = store_session_open(fixture->store, STORE_READ, NULL);
    gint64 rows = -1;
    g_autofree char *reason = g_strconcat("%\"reason\":\"client ", client.id, "\"%", NULL);
    assert_true(store_number(session,
                             "SELECT COUNT(*) FROM token WHERE length(secret_hash) <> 32"
                             " OR instr(secret_hash, ?) > 0 OR instr(secret_hash, ?) > 0",
                             STORE_BIND(store_text(token + 16), store_text(client.secret + 16)),
                             -1, &rows, NULL));
    assert_int_equal(rows, 0);
    assert_true(store_number(session,
                             "SELECT COUNT(*) FROM audit WHERE record LIKE ?"
                             " AND record LIKE '%\"action\":\"grant\"%'"
                             " AND record LIKE '%\"actor\":\"scim:clients\"%'"
                             " AND record LIKE '%\"source\":\"192.0.2.1\"%'",
                             STORE_BIND(store_text(reason)), -1, &rows, NULL));
    assert_int_equal(rows, 1);
    store_session_close(session);
    client_clear(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_client_fetches_a_token_by_header_or_body_and_uses_it),
        SERVER_FIXTURE_TEST(whoever_asks_for_scim_gets_and_is_told_what_the_connection_may),
        SERVER_FIXTURE_TEST(what_it_writes_is_the_connections),
        SERVER_FIXTURE_TEST(requests_that_are_none_are_told_which_way),
        SERVER_FIXTURE_TEST(every_wrong_client_gets_the_same_bytes),
        SERVER_FIXTURE_TEST(guessing_is_bounded_by_client_and_peer_alike_for_known_and_unknown),
        SERVER_FIXTURE_TEST(
            the_secret_and_the_token_are_nowhere_in_the_store_and_the_trail_knows_who),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
