#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/handle_user_write.h"
#include "tests/scim/server/server_fixture.h"

#define USER "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]"
#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"

static const char *const from_corp[] = {"Rolecall-Origin: directory:corp", NULL};

static char *target_of(const char *id)
{
    return g_strconcat("/scim/v2/Users/", id, NULL);
}

static void a_post_invites_and_never_gives_the_link(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "POST", "/scim/v2/Users",
        "{" USER ",\"userName\":\"ann@example.com\",\"name\":{\"givenName\":\"Ann\"},"
        "\"emails\":[{\"value\":\"ann@example.com\",\"type\":\"work\"}],\"id\":\"mine\","
        "\"roles\":[{\"type\":\"project\",\"value\":\"search/read-write\"}]}");
    assert_string_equal(exchange_answer_header(reply.exchange, "Location"),
                        reply_text(&reply, "meta.location"));
    assert_string_not_equal(reply_text(&reply, "id"), "mine");
    assert_int_equal(strlen(reply_text(&reply, "id")), 32);
    assert_string_equal(reply_text(&reply, "Membership.status"), "invited");
    assert_non_null(reply_text(&reply, "Membership.invitation.expiresAt"));
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "search/read-write");
    assert_string_equal(reply_text(&reply, "name.givenName"), "Ann");
    assert_null(strstr(reply.exchange->answer, "invitation#"));
    assert_null(strstr(reply.exchange->answer, "\"link\""));
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users",
                               "{" USER ",\"userName\":\"ANN@example.com\"}");
    assert_string_equal(reply_text(&reply, "scimType"), "uniqueness");
    reply_expect(&reply, 409);
}

static void the_seat_cap_is_a_403_with_its_numbers(void **state)
{
    struct server_fixture *fixture = *state;
    for (int i = 0; i < 8; i++) {
        g_autofree char *body =
            g_strdup_printf("{" USER ",\"userName\":\"u%d@example.com\"}", i);
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users", body);
        reply_expect(&reply, 201);
    }
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users",
                                            "{" USER ",\"userName\":\"late@example.com\"}");
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "seat-cap");
    assert_int_equal(json_integer_value(reply_value(&reply, "Refusal.limit")), 10);
    assert_int_equal(json_integer_value(reply_value(&reply, "Refusal.used")), 10);
    reply_expect(&reply, 403);
}

static void a_patch_changes_what_it_names(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);

    static const struct {
        const char *operations, *path, *value;
    } cases[] = {
        {"{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"Ann B\"}", "displayName",
         "Ann B"},
        {"{\"op\":\"Add\",\"value\":{\"name.familyName\":\"B\"}}", "name.familyName", "B"},
        {"{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\","
         "\"value\":\"billing-admin\"}",
         "roles.0.value", "billing-admin"},
        {"{\"op\":\"replace\",\"path\":\"roles[primary eq \\\"True\\\"].value\","
         "\"value\":\"member\"}",
         "roles.0.value", "member"},
        {"{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"type\":\"project\",\"value\":"
         "\"search/read-only\"}]}",
         "roles.1.value", "search/read-only"},
        {"{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"type\":\"project\",\"value\":"
         "\"search/admin\"}]}",
         "roles.1.value", "search/admin"},
        {"{\"op\":\"remove\",\"path\":\"roles[type eq \\\"project\\\" and value sw "
         "\\\"search/\\\"]\"}",
         "roles.1.value", NULL},
        {"{\"op\":\"replace\",\"path\":\"active\",\"value\":false}", "Membership.status",
         "suspended"},
        {"{\"op\":\"replace\",\"path\":\"active\",\"value\":\"True\"}", "Membership.status",
         "active"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(PATCH("%s"), cases[i].operations);
        struct reply reply = server_fixture_ask(fixture, fixture->admin, "PATCH", target, body);
        if (reply.status != 200 ||
            g_strcmp0(reply_text(&reply, cases[i].path), cases[i].value) != 0) {
            fail_msg("%s: %u %.*s", cases[i].operations, reply.status,
                     (int)reply.exchange->answer_length, reply.exchange->answer);
        }
        reply_clear(&reply);
    }
}

