#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/authenticate.h"
#include "tests/scim/server/server_fixture.h"

#define GOOD "rc_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"

static void only_one_form_of_the_header_is_a_token(void **state)
{
    (void)state;
    assert_int_equal(strlen(GOOD), 59);
    static const char *const good[] = {"Bearer " GOOD, "bearer " GOOD, "BEARER " GOOD,
                                       "Bearer  " GOOD};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        assert_non_null(authenticate_parse(good[i]));
        assert_string_equal(authenticate_parse(good[i]), GOOD);
    }
    static const char *const malformed[] = {
        "",
        " ",
        "\t",
        "Bearer",
        "Bearer ",
        "Bearer\t" GOOD,
        " Bearer " GOOD,
        "Bearer" GOOD,
        "Bearers " GOOD,
        "Basic " GOOD,
        GOOD,
        "Bearer " GOOD " ",
        "Bearer " GOOD "x",
        "Bearer " GOOD ", Bearer " GOOD,
        "Bearer " GOOD "," GOOD,
        "Bearer \"" GOOD "\"",
        "Bearer rc_abcdefghijkl_",
        "Bearer RC_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq",
        "Bearer rc_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno'q",
        "Bearer rc_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno%q",
    };
    assert_null(authenticate_parse(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        if (authenticate_parse(malformed[i]) != NULL) {
            fail_msg("'%s' passes for a token", malformed[i]);
        }
    }
    g_autofree char *filling = g_strnfill(65536, 'a');
    g_autofree char *enormous = g_strconcat("Bearer ", filling, NULL);
    assert_null(authenticate_parse(enormous));
}

/* A request to a route with that Authorization (NULL: none). */
static struct reply visit(struct server_fixture *fixture, const struct route *route,
                          const char *prefix, const char *authorization)
{
    g_auto(GStrv) parts = g_strsplit(route->pattern, "{}", -1);
    g_autofree char *inside = g_strjoinv("00000000000000000000000000000000", parts);
    g_autofree char *target = g_strconcat(prefix, inside, NULL);
    Exchange *exchange = exchange_new(route->method, target);
    if (authorization != NULL) {
        exchange_add_header(exchange, "Authorization", authorization);
    }
    if (route->body == ROUTE_JSON) {
        exchange_add_header(exchange, "Content-Type", "application/scim+json");
        exchange_add_body(exchange, "{}", 2, 10);
    }
    return server_fixture_send(fixture, exchange);
}

static void expect_error(struct reply *reply, const struct route *route, const char *what,
                         unsigned status)
{
    g_autofree char *text = g_strdup_printf("%u", status);
    if (reply->status != status || g_strcmp0(reply_text(reply, "status"), text) != 0 ||
        g_strcmp0(reply_text(reply, "schemas.0"),
                  "urn:ietf:params:scim:api:messages:2.0:Error") != 0 ||
        reply_text(reply, "detail") == NULL) {
        fail_msg("%s %s with %s: %u %.*s", route->method, route->pattern, what, reply->status,
                 (int)reply->exchange->answer_length, reply->exchange->answer);
    }
    const char *challenge = exchange_answer_header(reply->exchange, "WWW-Authenticate");
    assert_int_equal(challenge != NULL, status == 401);
    reply_clear(reply);
}

static void two_headers_are_no_token_even_when_both_are_good(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *field = g_strconcat("Bearer ", fixture->admin, NULL);
    Exchange *exchange = exchange_new("GET", "/scim/v2/Users");
    exchange_add_header(exchange, "Authorization", field);
    exchange_add_header(exchange, "authorization", field);
    struct reply reply = server_fixture_send(fixture, exchange);
    reply_expect(&reply, 401);
}

static void a_scope_reaches_exactly_as_far_as_the_table_says(void **state)
{
    struct server_fixture *fixture = *state;

    const struct {
        const char *token;
        unsigned access;
    } bearers[] = {
        {fixture->reader, ROUTE_READER}, {fixture->provider, ROUTE_CONNECTION},
        {fixture->sync, ROUTE_SYNC},     {fixture->admin, ROUTE_ADMIN},
        {fixture->dana, ROUTE_PERSON},
    };

    size_t count = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(bearers) && table[i].access != ROUTE_OPEN; j++) {
            gboolean is_me_leaving = strcmp(table[i].pattern, "/Me") == 0;
            if (is_me_leaving && bearers[j].access == ROUTE_PERSON) {
                continue; /* has its own test: it would do it */
            }
            g_autofree char *field = g_strconcat("Bearer ", bearers[j].token, NULL);
            struct reply reply = visit(fixture, &table[i], "/scim/v2", field);
            gboolean reaches = (table[i].access & bearers[j].access) != 0;
            if (!reaches) {
                assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
                expect_error(&reply, &table[i], "too small a scope", 403);
            } else if (reply.status == 401 || reply.status == 403 || reply.status >= 500) {
                fail_msg("%s %s with bearer %zu: %u", table[i].method, table[i].pattern, j,
                         reply.status);
            }
            reply_clear(&reply);
        }
    }
}

