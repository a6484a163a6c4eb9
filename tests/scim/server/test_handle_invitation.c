#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_invitation.h"
#include "tests/scim/server/server_fixture.h"

#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"

#define INVITE(rest)                                                                           \
    "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"]," rest "}"

static struct reply invite(struct server_fixture *fixture, const char *token, const char *body)
{
    return server_fixture_ask(fixture, token, "POST", "/scim/v2/Invitations", body);
}

static void an_invitation_comes_with_all_that_stands_in_the_contract(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = invite(
        fixture, fixture->dana,
        INVITE("\"email\":\"ann@example.com\",\"roles\":[{\"value\":\"search/read-only\"}]"));
    assert_string_equal(reply_text(&reply, "status"), "pending");
    assert_string_equal(reply_text(&reply, "email"), "ann@example.com");
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "search/read-only");
    assert_int_equal(json_integer_value(reply_value(&reply, "sentCount")), 1);
    assert_non_null(reply_text(&reply, "sentAt"));
    assert_non_null(reply_text(&reply, "expiresAt"));
    assert_non_null(reply_text(&reply, "person.$ref"));
    assert_non_null(reply_text(&reply, "invitedBy.$ref"));
    assert_true(
        g_str_has_prefix(reply_text(&reply, "link"), "http://test.example/invitation#"));
    g_autofree char *target =
        g_strconcat("/scim/v2/Invitations/", reply_text(&reply, "id"), NULL);
    assert_non_null(strstr(exchange_answer_header(reply.exchange, "Location"), target));
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->dana, "GET", target, NULL);
    assert_null(reply_value(&reply, "link"));
    reply_expect(&reply, 200);
}

static void the_link_is_for_people_and_administrators_and_never_without_need(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = invite(fixture, fixture->admin, INVITE("\"email\":\"a@example.com\""));
    assert_non_null(reply_text(&reply, "link"));
    reply_expect(&reply, 201);
    reply = invite(fixture, fixture->provider, INVITE("\"email\":\"b@example.com\""));
    assert_null(reply_value(&reply, "link"));
    reply_expect(&reply, 201);
    fixture->dispatch.service.sends_mail = TRUE;
    reply = invite(fixture, fixture->admin, INVITE("\"email\":\"c@example.com\""));
    assert_null(reply_value(&reply, "link"));
    reply_expect(&reply, 201);
}

static void a_member_of_the_organization_gets_the_project_at_once(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    struct reply reply = invite(
        fixture, fixture->dana,
        INVITE("\"email\":\"bob@example.com\",\"roles\":[{\"value\":\"ads/read-write\"}]"));
    assert_string_equal(reply_text(&reply, "status"), "accepted");
    assert_string_equal(reply_text(&reply, "person.value"), bob);
    assert_null(reply_value(&reply, "link"));
    reply_expect(&reply, 200);
}

static void a_pending_address_again_is_a_new_link(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply first =
        invite(fixture, fixture->dana, INVITE("\"email\":\"ann@example.com\""));
    struct reply again =
        invite(fixture, fixture->dana,
               INVITE("\"email\":\"ann@example.com\",\"roles\":[{\"value\":\"ads/admin\"}]"));
    assert_string_not_equal(reply_text(&first, "link"), reply_text(&again, "link"));
    assert_string_equal(reply_text(&again, "roles.1.value"), "ads/admin");
    reply_clear(&first);
    reply_expect(&again, 200);
}

static void it_is_resent_and_revoked_and_nothing_else_can_be_set(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        invite(fixture, fixture->dana, INVITE("\"email\":\"ann@example.com\""));
    g_autofree char *target =
        g_strconcat("/scim/v2/Invitations/", reply_text(&reply, "id"), NULL);
    g_autofree char *old = g_strdup(reply_text(&reply, "link"));
    reply_expect(&reply, 201);
    static const char *const refused[] = {
        PATCH("{\"op\":\"replace\",\"path\":\"status\",\"value\":\"accepted\"}"),
        PATCH("{\"op\":\"replace\",\"path\":\"email\",\"value\":\"x@example.com\"}"),
        PATCH("{\"op\":\"replace\",\"path\":\"sentCount\",\"value\":0}"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, refused[i]);
        reply_expect(&reply, 400);
    }
    static const char *const idle[] = {
        PATCH(""), PATCH("{\"op\":\"replace\",\"value\":{\"meta\":{\"version\":\"9\"}}}"),
        PATCH("{\"op\":\"add\",\"path\":\"rooms\",\"value\":\"9\"}")};
    for (size_t i = 0; i < G_N_ELEMENTS(idle); i++) {
        reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, idle[i]);
        assert_int_equal(json_integer_value(reply_value(&reply, "sentCount")), 1);
        reply_expect(&reply, 200);
    }
    reply = server_fixture_ask(
        fixture, fixture->dana, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"status\",\"value\":\"pending\"}"));
    assert_int_equal(json_integer_value(reply_value(&reply, "sentCount")), 2);
    assert_string_not_equal(reply_text(&reply, "link"), old);
    reply_expect(&reply, 200);
    reply = server_fixture_ask(
        fixture, fixture->dana, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"status\",\"value\":\"revoked\"}"));
    assert_string_equal(reply_text(&reply, "status"), "revoked");
    reply_expect(&reply, 200);
}

