#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/schema.h"
#include "scim/protocol/schema_tables.h"

static const struct schema_attribute *find_core(const char *name)
{
    return schema_find_core(&schema_tables_user, name, strlen(name));
}

static void an_attribute_is_found_in_any_case_and_only_whole(void **state)
{
    (void)state;
    assert_string_equal(find_core("USERNAME")->name, "userName");
    assert_string_equal(find_core("externalid")->name, "externalId");
    assert_string_equal(find_core("Meta")->name, "meta");
    assert_null(find_core("userNam"));
    assert_null(find_core("userNames"));
    assert_null(find_core(""));
    assert_null(find_core("department"));
    assert_non_null(schema_find_core(&schema_tables_user, "userName.x", 8));
    assert_null(schema_find_core(&schema_tables_user, "userName\0x", 10));
}

static void a_schema_is_found_by_its_urn_in_any_case(void **state)
{
    (void)state;
    const char *urn = "URN:IETF:params:scim:schemas:extension:ENTERPRISE:2.0:user";
    const struct schema *found = schema_of_type(&schema_tables_user, urn, strlen(urn));
    assert_string_equal(found->urn, SCIM_URN_ENTERPRISE);
    assert_null(schema_of_type(&schema_tables_project, urn, strlen(urn)));
    assert_null(schema_of_type(&schema_tables_user, urn, strlen(urn) - 1));
    assert_ptr_equal(schema_of_type(&schema_tables_user, SCIM_URN_USER, strlen(SCIM_URN_USER)),
                     schema_tables_user.schema);
}

static void the_value_of_a_complex_attribute_is_its_sub_attribute(void **state)
{
    (void)state;
    assert_string_equal(schema_value_of(find_core("emails"))->name, "value");
    assert_null(schema_value_of(find_core("name")));
    assert_null(schema_value_of(find_core("userName")));
}

static const json_t *entry_named(const json_t *list, const char *name)
{
    size_t index = 0;
    const json_t *entry = NULL;
    json_array_foreach(list, index, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0)
            return entry;
    }
    return NULL;
}

static void a_schema_is_printed_with_every_characteristic(void **state)
{
    (void)state;
    json_auto_t *schema = schema_print(schema_tables_user.schema, "https://host/scim/v2");
    json_auto_t *wanted =
        json_loads("{\"name\":\"userName\",\"type\":\"string\",\"multiValued\":false,"
                   "\"required\":true,\"caseExact\":false,\"mutability\":\"readWrite\","
                   "\"returned\":\"default\",\"uniqueness\":\"server\"}",
                   0, NULL);
    json_t *entry = json_object_get(schema, "attributes");
    json_auto_t *shown = json_deep_copy(entry_named(entry, "userName"));
    assert_true(strlen(json_string_value(json_object_get(shown, "description"))) > 0);
    json_object_del(shown, "description");
    assert_true(json_equal(shown, wanted));
    const json_t *emails = entry_named(entry, "emails");
    assert_true(json_is_true(json_object_get(emails, "multiValued")));
    const json_t *type = entry_named(json_object_get(emails, "subAttributes"), "type");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(type, "canonicalValues"), 0)), "work");
    const json_t *photo =
        entry_named(json_object_get(entry_named(entry, "photos"), "subAttributes"), "value");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(photo, "referenceTypes"), 0)),
        "external");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(schema, "meta"), "location")),
        "https://host/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
    assert_string_equal(json_string_value(json_object_get(schema, "id")), SCIM_URN_USER);
}

static void a_resource_type_is_printed_with_its_extensions(void **state)
{
    (void)state;
    json_auto_t *type = schema_print_type(&schema_tables_user, "https://host/scim/v2");
    const json_t *extensions = json_object_get(type, "schemaExtensions");
    assert_string_equal(json_string_value(json_object_get(type, "id")), "User");
    assert_string_equal(json_string_value(json_object_get(type, "endpoint")), "/Users");
    assert_string_equal(json_string_value(json_object_get(type, "schema")), SCIM_URN_USER);
    assert_int_equal(json_array_size(extensions), 2);
    assert_true(json_is_false(json_object_get(json_array_get(extensions, 0), "required")));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(type, "meta"), "location")),
        "https://host/scim/v2/ResourceTypes/User");
}

static void an_attribute_has_a_thousand_values_unless_its_table_says_otherwise(void **state)
{
    (void)state;
    assert_int_equal(schema_max_values(find_core("emails")), SCHEMA_MAX_VALUES);
    assert_int_equal(schema_max_values(schema_find_core(&schema_tables_project, "members", 7)),
                     10000);
}

static void every_kind_has_the_name_of_the_standard(void **state)
{
    (void)state;
    assert_string_equal(schema_kind_name(SCHEMA_DATE_TIME), "dateTime");
    assert_string_equal(schema_kind_name(SCHEMA_STRING), "string");
    assert_string_equal(schema_kind_name(SCHEMA_COMPLEX), "complex");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attribute_is_found_in_any_case_and_only_whole),
        cmocka_unit_test(a_schema_is_found_by_its_urn_in_any_case),
        cmocka_unit_test(the_value_of_a_complex_attribute_is_its_sub_attribute),
        cmocka_unit_test(a_schema_is_printed_with_every_characteristic),
        cmocka_unit_test(a_resource_type_is_printed_with_its_extensions),
        cmocka_unit_test(an_attribute_has_a_thousand_values_unless_its_table_says_otherwise),
        cmocka_unit_test(every_kind_has_the_name_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