static void another_organization_looks_like_none(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *field = g_strconcat("Bearer ", fixture->admin, NULL);
    g_autofree char *everywhere = g_strconcat("Bearer ", fixture->everywhere, NULL);
    size_t count = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].access == ROUTE_OPEN) {
            continue;
        }
        struct reply foreign = visit(fixture, &table[i], "/organizations/other/scim/v2", field);
        struct reply absent = visit(fixture, &table[i], "/organizations/nobody/scim/v2", field);
        assert_string_equal(reply_text(&foreign, "detail"), reply_text(&absent, "detail"));
        expect_error(&foreign, &table[i], "another organization", 404);
        expect_error(&absent, &table[i], "no organization", 404);
        struct reply unnamed = visit(fixture, &table[i], "/scim/v2", everywhere);
        expect_error(&unnamed, &table[i], "a token for all, and none named", 403);
    }
    struct reply named = server_fixture_ask(fixture, fixture->everywhere, "GET",
                                            "/organizations/other/scim/v2/Users", NULL);
    assert_int_equal(json_integer_value(reply_value(&named, "totalResults")), 1);
    reply_expect(&named, 200);
    struct reply own = server_fixture_ask(fixture, fixture->admin, "GET",
                                          "/organizations/acme/scim/v2/Users", NULL);
    reply_expect(&own, 200);
}

static void ids_of_another_organization_are_not_found(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", dana, NULL);
    static const char *const methods[] = {"GET", "DELETE"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->other, methods[i], target, NULL);
        reply_expect(&reply, 404);
    }
    struct reply still = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    reply_expect(&still, 200);
}

static void the_rolecall_headers_are_for_a_sync_alone(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const headers[][2] = {{"Rolecall-Origin: directory:corp", NULL},
                                             {"Rolecall-Adopt: true", NULL},
                                             {"Rolecall-Adopt: attached", NULL},
                                             {"Rolecall-Run: 7", NULL},
                                             {"Rolecall-Reason: a%20group", NULL}};
    const char *const others[] = {fixture->admin, fixture->dana, fixture->provider,
                                  fixture->reader};
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(others); j++) {
            struct reply reply = server_fixture_ask_with(fixture, others[j], "GET",
                                                         "/scim/v2/Users", NULL, headers[i]);
            reply_expect(&reply, 403);
        }
        struct reply reply = server_fixture_ask_with(fixture, fixture->sync, "GET",
                                                     "/scim/v2/Users", NULL, headers[i]);
        reply_expect(&reply, 200);
    }
    static const char *const bad[][2] = {{"Rolecall-Origin: scim:okta", NULL},
                                         {"Rolecall-Origin: directory:", NULL},
                                         {"Rolecall-Origin: directory:a b", NULL},
                                         {"Rolecall-Origin: manual", NULL},
                                         {"Rolecall-Run: ", NULL},
                                         {"Rolecall-Run: a b", NULL},
                                         {"Rolecall-Run: \xc3\xa4", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct reply reply = server_fixture_ask_with(fixture, fixture->sync, "GET",
                                                     "/scim/v2/Users", NULL, bad[i]);
        reply_expect(&reply, 400);
    }
}

static void a_removed_persons_token_is_dead_at_once(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "bob@example.com");
    struct reply reply = server_fixture_ask(fixture, token, "GET", "/scim/v2/Me", NULL);
    reply_expect(&reply, 200);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    reply = server_fixture_ask(fixture, fixture->admin, "DELETE", target, NULL);
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, token, "GET", "/scim/v2/Me", NULL);
    reply_expect(&reply, 401);
}

