#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/list_response.h"
#include "scim/protocol/membership.h"
#include "scim/server/handle_discovery.h"
#include "tests/scim/server/server_fixture.h"

#define PATCH_OF(path)                                                                         \
    "{\"schemas\":[\"" SCIM_URN_PATCH                                                          \
    "\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"" path "\",\"value\":\"x\"}]}"

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
    assert_true(json_is_true(reply_value(&reply, "bulk.supported")));
    assert_int_equal(json_integer_value(reply_value(&reply, "bulk.maxOperations")),
                     BULK_MAX_OPERATIONS);
    assert_int_equal(json_integer_value(reply_value(&reply, "bulk.maxPayloadSize")),
                     BULK_MAX_BYTES);
    reply_expect(&reply, 200);
}

static void limits_of_the_config_are_enforced_and_advertised(void **state)
{
    struct server_fixture *fixture = *state;
    struct request_limits limits = *request_limits_standard();
    limits.filter = 30;
    limits.filter_terms = 1;
    limits.page = 1;
    limits.json_depth = 5;
    limits.path = 20;
    fixture->dispatch.service.limits = &limits;
    struct reply reply =
        server_fixture_ask(fixture, NULL, "GET", "/scim/v2/ServiceProviderConfig", NULL);
    const json_t *told = json_object_get(reply.json, SCIM_URN_LIMITS);
    assert_int_equal(json_integer_value(json_object_get(told, "filter")), 30);
    assert_int_equal(json_integer_value(json_object_get(told, "filterTerms")), 1);
    assert_int_equal(json_integer_value(json_object_get(told, "jsonDepth")), 5);
    assert_int_equal(json_integer_value(json_object_get(told, "path")), 20);
    assert_int_equal(json_integer_value(reply_value(&reply, "filter.maxResults")), 1);
    assert_int_equal(json_integer_value(reply_value(&reply, "pagination.maxPageSize")), 1);
    assert_int_equal(json_integer_value(reply_value(&reply, "pagination.defaultPageSize")), 1);
    assert_true(json_is_true(reply_value(&reply, "pagination.cursor")));
    assert_int_equal(json_integer_value(reply_value(&reply, "pagination.cursorTimeout")),
                     CURSOR_TIMEOUT);
    reply_expect(&reply, 200);

    static const struct {
        const char *method, *target, *body;
        unsigned status;
    } cases[] = {
        {"GET", "/scim/v2/Users?filter=id%20pr", NULL, 200},
        {"GET", "/scim/v2/Users?filter=id%20pr%20and%20id%20pr", NULL, 400},
        {"GET", "/scim/v2/Users?filter=title%20eq%20%220123456789012345678901234%22", NULL,
         400},
        {"PATCH", "/scim/v2/Me", PATCH_OF("nickName"), 200},
        {"PATCH", "/scim/v2/Me", PATCH_OF("addresses[type pr].type"), 400},
        {"POST", "/scim/v2/Users",
         "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"x\",\"title\":[[[[[1]]]]]}", 400},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        reply = server_fixture_ask(fixture, fixture->dana, cases[i].method, cases[i].target,
                                   cases[i].body);
        reply_expect(&reply, cases[i].status);
    }
    reply = server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users?count=50", NULL);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "itemsPerPage")), 1);
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(discovery_is_read_without_a_token),
        SERVER_FIXTURE_TEST(it_is_neither_filtered_nor_written),
        SERVER_FIXTURE_TEST(what_is_advertised_is_what_is_enforced),
        SERVER_FIXTURE_TEST(limits_of_the_config_are_enforced_and_advertised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
