#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/body.h"

static json_t *parse(const char *text, struct fault *fault)
{
    return body_parse(text, strlen(text), BODY_MAX_BYTES, NULL, fault);
}

static void an_object_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        " \r\n\t{ } \n",
        "{\"a\":[1,-2.5e3,true,false,null,\"\\u00e9\\ud83d\\ude00\\\"\"]}",
        "{\"a\":\"]}[{\\\\\"}",
        "{\"\":1}",
        "{\"a\":9223372036854775807}",
        "{\"a\":1,\"A\":2}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = parse(texts[i], &fault);
        if (body == NULL)
            fail_msg("%s: %s", texts[i], fault.detail);
        assert_true(json_is_object(body));
    }
}

static const struct {
    const char *text;
    const char *what; /* how the detail begins */
} bad[] = {
    {"", "the body ends too early"},
    {"{", "the body ends too early"},
    {"{\"a\":1", "the body ends too early"},
    {"[]", "the body is not a JSON object"},
    {"\"a\"", "the body is not a JSON object"},
    {"null", "the body is not a JSON object"},
    {"{\"a\":1,\"a\":2}", "the body names the same attribute twice"},
    {"{\"a\":{\"b\":1,\"\\u0062\":2}}", "the body names the same attribute twice"},
    {"{} {}", "the body goes on behind its end"},
    {"{}x", "the body goes on behind its end"},
    {"{}}", "the body goes on behind its end"},
    {"{\"a\":\"\xff\"}", "the body is not valid UTF-8"},
    {"{\"a\":\"\xc0\xaf\"}", "the body is not valid UTF-8"},
    {"{\"a\":\"\xed\xa0\x80\"}", "the body is not valid UTF-8"},
    {"\xef\xbb\xbf{}", "the body is not valid JSON"},
    {"{\"a\":\"\\ud800\"}", "the body is not valid JSON"},
    {"{\"a\":\"\\udc00\"}", "the body is not valid JSON"},
    {"{\"a\":\"\\ud800\\u0041\"}", "the body is not valid JSON"},
    {"{\"a\":\"\\u0000\"}", "the body has a NUL character in a text"},
    {"{\"\\u0000\":1}", "the body has a NUL character in a text"},
    {"{\"a\":NaN}", "the body is not valid JSON"},
    {"{\"a\":Infinity}", "the body is not valid JSON"},
    {"{\"a\":1e999999}", "the body has a number that is too big"},
    {"{\"a\":9223372036854775808}", "the body has a number that is too big"},
    {"{\"a\":01}", "the body is not valid JSON"},
    {"{\"a\":+1}", "the body is not valid JSON"},
    {"{\"a\":.5}", "the body is not valid JSON"},
    {"{'a':1}", "the body is not valid JSON"},
    {"{a:1}", "the body is not valid JSON"},
    {"{\"a\":1,}", "the body is not valid JSON"},
    {"{\"a\":[1,]}", "the body is not valid JSON"},
    {"{\"a\" 1}", "the body is not valid JSON"},
    {"{\"a\":\"\n\"}", "the body is not valid JSON"},
    {"{\"a\":\"\\x\"}", "the body is not valid JSON"},
    {"{\"a\":TRUE}", "the body is not valid JSON"},
    {"{/**/}", "the body is not valid JSON"},
    {"]", "the body is not valid JSON"},
};

static void what_is_no_such_json_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = parse(bad[i].text, &fault);
        if (body != NULL)
            fail_msg("%s passed", bad[i].text);
        assert_int_equal(fault.type, FAULT_INVALID_SYNTAX);
        if (!g_str_has_prefix(fault.detail, bad[i].what))
            fail_msg("%s: %s instead of %s", bad[i].text, fault.detail, bad[i].what);
        fault_clear(&fault);
    }
}

