#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/attribute_value.h"
#include "scim/protocol/schema_tables.h"

static const struct schema_attribute *user(const char *name)
{
    const struct schema_attribute *found =
        schema_find_core(&schema_tables_user, name, strlen(name));
    assert_non_null(found);
    return found;
}

static const struct {
    const char *attribute;
    const char *value;
    const char *clean; /* NULL: unassigned */
} good[] = {
    {"userName", "\"bjensen\"", "\"bjensen\""},
    {"userName", "\"\"", NULL},
    {"emails", "\"\"", NULL},
    {"name", "\"\"", NULL},
    {"emails", "[\"\"]", NULL},
    {"userName", "null", NULL},
    {"active", "false", "false"},
    {"active", "\"True\"", "true"},
    {"active", "\"FALSE\"", "false"},
    {"emails", "null", NULL},
    {"emails", "[]", NULL},
    {"emails", "[null]", NULL},
    {"emails", "[{}]", NULL},
    {"emails", "[{\"VALUE\":\"a\",\"Type\":\"work\",\"primary\":\"true\"}]",
     "[{\"value\":\"a\",\"type\":\"work\",\"primary\":true}]"},
    {"emails", "[{\"value\":\"a\",\"type\":null,\"display\":null}]", "[{\"value\":\"a\"}]"},
    {"emails", "[{\"value\":\"a\",\"shoe\":9}]", "[{\"value\":\"a\"}]"},
    {"name", "{\"givenName\":\"B\",\"familyName\":\"J\"}",
     "{\"givenName\":\"B\",\"familyName\":\"J\"}"},
    {"name", "{\"givenName\":null}", NULL},
    {"name", "{}", NULL},
    {"x509Certificates", "[{\"value\":\"AAE=\"}]", "[{\"value\":\"AAE=\"}]"},
    {"x509Certificates", "[{\"value\":\"AA\"}]", "[{\"value\":\"AA\"}]"},
    {"x509Certificates", "[{\"value\":\"\"}]", NULL},
    {"emails",
     "[{\"value\":\"a\",\"type\":\"work\"},"
     "{\"value\":\"A\",\"type\":\"Work\",\"primary\":true}]",
     "[{\"value\":\"a\",\"type\":\"work\",\"primary\":true}]"},
    {"emails",
     "[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"a\",\"type\":\"home\"},"
     "{\"value\":\"a\"}]",
     "[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"a\",\"type\":\"home\"},"
     "{\"value\":\"a\"}]"},
    {"roles", "[{\"value\":\"a\"},{\"value\":\"A\"}]", "[{\"value\":\"a\"},{\"value\":\"A\"}]"},
    {"addresses", "[{\"type\":\"work\"},{\"type\":\"work\"}]",
     "[{\"type\":\"work\"},{\"type\":\"work\"}]"},
    {"profileUrl", "\"../a%20b?c#d\"", "\"../a%20b?c#d\""},
    {"photos", "[{\"value\":\"https://host/p\"}]", "[{\"value\":\"https://host/p\"}]"},
};

static void a_value_comes_back_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *value = json_loads(good[i].value, JSON_DECODE_ANY, NULL);
        json_auto_t *wanted =
            good[i].clean != NULL ? json_loads(good[i].clean, JSON_DECODE_ANY, NULL) : NULL;
        json_auto_t *clean = NULL;
        if (!attribute_value_check(user(good[i].attribute), value, NULL, &clean, &fault))
            fail_msg("%s: %s", good[i].value, fault.detail);
        if (clean != wanted && !json_equal(clean, wanted))
            fail_msg("%s came back wrong", good[i].value);
    }
}

static const struct {
    const char *attribute;
    const char *value;
    enum fault_type type;
    const char *detail;
} bad[] = {
    {"userName", "5", FAULT_INVALID_VALUE, "'userName' must be a text"},
    {"userName", "[\"a\"]", FAULT_INVALID_VALUE, "'userName' must be a text"},
    {"userName", "{}", FAULT_INVALID_VALUE, "'userName' must be a text"},
    {"active", "1", FAULT_INVALID_VALUE, "'active' must be true or false"},
    {"active", "\"yes\"", FAULT_INVALID_VALUE, "'active' must be true or false"},
    {"active", "[true]", FAULT_INVALID_VALUE, "'active' must be true or false"},
    {"emails", "\"a@example.com\"", FAULT_INVALID_VALUE, "'emails' must be an array"},
    {"emails", "{\"value\":\"a\"}", FAULT_INVALID_VALUE, "'emails' must be an array"},
    {"emails", "[\"a@example.com\"]", FAULT_INVALID_VALUE, "'emails' must be an object"},
    {"emails", "[[{}]]", FAULT_INVALID_VALUE, "'emails' must be an object"},
    {"emails", "[{\"value\":5}]", FAULT_INVALID_VALUE, "'emails.value' must be a text"},
    {"emails", "[{\"value\":{\"value\":\"a\"}}]", FAULT_INVALID_VALUE,
     "'emails.value' must be a text"},
    {"emails", "[{\"value\":\"a\",\"Value\":\"b\"}]", FAULT_INVALID_SYNTAX,
     "'emails.value' is there twice"},
    {"emails", "[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":\"True\"}]",
     FAULT_INVALID_VALUE, "'emails' has more than one primary value"},
    {"name", "\"Barbara\"", FAULT_INVALID_VALUE, "'name' must be an object"},
    {"name", "[]", FAULT_INVALID_VALUE, "'name' must be an object"},
    {"profileUrl", "\"a b\"", FAULT_INVALID_VALUE, "'profileUrl' must be a URI"},
    {"photos", "[{\"value\":\"https://host/%zz\"}]", FAULT_INVALID_VALUE,
     "'photos.value' must be a URI"},
    {"x509Certificates", "[{\"value\":\"A-_=\"}]", FAULT_INVALID_VALUE,
     "'x509Certificates.value' must be base64"},
    {"x509Certificates", "[{\"value\":\"A B\"}]", FAULT_INVALID_VALUE,
     "'x509Certificates.value' must be base64"},
    {"x509Certificates", "[{\"value\":\"AAA==\"}]", FAULT_INVALID_VALUE,
     "'x509Certificates.value' must be base64"},
};

