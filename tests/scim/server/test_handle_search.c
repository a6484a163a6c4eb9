#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_search.h"
#include "tests/scim/server/server_fixture.h"

#define SEARCH "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"

/* The types shown, in order and each once: "User Project". */
static char *types_of(const struct reply *reply)
{
    GString *types = g_string_new(NULL);
    const char *last = "";
    for (size_t i = 0; i < json_array_size(reply_value(reply, "Resources")); i++) {
        g_autofree char *path = g_strdup_printf("Resources.%zu.meta.resourceType", i);
        const char *type = reply_text(reply, path);
        if (g_strcmp0(type, last) != 0) {
            g_string_append_printf(types, "%s%s", types->len > 0 ? " " : "", type);
            last = type;
        }
    }
    return g_string_free(types, FALSE);
}

static void every_type_that_the_caller_may_list_is_searched(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply invited =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Invitations",
                           "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                           "\"email\":\"x@example.com\"}");
    reply_expect(&invited, 201);

    const struct {
        const char *token, *filter, *types;
        gint64 total;
    } cases[] = {
        {fixture->admin, NULL, "User Project Role Invitation", -1},
        {fixture->admin, "meta.resourceType eq \"Project\"", "Project", 2},
        {fixture->admin, "userName pr", "User", 3},
        {fixture->admin, "userName eq \"DANA@example.com\"", "User", 1},
        {fixture->admin, "displayName sw \"sea\"", "Project", 1},
        {fixture->admin, "value eq \"owner\" or userName sw \"x\"", "User Role", 2},
        {fixture->admin, "email pr", "Invitation", 1},
        {fixture->admin, "nobody pr", "", 0},
        {fixture->provider, "userName pr", "User", 2},
        {fixture->reader, "meta.resourceType eq \"Marker\"", "", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *escaped =
            cases[i].filter != NULL ? g_uri_escape_string(cases[i].filter, NULL, FALSE) : NULL;
        g_autofree char *target =
            g_strconcat("/scim/v2/", escaped != NULL ? "?filter=" : NULL, escaped, NULL);
        struct reply reply = server_fixture_ask(fixture, cases[i].token, "GET", target, NULL);
        g_autofree char *types = types_of(&reply);
        gint64 total = (gint64)json_integer_value(reply_value(&reply, "totalResults"));
        if (strcmp(types, cases[i].types) != 0 ||
            (cases[i].total >= 0 && total != cases[i].total)) {
            fail_msg("%s: %s, %d", target, types, (int)total);
        }
        assert_non_null(exchange_answer_header(reply.exchange, "ETag"));
        reply_expect(&reply, 200);
    }
}

static void a_search_shows_sorts_and_cuts_as_a_list_does(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "POST", "/scim/v2/.search",
        SEARCH "\"filter\":\"meta.resourceType eq \\\"User\\\" or meta.resourceType eq "
               "\\\"Project\\\"\",\"attributes\":[\"userName\",\"name\"],\"sortBy\":\"id\","
               "\"startIndex\":2,\"count\":3}");
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 4);
    assert_int_equal(json_integer_value(reply_value(&reply, "startIndex")), 2);
    assert_int_equal(json_integer_value(reply_value(&reply, "itemsPerPage")), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *shown = json_array_get(reply_value(&reply, "Resources"), i);
        assert_null(json_object_get(shown, "meta"));
        assert_true(json_object_get(shown, "userName") != NULL ||
                    json_object_get(shown, "name") != NULL);
        const json_t *next = json_array_get(reply_value(&reply, "Resources"), i + 1);
        assert_true(next == NULL || strcmp(json_string_value(json_object_get(shown, "id")),
                                           json_string_value(json_object_get(next, "id"))) < 0);
    }
    reply_expect(&reply, 200);
}