static void a_patch_that_fails_at_its_end_changes_nothing(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);
    struct reply before = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"X\"},"
              "{\"op\":\"replace\",\"path\":\"id\",\"value\":\"x\"}"));
    assert_string_equal(reply_text(&reply, "scimType"), "mutability");
    reply_expect(&reply, 400);
    reply = server_fixture_ask(
        fixture, fixture->admin, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"X\"},"
              "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"nowhere/admin\"}]}"));
    reply_expect(&reply, 400);
    struct reply after = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    assert_true(json_equal(before.json, after.json));
    reply_clear(&before);
    reply_clear(&after);
}

static void a_stale_precondition_is_412_and_the_right_one_passes(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);
    struct reply now = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    g_autofree char *match = g_strconcat("If-Match: ", reply_text(&now, "meta.version"), NULL);
    reply_clear(&now);
    const char *const right[] = {match, NULL};
    static const char *const methods[] = {"PATCH", "PUT", "DELETE"};
    const char *const patch = PATCH("{\"op\":\"add\",\"path\":\"title\",\"value\":\"Dr\"}");
    struct reply reply =
        server_fixture_ask_with(fixture, fixture->admin, "PATCH", target, patch, right);
    reply_expect(&reply, 200);
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        const char *body = i == 0   ? patch
                           : i == 1 ? "{" USER ",\"userName\":\"ann@example.com\"}"
                                    : NULL;
        reply =
            server_fixture_ask_with(fixture, fixture->admin, methods[i], target, body, right);
        reply_expect(&reply, 412);
    }
}

static void a_put_replaces_and_never_creates(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "PUT", target,
        "{" USER ",\"userName\":\"ann@example.com\",\"title\":\"Dr\",\"id\":null}");
    assert_string_equal(reply_text(&reply, "title"), "Dr");
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->admin, "PUT", target,
                               "{" USER ",\"userName\":\"ann@example.com\"}");
    assert_null(reply_text(&reply, "title"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->admin, "PUT", "/scim/v2/Users/nobody",
                               "{" USER ",\"userName\":\"x@example.com\"}");
    reply_expect(&reply, 404);
}

/* R08: the path says who, never the body. */
static void another_id_in_the_body_is_refused(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *ann = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = target_of(ann);
    g_autofree char *body =
        g_strdup_printf("{" USER ",\"id\":\"%s\",\"userName\":\"z@example.com\"}", dana);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "PUT", target, body);
    reply_expect(&reply, 400);
    g_autofree char *still = server_fixture_find(fixture, FIXTURE_DANA);
    assert_string_equal(still, dana);
}

static void a_delete_removes_for_good(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "DELETE", target, NULL);
    assert_null(reply.exchange->answer);
    reply_expect(&reply, 204);
    static const char *const methods[] = {"GET", "DELETE"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        reply = server_fixture_ask(fixture, fixture->admin, methods[i], target, NULL);
        reply_expect(&reply, 404);
    }
    reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users",
                               "{" USER ",\"userName\":\"ann@example.com\"}");
    reply_expect(&reply, 201);
}

static void the_last_owner_stays_whoever_asks(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply list =
        server_fixture_ask(fixture, fixture->other, "GET", "/scim/v2/Users", NULL);
    g_autofree char *target = target_of(reply_text(&list, "Resources.0.id"));
    reply_clear(&list);
    struct reply reply = server_fixture_ask(fixture, fixture->other, "DELETE", target, NULL);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "last-owner");
    reply_expect(&reply, 403);
    reply =
        server_fixture_ask(fixture, fixture->other, "PATCH", target,
                           PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":false}"));
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "last-owner");
    reply_expect(&reply, 403);
}

static void a_sync_writes_its_own_link_and_needs_to_say_which(void **state)
{
    struct server_fixture *fixture = *state;
    const char *const body =
        "{" USER ",\"userName\":\"eve@example.com\",\"externalId\":\"e-1\"}";
    struct reply reply =
        server_fixture_ask(fixture, fixture->sync, "POST", "/scim/v2/Users", body);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "origin");
    reply_expect(&reply, 403);
    reply = server_fixture_ask_with(fixture, fixture->sync, "POST", "/scim/v2/Users", body,
                                    from_corp);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.value"), "directory:corp");
    assert_string_equal(reply_text(&reply, "Membership.origins.0.externalId"), "e-1");
    g_autofree char *target = target_of(reply_text(&reply, "id"));
    reply_expect(&reply, 201);
    reply = server_fixture_ask_with(
        fixture, fixture->sync, "PATCH", target,
        PATCH("{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"type\":\"project\",\"value\":"
              "\"ads/read-only\"}]}"),
        from_corp);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.roles.1"), "ads/read-only");
    reply_expect(&reply, 200);
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *foreign = target_of(dana);
    reply = server_fixture_ask_with(
        fixture, fixture->sync, "PATCH", foreign,
        PATCH("{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"}"), from_corp);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "origin");
    reply_expect(&reply, 403);
    reply = server_fixture_ask_with(fixture, fixture->sync, "DELETE", target, NULL, from_corp);
    reply_expect(&reply, 204);
}

