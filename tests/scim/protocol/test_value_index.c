#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/protocol/value_index.h"

static const struct schema_attribute *emails(void)
{
    return schema_find(schema_tables_user.schema->attributes, "emails", strlen("emails"));
}

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void a_value_is_found_by_all_it_says(void **state)
{
    (void)state;
    json_auto_t *list = parse("[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"b\"},"
                              "{\"type\":\"home\"},\"text\"]");

    static const struct {
        const char *value;
        int at; /* -1: nowhere */
    } cases[] = {
        {"{\"value\":\"a\"}", 0},
        {"{\"value\":\"a\",\"type\":\"work\"}", 0},
        {"{\"value\":\"a\",\"type\":\"home\"}", -1},
        {"{\"value\":\"A\"}", -1},
        {"{\"value\":\"b\"}", 1},
        {"{\"type\":\"home\"}", 2},
        {"{\"type\":\"work\"}", 0}, /* says less than one with a value */
        {"{\"type\":\"other\"}", -1},
        {"\"text\"", 3},
        {"\"other\"", -1},
    };

    g_autoptr(ValueIndex) index = value_index_new(emails(), list);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_auto_t *value = parse(cases[i].value);
        json_t *wanted = cases[i].at < 0 ? NULL : json_array_get(list, (size_t)cases[i].at);
        assert_ptr_equal(value_index_find(index, value), wanted);
    }
}

static void a_twin_has_the_same_type_and_value(void **state)
{
    (void)state;
    json_auto_t *list = parse("[{\"value\":\"a\",\"type\":\"work\"}]");
    json_auto_t *twin = parse("{\"value\":\"A\",\"type\":\"Work\",\"display\":\"x\"}");
    json_auto_t *other = parse("{\"value\":\"a\"}");
    g_autoptr(ValueIndex) index = value_index_new(emails(), list);
    assert_ptr_equal(value_index_twin(index, twin), json_array_get(list, 0));
    assert_null(value_index_twin(index, other));
    assert_true(value_index_add(index, other));
    assert_ptr_equal(value_index_twin(index, other), other);
    assert_ptr_equal(value_index_find(index, other), json_array_get(list, 0));
}

static void no_more_than_100_have_one_value(void **state)
{
    (void)state;
    json_auto_t *list = json_array();
    json_auto_t *kept = json_array();
    g_autoptr(ValueIndex) index = value_index_new(emails(), list);
    for (int i = 0; i <= VALUE_INDEX_MAX_ALIKE; i++) {
        g_autofree char *type = g_strdup_printf("type %d", i);
        json_t *value = json_pack("{s:s, s:s}", "value", "a", "type", type);
        json_array_append_new(kept, value);
        assert_int_equal(value_index_add(index, value), i < VALUE_INDEX_MAX_ALIKE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_found_by_all_it_says),
        cmocka_unit_test(a_twin_has_the_same_type_and_value),
        cmocka_unit_test(no_more_than_100_have_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