static void a_delete_revokes(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        invite(fixture, fixture->dana, INVITE("\"email\":\"ann@example.com\""));
    g_autofree char *target =
        g_strconcat("/scim/v2/Invitations/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    static const char *const stale[] = {"If-Match: W/\"77\"", NULL};
    reply = server_fixture_ask_with(fixture, fixture->dana, "DELETE", target, NULL, stale);
    reply_expect(&reply, 412);
    reply = server_fixture_ask(fixture, fixture->dana, "DELETE", target, NULL);
    reply_expect(&reply, 204);
    g_autofree char *gone = server_fixture_find(fixture, "ann@example.com");
    assert_null(gone);
}

static struct reply read_if_changed(struct server_fixture *fixture, const char *target,
                                    const char *tag)
{
    g_autofree char *header = g_strconcat("If-None-Match: ", tag, NULL);
    const char *const headers[] = {header, NULL};
    return server_fixture_ask_with(fixture, fixture->dana, "GET", target, NULL, headers);
}

/* The roles are the person's, and change without the invitation. */
static void what_is_shown_of_the_person_is_never_said_to_be_unchanged(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        invite(fixture, fixture->dana, INVITE("\"email\":\"ann@example.com\""));
    g_autofree char *target =
        g_strconcat("/scim/v2/Invitations/", reply_text(&reply, "id"), NULL);
    g_autofree char *pending = g_strdup(exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 201);
    reply = read_if_changed(fixture, target, pending);
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->dana, "DELETE", target, NULL);
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, fixture->dana, "GET", target, NULL);
    g_autofree char *revoked = g_strdup(exchange_answer_header(reply.exchange, "ETag"));
    assert_string_not_equal(revoked, pending);
    reply_expect(&reply, 200);
    reply = read_if_changed(fixture, target, revoked);
    reply_expect(&reply, 304);
}

static void who_may_not_invite_so_high_is_told(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *member = server_fixture_person_token(fixture, "acme", "bob@example.com");

    static const struct {
        const char *body;
        unsigned status;
    } cases[] = {
        {INVITE("\"email\":\"a@example.com\""), 201},
        {INVITE("\"email\":\"b@example.com\",\"roles\":[{\"value\":\"owner\"}]"), 403},
        {INVITE("\"email\":\"b@example.com\",\"roles\":[{\"value\":\"search/admin\"}]"), 403},
        {INVITE("\"email\":\"b@example.com\",\"roles\":[{\"value\":\"king\"}]"), 400},
        {INVITE("\"email\":\"no address\""), 400},
        {INVITE("\"roles\":[]"), 400},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = invite(fixture, member, cases[i].body);
        reply_expect(&reply, cases[i].status);
    }
}

static void the_list_is_filtered(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = invite(fixture, fixture->dana, INVITE("\"email\":\"a@example.com\""));
    reply_expect(&reply, 201);
    reply = invite(fixture, fixture->dana, INVITE("\"email\":\"b@example.com\""));
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->reader, "GET",
                               "/scim/v2/Invitations?filter=email%20eq%20%22b%40example.com%22",
                               NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 1);
    assert_string_equal(reply_text(&reply, "Resources.0.email"), "b@example.com");
    assert_null(reply_value(&reply, "Resources.0.link"));
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(an_invitation_comes_with_all_that_stands_in_the_contract),
        SERVER_FIXTURE_TEST(the_link_is_for_people_and_administrators_and_never_without_need),
        SERVER_FIXTURE_TEST(a_member_of_the_organization_gets_the_project_at_once),
        SERVER_FIXTURE_TEST(a_pending_address_again_is_a_new_link),
        SERVER_FIXTURE_TEST(it_is_resent_and_revoked_and_nothing_else_can_be_set),
        SERVER_FIXTURE_TEST(a_delete_revokes),
        SERVER_FIXTURE_TEST(what_is_shown_of_the_person_is_never_said_to_be_unchanged),
        SERVER_FIXTURE_TEST(who_may_not_invite_so_high_is_told),
        SERVER_FIXTURE_TEST(the_list_is_filtered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