static void a_suspended_persons_token_is_dead_at_once_and_for_good(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "bob@example.com");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);

    static const struct {
        const char *active;
        unsigned status;
    } steps[] = {{"true", 200}, {"false", 401}, {"true", 401}};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"
            "[{\"op\":\"replace\",\"path\":\"active\",\"value\":%s}]}",
            steps[i].active);
        struct reply reply = server_fixture_ask(fixture, fixture->admin, "PATCH", target, body);
        reply_expect(&reply, 200);
        reply = server_fixture_ask(fixture, token, "GET", "/scim/v2/Me", NULL);
        reply_expect(&reply, steps[i].status);
        reply = server_fixture_ask(fixture, token, "GET", "/scim/v2/Users", NULL);
        reply_expect(&reply, steps[i].status);
    }
    g_autofree char *renewed = server_fixture_person_token(fixture, "acme", "bob@example.com");
    struct reply reply = server_fixture_ask(fixture, renewed, "GET", "/scim/v2/Me", NULL);
    reply_expect(&reply, 200);
}

static void the_token_of_who_left_is_dead_at_once(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "bob@example.com");
    struct reply reply = server_fixture_ask(fixture, token, "DELETE", "/scim/v2/Me", NULL);
    reply_expect(&reply, 204);
    static const char *const methods[] = {"GET", "DELETE"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        reply = server_fixture_ask(fixture, token, methods[i], "/scim/v2/Me", NULL);
        reply_expect(&reply, 401);
    }
}

/* Why: what a sync says of its rules, for the audit and for people. */
static void a_reason_is_short_decoded_and_plain(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *longest = g_strnfill(1024, 'x');
    g_autofree char *too_long = g_strnfill(1025, 'x');

    const struct {
        const char *sent, *reason; /* NULL: refused */
    } cases[] = {
        {"rule%203%3a%20CN=G%c3%a4ste", "rule 3: CN=G\xc3\xa4ste"},
        {"plain+text", "plain+text"},
        {"", ""},
        {longest, longest},
        {too_long, NULL},
        {"%", NULL},
        {"%zz", NULL},
        {"a%00b", NULL},
        {"a%0ab", NULL},
        {"a%1b[2Jb", NULL},
        {"a%7fb", NULL},
        {"a%c2%85b", NULL},
        {"a%e2%80%aeb", NULL},
        {"a%e2%80%a8b", NULL},
        {"%ff", NULL},
    };

    g_autoptr(GError) error = NULL;
    StoreSession *session = store_session_open(fixture->store, STORE_READ, &error);
    g_autofree char *field = g_strconcat("Bearer ", fixture->sync, NULL);
    static const struct route route = {.access = ROUTE_SYNC};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Exchange) exchange = exchange_new("GET", "/scim/v2/Users");
        exchange_add_header(exchange, "Authorization", field);
        exchange_add_header(exchange, "Rolecall-Reason", cases[i].sent);
        exchange->peer = g_strdup("192.0.2.7");
        struct call *call = call_new(&fixture->dispatch.service, exchange);
        call->route = &route;
        call->session = session;
        gboolean good = authenticate_bearer(call) && authenticate_place(call, NULL);
        if (good != (cases[i].reason != NULL) ||
            (good && strcmp(call->actor.reason, cases[i].reason) != 0)) {
            fail_msg("case %zu: '%s'", i, call->reason);
        }
        if (good) {
            assert_string_equal(call->actor.source, "192.0.2.7");
            assert_string_equal(call->actor.request, call->request);
        } else {
            assert_int_equal(call->fault.status, 400);
        }
        call_free(call);
    }
    store_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_form_of_the_header_is_a_token),
        SERVER_FIXTURE_TEST(two_headers_are_no_token_even_when_both_are_good),
        SERVER_FIXTURE_TEST(a_scope_reaches_exactly_as_far_as_the_table_says),
        SERVER_FIXTURE_TEST(another_organization_looks_like_none),
        SERVER_FIXTURE_TEST(ids_of_another_organization_are_not_found),
        SERVER_FIXTURE_TEST(the_rolecall_headers_are_for_a_sync_alone),
        SERVER_FIXTURE_TEST(a_reason_is_short_decoded_and_plain),
        SERVER_FIXTURE_TEST(a_suspended_persons_token_is_dead_at_once_and_for_good),
        SERVER_FIXTURE_TEST(the_token_of_who_left_is_dead_at_once),
        SERVER_FIXTURE_TEST(a_removed_persons_token_is_dead_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
