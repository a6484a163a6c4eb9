#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_user.h"
#include "tests/scim/server/server_fixture.h"

/* The shapes in which a directory of Microsoft's sends roles. */

#define USER "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
#define PATCH                                                                                  \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":["
#define BOSS                                                                                   \
    "{\"primary\":true,\"type\":\"WindowsAzureActiveDirectoryRole\",\"value\":\"Boss\"}"
#define TEXT_BOSS                                                                              \
    "{\"value\":\"{\\\"id\\\":\\\"7\\\",\\\"value\\\":\\\"Boss\\\",\\\"displayName\\\":"       \
    "\\\"The boss\\\"}\"}"
#define TEXT_OWNER "{\"value\":\"{\\\"id\\\":\\\"8\\\",\\\"value\\\":\\\"billing-admin\\\"}\"}"

/* A connection that may give any role. */
static char *generous(struct server_fixture *fixture, const char *personality)
{
    const struct connection_draft draft = {.name = "entra",
                                           .scope = "people",
                                           .personality = personality,
                                           .max_role = ORGANIZATION_ROLE_OWNER};
    return server_fixture_token(fixture, "acme", &draft);
}

/* Its path; the caller frees. */
static char *create(struct server_fixture *fixture, const char *token, const char *roles)
{
    g_autofree char *body =
        g_strdup_printf(USER "\"userName\":\"e@example.com\",\"externalId\":\"e1\"%s}", roles);
    struct reply reply = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", body);
    char *path = g_strconcat("/scim/v2/Users/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    return path;
}

/* What `token` reads of the roles: "member* Boss", a star at the primary one. */
static char *roles_as(struct server_fixture *fixture, const char *token, const char *path)
{
    struct reply reply = server_fixture_ask(fixture, token, "GET", path, NULL);
    GString *shown = g_string_new(NULL);
    const json_t *roles = reply_value(&reply, "roles");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const json_t *role = json_array_get(roles, i);
        g_string_append_printf(shown, "%s%s%s", i > 0 ? " " : "",
                               json_string_value(json_object_get(role, "value")),
                               json_is_true(json_object_get(role, "primary")) ? "*" : "");
    }
    reply_expect(&reply, 200);
    return g_string_free(shown, FALSE);
}

static void expect_roles(struct server_fixture *fixture, const char *token, const char *path,
                         const char *expected)
{
    g_autofree char *found = roles_as(fixture, token, path);
    if (strcmp(found, expected) != 0) {
        fail_msg("%s, not %s", found, expected);
    }
}

static void patch(struct server_fixture *fixture, const char *token, const char *path,
                  const char *operation)
{
    g_autofree char *body = g_strconcat(PATCH, operation, "]}", NULL);
    struct reply reply = server_fixture_ask(fixture, token, "PATCH", path, body);
    if (reply.status != 200) {
        fail_msg("%s: %u", operation, reply.status);
    }
    reply_clear(&reply);
}