static void a_search_over_all_types_is_read_by_cursor(void **state)
{
    struct server_fixture *fixture = *state;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *cursor = g_strdup("");
    gint64 total = 0;
    while (cursor != NULL) {
        g_autofree char *target =
            g_strdup_printf("/scim/v2/?count=3&sortBy=displayName&cursor=%s", cursor);
        struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
        total = (gint64)json_integer_value(reply_value(&reply, "totalResults"));
        const json_t *rows = reply_value(&reply, "Resources");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            const json_t *meta = json_object_get(row, "meta");
            assert_true(g_hash_table_add(
                seen, g_strdup(json_string_value(json_object_get(meta, "location")))));
        }
        g_free(cursor);
        cursor = g_strdup(reply_text(&reply, "nextCursor"));
        reply_expect(&reply, 200);
    }
    assert_int_equal(g_hash_table_size(seen), total);
    assert_true(total > 6);
}

/* An attribute of another type is no mistake of a strict client; one that nobody has is. */
static void what_no_type_knows_a_strict_connection_may_not_ask(void **state)
{
    struct server_fixture *fixture = *state;
    const struct connection_draft draft = {
        .name = "exact", .scope = "people", .personality = "strict"};
    g_autofree char *strict = server_fixture_token(fixture, "acme", &draft);

    static const struct {
        const char *target;
        unsigned status;
    } cases[] = {
        {"/scim/v2/?filter=userName+pr", 200}, {"/scim/v2/?filter=email+pr", 200},
        {"/scim/v2/?filter=nothing+pr", 400},  {"/scim/v2/?filter=userName+pr+and", 400},
        {"/scim/v2/?cursor=AAAA", 400},        {"/scim/v2/Users?cursor&count=2", 200},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = server_fixture_ask(fixture, strict, "GET", cases[i].target, NULL);
        if (reply.status != cases[i].status) {
            fail_msg("%s: %u", cases[i].target, reply.status);
        }
        reply_clear(&reply);
    }
}

/* The same question, by either way, of every type. */
static void every_list_has_a_search_that_answers_the_same(void **state)
{
    struct server_fixture *fixture = *state;

    static const char *const types[] = {"Users", "Groups",  "Projects", "Invitations",
                                        "Roles", "Markers", "Overrides"};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *list = g_strdup_printf(
            "/scim/v2/%s?count=2&sortBy=id&attributes=id&filter=id+pr", types[i]);
        g_autofree char *search = g_strdup_printf("/scim/v2/%s/.search", types[i]);
        struct reply listed = server_fixture_ask(fixture, fixture->admin, "GET", list, NULL);
        struct reply searched =
            server_fixture_ask(fixture, fixture->admin, "POST", search,
                               SEARCH "\"count\":2,\"sortBy\":\"id\",\"attributes\":[\"id\"],"
                                      "\"filter\":\"id pr\"}");
        if (listed.status != 200 || !json_equal(listed.json, searched.json)) {
            fail_msg("%s: %u and %u", types[i], listed.status, searched.status);
        }
        reply_expect(&listed, 200);
        reply_expect(&searched, 200);
    }
}

