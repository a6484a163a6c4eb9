#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/patch.h"
#include "scim/protocol/schema_tables.h"

#define HEAD "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":"

static struct patch *parse(const char *text, struct tolerance_use *use, struct fault *fault)
{
    json_auto_t *message = json_loads(text, 0, NULL);
    if (message == NULL)
        fail_msg("%s is no JSON", text);
    return patch_parse(&schema_tables_user, message, NULL, use, fault);
}

static void operations_are_read_in_their_order(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autoptr(Patch) patch =
        parse(HEAD "[{\"op\":\"add\",\"path\":\"title\",\"value\":\"x\"},"
                   "{\"op\":\"remove\",\"path\":\"emails[type eq \\\"work\\\"]\"},"
                   "{\"op\":\"replace\",\"value\":{\"active\":false}},"
                   "{\"op\":\"replace\",\"path\":null,\"value\":null}]}",
              NULL, &fault);
    assert_non_null(patch);
    assert_int_equal(patch->count, 4);
    assert_int_equal(patch->operations[0].verb, PATCH_ADD);
    assert_string_equal(patch->operations[0].path->reference.attribute->name, "title");
    assert_string_equal(json_string_value(patch->operations[0].value), "x");
    assert_int_equal(patch->operations[1].verb, PATCH_REMOVE);
    assert_non_null(patch->operations[1].path->filter);
    assert_null(patch->operations[1].value);
    assert_int_equal(patch->operations[2].verb, PATCH_REPLACE);
    assert_null(patch->operations[2].path);
    assert_null(patch->operations[3].path);
    assert_true(json_is_null(patch->operations[3].value));
}

static void the_names_of_the_message_and_of_op_may_be_in_any_case(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    g_autoptr(Patch) patch = parse(
        "{\"Schemas\":[\"URN:ietf:params:scim:api:messages:2.0:patchop\"],\"operations\":["
        "{\"OP\":\"Replace\",\"Path\":\"title\",\"Value\":\"x\"},"
        "{\"op\":\"ADD\",\"path\":\"title\",\"value\":\"x\"},"
        "{\"op\":\"remove\",\"path\":\"title\"}]}",
        &use, &fault);
    assert_non_null(patch);
    assert_int_equal(patch->count, 3);
    assert_int_equal(patch->operations[0].verb, PATCH_REPLACE);
    assert_int_equal(use.count[TOLERANCE_OPERATION_CASE], 2);
}

static const struct {
    const char *text;
    enum fault_type type;
    const char *detail;
} bad[] = {
    {"{}", FAULT_INVALID_SYNTAX, "'schemas' does not name '" SCIM_URN_PATCH "'"},
    {"{\"Operations\":[{\"op\":\"add\",\"value\":{}}]}", FAULT_INVALID_SYNTAX,
     "'schemas' does not name '" SCIM_URN_PATCH "'"},
    {"{\"schemas\":[\"" SCIM_URN_USER "\"],\"Operations\":[]}", FAULT_INVALID_SYNTAX,
     "'schemas' does not name '" SCIM_URN_PATCH "'"},
    {"{\"schemas\":[\"" SCIM_URN_PATCH "\"]}", FAULT_INVALID_SYNTAX,
     "'Operations' must be an array"},
    {HEAD "{\"op\":\"add\",\"value\":{}}}", FAULT_INVALID_SYNTAX,
     "'Operations' must be an array"},
    {HEAD "[],\"operations\":[]}", FAULT_INVALID_SYNTAX, "'Operations' is there twice"},
    {HEAD "[\"add\"]}", FAULT_INVALID_SYNTAX, "operation 1: it is not an object"},
    {HEAD "[{}]}", FAULT_INVALID_SYNTAX, "operation 1: 'op' must be add, remove or replace"},
    {HEAD "[{\"op\":\"move\",\"path\":\"title\",\"value\":1}]}", FAULT_INVALID_SYNTAX,
     "operation 1: 'op' must be add, remove or replace"},
    {HEAD "[{\"op\":5}]}", FAULT_INVALID_SYNTAX,
     "operation 1: 'op' must be add, remove or replace"},
    {HEAD "[{\"op\":\"add\",\"Op\":\"remove\",\"value\":{}}]}", FAULT_INVALID_SYNTAX,
     "operation 1: 'op' is there twice"},
    {HEAD "[{\"op\":\"add\",\"path\":\"title\"}]}", FAULT_INVALID_VALUE,
     "operation 1: it has no value"},
    {HEAD "[{\"op\":\"replace\"}]}", FAULT_INVALID_VALUE, "operation 1: it has no value"},
    {HEAD "[{\"op\":\"remove\"}]}", FAULT_NO_TARGET, "operation 1: remove needs a path"},
    {HEAD "[{\"op\":\"remove\",\"value\":{\"title\":1}}]}", FAULT_NO_TARGET,
     "operation 1: remove needs a path"},
    {HEAD "[{\"op\":\"add\",\"path\":5,\"value\":1}]}", FAULT_INVALID_PATH,
     "operation 1: the path is not a text"},
    {HEAD
     "[{\"op\":\"remove\",\"path\":\"title\"},{\"op\":\"add\",\"path\":\"a b\",\"value\":1}]}",
     FAULT_INVALID_PATH, "operation 2: the path does not begin with the name of an attribute"},
    {HEAD "[{\"op\":\"add\",\"path\":\"\",\"value\":1}]}", FAULT_INVALID_PATH,
     "operation 1: the path does not begin with the name of an attribute"},
    {HEAD "[{\"op\":\"remove\",\"path\":\"emails[type xx]\"}]}", FAULT_INVALID_FILTER,
     "operation 1: the filter is wrong at byte 6: an operator is expected "
     "(eq ne co sw ew pr gt ge lt le)"},
};

