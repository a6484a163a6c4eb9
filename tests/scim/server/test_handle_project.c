#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_project.h"
#include "tests/scim/server/server_fixture.h"

#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"

#define PROJECT "\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Project\"]"

/* Where a project of that name is. */
static char *project_target(struct server_fixture *fixture, const char *name)
{
    g_autofree char *query =
        g_strdup_printf("/scim/v2/Projects?filter=name%%20eq%%20%%22%s%%22", name);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", query, NULL);
    const char *id = reply_text(&reply, "Resources.0.id");
    assert_non_null(id);
    char *target = g_strconcat("/scim/v2/Projects/", id, NULL);
    reply_clear(&reply);
    return target;
}

static void a_project_shows_its_members(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *target = project_target(fixture, "search");
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    struct reply reply = server_fixture_ask(fixture, fixture->reader, "GET", target, NULL);
    assert_string_equal(reply_text(&reply, "name"), "search");
    assert_string_equal(reply_text(&reply, "members.0.value"), dana);
    assert_string_equal(reply_text(&reply, "members.0.role"), "admin");
    assert_string_equal(reply_text(&reply, "meta.version"),
                        exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->reader, "GET", "/scim/v2/Projects/x", NULL);
    reply_expect(&reply, 404);
    reply = server_fixture_ask(fixture, fixture->admin, "DELETE", target, NULL);
    reply_expect(&reply, 405);
}

static void an_owner_creates_and_a_member_does_not(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *member = server_fixture_person_token(fixture, "acme", "bob@example.com");
    const char *const body = "{" PROJECT ",\"name\":\"maps\",\"displayName\":\"Maps\"}";
    struct reply reply = server_fixture_ask(fixture, member, "POST", "/scim/v2/Projects", body);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
    reply_expect(&reply, 403);
    reply = server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Projects", body);
    assert_string_equal(exchange_answer_header(reply.exchange, "Location"),
                        reply_text(&reply, "meta.location"));
    assert_string_equal(reply_text(&reply, "members.0.role"), "admin");
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Projects", body);
    reply_expect(&reply, 409);
}

#define RENAME(op, more) PATCH("{\"op\":\"" op "\",\"path\":\"displayName\"" more "}")

static void only_the_display_name_ever_changes(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *target = project_target(fixture, "search");

    static const struct {
        const char *method, *body;
        unsigned status;
        const char *shown;
    } cases[] = {
        {"PATCH", RENAME("replace", ",\"value\":\"Suche\""), 200, "Suche"},
        {"PATCH", PATCH("{\"op\":\"replace\",\"path\":\"name\",\"value\":\"find\"}"), 400,
         "Suche"},
        {"PUT", "{" PROJECT ",\"name\":\"find\"}", 400, "Suche"},
        {"PUT", "{" PROJECT ",\"name\":\"search\"}", 200, "Suche"},
        {"PUT", "{" PROJECT ",\"name\":\"search\",\"displayName\":\"Search!\"}", 200,
         "Search!"},
        {"PATCH", RENAME("remove", ""), 200, "search"},
        {"PATCH", RENAME("add", ",\"value\":\"Again\""), 200, "Again"},
        {"PATCH", RENAME("replace", ",\"value\":\"\""), 200, "search"},
        {"PATCH", RENAME("replace", ",\"value\":7"), 400, "search"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->dana, cases[i].method, target, cases[i].body);
        reply_expect(&reply, cases[i].status);
        reply = server_fixture_ask(fixture, fixture->dana, "GET", target, NULL);
        assert_string_equal(reply_text(&reply, "displayName"), cases[i].shown);
        assert_string_equal(reply_text(&reply, "name"), "search");
        assert_int_equal(json_array_size(reply_value(&reply, "members")), 1);
        reply_expect(&reply, 200);
    }
}

static void a_project_admin_renames_and_a_member_of_it_does_not(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "bob@example.com");
    g_autofree char *target = project_target(fixture, "search");

    static const struct {
        const char *role;
        unsigned status;
    } cases[] = {{"read-write", 403}, {"admin", 200}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\","
                  "\"role\":\"%s\"}]}"),
            bob, cases[i].role);
        struct reply reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, body);
        reply_expect(&reply, 200);
        reply = server_fixture_ask(fixture, token, "PATCH", target,
                                   RENAME("replace", ",\"value\":\"Mine\""));
        reply_expect(&reply, cases[i].status);
    }
}

