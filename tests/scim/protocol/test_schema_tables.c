#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

/* Calls `visit` for every attribute and sub-attribute of every schema. */
static void visit_all(void (*visit)(const struct schema_attribute *,
                                    const struct schema_attribute *))
{
    for (size_t i = 0; schema_tables_schemas[i] != NULL; i++) {
        const struct schema_attribute *attribute = schema_tables_schemas[i]->attributes;
        for (; attribute->name != NULL; attribute++) {
            visit(NULL, attribute);
            const struct schema_attribute *sub = attribute->sub;
            for (; sub != NULL && sub->name != NULL; sub++)
                visit(attribute, sub);
        }
    }
}

static void check_one(const struct schema_attribute *parent,
                      const struct schema_attribute *attribute)
{
    assert_non_null(attribute->description);
    assert_string_not_equal(attribute->name, "password");
    assert_int_equal(attribute->kind == SCHEMA_COMPLEX, attribute->sub != NULL);
    if (parent != NULL) /* RFC 7643 2.3.8 */
        assert_int_not_equal(attribute->kind, SCHEMA_COMPLEX);
    if (parent != NULL && parent->mutability == SCHEMA_READ_ONLY)
        assert_int_equal(attribute->mutability, SCHEMA_READ_ONLY);
    if (attribute->kind == SCHEMA_REFERENCE)
        assert_non_null(attribute->reference_types);
    if (attribute->kind == SCHEMA_BINARY)
        assert_true(attribute->case_exact);
}

static void every_attribute_is_described_and_consistent(void **state)
{
    (void)state;
    visit_all(check_one);
}

static void names_are_unique_within_a_schema_and_its_common_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; schema_tables_schemas[i] != NULL; i++) {
        const struct schema_attribute *all = schema_tables_schemas[i]->attributes;
        for (const struct schema_attribute *one = all; one->name != NULL; one++) {
            assert_ptr_equal(schema_find(all, one->name, strlen(one->name)), one);
            assert_null(schema_find(schema_common, one->name, strlen(one->name)));
        }
    }
}

static void every_schema_of_a_type_is_listed_and_each_once(void **state)
{
    (void)state;
    size_t listed = 0;
    size_t used = 0;
    while (schema_tables_schemas[listed] != NULL)
        listed++;
    for (size_t i = 0; schema_tables_types[i] != NULL; i++) {
        const struct schema *const *extension = schema_tables_types[i]->extensions;
        assert_int_equal(schema_tables_types[i]->endpoint[0], '/');
        for (used++; extension != NULL && *extension != NULL; extension++)
            used++;
    }
    assert_int_equal(listed, used);
}

/* RFC 7643 4.1 and 4.3, and what the wire of rolecall.h names besides. */
static const struct {
    const struct resource_type *type;
    const char *urn;
    const char *names;
} expected[] = {
    {&schema_tables_user, SCIM_URN_USER,
     "userName name displayName nickName profileUrl title userType preferredLanguage locale "
     "timezone "
     "active emails phoneNumbers ims photos addresses groups entitlements roles "
     "x509Certificates"},
    {&schema_tables_user, SCIM_URN_ENTERPRISE,
     "employeeNumber costCenter organization division department manager"},
    {&schema_tables_user, SCIM_URN_MEMBERSHIP,
     "status statusReason suspendedByOwner protected joinedAt invitation origins override "
     "standsIn"},
    {&schema_tables_project, SCIM_URN_PROJECT, "name displayName members"},
    {&schema_tables_invitation, SCIM_URN_INVITATION,
     "email person roles status sentAt expiresAt sentCount invitedBy link delivery "
     "renewalsLeft"},
    {&schema_tables_role, SCIM_URN_ROLE,
     "value type display supported contains limitedAssignmentsPermitted "
     "totalAssignmentsPermitted "
     "totalAssignmentsUsed"},
    {&schema_tables_marker, SCIM_URN_MARKER, "origin userName kind since"},
    {&schema_tables_override, SCIM_URN_OVERRIDE, "person type value"},
};

static void every_schema_has_exactly_the_attributes_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const struct schema *schema =
            schema_of_type(expected[i].type, expected[i].urn, strlen(expected[i].urn));
        g_auto(GStrv) names = g_strsplit(expected[i].names, " ", -1);
        size_t count = 0;
        while (schema->attributes[count].name != NULL)
            count++;
        assert_int_equal(count, g_strv_length(names));
        for (size_t j = 0; names[j] != NULL; j++)
            assert_string_equal(schema->attributes[j].name, names[j]);
    }
}

static void what_only_the_server_may_say_is_read_only(void **state)
{
    (void)state;
    static const char *const names[] = {"id", "meta", "groups"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_int_equal(
            schema_find_core(&schema_tables_user, names[i], strlen(names[i]))->mutability,
            SCHEMA_READ_ONLY);
    const struct schema *membership =
        schema_of_type(&schema_tables_user, SCIM_URN_MEMBERSHIP, strlen(SCIM_URN_MEMBERSHIP));
    for (size_t i = 0; membership->attributes[i].name != NULL; i++)
        assert_int_equal(membership->attributes[i].mutability, SCHEMA_READ_ONLY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_is_described_and_consistent),
        cmocka_unit_test(names_are_unique_within_a_schema_and_its_common_attributes),
        cmocka_unit_test(every_schema_of_a_type_is_listed_and_each_once),
        cmocka_unit_test(every_schema_has_exactly_the_attributes_it_should),
        cmocka_unit_test(what_only_the_server_may_say_is_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