static void every_shape_of_a_role_is_understood_or_given_back(void **state)
{
    static const struct {
        const char *created, *operation;
        const char *own, *effective;
    } cases[] = {
        {"", NULL, "member*", "member*"},
        {",\"roles\":[]", NULL, "member*", "member*"},
        {",\"roles\":[" BOSS "]", NULL, "member Boss*", "member*"},
        {",\"roles\":[{\"primary\":true,\"type\":\"WindowsAzureActiveDirectoryRole\",\"value\":"
         "\"billing-admin\"}]",
         NULL, "billing-admin*", "billing-admin*"},
        {"",
         "{\"op\":\"Replace\",\"path\":\"roles[primary eq \\\"True\\\"].value\",\"value\":"
         "\"billing-admin\"}",
         "billing-admin*", "billing-admin*"},
        {"",
         "{\"op\":\"Add\",\"path\":\"roles[primary eq \\\"True\\\"].value\",\"value\":"
         "\"Boss\"}",
         "member Boss*", "member*"},
        {",\"roles\":[" BOSS "]",
         "{\"op\":\"Replace\",\"path\":\"roles[primary eq \\\"True\\\"].value\",\"value\":"
         "\"Chief\"}",
         "member Chief*", "member*"},
        {",\"roles\":[" BOSS "]",
         "{\"op\":\"Replace\",\"path\":\"roles[primary eq \\\"True\\\"].value\",\"value\":"
         "\"owner\"}",
         "owner*", "owner*"},
        {"", "{\"op\":\"Add\",\"path\":\"roles\",\"value\":[" TEXT_OWNER "]}", "billing-admin*",
         "billing-admin*"},
        {"", "{\"op\":\"Add\",\"path\":\"roles\",\"value\":[" TEXT_BOSS "]}",
         "member* {\"id\":\"7\",\"value\":\"Boss\",\"displayName\":\"The boss\"}", "member*"},
        {",\"roles\":[" BOSS ",{\"value\":\"search/admin\"}]",
         "{\"op\":\"replace\",\"path\":\"roles\",\"value\":[" TEXT_OWNER "]}", "billing-admin*",
         "billing-admin*"},
        {",\"roles\":[" BOSS "]",
         "{\"op\":\"remove\",\"path\":\"roles[value eq \\\"Boss\\\"]\"}", "member*", "member*"},
        {",\"roles\":[" BOSS ",{\"value\":\"search/read-only\"}]",
         "{\"op\":\"replace\",\"path\":\"title\",\"value\":\"Dr\"}",
         "member search/read-only Boss*", "member* search/read-only"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct server_fixture fixture;
        server_fixture_open(&fixture);
        g_autofree char *token = generous(&fixture, NULL);
        g_autofree char *path = create(&fixture, token, cases[i].created);
        if (cases[i].operation != NULL) {
            patch(&fixture, token, path, cases[i].operation);
        }
        expect_roles(&fixture, token, path, cases[i].own);
        expect_roles(&fixture, fixture.admin, path, cases[i].effective);
        expect_roles(&fixture, fixture.provider, path, cases[i].effective);
        server_fixture_close(&fixture);
    }
}

static void an_unknown_role_survives_whatever_else_is_written(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = generous(fixture, NULL);
    g_autofree char *path = create(fixture, token, ",\"roles\":[" BOSS "]");
    struct reply put =
        server_fixture_ask(fixture, token, "PUT", path,
                           USER "\"userName\":\"e@example.com\",\"externalId\":\"e1\","
                                "\"displayName\":\"E\"}");
    reply_expect(&put, 200);
    expect_roles(fixture, token, path, "member Boss*");
    patch(fixture, token, path, "{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"False\"}");
    expect_roles(fixture, token, path, "member Boss*");
    struct reply again = server_fixture_ask(
        fixture, token, "POST", "/scim/v2/Users",
        USER "\"userName\":\"e@example.com\",\"externalId\":\"e1\",\"active\":true}");
    reply_expect(&again, 201);
    expect_roles(fixture, token, path, "member Boss*");
    put = server_fixture_ask(fixture, token, "PUT", path,
                             USER "\"userName\":\"e@example.com\",\"externalId\":\"e1\","
                                  "\"roles\":[{\"value\":\"member\"}]}");
    reply_expect(&put, 200);
    expect_roles(fixture, token, path, "member*");
}

static void who_is_strict_or_invites_must_name_roles_of_ours(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *strict = generous(fixture, "strict");

    const struct {
        const char *token, *target, *body;
    } cases[] = {
        {strict, "/scim/v2/Users", USER "\"userName\":\"s@example.com\",\"roles\":[" BOSS "]}"},
        {strict, "/scim/v2/Users",
         USER "\"userName\":\"s@example.com\",\"roles\":[" TEXT_OWNER "]}"},
        {fixture->admin, "/scim/v2/Users",
         USER "\"userName\":\"s@example.com\",\"roles\":[" BOSS "]}"},
        {fixture->admin, "/scim/v2/Invitations",
         "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
         "\"email\":\"s@example.com\",\"roles\":[" BOSS "]}"},
        {fixture->provider, "/scim/v2/Invitations",
         "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
         "\"email\":\"s@example.com\",\"roles\":[" BOSS "]}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            server_fixture_ask(fixture, cases[i].token, "POST", cases[i].target, cases[i].body);
        if (reply.status != 400) {
            fail_msg("case %zu: %u", i, reply.status);
        }
        reply_clear(&reply);
    }
}

/* A link of the sync's beside an override and a provider's link. */
static void what_a_sync_reads_and_puts_back_does_not_become_its_own(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const headers[] = {"Rolecall-Origin: directory:corp", NULL};
    struct reply reply = server_fixture_ask_with(
        fixture, fixture->sync, "POST", "/scim/v2/Users",
        USER "\"userName\":\"e@example.com\",\"externalId\":\"anchor\",\"roles\":[{\"value\":"
             "\"member\"}]}",
        headers);
    g_autofree char *path = g_strconcat("/scim/v2/Users/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    patch(fixture, fixture->admin, path,
          "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"billing-admin\"},"
          "{\"value\":\"search/admin\"}]}");
    struct reply read = server_fixture_ask(fixture, fixture->sync, "GET", path, NULL);
    json_object_set_new(read.json, "title", json_string("Dr"));
    char *body = json_dumps(read.json, 0);
    reply = server_fixture_ask_with(fixture, fixture->sync, "PUT", path, body, headers);
    free(body);
    assert_string_equal(reply_text(&reply, "title"), "Dr");
    const json_t *origins = reply_value(&reply, "Membership.origins");
    assert_int_equal(json_array_size(origins), 1);
    assert_int_equal(json_array_size(reply_value(&reply, "Membership.origins.0.roles")), 1);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.roles.0"), "member");
    assert_string_equal(reply_text(&reply, "Membership.origins.0.externalId"), "anchor");
    assert_true(json_is_true(reply_value(&reply, "Membership.origins.0.active")));
    reply_expect(&reply, 200);
    reply_clear(&read);
    /* A PATCH says it expressly. */
    reply = server_fixture_ask_with(
        fixture, fixture->sync, "PATCH", path,
        PATCH "{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\","
              "\"value\":\"billing-admin\"}]}",
        headers);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.roles.0"), "billing-admin");
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_of_a_role_is_understood_or_given_back),
        SERVER_FIXTURE_TEST(an_unknown_role_survives_whatever_else_is_written),
        SERVER_FIXTURE_TEST(who_is_strict_or_invites_must_name_roles_of_ours),
        SERVER_FIXTURE_TEST(what_a_sync_reads_and_puts_back_does_not_become_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