static void a_value_of_another_type_is_refused_with_the_attribute_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *value = json_loads(bad[i].value, JSON_DECODE_ANY, NULL);
        json_auto_t *clean = NULL;
        if (attribute_value_check(user(bad[i].attribute), value, NULL, &clean, &fault))
            fail_msg("%s passed", bad[i].value);
        assert_null(clean);
        assert_int_equal(fault.type, bad[i].type);
        assert_string_equal(fault.detail, bad[i].detail);
        fault_clear(&fault);
    }
}

static void numbers_and_times_are_checked_by_their_kind(void **state)
{
    (void)state;
    static const struct schema_attribute whole = {.name = "whole", .kind = SCHEMA_INTEGER};
    static const struct schema_attribute decimal = {.name = "decimal", .kind = SCHEMA_DECIMAL};
    static const struct schema_attribute moment = {.name = "moment", .kind = SCHEMA_DATE_TIME};

    static const struct {
        const struct schema_attribute *attribute;
        const char *value;
        gboolean passes;
    } cases[] = {
        {&whole, "5", TRUE},
        {&whole, "5.0", FALSE},
        {&whole, "\"5\"", FALSE},
        {&decimal, "5", TRUE},
        {&decimal, "5.5", TRUE},
        {&decimal, "true", FALSE},
        {&moment, "\"2026-11-22T01:47:12Z\"", TRUE},
        {&moment, "\"2026-11-22\"", FALSE},
        {&moment, "1795312032", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
        json_auto_t *clean = NULL;
        assert_int_equal(attribute_value_check(cases[i].attribute, value, NULL, &clean, &fault),
                         cases[i].passes);
        fault_clear(&fault);
    }
}

static void read_only_parts_are_dropped_and_unknown_ones_counted(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    const struct schema_attribute *members =
        schema_find_core(&schema_tables_project, "members", strlen("members"));
    json_auto_t *value = json_loads("[{\"value\":\"7\",\"role\":\"admin\",\"display\":\"Bob\","
                                    "\"$ref\":\"x\",\"shoe\":9}]",
                                    0, NULL);
    json_auto_t *wanted = json_loads("[{\"value\":\"7\",\"role\":\"admin\"}]", 0, NULL);
    json_auto_t *clean = NULL;
    assert_true(attribute_value_check(members, value, &use, &clean, &fault));
    assert_true(json_equal(clean, wanted));
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 1);
}

static void a_required_part_must_be_there_unless_only_parts_are_asked_for(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    const struct schema_attribute *members =
        schema_find_core(&schema_tables_project, "members", strlen("members"));
    json_auto_t *value = json_loads("{\"role\":\"admin\",\"value\":null}", 0, NULL);
    json_auto_t *clean = NULL;
    assert_false(attribute_value_check_one(members, value, NULL, &clean, &fault));
    assert_string_equal(fault.detail, "'members.value' is required");
    fault_clear(&fault);
    assert_true(attribute_value_check_parts(members, value, NULL, &clean, &fault));
    assert_true(json_equal(clean, value)); /* null stays: unassign this one */
}

static void texts_and_arrays_have_their_limits(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autofree char *text = g_strnfill(ATTRIBUTE_VALUE_MAX_BYTES + 1, 'x');
    json_auto_t *beyond = json_string(text);
    json_auto_t *most = json_string(text + 1);
    json_auto_t *clean = NULL;
    assert_true(attribute_value_check(user("title"), most, NULL, &clean, &fault));
    json_auto_t *none = NULL;
    assert_false(attribute_value_check(user("title"), beyond, NULL, &none, &fault));
    fault_clear(&fault);
    json_auto_t *many = json_array();
    for (int i = 0; i < SCHEMA_MAX_VALUES; i++)
        json_array_append_new(many, json_pack("{s:i}", "shoe", i));
    assert_true(attribute_value_check(user("emails"), many, NULL, &none, &fault));
    json_array_append_new(many, json_object());
    assert_false(attribute_value_check(user("emails"), many, NULL, &none, &fault));
    assert_string_equal(fault.detail, "'emails' has too many values");
    fault_clear(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_comes_back_clean),
        cmocka_unit_test(a_value_of_another_type_is_refused_with_the_attribute_named),
        cmocka_unit_test(numbers_and_times_are_checked_by_their_kind),
        cmocka_unit_test(read_only_parts_are_dropped_and_unknown_ones_counted),
        cmocka_unit_test(a_required_part_must_be_there_unless_only_parts_are_asked_for),
        cmocka_unit_test(texts_and_arrays_have_their_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
