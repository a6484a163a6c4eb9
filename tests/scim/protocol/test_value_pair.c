#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/protocol/value_pair.h"

static const struct schema_attribute *attribute_of(const struct resource_type *type,
                                                   const char *name)
{
    return schema_find(type->schema->attributes, name, strlen(name));
}

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void a_pair_is_compared_by_the_case_rule_of_its_parts(void **state)
{
    (void)state;

    static const struct {
        const char *attribute, *left, *right;
        gboolean same;
    } cases[] = {
        {"emails", "{\"value\":\"A@x\",\"type\":\"work\"}",
         "{\"type\":\"WORK\",\"value\":\"a@x\"}", TRUE},
        {"emails", "{\"value\":\"a\",\"type\":\"work\"}", "{\"value\":\"a\"}", FALSE},
        {"emails", "{\"value\":\"a\"}", "{\"value\":\"a\",\"display\":\"A\"}", TRUE},
        {"roles", "{\"value\":\"a\"}", "{\"value\":\"A\"}", FALSE},
        {"emails", "{\"value\":\"b\",\"type\":\"a\"}", "{\"value\":\"ab\"}", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct schema_attribute *attribute =
            attribute_of(&schema_tables_user, cases[i].attribute);
        json_auto_t *left = parse(cases[i].left);
        json_auto_t *right = parse(cases[i].right);
        g_autofree char *one = value_pair_key(attribute, left);
        g_autofree char *other = value_pair_key(attribute, right);
        assert_int_equal(strcmp(one, other) == 0, cases[i].same);
    }
}

static void what_has_no_value_has_no_pair(void **state)
{
    (void)state;
    const struct schema_attribute *addresses = attribute_of(&schema_tables_user, "addresses");
    json_auto_t *address = parse("{\"type\":\"work\"}");
    json_auto_t *text = parse("\"a\"");
    assert_null(value_pair_key(addresses, address));
    assert_null(value_pair_key(addresses, text));
}

static void the_later_of_a_pair_goes_into_the_earlier(void **state)
{
    (void)state;
    const struct schema_attribute *emails = attribute_of(&schema_tables_user, "emails");
    json_auto_t *list =
        parse("[{\"value\":\"A\"},{\"value\":\"b\"},{\"value\":\"a\",\"primary\":true},{}]");
    json_auto_t *wanted = parse("[{\"value\":\"A\",\"primary\":true},{\"value\":\"b\"},{}]");
    assert_int_equal(value_pair_collapse(emails, list), 1);
    assert_true(json_equal(list, wanted));
    assert_int_equal(value_pair_collapse(emails, list), 0);
}

static void what_never_changes_stays(void **state)
{
    (void)state;
    const struct schema_attribute *members = attribute_of(&schema_tables_group, "members");
    json_auto_t *kept = parse("{\"value\":\"1\",\"display\":\"Ann\"}");
    json_auto_t *other = parse("{\"value\":\"1\",\"display\":\"Bob\"}");
    json_auto_t *more = parse("{\"value\":\"1\",\"type\":\"User\"}");
    assert_false(value_pair_merge(members, kept, other));
    assert_string_equal(json_string_value(json_object_get(kept, "display")), "Ann");
    assert_true(value_pair_merge(members, kept, more));
    assert_string_equal(json_string_value(json_object_get(kept, "type")), "User");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_compared_by_the_case_rule_of_its_parts),
        cmocka_unit_test(what_has_no_value_has_no_pair),
        cmocka_unit_test(the_later_of_a_pair_goes_into_the_earlier),
        cmocka_unit_test(what_never_changes_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
