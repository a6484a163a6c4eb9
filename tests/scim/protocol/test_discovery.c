#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/discovery.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

static const char base[] = "https://host/scim/v2";

static const struct discovery_limits limits = {.filter_results = 1000, .default_page = 100};

static void the_config_has_every_sub_key_even_of_what_is_missing(void **state)
{
    (void)state;
    json_auto_t *config = discovery_service_provider_config(base, &limits);
    json_auto_t *scheme =
        json_deep_copy(json_array_get(json_object_get(config, "authenticationSchemes"), 0));
    static const char *const parts[] = {"type", "name", "description", "specUri", "primary"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_non_null(json_object_get(scheme, parts[i]));
    json_object_del(config, "authenticationSchemes");
    json_auto_t *wanted = json_loads(
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig\"],"
        "\"patch\":{\"supported\":true},"
        "\"bulk\":{\"supported\":false,\"maxOperations\":0,\"maxPayloadSize\":0},"
        "\"filter\":{\"supported\":true,\"maxResults\":1000},"
        "\"changePassword\":{\"supported\":false},\"sort\":{\"supported\":false},"
        "\"etag\":{\"supported\":true},"
        "\"pagination\":{\"cursor\":false,\"index\":true,\"defaultPaginationMethod\":\"index\","
        "\"defaultPageSize\":100,\"maxPageSize\":1000,\"cursorTimeout\":0},"
        "\"documentationUri\":\"https://www.rfc-editor.org/info/rfc7644\","
        "\"RolesAndEntitlements\":{\"roles\":{\"supported\":true,\"enabled\":true,"
        "\"multipleRolesSupported\":true,\"primarySupported\":true,\"typeSupported\":true,"
        "\"types\":[\"organization\",\"project\"]},\"entitlements\":{\"supported\":false,"
        "\"enabled\":false,\"multipleEntitlementsSupported\":true,\"primarySupported\":true,"
        "\"typeSupported\":true,\"types\":[]}},"
        "\"meta\":{\"resourceType\":\"ServiceProviderConfig\","
        "\"location\":\"https://host/scim/v2/ServiceProviderConfig\"}}",
        0, NULL);
    assert_true(json_equal(config, wanted));
}

static void what_is_advertised_is_what_was_handed_in(void **state)
{
    (void)state;
    const struct discovery_limits other = {.filter_results = 7,
                                           .default_page = 3,
                                           .bulk_operations = 50,
                                           .bulk_bytes = 4096,
                                           .cursor_seconds = 600,
                                           .sort = TRUE,
                                           .strict = TRUE,
                                           .client_credentials = TRUE};
    json_auto_t *config = discovery_service_provider_config(base, &other);
    const json_t *bulk = json_object_get(config, "bulk");
    assert_true(json_is_true(json_object_get(bulk, "supported")));
    assert_int_equal(json_integer_value(json_object_get(bulk, "maxOperations")), 50);
    assert_int_equal(json_integer_value(json_object_get(bulk, "maxPayloadSize")), 4096);
    const json_t *filter = json_object_get(config, "filter");
    assert_int_equal(json_integer_value(json_object_get(filter, "maxResults")), 7);
    assert_true(json_is_true(json_object_get(config, "interopProfileConformant")));
    assert_true(json_is_true(json_object_get(json_object_get(config, "sort"), "supported")));
    const json_t *pagination = json_object_get(config, "pagination");
    assert_true(json_is_true(json_object_get(pagination, "cursor")));
    assert_int_equal(json_integer_value(json_object_get(pagination, "cursorTimeout")), 600);
    const json_t *schemes = json_object_get(config, "authenticationSchemes");
    assert_int_equal(json_array_size(schemes), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *scheme = json_array_get(schemes, i);
        assert_int_equal(json_object_size(scheme), 6);
        assert_int_equal(json_is_true(json_object_get(scheme, "primary")), i == 0);
    }
}

static void lists_hold_every_type_and_every_schema(void **state)
{
    (void)state;
    json_auto_t *types = discovery_resource_types(base);
    json_auto_t *schemas = discovery_schemas(base);
    const json_t *listed_types = json_object_get(types, "Resources");
    const json_t *listed_schemas = json_object_get(schemas, "Resources");
    size_t count = 0;
    for (; schema_tables_types[count] != NULL; count++) {
        const json_t *entry = json_array_get(listed_types, count);
        assert_string_equal(json_string_value(json_object_get(entry, "name")),
                            schema_tables_types[count]->name);
        assert_string_equal(json_string_value(json_object_get(entry, "id")),
                            schema_tables_types[count]->name);
    }
    assert_int_equal(json_integer_value(json_object_get(types, "totalResults")), count);
    for (count = 0; schema_tables_schemas[count] != NULL; count++) {
        const char *urn =
            json_string_value(json_object_get(json_array_get(listed_schemas, count), "id"));
        assert_string_equal(urn, schema_tables_schemas[count]->urn);
        assert_null(strstr(urn, "api:messages")); /* RFC 7644 3.1 */
    }
    assert_int_equal(json_integer_value(json_object_get(schemas, "totalResults")), count);
}

static void an_entry_is_found_by_its_name_and_equals_its_place_in_the_list(void **state)
{
    (void)state;
    json_auto_t *types = discovery_resource_types(base);
    json_auto_t *user = discovery_resource_type(base, "User");
    json_auto_t *schemas = discovery_schemas(base);
    json_auto_t *schema = discovery_schema(base, "URN:ietf:params:scim:schemas:core:2.0:USER");
    assert_true(json_equal(user, json_array_get(json_object_get(types, "Resources"), 0)));
    assert_true(json_equal(schema, json_array_get(json_object_get(schemas, "Resources"), 0)));
    assert_null(discovery_resource_type(base, "user"));
    assert_null(discovery_resource_type(base, ""));
    assert_null(discovery_schema(base, SCIM_URN_LIST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_config_has_every_sub_key_even_of_what_is_missing),
        cmocka_unit_test(what_is_advertised_is_what_was_handed_in),
        cmocka_unit_test(lists_hold_every_type_and_every_schema),
        cmocka_unit_test(an_entry_is_found_by_its_name_and_equals_its_place_in_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
