#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_user.h"
#include "tests/scim/server/server_fixture.h"

static void a_person_is_shown_with_standing_and_location(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    g_autofree char *location = g_strconcat("http://test.example", target, NULL);
    assert_string_equal(reply_text(&reply, "meta.location"), location);
    assert_string_equal(reply_text(&reply, "meta.version"),
                        exchange_answer_header(reply.exchange, "ETag"));
    assert_string_equal(reply_text(&reply, "userName"), FIXTURE_DANA);
    assert_string_equal(reply_text(&reply, "emails.0.value"), FIXTURE_DANA);
    assert_string_equal(reply_text(&reply, "roles.0.value"), "owner");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "ads/admin");
    assert_string_equal(reply_text(&reply, "Membership.status"), "active");
    assert_string_equal(reply_text(&reply, "Membership.origins.0.value"), "manual");
    assert_true(json_is_true(reply_value(&reply, "active")));
    reply_expect(&reply, 200);
}

static void an_unchanged_person_and_an_unchanged_list_are_304(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *one = g_strconcat("/scim/v2/Users/", id, NULL);
    const char *const targets[] = {one,
                                   "/scim/v2/Users",
                                   "/scim/v2/Projects",
                                   "/scim/v2/Invitations",
                                   "/scim/v2/Roles",
                                   "/scim/v2/Markers"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply first =
            server_fixture_ask(fixture, fixture->admin, "GET", targets[i], NULL);
        const char *tag = exchange_answer_header(first.exchange, "ETag");
        assert_non_null(tag);
        g_autofree char *line = g_strconcat("If-None-Match: ", tag, NULL);
        const char *const headers[] = {line, NULL};
        struct reply second =
            server_fixture_ask_with(fixture, fixture->admin, "GET", targets[i], NULL, headers);
        assert_string_equal(exchange_answer_header(second.exchange, "ETag"), tag);
        assert_null(second.exchange->answer);
        reply_expect(&second, 304);
        reply_expect(&first, 200);
    }
}

/* The tag of a list of people, as the sync reads it. */
static char *list_tag(struct server_fixture *fixture, const char *token, const char *query)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users", query, NULL);
    struct reply reply = server_fixture_ask(fixture, token, "GET", target, NULL);
    char *tag = g_strdup(exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 200);
    return tag;
}

static void the_tag_of_a_list_holds_over_its_pages_and_changes_with_everything(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *first = list_tag(fixture, fixture->sync, "?count=1");
    g_autofree char *page = list_tag(fixture, fixture->sync, "?startIndex=2&count=1");
    assert_string_equal(first, page);
    g_autofree char *filtered = list_tag(fixture, fixture->sync, "?filter=active%20pr");
    g_autofree char *foreign = list_tag(fixture, fixture->admin, "?count=1");
    assert_string_not_equal(first, filtered);
    assert_string_not_equal(first, foreign);
    struct reply invited =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Invitations",
                           "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                           "\"email\":\"x@example.com\"}");
    reply_expect(&invited, 201);
    g_autofree char *changed = list_tag(fixture, fixture->sync, "?count=1");
    assert_string_not_equal(first, changed);
    atomic_fetch_add(&fixture->now, 48 * 3600);
    g_autofree char *expired = list_tag(fixture, fixture->sync, "?count=1");
    assert_string_not_equal(changed, expired);
}

static gint64 total_of(struct server_fixture *fixture, const char *token, const char *filter)
{
    g_autofree char *escaped = g_uri_escape_string(filter, NULL, FALSE);
    g_autofree char *target = g_strconcat("/scim/v2/Users?filter=", escaped, NULL);
    struct reply reply = server_fixture_ask(fixture, token, "GET", target, NULL);
    gint64 total = reply.status == 200
                       ? (gint64)json_integer_value(reply_value(&reply, "totalResults"))
                       : -(gint64)reply.status;
    reply_clear(&reply);
    return total;
}

static void filters_find_whom_they_say(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "Bob@example.com");

    static const struct {
        const char *filter;
        gint64 total;
    } cases[] = {
        {"userName eq \"bob@EXAMPLE.com\"", 1},
        {"userName eq \"nobody@example.com\"", 0},
        {"userName sw \"b\"", 2},
        {"emails.value ew \"example.com\"", 3},
        {"emails[type eq \"work\" and value co \"bob\"]", 1},
        {"active eq true", 3},
        {"active eq false", 0},
        {"roles.value eq \"owner\"", 2},
        {"roles[type eq \"project\" and value sw \"search/\"]", 1},
        {"urn:rolecall:params:scim:schemas:extension:1.0:Membership:status eq \"active\"", 3},
        {"not (userName eq \"bob@example.com\")", 2},
        {"userName eq \"dana@example.com\" or userName eq \"bob@example.com\"", 2},
        {"nothing eq \"x\"", 0},
        {"userName xx \"b\"", -400},
        {"userName eq", -400},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 total = total_of(fixture, fixture->admin, cases[i].filter);
        if (total != cases[i].total) {
            fail_msg("%s finds %d, not %d", cases[i].filter, (int)total, (int)cases[i].total);
        }
    }
}