static void a_provider_sees_its_own_link_and_can_always_suspend(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(
        fixture, fixture->provider, "POST", "/scim/v2/Users",
        "{" USER ",\"userName\":\"kim@example.com\",\"externalId\":\"k-1\",\"active\":true,"
        "\"roles\":[{\"value\":\"Janitor\"}],\"password\":\"secret\"}");
    assert_string_equal(reply_text(&reply, "externalId"), "k-1");
    assert_null(strstr(reply.exchange->answer, "secret"));
    g_autofree char *target = target_of(reply_text(&reply, "id"));
    reply_expect(&reply, 201);
    reply = server_fixture_ask(
        fixture, fixture->provider, "PATCH", target,
        PATCH("{\"op\":\"replace\",\"path\":\"roles\",\"value\":[{\"value\":\"owner\"}]}"));
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "max-role");
    reply_expect(&reply, 403);
    reply =
        server_fixture_ask(fixture, fixture->provider, "PATCH", target,
                           PATCH("{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"False\"},"
                                 "{\"op\":\"replace\",\"path\":\"emails[\",\"value\":\"x\"}"));
    assert_true(json_is_false(reply_value(&reply, "active")));
    reply_expect(&reply, 200);
}

static void a_token_may_ask_for_204(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = server_fixture_token(
        fixture, "acme",
        &(struct connection_draft){.name = "terse", .scope = "admin", .patch_answer = 204});
    g_autofree char *id = server_fixture_member(fixture, "ann@example.com");
    g_autofree char *target = target_of(id);
    g_autofree char *chosen = g_strconcat(target, "?attributes=title", NULL);
    const char *const patch = PATCH("{\"op\":\"add\",\"path\":\"title\",\"value\":\"Dr\"}");
    struct reply reply = server_fixture_ask(fixture, token, "PATCH", target, patch);
    assert_null(reply.exchange->answer);
    assert_non_null(exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, token, "PATCH", chosen, patch);
    assert_string_equal(reply_text(&reply, "title"), "Dr");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, token, "PUT", target,
                               "{" USER ",\"userName\":\"ann@example.com\"}");
    reply_expect(&reply, 200);
}

static void a_strict_connection_is_told_of_every_deviation(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token =
        server_fixture_token(fixture, "acme",
                             &(struct connection_draft){
                                 .name = "exact", .scope = "people", .personality = "strict"});
    static const char *const bodies[] = {
        "{" USER ",\"userName\":\"s@example.com\",\"active\":\"True\"}",
        "{" USER ",\"userName\":\"s@example.com\",\"favouriteColour\":\"red\"}",
        "{" USER ",\"userName\":\"s@example.com\",\"roles\":[{\"value\":\"Janitor\"}]}",
        "{" USER ",\"userName\":\"s@example.com\","
        "\"roles\":[{\"value\":\"{\\\"value\\\":\\\"member\\\"}\"}]}",
        "{" USER ",\"userName\":\"s@example.com\",\"password\":\"x\"}",
        "{" USER ",\"userName\":\"s@example.com\",\"title\":\"\"}",
        "{" USER ",\"userName\":\"s@example.com\",\"meta\":{\"resourceType\":\"User\"}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        struct reply strict =
            server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", bodies[i]);
        reply_expect(&strict, 400);
    }
    struct reply dangling = server_fixture_ask(fixture, token, "GET", "/scim/v2/Users?", NULL);
    assert_string_equal(reply_text(&dangling, "scimType"), "invalidSyntax");
    reply_expect(&dangling, 400);
    struct reply reply =
        server_fixture_ask(fixture, fixture->provider, "POST", "/scim/v2/Users", bodies[1]);
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, token, "GET",
                               "/scim/v2/Users?filter=favouriteColour%20eq%20%22red%22", NULL);
    assert_string_equal(reply_text(&reply, "scimType"), "invalidFilter");
    reply_expect(&reply, 400);
}

