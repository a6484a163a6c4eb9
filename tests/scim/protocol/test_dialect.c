#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/dialect.h"
#include "scim/protocol/schema_tables.h"

static void a_truth_is_read_in_any_case(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gboolean known, truth;
    } cases[] = {{"True", TRUE, TRUE},   {"true", TRUE, TRUE},    {"FALSE", TRUE, FALSE},
                 {"False", TRUE, FALSE}, {"yes", FALSE, FALSE},   {"", FALSE, FALSE},
                 {"1", FALSE, FALSE},    {"truely", FALSE, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean truth = FALSE;
        assert_int_equal(dialect_boolean(cases[i].text, &truth), cases[i].known);
        if (cases[i].known)
            assert_int_equal(truth, cases[i].truth);
    }
}

static const struct schema_attribute *manager(void)
{
    const struct schema *enterprise = schema_tables_user.extensions[0];
    return schema_find(enterprise->attributes, "manager", strlen("manager"));
}

static void a_manager_becomes_an_object(void **state)
{
    (void)state;

    static const struct {
        const char *sent, *wanted; /* NULL: no such habit */
    } cases[] = {
        {"\"26\"", "{\"value\":\"26\"}"},
        {"[{\"$ref\":\"/Users/26\",\"value\":\"26\"}]",
         "{\"$ref\":\"/Users/26\",\"value\":\"26\"}"},
        {"\"\"", "null"},
        {"{\"managerId\":\"26\",\"displayName\":\"B\"}",
         "{\"displayName\":\"B\",\"value\":\"26\"}"},
        {"{\"ManagerID\":\"26\",\"value\":\"27\"}", "{\"value\":\"27\"}"},
        {"{\"value\":\"26\"}", NULL},
        {"[]", NULL},
        {"[\"26\"]", NULL},
        {"[{},{}]", NULL},
        {"26", NULL},
        {"null", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_auto_t *sent = json_loads(cases[i].sent, JSON_DECODE_ANY, NULL);
        json_auto_t *kept = json_deep_copy(sent);
        json_auto_t *got = dialect_manager(manager(), sent);
        json_auto_t *wanted =
            cases[i].wanted != NULL ? json_loads(cases[i].wanted, JSON_DECODE_ANY, NULL) : NULL;
        if (wanted == NULL)
            assert_null(got);
        else
            assert_true(json_equal(got, wanted));
        assert_true(json_equal(sent, kept));
    }
}

static void only_one_value_with_a_value_in_it_can_be_so_short(void **state)
{
    (void)state;
    json_auto_t *text = json_string("x");
    const struct schema_attribute *attributes = schema_tables_user.schema->attributes;
    assert_null(dialect_manager(schema_find(attributes, "name", 4), text));
    assert_null(dialect_manager(schema_find(attributes, "emails", 6), text));
    assert_null(dialect_manager(schema_find(attributes, "title", 5), text));
}

static void nothing_but_an_empty_text_is_empty(void **state)
{
    (void)state;
    json_auto_t *empty = json_string("");
    json_auto_t *blank = json_string(" ");
    json_auto_t *array = json_array();
    assert_true(dialect_is_empty(empty));
    assert_false(dialect_is_empty(blank));
    assert_false(dialect_is_empty(array));
    assert_false(dialect_is_empty(NULL));
}

static void a_word_without_quotes_is_a_text_unless_it_is_grammar(void **state)
{
    (void)state;
    static const char *const words[] = {"bjensen", "b@example.com", "2819c223-7f76", "12",
                                        "True",    "a'b",           "urn:x:y"};
    static const char *const others[] = {"'a'", "and", "OR",  "not",  "eq",        "",
                                         "a b", "a)",  "\"a", "a\\n", "a\xc3\xa4", "a\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        json_auto_t *text = dialect_unquoted(words[i], strlen(words[i]));
        assert_string_equal(json_string_value(text), words[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_null(dialect_unquoted(others[i], strlen(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_truth_is_read_in_any_case),
        cmocka_unit_test(a_manager_becomes_an_object),
        cmocka_unit_test(only_one_value_with_a_value_in_it_can_be_so_short),
        cmocka_unit_test(nothing_but_an_empty_text_is_empty),
        cmocka_unit_test(a_word_without_quotes_is_a_text_unless_it_is_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
