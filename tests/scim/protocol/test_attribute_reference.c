#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/attribute_reference.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

static const struct {
    const char *text;
    const char *container; /* NULL: the resource itself */
    const char *attribute; /* NULL: a whole extension */
    const char *sub;
} known[] = {
    {"userName", NULL, "userName", NULL},
    {"USERNAME", NULL, "userName", NULL},
    {"name.familyName", NULL, "name", "familyName"},
    {"Name.FamilyNAME", NULL, "name", "familyName"},
    {"emails", NULL, "emails", NULL},
    {"emails.value", NULL, "emails", "value"},
    {"groups.$ref", NULL, "groups", "$ref"},
    {"meta.lastModified", NULL, "meta", "lastModified"},
    {"id", NULL, "id", NULL},
    {(SCIM_URN_USER ":userName"), NULL, "userName", NULL},
    {(SCIM_URN_USER ":name.familyName"), NULL, "name", "familyName"},
    {"URN:ietf:params:scim:schemas:CORE:2.0:user:username", NULL, "userName", NULL},
    {(SCIM_URN_ENTERPRISE ":department"), SCIM_URN_ENTERPRISE, "department", NULL},
    {(SCIM_URN_ENTERPRISE ":manager.value"), SCIM_URN_ENTERPRISE, "manager", "value"},
    {"department", SCIM_URN_ENTERPRISE, "department", NULL},
    {"MANAGER.value", SCIM_URN_ENTERPRISE, "manager", "value"},
    {SCIM_URN_ENTERPRISE, SCIM_URN_ENTERPRISE, NULL, NULL},
    {(SCIM_URN_MEMBERSHIP ":status"), SCIM_URN_MEMBERSHIP, "status", NULL},
};

static void a_name_is_resolved_to_where_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        struct attribute_reference got;
        assert_true(attribute_reference_parse(&schema_tables_user, known[i].text,
                                              strlen(known[i].text), &got));
        if (!got.known)
            fail_msg("%s is not known", known[i].text);
        assert_int_equal(g_strcmp0(got.container, known[i].container), 0);
        assert_int_equal(
            g_strcmp0(got.attribute != NULL ? got.attribute->name : NULL, known[i].attribute),
            0);
        assert_int_equal(g_strcmp0(got.sub != NULL ? got.sub->name : NULL, known[i].sub), 0);
    }
}

static void a_name_that_the_type_does_not_have_is_well_formed_but_unknown(void **state)
{
    (void)state;
    static const char *const names[] = {
        "rooms",
        "rooms.number",
        "name.shoeSize",
        "userName.value",
        "a-b_c9",
        SCIM_URN_USER,
        (SCIM_URN_USER ":rooms"),
        (SCIM_URN_USER ":department"),
        (SCIM_URN_GROUP ":displayName"),
        "urn:scim:schemas:core:1.0",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct attribute_reference got = {.known = TRUE};
        if (!attribute_reference_parse(&schema_tables_user, names[i], strlen(names[i]), &got))
            fail_msg("%s is not well formed", names[i]);
        assert_false(got.known);
        assert_null(got.attribute);
    }
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ".",
        "userName.",
        ".value",
        "name..familyName",
        "1name",
        "user name",
        "user\"name",
        "emails[0]",
        "name.family.Name",
        "$",
        "-a",
        "http://x/y",
        "urn:",
        "urn:a b:userName",
        "\xc3\xbc",
        (SCIM_URN_USER ":"),
        (SCIM_URN_USER ":name."),
        (SCIM_URN_USER ":a b"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct attribute_reference got;
        if (attribute_reference_parse(&schema_tables_user, texts[i], strlen(texts[i]), &got))
            fail_msg("'%s' passed", texts[i]);
    }
}

static void a_sub_attribute_is_resolved_within_its_parent(void **state)
{
    (void)state;
    struct attribute_reference emails;
    struct attribute_reference schemas;
    struct attribute_reference unknown;
    struct attribute_reference got;
    assert_true(attribute_reference_parse(&schema_tables_user, "emails", 6, &emails));
    assert_true(attribute_reference_parse(&schema_tables_user, "schemas", 7, &schemas));
    assert_true(attribute_reference_parse(&schema_tables_user, "rooms", 5, &unknown));
    assert_true(attribute_reference_parse_sub(&emails, "TYPE", 4, &got));
    assert_string_equal(got.attribute->name, "emails");
    assert_string_equal(got.sub->name, "type");
    assert_true(attribute_reference_parse_sub(&emails, "shoe", 4, &got));
    assert_false(got.known);
    assert_true(attribute_reference_parse_sub(&schemas, "value", 5, &got));
    assert_true(got.known);
    assert_null(got.sub);
    assert_true(attribute_reference_parse_sub(&unknown, "number", 6, &got));
    assert_false(got.known);
    assert_false(attribute_reference_parse_sub(&emails, "type.x", 6, &got));
    assert_false(attribute_reference_parse_sub(&emails, "", 0, &got));
}

static void what_is_assigned_is_got_from_the_resource(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *value; /* NULL: unassigned */
    } cases[] = {
        {"userName", "\"bjensen\""},
        {"name.familyName", "{\"familyName\":\"Jensen\"}"},
        {"title", NULL},
        {"nickName", NULL},
        {"emails", NULL},
        {"active", "false"},
        {"rooms", NULL},
        {(SCIM_URN_ENTERPRISE ":department"), "\"\""},
        {SCIM_URN_ENTERPRISE, "{\"department\":\"\"}"},
        {(SCIM_URN_MEMBERSHIP ":status"), NULL},
    };

    json_auto_t *resource = json_loads("{\"userName\":\"bjensen\",\"name\":{\"familyName\":"
                                       "\"Jensen\"},\"title\":null,\"emails\":[],"
                                       "\"active\":false,\"rooms\":7,\"" SCIM_URN_ENTERPRISE
                                       "\":{\"department\":\"\"}}",
                                       0, NULL);
    assert_non_null(resource);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct attribute_reference reference;
        assert_true(attribute_reference_parse(&schema_tables_user, cases[i].name,
                                              strlen(cases[i].name), &reference));
        const json_t *value = attribute_reference_get(&reference, resource);
        json_auto_t *wanted =
            cases[i].value != NULL ? json_loads(cases[i].value, JSON_DECODE_ANY, NULL) : NULL;
        assert_int_equal(value != NULL, wanted != NULL);
        if (wanted != NULL)
            assert_true(json_equal(value, wanted));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_resolved_to_where_it_stands),
        cmocka_unit_test(a_name_that_the_type_does_not_have_is_well_formed_but_unknown),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(a_sub_attribute_is_resolved_within_its_parent),
        cmocka_unit_test(what_is_assigned_is_got_from_the_resource),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
