#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/handle_group.h"
#include "tests/scim/server/group_world.h"

#define MEMBER(name) GROUP_WORLD_MEMBER(name)

/* The displayNames of a list's page, in its order. The caller frees. */
static char *names_of(const struct reply *reply)
{
    const json_t *resources = reply_value(reply, "Resources");
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(resources); i++) {
        g_string_append_printf(
            names, "%s%s", i > 0 ? " " : "",
            json_string_value(json_object_get(json_array_get(resources, i), "displayName")));
    }
    return g_string_free(names, FALSE);
}

/* "Search" (ada, bea), "Ads" (cal), "Empty" by okta; "Ping" (ada, the protected owner) by ping. */
static char *make_more(struct group_world *world)
{
    char *ping = server_fixture_token(
        &world->fixture, "acme",
        &(struct connection_draft){.name = "ping", .scope = "people", .adopt = TRUE});
    g_autofree char *owner = server_fixture_find(&world->fixture, FIXTURE_BREAKGLASS);
    group_world_note(world, "owner", owner);
    group_world_push(world, NULL, "ads", "Ads",
                     "[{'value':'{cal}','display':'Cal the Third'}]");
    group_world_push(world, NULL, "empty", "Empty", NULL);
    group_world_push(world, ping, "ping", "Ping", "[" MEMBER("ada") "," MEMBER("owner") "]");
    struct reply reply =
        group_world_ask(world, NULL, "PATCH", "/Groups/{ads}",
                        GROUP_WORLD_PATCH("{'op':'add','path':'externalId','value':'g-ads'}"));
    reply_expect(&reply, 204);
    return ping;
}

static void a_list_is_filtered_sorted_and_cut(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);

    static const struct {
        const char *query, *names;
        gint64 total;
    } cases[] = {
        {"", "Search Ads Empty", 3},
        {"?filter=displayName%20eq%20%22sEARCH%22", "Search", 1},
        {"?filter=displayName%20co%20%22s%22", "Search Ads", 2},
        {"?filter=displayName%20eq%20%22Nobody%22", "", 0},
        {"?filter=externalId%20eq%20%22g-ads%22", "Ads", 1},
        {"?filter=externalId%20eq%20%22G-ADS%22", "", 0},
        {"?filter=not%20(externalId%20pr)", "Search Empty", 2},
        {"?filter=id%20eq%20%22{ads}%22", "Ads", 1},
        {"?filter=members%20eq%20%22{ada}%22", "Search", 1},
        {"?filter=members.value%20eq%20%22{cal}%22", "Ads", 1},
        {"?filter=members[value%20eq%20%22{cal}%22]", "Ads", 1},
        {"?filter=members[display%20sw%20%22cal%22]", "Ads", 1},
        {"?filter=members[value%20eq%20%22{ada}%22%20and%20type%20eq%20%22User%22]", "Search",
         1},
        {"?filter=members%20pr", "Search Ads", 2},
        {"?filter=not%20(members.value%20eq%20%22{ada}%22)", "Ads Empty", 2},
        {"?filter=members.value%20ne%20%22{ada}%22", "Search Ads Empty", 3},
        {"?filter=id%20eq%20%22{search}%22%20and%20members%20eq%20%22{bea}%22", "Search", 1},
        {"?filter=id%20eq%20%22{search}%22%20and%20members%20eq%20%22{cal}%22", "", 0},
        {"?filter=id%20eq%20%22{ping}%22", "", 0},
        {"?filter=meta.created%20ge%20%222020-01-01T00:00:00Z%22", "Search Ads Empty", 3},
        {"?filter=meta.lastModified%20lt%20%222020-01-01T00:00:00Z%22", "", 0},
        {"?sortBy=displayName", "Ads Empty Search", 3},
        {"?sortBy=displayName&sortOrder=descending&count=1", "Search", 3},
        {"?sortBy=members.display", "Ads Search Empty", 3},
        {"?startIndex=2&count=1", "Ads", 3},
        {"?startIndex=3&count=9&attributes=displayName", "Empty", 3},
        {"?filter=members[display%20co%20%22cal%22]%20or%20members%20pr&startIndex=2", "Ads",
         2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/Groups", cases[i].query, NULL);
        struct reply reply = group_world_ask(world, NULL, "GET", target, NULL);
        g_autofree char *names = names_of(&reply);
        gint64 total = json_integer_value(reply_value(&reply, "totalResults"));
        if (strcmp(names, cases[i].names) != 0 || total != cases[i].total) {
            fail_msg("%s: %u, \"%s\" of %d", cases[i].query, reply.status, names, (int)total);
        }
        reply_expect(&reply, 200);
    }
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void the_same_is_found_by_search_and_by_cursor(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);
    struct reply reply =
        group_world_ask(world, NULL, "POST", "/Groups/.search",
                        "{'schemas':['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],"
                        "'filter':'members pr','sortBy':'displayName'}");
    g_autofree char *found = names_of(&reply);
    assert_string_equal(found, "Ads Search");
    assert_string_equal(reply_text(&reply, "Resources.0.members.0.display"), "Cal the Third");
    reply_expect(&reply, 200);
    g_autofree char *next = g_strdup("");
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; next != NULL && i < 9; i++) {
        g_autofree char *target =
            g_strconcat("/Groups?count=1&attributes=displayName,members&cursor=", next, NULL);
        reply = group_world_ask(world, NULL, "GET", target, NULL);
        g_autofree char *names = names_of(&reply);
        g_ptr_array_add(
            all, g_strdup_printf("%s/%zu", names,
                                 json_array_size(reply_value(&reply, "Resources.0.members"))));
        g_free(next);
        next = g_strdup(reply_text(&reply, "nextCursor"));
        reply_expect(&reply, 200);
    }
    g_ptr_array_sort(all, by_name);
    g_ptr_array_add(all, NULL);
    g_autofree char *each = g_strjoinv(" ", (char **)all->pdata);
    assert_string_equal(each, "Ads/1 Empty/0 Search/2");
}

