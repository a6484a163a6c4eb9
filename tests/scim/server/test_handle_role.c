#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_role.h"
#include "tests/scim/server/server_fixture.h"

static void the_member_role_shows_the_cap_and_the_seats_held(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        server_fixture_ask(fixture, fixture->reader, "GET", "/scim/v2/Roles/member", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalAssignmentsPermitted")), 10);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalAssignmentsUsed")), 2);
    reply_expect(&reply, 200);
    g_autofree char *bob = server_fixture_member(fixture, "bob@example.com");
    reply = server_fixture_ask(fixture, fixture->reader, "GET", "/scim/v2/Roles/member", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalAssignmentsUsed")), 3);
    reply_expect(&reply, 200);
}

static void there_are_three_roles_and_three_for_each_project(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *id, *value, *type;
        gint64 used;
    } expected[] = {
        {"owner", "owner", "organization", 2},
        {"billing-admin", "billing-admin", "organization", 0},
        {"member", "member", "organization", 2},
        {"ads.admin", "ads/admin", "project", 1},
        {"ads.read-write", "ads/read-write", "project", 0},
        {"ads.read-only", "ads/read-only", "project", 0},
        {"search.admin", "search/admin", "project", 1},
        {"search.read-write", "search/read-write", "project", 0},
        {"search.read-only", "search/read-only", "project", 0},
    };
    struct reply reply =
        server_fixture_ask(fixture, fixture->reader, "GET", "/scim/v2/Roles", NULL);
    assert_int_equal(json_array_size(reply_value(&reply, "Resources")), G_N_ELEMENTS(expected));
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const json_t *role = json_array_get(reply_value(&reply, "Resources"), i);
        assert_string_equal(json_string_value(json_object_get(role, "id")), expected[i].id);
        assert_string_equal(json_string_value(json_object_get(role, "value")),
                            expected[i].value);
        assert_string_equal(json_string_value(json_object_get(role, "type")), expected[i].type);
        assert_int_equal(json_integer_value(json_object_get(role, "totalAssignmentsUsed")),
                         expected[i].used);
    }
    reply_expect(&reply, 200);
}

/* draft-ietf-scim-roles-entitlements */
static void a_role_says_what_it_gives_and_whether_it_is_limited(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *id, *below;
        gboolean is_limited;
    } cases[] = {
        {"owner", "billing-admin", FALSE},
        {"billing-admin", "member", FALSE},
        {"member", NULL, TRUE},
        {"search.admin", "search/read-write", FALSE},
        {"search.read-write", "search/read-only", FALSE},
        {"search.read-only", NULL, FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/scim/v2/Roles/", cases[i].id, NULL);
        struct reply reply = server_fixture_ask(fixture, fixture->reader, "GET", target, NULL);
        assert_true(json_is_true(reply_value(&reply, "supported")));
        assert_int_equal(json_is_true(reply_value(&reply, "limitedAssignmentsPermitted")),
                         cases[i].is_limited);
        assert_int_equal(reply_value(&reply, "totalAssignmentsPermitted") != NULL,
                         cases[i].is_limited);
        if (g_strcmp0(reply_text(&reply, "contains.0.value"), cases[i].below) != 0) {
            fail_msg("%s contains %s", cases[i].id, reply_text(&reply, "contains.0.value"));
        }
        reply_expect(&reply, 200);
    }
}

static void a_provider_does_not_count_protected_owners(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *id;
        gint64 provider, reader;
    } cases[] = {{"owner", 1, 2}, {"member", 1, 2}, {"search.admin", 1, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *target = g_strconcat("/scim/v2/Roles/", cases[i].id, NULL);

        const struct {
            const char *token;
            gint64 used;
        } callers[] = {{fixture->provider, cases[i].provider},
                       {fixture->reader, cases[i].reader}};

        for (size_t each = 0; each < G_N_ELEMENTS(callers); each++) {
            struct reply reply =
                server_fixture_ask(fixture, callers[each].token, "GET", target, NULL);
            assert_int_equal(json_integer_value(reply_value(&reply, "totalAssignmentsUsed")),
                             callers[each].used);
            reply_expect(&reply, 200);
        }
    }
}

static void roles_are_fixed(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *method, *target;
    } cases[] = {{"PUT", "/scim/v2/Roles/owner"},
                 {"PATCH", "/scim/v2/Roles/owner"},
                 {"DELETE", "/scim/v2/Roles/owner"},
                 {"POST", "/scim/v2/Roles"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply refused =
            server_fixture_ask(fixture, fixture->admin, cases[i].method, cases[i].target, "{}");
        assert_string_equal(exchange_answer_header(refused.exchange, "Allow"), "GET, HEAD");
        reply_expect(&refused, 405);
    }
    struct reply reply =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Roles/king", NULL);
    reply_expect(&reply, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(the_member_role_shows_the_cap_and_the_seats_held),
        SERVER_FIXTURE_TEST(there_are_three_roles_and_three_for_each_project),
        SERVER_FIXTURE_TEST(a_role_says_what_it_gives_and_whether_it_is_limited),
        SERVER_FIXTURE_TEST(a_provider_does_not_count_protected_owners),
        SERVER_FIXTURE_TEST(roles_are_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
