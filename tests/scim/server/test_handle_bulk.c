#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/handle_bulk.h"
#include "tests/scim/server/server_fixture.h"

#define HEAD "{\"schemas\":[\"" SCIM_URN_BULK_REQUEST "\"],"

/* An operation, from its parts. */
#define POST(path, id, data)                                                                   \
    "{\"method\":\"POST\",\"path\":\"" path "\",\"bulkId\":\"" id "\",\"data\":" data "}"
#define INVITE(id, email)                                                                      \
    POST("/Invitations", id,                                                                   \
         "{\"schemas\":[\"" SCIM_URN_INVITATION "\"],\"email\":\"" email "\"}")
#define USER(name, more)                                                                       \
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"" name "\"" more "}"
#define MANAGER(id) ",\"" SCIM_URN_ENTERPRISE "\":{\"manager\":{\"value\":\"" id "\"}}"
#define PATCH_OF(operations)                                                                   \
    "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[" operations "]}"

static struct reply ask(struct server_fixture *fixture, const char *token, const char *fields,
                        const char *operations)
{
    g_autofree char *body = g_strdup_printf(HEAD "%s\"Operations\":[%s]}", fields, operations);
    return server_fixture_ask(fixture, token, "POST", "/scim/v2/Bulk", body);
}

/* "201 403 412": the statuses of all results. */
static char *statuses(const struct reply *reply)
{
    g_autoptr(GString) text = g_string_new(NULL);
    size_t i;
    json_t *result;
    json_array_foreach(json_object_get(reply->json, "Operations"), i, result)
    {
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               json_string_value(json_object_get(result, "status")));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Fails the test unless the request was answered 200 with these results; keeps the reply. */
static void expect(const struct reply *reply, const char *wanted)
{
    g_autofree char *found = statuses(reply);
    if (reply->status != 200 || strcmp(found, wanted) != 0) {
        fail_msg("%u with '%s', not '%s': %.*s", reply->status, found, wanted,
                 (int)reply->exchange->answer_length, reply->exchange->answer);
    }
    assert_string_equal(reply_text(reply, "schemas.0"), SCIM_URN_BULK_RESPONSE);
}

/* The last segment of the location of a result. */
static char *id_of(const struct reply *reply, size_t index)
{
    g_autofree char *path = g_strdup_printf("Operations.%zu.location", index);
    const char *location = reply_text(reply, path);
    assert_non_null(location);
    return g_strdup(strrchr(location, '/') + 1);
}

static struct reply read_user(struct server_fixture *fixture, const char *id)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    return server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
}

static void S4_several_are_invited_at_once_and_each_has_a_result(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        ask(fixture, fixture->dana, "",
            INVITE("1", "ann@example.com") "," INVITE("2", "no address") "," INVITE(
                "3", FIXTURE_BREAKGLASS) "," INVITE("4", "bob@example.com"));
    expect(&reply, "201 400 409 201");
    assert_string_equal(reply_text(&reply, "Operations.0.bulkId"), "1");
    assert_string_equal(reply_text(&reply, "Operations.0.method"), "POST");
    assert_string_equal(reply_text(&reply, "Operations.0.response.email"), "ann@example.com");
    assert_non_null(strstr(reply_text(&reply, "Operations.0.response.link"), "/invitation#"));
    assert_non_null(strstr(reply_text(&reply, "Operations.0.location"),
                           "http://test.example/scim/v2/Invitations/"));
    assert_string_equal(reply_text(&reply, "Operations.1.response.scimType"), "invalidValue");
    assert_null(reply_text(&reply, "Operations.1.location"));
    assert_string_equal(reply_text(&reply, "Operations.2.response.scimType"), "uniqueness");
    assert_true(strcmp(reply_text(&reply, "Operations.0.response.link"),
                       reply_text(&reply, "Operations.3.response.link")) != 0);
    reply_clear(&reply);
    g_autofree char *ann = server_fixture_find(fixture, "ann@example.com");
    reply = read_user(fixture, ann);
    assert_string_equal(reply_text(&reply, "Membership.status"), "invited");
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    reply_expect(&reply, 200);
}