static void everybody_sees_the_groups_that_are_meant_for_them(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);
    g_autofree char *trial = server_fixture_token(
        &world->fixture, "acme",
        &(struct connection_draft){.name = "trial", .scope = "people", .rehearsal = TRUE});
    group_world_push(world, trial, "trial", "Trial", NULL);
    const struct server_fixture *fixture = &world->fixture;

    const struct {
        const char *token, *names;
        unsigned search, trial; /* the status of each by its id */
    } cases[] = {
        {fixture->provider, "Search Ads Empty", 200, 404},
        {ping, "Ping", 404, 404},
        {trial, "Trial", 404, 200},
        {fixture->sync, "Search Ads Empty Ping", 200, 404},
        {fixture->admin, "Search Ads Empty Ping Trial", 200, 200},
        {fixture->reader, "Search Ads Empty Ping Trial", 200, 200},
        {fixture->dana, "Search Ads Empty Ping Trial", 200, 200},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = group_world_ask(world, cases[i].token, "GET", "/Groups", NULL);
        g_autofree char *names = names_of(&reply);
        assert_string_equal(names, cases[i].names);
        reply_expect(&reply, 200);
        reply = group_world_ask(world, cases[i].token, "GET", "/Groups/{search}", NULL);
        reply_expect(&reply, cases[i].search);
        reply = group_world_ask(world, cases[i].token, "GET", "/Groups/{trial}", NULL);
        reply_expect(&reply, cases[i].trial);
    }
}