static void a_strict_connection_deactivates_by_a_path_alone(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token =
        server_fixture_token(fixture, "acme",
                             &(struct connection_draft){
                                 .name = "exact", .scope = "people", .personality = "strict"});
    struct reply made = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users",
                                           "{" USER ",\"userName\":\"s@example.com\"}");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", reply_text(&made, "id"), NULL);
    reply_expect(&made, 201);

    static const struct {
        const char *operation, *type; /* NULL: it is done */
    } cases[] = {
        {"{\"op\":\"replace\",\"value\":{\"active\":false}}", "invalidSyntax"},
        {"{\"op\":\"Replace\",\"path\":\"active\",\"value\":false}", "invalidSyntax"},
        {"{\"op\":\"replace\",\"path\":\"active\",\"value\":\"False\"}", "invalidValue"},
        {"{\"op\":\"replace\",\"path\":\"active\",\"value\":false}", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[%s]}", cases[i].operation);
        struct reply reply = server_fixture_ask(fixture, token, "PATCH", target, body);
        if (cases[i].type != NULL) {
            assert_string_equal(reply_text(&reply, "scimType"), cases[i].type);
        }
        reply_expect(&reply, cases[i].type != NULL ? 400 : 200);
        struct reply now = server_fixture_ask(fixture, token, "GET", target, NULL);
        assert_int_equal(json_is_true(reply_value(&now, "active")), cases[i].type != NULL);
        reply_expect(&now, 200);
    }
}

static void what_a_strict_connection_reads_it_may_send_back(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token =
        server_fixture_token(fixture, "acme",
                             &(struct connection_draft){
                                 .name = "exact", .scope = "people", .personality = "strict"});
    struct reply made = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users",
                                           "{" USER ",\"userName\":\"s@example.com\"}");
    g_autofree char *id = g_strdup(reply_text(&made, "id"));
    g_autofree char *target = target_of(id);
    reply_expect(&made, 201);
    g_autofree char *group =
        g_strdup_printf("{\"schemas\":[\"" SCIM_URN_GROUP "\"],\"displayName\":\"Search\","
                        "\"members\":[{\"value\":\"%s\"}]}",
                        id);
    made = server_fixture_ask(fixture, token, "POST", "/scim/v2/Groups", group);
    reply_expect(&made, 201);
    struct reply read = server_fixture_ask(fixture, token, "GET", target, NULL);
    assert_string_equal(reply_text(&read, "groups.0.display"), "Search");
    g_autofree char *whole = json_dumps(read.json, JSON_COMPACT);
    struct reply reply = server_fixture_ask(fixture, token, "PUT", target, whole);
    assert_string_equal(reply_text(&reply, "meta.version"), reply_text(&read, "meta.version"));
    reply_expect(&reply, 200);
    json_object_set_new(json_array_get(json_object_get(read.json, "groups"), 0), "display",
                        json_string("Another"));
    g_autofree char *other = json_dumps(read.json, JSON_COMPACT);
    reply = server_fixture_ask(fixture, token, "PUT", target, other);
    assert_string_equal(reply_text(&reply, "scimType"), "mutability");
    reply_expect(&reply, 400);
    reply_expect(&read, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_post_invites_and_never_gives_the_link),
        SERVER_FIXTURE_TEST(the_seat_cap_is_a_403_with_its_numbers),
        SERVER_FIXTURE_TEST(a_patch_changes_what_it_names),
        SERVER_FIXTURE_TEST(a_patch_that_fails_at_its_end_changes_nothing),
        SERVER_FIXTURE_TEST(a_stale_precondition_is_412_and_the_right_one_passes),
        SERVER_FIXTURE_TEST(a_put_replaces_and_never_creates),
        SERVER_FIXTURE_TEST(another_id_in_the_body_is_refused),
        SERVER_FIXTURE_TEST(a_delete_removes_for_good),
        SERVER_FIXTURE_TEST(the_last_owner_stays_whoever_asks),
        SERVER_FIXTURE_TEST(a_sync_writes_its_own_link_and_needs_to_say_which),
        SERVER_FIXTURE_TEST(a_provider_sees_its_own_link_and_can_always_suspend),
        SERVER_FIXTURE_TEST(a_token_may_ask_for_204),
        SERVER_FIXTURE_TEST(a_strict_connection_is_told_of_every_deviation),
        SERVER_FIXTURE_TEST(a_strict_connection_deactivates_by_a_path_alone),
        SERVER_FIXTURE_TEST(what_a_strict_connection_reads_it_may_send_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
