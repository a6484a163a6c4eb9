#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_marker.h"
#include "tests/scim/server/server_fixture.h"

static const char *const from_corp[] = {"Rolecall-Origin: directory:corp", NULL};

/* Somebody of the directory whom an owner removed. */
static void make_marker(struct server_fixture *fixture)
{
    struct reply reply = server_fixture_ask_with(
        fixture, fixture->sync, "POST", "/scim/v2/Users",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"externalId\":\"e-1\","
        "\"userName\":\"eve@example.com\"}",
        from_corp);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->dana, "DELETE", target, NULL);
    reply_expect(&reply, 204);
}

static void a_marker_is_seen_by_sync_admin_and_owner_alone(void **state)
{
    struct server_fixture *fixture = *state;
    make_marker(fixture);
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *member = server_fixture_person_token(fixture, "acme", "bob@example.com");
    const char *const seeing[] = {fixture->sync, fixture->admin, fixture->dana};
    for (size_t i = 0; i < G_N_ELEMENTS(seeing); i++) {
        struct reply reply =
            server_fixture_ask(fixture, seeing[i], "GET", "/scim/v2/Markers", NULL);
        assert_string_equal(reply_text(&reply, "Resources.0.origin"), "directory:corp");
        assert_string_equal(reply_text(&reply, "Resources.0.externalId"), "e-1");
        assert_string_equal(reply_text(&reply, "Resources.0.userName"), "eve@example.com");
        assert_string_equal(reply_text(&reply, "Resources.0.kind"), "revoked");
        assert_non_null(reply_text(&reply, "Resources.0.since"));
        reply_expect(&reply, 200);
    }
    struct reply reply = server_fixture_ask(fixture, member, "GET", "/scim/v2/Markers", NULL);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
    reply_expect(&reply, 403);
}

static void a_sync_is_told_why_and_may_invite_once_it_is_lifted(void **state)
{
    struct server_fixture *fixture = *state;
    make_marker(fixture);
    const char *const body =
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"externalId\":\"e-1\","
        "\"userName\":\"eve@example.com\"}";
    struct reply reply = server_fixture_ask_with(fixture, fixture->sync, "POST",
                                                 "/scim/v2/Users", body, from_corp);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
    assert_non_null(strstr(reply_text(&reply, "detail"), "eve@example.com"));
    reply_expect(&reply, 403);
    reply = server_fixture_ask(fixture, fixture->sync, "GET", "/scim/v2/Markers", NULL);
    g_autofree char *target =
        g_strconcat("/scim/v2/Markers/", reply_text(&reply, "Resources.0.id"), NULL);
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->sync, "GET", target, NULL);
    reply_expect(&reply, 200);
    reply = server_fixture_ask_with(fixture, fixture->sync, "DELETE", target, NULL, from_corp);
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, fixture->sync, "GET", target, NULL);
    reply_expect(&reply, 404);
    reply = server_fixture_ask_with(fixture, fixture->sync, "POST", "/scim/v2/Users", body,
                                    from_corp);
    reply_expect(&reply, 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_marker_is_seen_by_sync_admin_and_owner_alone),
        SERVER_FIXTURE_TEST(a_sync_is_told_why_and_may_invite_once_it_is_lifted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