/* Hidden in /Users and shown in /Groups would be shown. */
static void R10_a_protected_owner_is_no_member_to_a_provider(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);
    static const char *const targets[] = {
        "/Groups/{ping}",
        "/Groups/{ping}?attributes=members&membersStartIndex=1",
        "/Groups?filter=id%20eq%20%22{ping}%22",
        "/Groups?filter=displayName%20eq%20%22Ping%22",
        "/Groups?sortBy=members",
        "/Groups?cursor="};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply reply = group_world_ask(world, ping, "GET", targets[i], NULL);
        g_autofree char *text = json_dumps(reply.json, 0);
        assert_non_null(strstr(text, group_world_id(world, "ada")));
        assert_null(strstr(text, group_world_id(world, "owner")));
        reply_expect(&reply, 200);
        reply = group_world_ask(world, world->fixture.sync, "GET", targets[i], NULL);
        g_autofree char *whole = json_dumps(reply.json, 0);
        assert_non_null(strstr(whole, group_world_id(world, "owner")));
        reply_expect(&reply, 200);
    }
    struct reply reply = group_world_ask(world, ping, "GET",
                                         "/Groups?filter=members%20eq%20%22{owner}%22", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 0);
    reply_expect(&reply, 200);
    reply = group_world_ask(world, ping, "GET",
                            "/Groups/{ping}?attributes=members&membersCount=0", NULL);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(reply.json, SCIM_URN_PUSHED_GROUP), "totalMembers")),
                     1);
    reply_expect(&reply, 200);
}

static void members_are_read_by_pages_and_left_out(void **state)
{
    struct group_world *world = *state;
    group_world_push(world, NULL, "big", "Big",
                     "[" MEMBER("ada") "," MEMBER("bea") "," MEMBER("cal") "," MEMBER(
                         "dov") "," MEMBER("eve") "]");

    static const struct {
        const char *query;
        size_t members;
        gint64 total, start, per_page; /* -1: not told */
        const char *first;
    } cases[] = {
        {"", 5, -1, -1, -1, "ada"},
        {"?attributes=members", 5, -1, -1, -1, "ada"},
        {"?excludedAttributes=members", 0, -1, -1, -1, NULL},
        {"?attributes=displayName", 0, -1, -1, -1, NULL},
        {"?attributes=members&membersStartIndex=2&membersCount=2", 2, 5, 2, 2, "bea"},
        {"?attributes=members&membersStartIndex=5", 1, 5, 5, 1, "eve"},
        {"?attributes=members&membersStartIndex=6", 0, 5, 6, 0, NULL},
        {"?membersCount=0", 0, 5, 1, 0, NULL},
        {"?membersStartIndex=-3&membersCount=1", 1, 5, 1, 1, "ada"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/Groups/{big}", cases[i].query, NULL);
        struct reply reply = group_world_ask(world, NULL, "GET", target, NULL);
        const json_t *pushed = json_object_get(reply.json, SCIM_URN_PUSHED_GROUP);

        const struct {
            const char *name;
            gint64 wanted;
        } numbers[] = {{"totalMembers", cases[i].total},
                       {"membersStartIndex", cases[i].start},
                       {"membersPerPage", cases[i].per_page}};

        for (size_t j = 0; j < G_N_ELEMENTS(numbers); j++) {
            const json_t *is = json_object_get(pushed, numbers[j].name);
            if ((is == NULL ? -1 : json_integer_value(is)) != numbers[j].wanted) {
                fail_msg("%s: %s", cases[i].query, numbers[j].name);
            }
        }
        assert_int_equal(json_array_size(reply_value(&reply, "members")), cases[i].members);
        if (cases[i].first != NULL) {
            assert_string_equal(reply_text(&reply, "members.0.value"),
                                group_world_id(world, cases[i].first));
        }
        reply_expect(&reply, 200);
    }
    struct reply reply =
        group_world_ask(world, NULL, "GET", "/Groups/{big}?membersCount=many", NULL);
    reply_expect(&reply, 400);
}

static void what_the_client_has_is_not_sent_again(void **state)
{
    struct group_world *world = *state;
    static const char *const targets[] = {"/Groups/{search}", "/Groups"};
    world->fixture.now = FIXTURE_NOW + 61;
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply reply = group_world_ask(world, NULL, "GET", targets[i], NULL);
        g_autofree char *known = g_strconcat(
            "If-None-Match: ", exchange_answer_header(reply.exchange, "ETag"), NULL);
        reply_expect(&reply, 200);
        reply = group_world_ask_with(world, NULL, "GET", targets[i], NULL, known);
        reply_expect(&reply, 304);
        struct reply change = group_world_ask(
            world, NULL, "PATCH", "/Groups/{search}",
            i == 0
                ? GROUP_WORLD_PATCH("{'op':'add','path':'members','value':[" MEMBER("cal") "]}")
                : GROUP_WORLD_PATCH("{'op':'remove','path':'members'}"));
        reply_expect(&change, 204);
        reply = group_world_ask_with(world, NULL, "GET", targets[i], NULL, known);
        reply_expect(&reply, 200);
    }
    struct reply reply = group_world_ask(world, NULL, "GET", "/Groups", NULL);
    assert_string_equal(exchange_answer_header(reply.exchange, "Last-Modified"),
                        "Mon, 21 Sep 2026 14:14:21 GMT");
    reply_expect(&reply, 200);
}