static void what_is_no_patch_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Patch) patch = parse(bad[i].text, NULL, &fault);
        if (patch != NULL)
            fail_msg("%s passed", bad[i].text);
        assert_int_equal(fault.type, bad[i].type);
        assert_string_equal(fault.detail, bad[i].detail);
        fault_clear(&fault);
    }
}

static void no_operations_and_no_path_are_counted(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    g_autoptr(Patch) empty = parse(HEAD "[]}", &use, &fault);
    assert_non_null(empty);
    assert_int_equal(empty->count, 0);
    assert_int_equal(use.count[TOLERANCE_EMPTY_OPERATIONS], 1);
    g_autoptr(Patch) pathless =
        parse(HEAD "[{\"op\":\"add\",\"value\":{}},{\"op\":\"add\",\"path\":\"emails[type "
                   "eq \\\"work\\\"]\",\"value\":{}},{\"op\":\"remove\",\"path\":"
                   "\"emails[type eq \\\"work\\\"]\"}]}",
              &use, &fault);
    assert_non_null(pathless);
    assert_int_equal(use.count[TOLERANCE_PATHLESS], 1);
    assert_int_equal(use.whole_values, 1);
}

static void the_attributes_it_names_are_known(void **state)
{
    (void)state;

    static const struct {
        const char *operation;
        gboolean names;
    } cases[] = {
        {"{\"op\":\"remove\",\"path\":\"Title\"}", TRUE},
        {"{\"op\":\"remove\",\"path\":\"" SCIM_URN_USER ":title\"}", TRUE},
        {"{\"op\":\"remove\",\"path\":\"name\"}", FALSE},
        {"{\"op\":\"add\",\"value\":{\"TITLE\":\"a\"}}", TRUE},
        {"{\"op\":\"add\",\"value\":{\"name\":{\"title\":\"a\"}}}", FALSE},
        {"{\"op\":\"remove\",\"path\":\"rooms\"}", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        g_autofree char *text = g_strconcat(HEAD "[", cases[i].operation, "]}", NULL);
        g_autoptr(Patch) patch = parse(text, NULL, &fault);
        assert_non_null(patch);
        assert_int_equal(patch_names(patch, "title"), cases[i].names);
    }
}

static void there_may_be_1000_operations_and_not_one_more(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    GString *text = g_string_new(HEAD "[{\"op\":\"remove\",\"path\":\"title\"}");
    for (int i = 1; i < PATCH_MAX_OPERATIONS; i++)
        g_string_append(text, ",{\"op\":\"remove\",\"path\":\"title\"}");
    size_t length = text->len;
    g_string_append(text, "]}");
    g_autoptr(Patch) most = parse(text->str, NULL, &fault);
    assert_non_null(most);
    assert_int_equal(most->count, PATCH_MAX_OPERATIONS);
    g_string_truncate(text, length);
    g_string_append(text, ",{}]}");
    assert_null(parse(text->str, NULL, &fault));
    assert_int_equal(fault.status, 413);
    fault_clear(&fault);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_read_in_their_order),
        cmocka_unit_test(the_names_of_the_message_and_of_op_may_be_in_any_case),
        cmocka_unit_test(what_is_no_patch_is_refused),
        cmocka_unit_test(no_operations_and_no_path_are_counted),
        cmocka_unit_test(the_attributes_it_names_are_known),
        cmocka_unit_test(there_may_be_1000_operations_and_not_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