/* By the table of routes: who may list what. */
static void what_a_caller_may_not_list_is_not_found_at_the_root(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply pushed =
        server_fixture_ask(fixture, fixture->provider, "POST", "/scim/v2/Users",
                           "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                           "\"userName\":\"p@example.com\",\"externalId\":\"p\"}");
    g_autofree char *person = g_strconcat("/scim/v2/Users/", reply_text(&pushed, "id"), NULL);
    reply_expect(&pushed, 201);
    struct reply overridden = server_fixture_ask(
        fixture, fixture->admin, "PATCH", person,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":["
        "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"billing-admin\"}]}]}");
    reply_expect(&overridden, 200);
    pushed = server_fixture_ask(fixture, fixture->provider, "POST", "/scim/v2/Users",
                                "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                                "\"userName\":\"q@example.com\",\"externalId\":\"q\"}");
    g_autofree char *gone = g_strconcat("/scim/v2/Users/", reply_text(&pushed, "id"), NULL);
    reply_expect(&pushed, 201);
    struct reply removed = server_fixture_ask(fixture, fixture->admin, "DELETE", gone, NULL);
    reply_expect(&removed, 204);

    static const struct {
        const char *list, *type;
    } cases[] = {{"Users", "User"}, {"Projects", "Project"}, {"Invitations", "Invitation"},
                 {"Roles", "Role"}, {"Markers", "Marker"},   {"Overrides", "Override"}};

    g_autofree char *member = server_fixture_member(fixture, "m@example.com");
    g_autofree char *person_token =
        server_fixture_person_token(fixture, "acme", "m@example.com");
    const char *const tokens[] = {fixture->admin, fixture->sync,   fixture->provider,
                                  fixture->dana,  fixture->reader, person_token};
    for (size_t i = 0; i < G_N_ELEMENTS(cases) * G_N_ELEMENTS(tokens); i++) {
        const char *token = tokens[i / G_N_ELEMENTS(cases)];
        size_t at = i % G_N_ELEMENTS(cases);
        g_autofree char *list = g_strconcat("/scim/v2/", cases[at].list, NULL);
        g_autofree char *root =
            g_strdup_printf("/scim/v2/?filter=meta.resourceType+eq+%%22%s%%22", cases[at].type);
        struct reply listed = server_fixture_ask(fixture, token, "GET", list, NULL);
        struct reply found = server_fixture_ask(fixture, token, "GET", root, NULL);
        json_int_t total =
            listed.status == 200 ? json_integer_value(reply_value(&listed, "totalResults")) : 0;
        if (found.status != 200 ||
            json_integer_value(reply_value(&found, "totalResults")) != total) {
            fail_msg("caller %zu, %s: %u, but %u at the root", i / G_N_ELEMENTS(cases), list,
                     listed.status, found.status);
        }
        reply_clear(&listed);
        reply_clear(&found);
    }
}

static void more_than_can_be_put_in_order_is_too_many(void **state)
{
    struct server_fixture *fixture = *state;
    struct request_limits limits = *request_limits_standard();
    limits.sorted = 1;
    fixture->dispatch.service.limits = &limits;

    static const struct {
        const char *target;
        unsigned status;
    } cases[] = {
        {"/scim/v2/?filter=meta.resourceType+eq+%22Project%22", 400},
        {"/scim/v2/?filter=displayName+eq+%22search%22", 200},
        {"/scim/v2/?filter=userName+pr", 400},
        {"/scim/v2/Users?sortBy=emails", 400},
        {"/scim/v2/Users?sortBy=userName", 200},
        {"/scim/v2/Users?sortBy=userName&filter=emails+pr", 400},
        {"/scim/v2/Users?filter=emails+pr", 200},
        {"/scim/v2/Projects", 200},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, "GET", cases[i].target, NULL);
        if (reply.status != cases[i].status ||
            (reply.status == 400 &&
             g_strcmp0(reply_text(&reply, "scimType"), "tooMany") != 0)) {
            fail_msg("%s: %u", cases[i].target, reply.status);
        }
        reply_clear(&reply);
    }
    fixture->dispatch.service.limits = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(every_type_that_the_caller_may_list_is_searched),
        SERVER_FIXTURE_TEST(a_search_shows_sorts_and_cuts_as_a_list_does),
        SERVER_FIXTURE_TEST(a_search_over_all_types_is_read_by_cursor),
        SERVER_FIXTURE_TEST(what_no_type_knows_a_strict_connection_may_not_ask),
        SERVER_FIXTURE_TEST(every_list_has_a_search_that_answers_the_same),
        SERVER_FIXTURE_TEST(what_a_caller_may_not_list_is_not_found_at_the_root),
        SERVER_FIXTURE_TEST(more_than_can_be_put_in_order_is_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