static void a_raw_nul_is_refused_wherever_it_is(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":\"b\0c\"}";
    struct fault fault = {.status = 0};
    assert_null(body_parse(text, sizeof text - 1, BODY_MAX_BYTES, NULL, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_SYNTAX);
    fault_clear(&fault);
    assert_null(body_parse("{}\0", 3, BODY_MAX_BYTES, NULL, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_SYNTAX);
    fault_clear(&fault);
}

static void the_place_is_told_and_the_text_is_not(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    assert_null(parse("{\n  \"secret\": zebra\n}", &fault));
    assert_non_null(strstr(fault.detail, "line 2"));
    assert_null(strstr(fault.detail, "zebra"));
    assert_null(strstr(fault.detail, "secret"));
    fault_clear(&fault);
}

static void it_may_nest_16_deep_and_not_one_level_more(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    json_auto_t *most = parse("{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}", &fault);
    assert_non_null(most);
    assert_null(parse("{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", &fault));
    assert_non_null(strstr(fault.detail, "is nested deeper than 16 levels"));
    fault_clear(&fault);
    g_autofree char *text = g_strnfill(1000000, '[');
    assert_null(parse(text, &fault));
    assert_non_null(strstr(fault.detail, "column 17"));
    fault_clear(&fault);
}

static void values_and_bytes_are_counted(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    GString *text = g_string_new("{\"a\":[0");
    for (int i = 3; i < BODY_MAX_NODES; i++)
        g_string_append(text, ",0");
    size_t length = text->len;
    g_string_append(text, "]}");
    json_auto_t *most = parse(text->str, &fault);
    assert_non_null(most);
    g_string_truncate(text, length);
    g_string_append(text, ",0]}");
    assert_null(parse(text->str, &fault));
    assert_non_null(strstr(fault.detail, "has more than 100000 values"));
    fault_clear(&fault);
    g_string_free(text, TRUE);
    assert_null(body_parse("{\"a\":1}", 7, 6, NULL, &fault));
    assert_int_equal(fault.status, 413);
    fault_clear(&fault);
    json_auto_t *just = body_parse("{\"a\":1}", 7, 7, NULL, &fault);
    assert_non_null(just);
}

static void only_as_many_bytes_as_told_are_read(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autofree char *exact = g_memdup2("{\"a\":\"\\\"\"}", 10);
    json_auto_t *body = body_parse(exact, 10, BODY_MAX_BYTES, NULL, &fault);
    assert_non_null(body);
    assert_null(body_parse(exact, 8, BODY_MAX_BYTES, NULL, &fault));
    fault_clear(&fault);
    assert_null(body_parse(NULL, 0, BODY_MAX_BYTES, NULL, &fault));
    assert_string_equal(fault.detail, "the body ends too early (line 1, column 1)");
    fault_clear(&fault);
}

static void members_are_found_by_their_names_in_any_case(void **state)
{
    (void)state;
    json_auto_t *object = json_pack("{s:i, s:i, s:n, s:[s, s]}", "userName", 1, "USERNAME", 2,
                                    "Title", "schemas", "urn:a", "URN:B");
    assert_string_equal(body_name(object, "username"), "userName");
    assert_null(body_name(object, "user"));
    assert_int_equal(json_integer_value(body_member(object, "UserName")), 1);
    assert_true(json_is_null(body_member(object, "title")));
    assert_null(body_value(object, "title"));
    assert_null(body_value(object, "names"));
    assert_ptr_equal(body_value(object, "SCHEMAS"), json_object_get(object, "schemas"));
    assert_true(body_is_message(object, "URN:A") && body_is_message(object, "urn:b"));
    assert_false(body_is_message(object, "urn:"));
    json_auto_t *array = json_pack("[s]", "schemas");
    assert_null(body_name(array, "schemas"));
    assert_null(body_member(NULL, "schemas"));
    assert_false(body_is_message(array, "urn:a"));
}

static void what_is_printed_is_compact_and_keeps_its_order(void **state)
{
    (void)state;
    json_auto_t *value = json_pack("{s:i, s:[s], s:n}", "b", 1, "a", "x", "c");
    g_autofree char *text = body_print(value);
    assert_string_equal(text, "{\"b\":1,\"a\":[\"x\"],\"c\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_read),
        cmocka_unit_test(what_is_no_such_json_is_refused),
        cmocka_unit_test(a_raw_nul_is_refused_wherever_it_is),
        cmocka_unit_test(the_place_is_told_and_the_text_is_not),
        cmocka_unit_test(it_may_nest_16_deep_and_not_one_level_more),
        cmocka_unit_test(values_and_bytes_are_counted),
        cmocka_unit_test(only_as_many_bytes_as_told_are_read),
        cmocka_unit_test(members_are_found_by_their_names_in_any_case),
        cmocka_unit_test(what_is_printed_is_compact_and_keeps_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
