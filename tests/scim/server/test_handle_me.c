#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_me.h"
#include "tests/scim/server/server_fixture.h"

#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"

static void a_service_is_nobody(void **state)
{
    struct server_fixture *fixture = *state;
    const char *const services[] = {fixture->admin, fixture->sync, fixture->provider};
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        struct reply reply =
            server_fixture_ask(fixture, services[i], "GET", "/scim/v2/Me", NULL);
        reply_expect(&reply, 404);
        reply = server_fixture_ask(fixture, services[i], "DELETE", "/scim/v2/Me", NULL);
        reply_expect(&reply, 404);
    }
}

static void me_is_the_person_of_the_token(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(fixture, fixture->dana, "GET", "/scim/v2/Me", NULL);
    assert_string_equal(reply_text(&reply, "userName"), FIXTURE_DANA);
    assert_string_equal(exchange_answer_header(reply.exchange, "Location"),
                        reply_text(&reply, "meta.location"));
    assert_non_null(strstr(reply_text(&reply, "meta.location"), "/Users/"));
    reply_expect(&reply, 200);
}

/* A member with a role in search, and their token. */
static char *member_of_search(struct server_fixture *fixture)
{
    g_autofree char *id = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "PATCH", target,
        PATCH("{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"search/admin\","
              "\"type\":\"project\"},{\"value\":\"ads/read-only\",\"type\":\"project\"}]}"));
    reply_expect(&reply, 200);
    return server_fixture_person_token(fixture, "acme", "bob@example.com");
}

static void taking_a_project_role_away_leaves_the_project(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = member_of_search(fixture);
    struct reply reply = server_fixture_ask(
        fixture, bob, "PATCH", "/scim/v2/Me",
        PATCH("{\"op\":\"remove\",\"path\":\"roles[value eq \\\"search/admin\\\"]\"}"));
    assert_string_equal(reply_text(&reply, "roles.1.value"), "ads/read-only");
    assert_null(reply_value(&reply, "roles.2"));
    reply_expect(&reply, 200);
}

static void what_a_member_may_not_is_refused_and_nothing_of_it_stays(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = member_of_search(fixture);
    struct reply reply = server_fixture_ask(
        fixture, bob, "PATCH", "/scim/v2/Me",
        PATCH("{\"op\":\"remove\",\"path\":\"roles[value eq \\\"search/admin\\\"]\"},"
              "{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\","
              "\"value\":\"owner\"}"));
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
    reply_expect(&reply, 403);
    reply = server_fixture_ask(fixture, bob, "GET", "/scim/v2/Me", NULL);
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    assert_non_null(strstr(reply.exchange->answer, "search/admin"));
    reply_expect(&reply, 200);
}

static void the_only_admin_cannot_leave_the_project(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(
        fixture, fixture->dana, "PATCH", "/scim/v2/Me",
        PATCH("{\"op\":\"remove\",\"path\":\"roles[value eq \\\"search/admin\\\"]\"}"));
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "last-project-admin");
    assert_string_equal(reply_text(&reply, "Refusal.projects.0"), "search");
    reply_expect(&reply, 403);
}

static void leaving_the_organization_ends_everything_in_it(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = member_of_search(fixture);
    static const char *const stale[] = {"If-Match: W/\"99999\"", NULL};
    struct reply reply =
        server_fixture_ask_with(fixture, bob, "DELETE", "/scim/v2/Me", NULL, stale);
    reply_expect(&reply, 412);
    reply = server_fixture_ask(fixture, bob, "DELETE", "/scim/v2/Me", NULL);
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, bob, "GET", "/scim/v2/Me", NULL);
    reply_expect(&reply, 401);
    g_autofree char *gone = server_fixture_find(fixture, "bob@example.com");
    assert_null(gone);
}

/* Who reads what with a token of their own; what they may write is the permission table's. */
static void a_token_of_ones_own_works_in_every_role(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *email, *role; /* NULL: as they were invited */
    } people[] = {{FIXTURE_DANA, NULL},
                  {"bill@example.com", "billing-admin"},
                  {"mia@example.com", NULL},
                  {"pia@example.com", "search/admin"}};

    static const char *const readable[] = {
        "/scim/v2/Me",    "/scim/v2/Users",     "/scim/v2/Projects", "/scim/v2/Invitations",
        "/scim/v2/Roles", "/scim/v2/Overrides", "/scim/v2/Schemas"};
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        if (i > 0) {
            g_autofree char *id = server_fixture_member(fixture, people[i].email);
            g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
            g_autofree char *body = g_strdup_printf(
                PATCH("{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"%s\"}]}"),
                people[i].role != NULL ? people[i].role : "member");
            struct reply made =
                server_fixture_ask(fixture, fixture->dana, "PATCH", target, body);
            reply_expect(&made, 200);
        }
        g_autofree char *token = server_fixture_person_token(fixture, "acme", people[i].email);
        for (size_t j = 0; j < G_N_ELEMENTS(readable); j++) {
            struct reply reply = server_fixture_ask(fixture, token, "GET", readable[j], NULL);
            reply_expect(&reply, 200);
        }
        struct reply reply = server_fixture_ask(
            fixture, token, "PATCH", "/scim/v2/Me",
            PATCH("{\"op\":\"replace\",\"path\":\"nickName\",\"value\":\"N\"}"));
        assert_string_equal(reply_text(&reply, "nickName"), "N");
        assert_string_equal(reply_text(&reply, "userName"), people[i].email);
        reply_expect(&reply, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_service_is_nobody),
        SERVER_FIXTURE_TEST(me_is_the_person_of_the_token),
        SERVER_FIXTURE_TEST(taking_a_project_role_away_leaves_the_project),
        SERVER_FIXTURE_TEST(what_a_member_may_not_is_refused_and_nothing_of_it_stays),
        SERVER_FIXTURE_TEST(the_only_admin_cannot_leave_the_project),
        SERVER_FIXTURE_TEST(leaving_the_organization_ends_everything_in_it),
        SERVER_FIXTURE_TEST(a_token_of_ones_own_works_in_every_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