static void S4_no_link_is_shown_where_mail_is_sent(void **state)
{
    struct server_fixture *fixture = *state;
    fixture->dispatch.service.sends_mail = TRUE;
    struct reply reply = ask(fixture, fixture->dana, "", INVITE("1", "ann@example.com"));
    expect(&reply, "201");
    assert_null(reply_value(&reply, "Operations.0.response"));
    reply_clear(&reply);
}

static void S5_the_seats_run_out_in_the_middle_and_the_rest_is_told(void **state)
{
    struct server_fixture *fixture = *state;
    g_autoptr(GString) operations = g_string_new(NULL);
    for (int i = 0; i < 10; i++) {
        g_string_append_printf(operations, "%s" INVITE("%d", "p%d@example.com"),
                               i > 0 ? "," : "", i, i);
    }
    struct reply reply = ask(fixture, fixture->dana, "", operations->str);
    expect(&reply, "201 201 201 201 201 201 201 201 403 403");
    assert_string_equal(reply_text(&reply, "Operations.9.response.Refusal.rule"), "seat-cap");
    assert_int_equal(
        json_integer_value(reply_value(&reply, "Operations.9.response.Refusal.used")), 10);
    reply_clear(&reply);
}

/* Whoever asks, for what they may not do alone either. */
static void nobody_reaches_in_bulk_what_they_may_not_reach_alone(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *member = server_fixture_member(fixture, "mia@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "mia@example.com");
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *removal =
        g_strdup_printf("{\"method\":\"DELETE\",\"path\":\"/Users/%s\"}", dana);
    g_autofree char *marker = g_strdup("{\"method\":\"DELETE\",\"path\":\"/Markers/1\"}");
    static const char project[] =
        POST("/Projects", "p", "{\"schemas\":[\"" SCIM_URN_PROJECT "\"],\"name\":\"maps\"}");

    const struct {
        const char *token, *operation, *status, *rule;
    } cases[] = {
        {fixture->provider, project, "403", "permission"},
        {fixture->sync, project, "403", "permission"},
        {token, project, "403", "permission"},
        {fixture->provider, marker, "403", "permission"},
        {token, removal, "403", "permission"},
        {fixture->provider, removal, "403", "origin"},
        {fixture->dana, removal, "403", "last-project-admin"},
        {fixture->other, removal, "404", NULL},
        {fixture->provider, "{\"method\":\"DELETE\",\"path\":\"/Me\"}", "404", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = ask(fixture, cases[i].token, "", cases[i].operation);
        const char *rule = reply_text(&reply, "Operations.0.response.Refusal.rule");
        if (g_strcmp0(rule, cases[i].rule) != 0) {
            fail_msg("case %zu: '%s', not '%s'", i, rule, cases[i].rule);
        }
        expect(&reply, cases[i].status);
        reply_clear(&reply);
    }
    struct reply reply = ask(fixture, fixture->reader, "", project);
    reply_expect(&reply, 403);
    reply = ask(fixture, NULL, "", project);
    reply_expect(&reply, 401);
    reply = server_fixture_ask(fixture, fixture->dana, "GET", "/scim/v2/Bulk", NULL);
    reply_expect(&reply, 405);
}

static void what_is_no_operation_is_told_in_its_place(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *operation, *status, *type;
    } cases[] = {
        {"{\"method\":\"GET\",\"path\":\"/Users\"}", "400", "invalidSyntax"},
        {"{\"method\":\"DELETE\",\"path\":\"/Nothing/1\"}", "404", NULL},
        {"{\"method\":\"DELETE\",\"path\":\"/Users\"}", "405", NULL},
        {"{\"method\":\"PUT\",\"path\":\"/Roles/owner\",\"data\":{}}", "405", NULL},
        {POST("/Bulk", "b", "{}"), "400", "invalidPath"},
        {POST("/Users/.search", "s", "{}"), "400", "invalidPath"},
        {"{\"method\":\"DELETE\",\"path\":\"/../../invitation\"}", "404", NULL},
        {"{\"method\":\"DELETE\",\"path\":\"/Users/bulkId:x\"}", "400", "invalidValue"},
        {POST("/Users", "u", "{\"userName\":\"x@example.com\"}"), "400", "invalidSyntax"},
        {"[]", "400", "invalidSyntax"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *operations = g_strdup_printf(
            "%s,%s", cases[i].operation, "{\"method\":\"DELETE\",\"path\":\"/Users/1\"}");
        struct reply reply = ask(fixture, fixture->admin, "", operations);
        g_autofree char *wanted = g_strconcat(cases[i].status, " 404", NULL);
        expect(&reply, wanted);
        const char *type = reply_text(&reply, "Operations.0.response.scimType");
        if (g_strcmp0(type, cases[i].type) != 0) {
            fail_msg("%s: '%s', not '%s'", cases[i].operation, type, cases[i].type);
        }
        assert_string_equal(reply_text(&reply, "Operations.1.location"),
                            "http://test.example/scim/v2/Users/1");
        reply_clear(&reply);
    }
}

static const char *manager_of(const struct reply *reply)
{
    const json_t *enterprise = json_object_get(reply->json, SCIM_URN_ENTERPRISE);
    return json_string_value(json_object_get(json_object_get(enterprise, "manager"), "value"));
}

static struct reply ask_all(struct server_fixture *fixture, const char *token,
                            const char *const *operations)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (; *operations != NULL; operations++) {
        g_string_append_printf(joined, "%s%s", joined->len > 0 ? "," : "", *operations);
    }
    return ask(fixture, token, "", joined->str);
}

#define PATCH(path, operations)                                                                \
    "{\"method\":\"PATCH\",\"path\":\"" path "\",\"data\":" PATCH_OF(operations) "}"
#define PROJECT(id, more)                                                                      \
    POST("/Projects", id, "{\"schemas\":[\"" SCIM_URN_PROJECT "\"],\"name\":\"maps\"" more "}")

#define RENAME         "{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"Maps\"}"
#define MEMBER(id, as) "{\"value\":\"" id "\",\"role\":\"" as "\"}"
#define JOIN(id, as)   "{\"op\":\"add\",\"path\":\"members\",\"value\":[" MEMBER(id, as) "]}"
#define PART(id)       "{\"op\":\"remove\",\"path\":\"members[value eq \\\"" id "\\\"]\"}"

static void what_refers_to_something_that_failed_fails_too(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const operations[] = {
        PATCH("/Projects/bulkId:p", RENAME),
        /* without an active admin there is no project */
        PROJECT("p", ",\"members\":[" MEMBER("bulkId:u", "admin") "]"),
        POST("/Users", "u", USER("una@example.com", "")),
        POST("/Users", "v", USER("vic@example.com", MANAGER("bulkId:u"))),
        NULL,
    };
    struct reply reply = ask_all(fixture, fixture->admin, operations);
    expect(&reply, "400 403 201 201");
    g_autofree char *una = id_of(&reply, 2);
    g_autofree char *vic = id_of(&reply, 3);
    reply_clear(&reply);
    reply = read_user(fixture, vic);
    assert_string_equal(manager_of(&reply), una);
    reply_expect(&reply, 200);
}

static void a_reference_may_point_forwards_and_backwards(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const operations[] = {
        PATCH("/Projects/bulkId:p", PART("bulkId:w")),
        PROJECT("p", ""),
        PATCH("/Projects/bulkId:p", JOIN("bulkId:w", "admin")),
        POST("/Users", "w", USER("will@example.com", "")),
        NULL,
    };
    struct reply reply = ask_all(fixture, fixture->dana, operations);
    expect(&reply, "200 201 200 201");
    g_autofree char *maps = id_of(&reply, 1);
    g_autofree char *same = id_of(&reply, 2);
    assert_string_equal(maps, same);
    reply_clear(&reply);
    g_autofree char *target = g_strconcat("/scim/v2/Projects/", maps, NULL);
    reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    assert_int_equal(json_array_size(reply_value(&reply, "members")), 2);
    reply_expect(&reply, 200);
}

static void people_may_refer_to_each_other_in_a_circle_and_to_themselves(void **state)
{
    struct server_fixture *fixture = *state;
    const char *const tokens[] = {fixture->dana, fixture->admin, fixture->provider};
    static const char *const names[][3] = {{"a@example.com", "b@example.com", "c@example.com"},
                                           {"d@example.com", "e@example.com", "f@example.com"},
                                           {"g@example.com", "h@example.com", NULL}};
    for (size_t i = 0; i < 2; i++) {
        g_autofree char *operations = g_strdup_printf(
            POST("/Users", "a", USER("%s", MANAGER("bulkId:b"))) "," POST(
                "/Users", "b",
                USER("%s", MANAGER("bulkId:a"))) "," POST("/Users", "c",
                                                          USER("%s", MANAGER("bulkId:c"))),
            names[i][0], names[i][1], names[i][2]);
        struct reply reply = ask(fixture, tokens[i], "", operations);
        expect(&reply, "201 201 201");
        g_autofree char *a = id_of(&reply, 0);
        g_autofree char *b = id_of(&reply, 1);
        g_autofree char *c = id_of(&reply, 2);
        const char *const managers[] = {b, a, c};
        const char *const ids[] = {a, b, c};
        for (size_t j = 0; j < G_N_ELEMENTS(ids); j++) {
            g_autofree char *version = g_strdup_printf("Operations.%zu.version", j);
            struct reply one = read_user(fixture, ids[j]);
            assert_string_equal(manager_of(&one), managers[j]);
            assert_string_equal(reply_text(&reply, version), reply_text(&one, "meta.version"));
            reply_expect(&one, 200);
        }
        reply_clear(&reply);
    }
}

static void a_circle_is_made_whole_or_not_at_all(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = ask(
        fixture, fixture->admin, "",
        POST("/Users", "a", USER("a@example.com", MANAGER("bulkId:b"))) "," POST(
            "/Users", "b",
            USER(FIXTURE_DANA,
                 MANAGER(
                     "bulkId:a"))) "," POST("/Users", "d",
                                            USER("d@example.com",
                                                 MANAGER(
                                                     "bulkId:a"))) "," POST("/Users", "c",
                                                                            USER(
                                                                                "c@example.com",
                                                                                "")));
    expect(&reply, "409 409 400 201");
    assert_string_equal(reply_text(&reply, "Operations.1.response.scimType"), "uniqueness");
    assert_null(reply_text(&reply, "Operations.0.response.scimType"));
    reply_clear(&reply);
    g_autofree char *a = server_fixture_find(fixture, "a@example.com");
    assert_null(a);
}

static void fail_on_errors_ends_it_and_the_rest_has_no_result(void **state)
{
    struct server_fixture *fixture = *state;
    static const char operations[] =
        INVITE("1", "a1@example.com") "," INVITE("2", "no") "," INVITE(
            "3", "a3@example.com") "," INVITE("4", "nor this") "," INVITE("5",
                                                                          "a5@example.com");

    static const struct {
        const char *fields, *wanted;
    } cases[] = {
        {"\"failOnErrors\":1,", "201 400"},
        {"\"failOnErrors\":2,", "200 400 201 400"},
        {"\"failOnErrors\":0,", "200 400 200 400 201"},
        {"\"failOnErrors\":9,", "200 400 200 400 200"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = ask(fixture, fixture->dana, cases[i].fields, operations);
        expect(&reply, cases[i].wanted);
        reply_clear(&reply);
    }
}

static void a_version_is_what_if_match_is(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "mia@example.com");
    struct reply reply = read_user(fixture, id);
    g_autofree char *version = g_strescape(reply_text(&reply, "meta.version"), NULL);
    reply_clear(&reply);
    g_autofree char *operation = g_strdup_printf(
        "{\"method\":\"PATCH\",\"path\":\"/Users/%s\",\"version\":\"%s\",\"data\":" PATCH_OF(
            "{\"op\":\"replace\",\"path\":\"title\",\"value\":\"%%s\"}") "}",
        id, version);
    g_auto(GStrv) parts = g_strsplit(operation, "%s", 2);
    g_autofree char *operations =
        g_strdup_printf("%sone%s,%stwo%s", parts[0], parts[1], parts[0], parts[1]);
    reply = ask(fixture, fixture->admin, "", operations);
    expect(&reply, "200 412");
    assert_non_null(reply_text(&reply, "Operations.0.version"));
    assert_null(reply_text(&reply, "Operations.1.version"));
    assert_non_null(strstr(reply_text(&reply, "Operations.1.location"), id));
    reply_clear(&reply);
    reply = read_user(fixture, id);
    assert_string_equal(reply_text(&reply, "title"), "one");
    reply_expect(&reply, 200);
}

/* Each is asked of whoever they are by then. */
static void whoever_left_in_the_middle_does_nothing_more(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "mia@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "mia@example.com");
    struct reply reply =
        ask(fixture, token, "",
            INVITE("1", "ann@example.com") ",{\"method\":\"DELETE\",\"path\":\"/Me\"}," INVITE(
                "2", "bob@example.com"));
    expect(&reply, "201 204 401");
    reply_clear(&reply);
    reply = ask(fixture, token, "", INVITE("1", "bob@example.com"));
    reply_expect(&reply, 401);
}

static void a_sync_writes_its_own_links_in_bulk(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const headers[] = {"Rolecall-Origin: directory:corp", NULL};
    static const char body[] = HEAD "\"Operations\":[" POST(
        "/Users", "a", USER("ann@example.com", ",\"externalId\":\"x1\"")) "]}";
    struct reply reply =
        server_fixture_ask_with(fixture, fixture->sync, "POST", "/scim/v2/Bulk", body, headers);
    expect(&reply, "201");
    assert_null(reply_value(&reply, "Operations.0.response"));
    g_autofree char *id = id_of(&reply, 0);
    reply_clear(&reply);
    reply = read_user(fixture, id);
    assert_string_equal(reply_text(&reply, "Membership.origins.0.value"), "directory:corp");
    reply_expect(&reply, 200);
    reply = server_fixture_ask_with(fixture, fixture->everywhere, "POST",
                                    "/organizations/acme/scim/v2/Bulk", body, headers);
    expect(&reply, "409");
    reply_clear(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(S4_several_are_invited_at_once_and_each_has_a_result),
        SERVER_FIXTURE_TEST(S4_no_link_is_shown_where_mail_is_sent),
        SERVER_FIXTURE_TEST(S5_the_seats_run_out_in_the_middle_and_the_rest_is_told),
        SERVER_FIXTURE_TEST(nobody_reaches_in_bulk_what_they_may_not_reach_alone),
        SERVER_FIXTURE_TEST(what_is_no_operation_is_told_in_its_place),
        SERVER_FIXTURE_TEST(what_refers_to_something_that_failed_fails_too),
        SERVER_FIXTURE_TEST(a_reference_may_point_forwards_and_backwards),
        SERVER_FIXTURE_TEST(people_may_refer_to_each_other_in_a_circle_and_to_themselves),
        SERVER_FIXTURE_TEST(a_circle_is_made_whole_or_not_at_all),
        SERVER_FIXTURE_TEST(fail_on_errors_ends_it_and_the_rest_has_no_result),
        SERVER_FIXTURE_TEST(a_version_is_what_if_match_is),
        SERVER_FIXTURE_TEST(whoever_left_in_the_middle_does_nothing_more),
        SERVER_FIXTURE_TEST(a_sync_writes_its_own_links_in_bulk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