static void members_come_change_and_go(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *target = project_target(fixture, "search");

    const struct {
        const char *format, *role; /* NULL: no member any more */
    } cases[] = {
        {PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\",\"role\":"
               "\"read-only\"}]}"),
         "read-only"},
        {PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\",\"role\":"
               "\"read-write\"}]}"),
         "read-write"},
        {PATCH("{\"op\":\"replace\",\"path\":\"members[value eq \\\"%s\\\"].role\",\"value\":"
               "\"admin\"}"),
         "admin"},
        {PATCH("{\"op\":\"remove\",\"path\":\"members[value eq \\\"%s\\\"]\"}"), NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) parts = g_strsplit(cases[i].format, "%s", -1);
        g_autofree char *body = g_strjoinv(bob, parts);
        struct reply reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, body);
        const char *role = NULL;
        const json_t *members = reply_value(&reply, "members");
        for (size_t j = 0; j < json_array_size(members); j++) {
            const json_t *member = json_array_get(members, j);
            if (strcmp(json_string_value(json_object_get(member, "value")), bob) == 0) {
                role = json_string_value(json_object_get(member, "role"));
            }
        }
        if (reply.status != 200 || g_strcmp0(role, cases[i].role) != 0) {
            fail_msg("case %zu: %u %.*s", i, reply.status, (int)reply.exchange->answer_length,
                     reply.exchange->answer);
        }
        reply_clear(&reply);
    }
}

static void two_admins_are_swapped_in_one_request_and_the_last_one_stays(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = project_target(fixture, "search");
    g_autofree char *alone = g_strdup_printf(
        PATCH("{\"op\":\"remove\",\"path\":\"members[value eq \\\"%s\\\"]\"}"), dana);
    struct reply reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, alone);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "last-project-admin");
    reply_expect(&reply, 403);
    g_autofree char *swap = g_strdup_printf(
        PATCH("{\"op\":\"remove\",\"path\":\"members[value eq \\\"%s\\\"]\"},"
              "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\",\"role\":"
              "\"admin\"}]}"),
        dana, bob);
    reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target, swap);
    assert_string_equal(reply_text(&reply, "members.0.value"), bob);
    assert_null(reply_value(&reply, "members.1"));
    reply_expect(&reply, 200);
}

static void a_put_renames_and_keeps_the_members_it_does_not_name(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *target = project_target(fixture, "search");
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "PUT", target,
                           "{" PROJECT ",\"name\":\"search\",\"displayName\":\"Find\"}");
    assert_string_equal(reply_text(&reply, "displayName"), "Find");
    assert_string_equal(reply_text(&reply, "members.0.role"), "admin");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->dana, "PUT", target,
                               "{" PROJECT ",\"name\":\"other\",\"displayName\":\"Find\"}");
    assert_string_equal(reply_text(&reply, "scimType"), "mutability");
    reply_expect(&reply, 400);
    static const char *const stale[] = {"If-Match: W/\"0\"", NULL};
    reply = server_fixture_ask_with(
        fixture, fixture->dana, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"x\"}"), stale);
    reply_expect(&reply, 412);
}

static void a_sync_may_name_a_stand_in(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *owner = server_fixture_find(fixture, FIXTURE_BREAKGLASS);
    g_autofree char *target = project_target(fixture, "search");
    g_autofree char *body = g_strdup_printf(
        PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\",\"role\":"
              "\"admin\"}]}"),
        owner);
    static const char *const from_corp[] = {"Rolecall-Origin: directory:corp", NULL};
    struct reply reply =
        server_fixture_ask_with(fixture, fixture->sync, "PATCH", target, body, from_corp);
    reply_expect(&reply, 200);
    g_autofree char *person = g_strconcat("/scim/v2/Users/", owner, NULL);
    reply = server_fixture_ask(fixture, fixture->sync, "GET", person, NULL);
    assert_string_equal(reply_text(&reply, "Membership.standsIn.0"), "search");
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_project_shows_its_members),
        SERVER_FIXTURE_TEST(an_owner_creates_and_a_member_does_not),
        SERVER_FIXTURE_TEST(only_the_display_name_ever_changes),
        SERVER_FIXTURE_TEST(a_project_admin_renames_and_a_member_of_it_does_not),
        SERVER_FIXTURE_TEST(members_come_change_and_go),
        SERVER_FIXTURE_TEST(two_admins_are_swapped_in_one_request_and_the_last_one_stays),
        SERVER_FIXTURE_TEST(a_put_renames_and_keeps_the_members_it_does_not_name),
        SERVER_FIXTURE_TEST(a_sync_may_name_a_stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