/* A PATCH of somebody's groups is no PATCH of them: their version stands. */
static void a_person_shows_the_groups_they_are_in(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);

    const struct {
        const char *token, *target, *first, *second; /* names of groups; NULL: none */
    } cases[] = {
        {NULL, "/Users/{ada}", "Search", NULL},
        {world->fixture.admin, "/Users/{ada}", "Search", "Ping"},
        {NULL, "/Users/{dov}", NULL, NULL},
        {NULL, "/Users/{ada}?excludedAttributes=groups", NULL, NULL},
        {NULL, "/Users/{ada}?attributes=groups", "Search", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            group_world_ask(world, cases[i].token, "GET", cases[i].target, NULL);
        const char *first = reply_text(&reply, "groups.0.display"),
                   *second = reply_text(&reply, "groups.1.display");
        if (g_strcmp0(first, cases[i].first) != 0 || g_strcmp0(second, cases[i].second) != 0) {
            fail_msg("%s: %s and %s", cases[i].target, first, second);
        }
        if (first != NULL) {
            assert_string_equal(reply_text(&reply, "groups.0.value"),
                                group_world_id(world, "search"));
            assert_string_equal(reply_text(&reply, "groups.0.type"), "direct");
        }
        reply_expect(&reply, 200);
    }
}

static void people_are_found_by_their_groups(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = make_more(world);

    const struct {
        const char *token, *query;
        gint64 total;
    } cases[] = {
        {NULL, "groups%20eq%20%22{search}%22", 2},
        {NULL, "groups.value%20eq%20%22{search}%22", 2},
        {NULL, "groups[value%20eq%20%22{ads}%22]", 1},
        {NULL, "groups%20eq%20%22{ping}%22", 0},
        {world->fixture.admin, "groups%20eq%20%22{ping}%22", 2},
        {NULL, "groups.display%20eq%20%22search%22", 2},
        {NULL, "groups%20pr", 3},
        {NULL, "not%20(groups%20pr)%20and%20userName%20sw%20%22d%22", 2},
        {NULL, "groups.display%20co%20%22a%22%20and%20userName%20eq%20%22cal@example.com%22",
         1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target =
            g_strconcat("/Users?excludedAttributes=groups&filter=", cases[i].query, NULL);
        struct reply reply = group_world_ask(world, cases[i].token, "GET", target, NULL);
        gint64 total = json_integer_value(reply_value(&reply, "totalResults"));
        if (total != cases[i].total) {
            fail_msg("%s: %d", cases[i].query, (int)total);
        }
        reply_expect(&reply, 200);
    }
    struct reply reply = group_world_ask(world, NULL, "GET", "/Users?sortBy=userName", NULL);
    assert_string_equal(reply_text(&reply, "Resources.0.groups.0.display"), "Search");
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GROUP_WORLD_TEST(a_list_is_filtered_sorted_and_cut),
        GROUP_WORLD_TEST(the_same_is_found_by_search_and_by_cursor),
        GROUP_WORLD_TEST(everybody_sees_the_groups_that_are_meant_for_them),
        GROUP_WORLD_TEST(R10_a_protected_owner_is_no_member_to_a_provider),
        GROUP_WORLD_TEST(members_are_read_by_pages_and_left_out),
        GROUP_WORLD_TEST(what_the_client_has_is_not_sent_again),
        GROUP_WORLD_TEST(a_person_shows_the_groups_they_are_in),
        GROUP_WORLD_TEST(people_are_found_by_their_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
