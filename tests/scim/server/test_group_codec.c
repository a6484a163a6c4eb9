#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/group_codec.h"
#include "tests/scim/server/group_world.h"

static void a_caller_sees_what_is_meant_for_its_kind(void **state)
{
    (void)state;

    static const struct {
        enum actor_kind kind;
        gboolean own, only_live, hides_protected;
    } cases[] = {
        {ACTOR_CONNECTION, TRUE, FALSE, TRUE}, {ACTOR_SYNC, FALSE, TRUE, FALSE},
        {ACTOR_ADMIN, FALSE, FALSE, FALSE},    {ACTOR_READER, FALSE, FALSE, FALSE},
        {ACTOR_PERSON, FALSE, FALSE, FALSE},
    };

    char origin[] = "scim:okta";
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bearer bearer = {.kind = cases[i].kind, .origin = origin};
        const struct call call = {.bearer = &bearer};
        const struct pushed_group_view view = group_codec_view(&call);
        assert_int_equal(view.origin != NULL, cases[i].own);
        assert_int_equal(view.only_live, cases[i].only_live);
        assert_int_equal(view.hides_protected, cases[i].hides_protected);
    }
}

static void a_group_says_what_there_is_of_it(void **state)
{
    (void)state;
    char id[] = "g1", origin[] = "scim:okta", name[] = "Search", person[] = "p1";
    struct pushed_member member = {.person = person};
    struct pushed_group group = {.id = id,
                                 .origin = origin,
                                 .display_name = name,
                                 .created = 1790000000,
                                 .modified = 1790000060,
                                 .version = 3};
    json_auto_t *bare = group_codec_print("http://x", &group, NULL);
    json_auto_t *wanted =
        json_pack("{s:[s, s], s:s, s:s, s:{s:s}, s:{s:s, s:s, s:s, s:s, s:s}}", "schemas",
                  SCIM_URN_GROUP, SCIM_URN_PUSHED_GROUP, "id", "g1", "displayName", "Search",
                  SCIM_URN_PUSHED_GROUP, "origin", "scim:okta", "meta", "resourceType", "Group",
                  "created", "2026-09-21T14:13:20Z", "lastModified", "2026-09-21T14:14:20Z",
                  "location", "http://x/Groups/g1", "version", "W/\"3\"");
    assert_true(json_equal(bare, wanted));
    group.members = g_ptr_array_new();
    json_auto_t *empty = group_codec_print("http://x", &group, NULL);
    assert_true(json_equal(empty, wanted));
    g_ptr_array_add(group.members, &member);
    const struct group_codec_page page = {.page = {.start_index = 7, .count = 1}, .total = 9};
    json_auto_t *whole = group_codec_print("http://x", &group, &page);
    json_auto_t *members = json_pack("[{s:s, s:s, s:s}]", "value", "p1", "$ref",
                                     "http://x/Users/p1", "type", "User");
    json_auto_t *source =
        json_pack("{s:s, s:i, s:i, s:i}", "origin", "scim:okta", "totalMembers", 9,
                  "membersStartIndex", 7, "membersPerPage", 1);
    assert_true(json_equal(json_object_get(whole, "members"), members));
    assert_true(json_equal(json_object_get(whole, SCIM_URN_PUSHED_GROUP), source));
    g_ptr_array_unref(group.members);
}

static void members_are_shown_unless_a_projection_leaves_them_out(void **state)
{
    (void)state;

    static const struct {
        const char *attributes, *excluded;
        gboolean shown;
    } cases[] = {
        {NULL, NULL, TRUE},
        {"members", NULL, TRUE},
        {"members.value", NULL, TRUE},
        {"displayName", NULL, FALSE},
        {NULL, "members", FALSE},
        {NULL, "Members", FALSE},
        {NULL, "members.display", TRUE},
        {NULL, SCIM_URN_GROUP ":members", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        g_autoptr(Projection) projection = projection_parse(
            &schema_tables_group, cases[i].attributes, cases[i].excluded, &fault);
        assert_non_null(projection);
        if (group_codec_shows_members(projection) != cases[i].shown) {
            fail_msg("%s, %s", cases[i].attributes, cases[i].excluded);
        }
    }
}

/* A page of all types at once: what is no group, and what has its members already, stays. */
static void a_page_is_filled_in_its_order(void **state)
{
    struct group_world *world = *state;
    struct fault fault = {0};
    g_autoptr(StoreSession) session =
        store_session_open(world->fixture.store, STORE_READ, NULL);
    struct bearer bearer = {.kind = ACTOR_ADMIN};
    char acme[] = "acme", base[] = "http://x";
    struct call call = {
        .session = session, .bearer = &bearer, .organization = acme, .base = base};
    group_world_push(world, NULL, "empty", "Empty", NULL);
    group_world_push(world, NULL, "ads", "Ads", "[" GROUP_WORLD_MEMBER("cal") "]");
    g_autofree char *text = group_world_text(
        world, "[{'id':'{ads}','meta':{'resourceType':'Group'}},"
               "{'id':'{search}','meta':{'resourceType':'User'}},"
               "{'id':'{empty}','meta':{'resourceType':'Group'}},"
               "{'id':'{search}','meta':{'resourceType':'Group'},'members':['told']},"
               "{'id':'{search}','meta':{'resourceType':'Group'}}]");
    static const int counts[] = {1, 0, 0, 1, 2};
    json_auto_t *page = json_loads(text, 0, NULL);
    g_autoptr(Projection) all = projection_parse(&schema_tables_group, NULL, NULL, &fault);
    g_autoptr(Projection) none =
        projection_parse(&schema_tables_group, NULL, "members", &fault);
    assert_true(group_codec_fill(&call, none, page));
    assert_null(json_object_get(json_array_get(page, 0), "members"));
    assert_true(group_codec_fill(&call, all, page));
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        assert_int_equal(json_array_size(json_object_get(json_array_get(page, i), "members")),
                         counts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_sees_what_is_meant_for_its_kind),
        cmocka_unit_test(a_group_says_what_there_is_of_it),
        cmocka_unit_test(members_are_shown_unless_a_projection_leaves_them_out),
        GROUP_WORLD_TEST(a_page_is_filled_in_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
