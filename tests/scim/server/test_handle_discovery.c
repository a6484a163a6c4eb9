#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_discovery.h"
#include "tests/scim/server/server_fixture.h"

static int set_up(void **state)
{
    struct server_fixture *fixture = g_new0(struct server_fixture, 1);
    server_fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    server_fixture_close(*state);
    g_free(*state);
    return 0;
}

#include "scim/protocol/list_response.h"

static void discovery_is_read_without_a_token(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const targets[] = {
        "/scim/v2/ServiceProviderConfig",
        "/scim/v2/ResourceTypes",
        "/scim/v2/ResourceTypes/User",
        "/scim/v2/ResourceTypes/Project",
        "/scim/v2/Schemas",
        "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
        "/organizations/acme/scim/v2/Schemas",
        "/scim/v2/Schemas?count=1&attributes=id",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply reply = server_fixture_ask(fixture, NULL, "GET", targets[i], NULL);
        assert_non_null(reply.json);
        reply_expect(&reply, 200);
        reply = server_fixture_ask(fixture, "nonsense", "GET", targets[i], NULL);
        reply_expect(&reply, 200);
    }
}

static void it_is_neither_filtered_nor_written(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *method, *target;
        unsigned status;
    } cases[] = {
        {"GET", "/scim/v2/Schemas?filter=id%20pr", 403},
        {"GET", "/scim/v2/ResourceTypes?filter=id%20pr", 403},
        {"GET", "/scim/v2/ServiceProviderConfig?filter=id%20pr", 403},
        {"POST", "/scim/v2/Schemas", 405},
        {"PUT", "/scim/v2/ServiceProviderConfig", 405},
        {"DELETE", "/scim/v2/ResourceTypes/User", 405},
        {"GET", "/scim/v2/Schemas/urn:nothing", 404},
        {"GET", "/scim/v2/ResourceTypes/Nothing", 404},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, cases[i].method, cases[i].target, NULL);
        reply_expect(&reply, cases[i].status);
    }
}

static void what_is_advertised_is_what_is_enforced(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        server_fixture_ask(fixture, NULL, "GET", "/scim/v2/ServiceProviderConfig", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "filter.maxResults")),
                     LIST_RESPONSE_MAX_COUNT);
    assert_true(json_is_true(reply_value(&reply, "patch.supported")));
    assert_true(json_is_true(reply_value(&reply, "sort.supported")));
    assert_true(json_is_true(reply_value(&reply, "etag.supported")));
    assert_true(json_is_false(reply_value(&reply, "bulk.supported")));
    assert_non_null(reply_value(&reply, "bulk.maxOperations"));
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(discovery_is_read_without_a_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_neither_filtered_nor_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_advertised_is_what_is_enforced, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
