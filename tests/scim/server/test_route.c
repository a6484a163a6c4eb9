#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/route.h"

static void everything_in_the_table_is_found_by_its_own_path(void **state)
{
    (void)state;
    size_t count = 0;
    const struct route *table = route_table(&count);
    assert_true(count > 30);
    for (size_t i = 0; i < count; i++) {
        g_auto(GStrv) parts = g_strsplit(table[i].pattern, "{}", -1);
        g_autofree char *inside = g_strjoinv("a-1", parts);
        g_autofree char *path =
            g_strconcat(table[i].area == ROUTE_SCIM ? "/scim/v2" : "", inside, NULL);
        struct route_match match;
        route_find(table[i].method, path, &match);
        assert_ptr_equal(match.route, &table[i]);
        route_match_clear(&match);
    }
}

static void
what_needs_a_token_says_for_whom_and_only_discovery_and_the_page_need_none(void **state)
{
    (void)state;
    size_t count = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        gboolean is_open = table[i].access == ROUTE_OPEN;
        gboolean is_discovery = g_str_has_prefix(table[i].pattern, "/ServiceProviderConfig") ||
                                g_str_has_prefix(table[i].pattern, "/ResourceTypes") ||
                                g_str_has_prefix(table[i].pattern, "/Schemas");
        assert_int_equal(is_open, table[i].area == ROUTE_ROOT || is_discovery);
        /* A token that may only read reaches nothing that writes (R05). */
        assert_false(table[i].effect == ROUTE_WRITES && (table[i].access & ROUTE_READER) != 0);
        assert_false(table[i].area == ROUTE_SCIM && strcmp(table[i].method, "GET") == 0 &&
                     table[i].effect == ROUTE_WRITES);
    }
}

static void there_is_one_way_in_and_no_other(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/",
        "",
        "/Users",
        "//scim/v2/Users",
        "/scim//v2/Users",
        "/scim/v2//Users",
        "/SCIM/v2/Users",
        "/scim/V2/Users",
        "/scim/v2/USERS",
        "/scim/v2/users/",
        "/scim/v2/Users//",
        "/scim/v2/Projects/",
        "/scim/v2/Users;x=1",
        "/scim/v2;x=1/Users",
        "/scim/v2/Users.",
        "/scim/v2/./Users",
        "/scim/v2/../v2/Users",
        "/scim/v2/%2e%2e/v2/Users",
        "/scim/v2/%55sers",
        "/scim%2fv2/Users",
        "/scim/v2/Users/a/b",
        "/scim/v2/Users/%2",
        "/scim/v2/Users/%00",
        "/scim/v2/Users/%ff",
        "/scim/v1/Users",
        "/scim/v2",
        "/scim/v2//",
        "/scim/v2//.search",
        "/scim/v2/Nothing",
        "/organizations/acme/Users",
        "/organizations/ACME/scim/v2/Users",
        "/organizations//scim/v2/Users",
        "/organizations/acme//scim/v2/Users",
        "/organizations/a%63me/scim/v2/Users",
        "/organizations/acme/scim/v2/organizations/acme",
        "/organizations/acme/organizations/acme/scim/v2/Users",
        "/invitation/",
        "/healthz/",
        "/scim/v2/invitation",
        "/organizations/acme/invitation",
        "/scim/v2/healthz",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        struct route_match match;
        route_find("GET", paths[i], &match);
        if (match.route != NULL || match.allow != NULL) {
            fail_msg("'%s' leads to '%s'", paths[i],
                     match.route ? match.route->pattern : "405");
        }
        route_match_clear(&match);
    }
}

static void an_organization_in_the_path_is_told(void **state)
{
    (void)state;
    struct route_match match;
    route_find("GET", "/organizations/acme-2/scim/v2/Users/x%2Fy", &match);
    assert_non_null(match.route);
    assert_string_equal(match.organization, "acme-2");
    assert_string_equal(match.prefix, "/organizations/acme-2/scim/v2");
    assert_string_equal(match.captured[0], "x/y");
    route_match_clear(&match);
    route_find("GET", "/scim/v2/Schemas/urn%3Aietf:x", &match);
    assert_null(match.organization);
    assert_string_equal(match.captured[0], "urn:ietf:x");
    route_match_clear(&match);
}

static void another_method_is_told_from_another_path(void **state)
{
    (void)state;

    static const struct {
        const char *method, *path, *allow;
    } cases[] = {
        {"DELETE", "/scim/v2/Projects/x", "GET, HEAD, PUT, PATCH"},
        {"POST", "/scim/v2/Roles", "GET, HEAD"},
        {"PUT", "/scim/v2/Me", "GET, HEAD, PATCH, DELETE"},
        {"POST", "/scim/v2/Schemas", "GET, HEAD"},
        {"PATCH", "/scim/v2/ServiceProviderConfig", "GET, HEAD"},
        {"get", "/scim/v2/Users", "GET, HEAD, POST"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct route_match match;
        route_find(cases[i].method, cases[i].path, &match);
        assert_null(match.route);
        assert_string_equal(match.allow, cases[i].allow);
        route_match_clear(&match);
    }
    struct route_match match;
    route_find("HEAD", "/healthz", &match);
    assert_non_null(match.route);
    route_match_clear(&match);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_in_the_table_is_found_by_its_own_path),
        cmocka_unit_test(
            what_needs_a_token_says_for_whom_and_only_discovery_and_the_page_need_none),
        cmocka_unit_test(there_is_one_way_in_and_no_other),
        cmocka_unit_test(an_organization_in_the_path_is_told),
        cmocka_unit_test(another_method_is_told_from_another_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