static void pages_and_order_are_as_asked(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");

    static const struct {
        const char *query, *first;
        gint64 items;
    } cases[] = {
        {"?count=1", FIXTURE_DANA, 1},
        {"?startIndex=2&count=1", FIXTURE_BREAKGLASS, 1},
        {"?startIndex=0&count=-3", NULL, 0},
        {"?startIndex=9", NULL, 0},
        {"?sortBy=userName", "bob@example.com", 3},
        {"?sortBy=userName&sortOrder=descending", FIXTURE_DANA, 3},
        {"?sortBy=userName&startIndex=2&count=1", FIXTURE_BREAKGLASS, 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/scim/v2/Users", cases[i].query, NULL);
        struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
        assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 3);
        assert_int_equal(json_integer_value(reply_value(&reply, "itemsPerPage")),
                         cases[i].items);
        assert_int_equal(json_array_size(reply_value(&reply, "Resources")), cases[i].items);
        if (g_strcmp0(reply_text(&reply, "Resources.0.userName"), cases[i].first) != 0) {
            fail_msg("%s begins with %s", cases[i].query,
                     reply_text(&reply, "Resources.0.userName"));
        }
        reply_expect(&reply, 200);
    }
    struct reply bad =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users?count=x", NULL);
    reply_expect(&bad, 400);
}

static void a_provider_finds_a_protected_owner_only_by_name(void **state)
{
    struct server_fixture *fixture = *state;
    assert_int_equal(total_of(fixture, fixture->provider, "active pr"), 1);
    assert_int_equal(
        total_of(fixture, fixture->provider, "userName eq \"breakglass@example.com\""), 1);
    assert_int_equal(total_of(fixture, fixture->sync, "active pr"), 2);
}

static void only_who_may_sees_what_each_origin_says(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    g_autofree char *member = server_fixture_person_token(fixture, "acme", "bob@example.com");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", bob, NULL);

    const struct {
        const char *token;
        gboolean sees;
    } cases[] = {{fixture->admin, TRUE},     {fixture->sync, TRUE},    {fixture->dana, TRUE},
                 {fixture->provider, FALSE}, {fixture->reader, FALSE}, {member, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = server_fixture_ask(fixture, cases[i].token, "GET", target, NULL);
        assert_string_equal(reply_text(&reply, "Membership.origins.0.value"), "manual");
        assert_int_equal(reply_value(&reply, "Membership.origins.0.roles") != NULL,
                         cases[i].sees);
        reply_expect(&reply, 200);
    }
}

static void attributes_are_shown_as_chosen(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET",
                                            "/scim/v2/Users?attributes=userName&count=1", NULL);
    assert_non_null(reply_text(&reply, "Resources.0.id"));
    assert_non_null(reply_text(&reply, "Resources.0.userName"));
    assert_null(reply_value(&reply, "Resources.0.meta"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->admin, "GET",
                               "/scim/v2/Users?excludedAttributes=roles,id&count=1", NULL);
    assert_non_null(reply_text(&reply, "Resources.0.id"));
    assert_null(reply_value(&reply, "Resources.0.roles"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->admin, "GET",
                               "/scim/v2/Users?attributes=id&excludedAttributes=id", NULL);
    reply_expect(&reply, 400);
}

static void a_search_answers_like_the_list(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(
        fixture, fixture->reader, "POST", "/scim/v2/Users/.search",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],"
        "\"filter\":\"userName sw \\\"dana\\\"\",\"attributes\":[\"userName\"],"
        "\"startIndex\":1,\"count\":5,\"sortBy\":\"userName\"}");
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 1);
    assert_string_equal(reply_text(&reply, "Resources.0.userName"), FIXTURE_DANA);
    assert_null(reply_value(&reply, "Resources.0.roles"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->reader, "POST", "/scim/v2/Users/.search",
                               "{\"filter\":\"userName pr\"}");
    reply_expect(&reply, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_person_is_shown_with_standing_and_location),
        SERVER_FIXTURE_TEST(an_unchanged_person_and_an_unchanged_list_are_304),
        SERVER_FIXTURE_TEST(the_tag_of_a_list_holds_over_its_pages_and_changes_with_everything),
        SERVER_FIXTURE_TEST(filters_find_whom_they_say),
        SERVER_FIXTURE_TEST(pages_and_order_are_as_asked),
        SERVER_FIXTURE_TEST(a_provider_finds_a_protected_owner_only_by_name),
        SERVER_FIXTURE_TEST(only_who_may_sees_what_each_origin_says),
        SERVER_FIXTURE_TEST(attributes_are_shown_as_chosen),
        SERVER_FIXTURE_TEST(a_search_answers_like_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
