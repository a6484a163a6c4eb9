#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/bulk.h"

#define HEAD "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"]"

static Bulk *parse(const char *text, gint64 most, struct fault *fault)
{
    struct request_limits limits = *request_limits_standard();
    limits.bulk_operations = most;
    json_t *message = json_loads(text, 0, NULL);
    assert_non_null(message);
    Bulk *bulk = bulk_parse(message, &limits, fault);
    json_decref(message);
    return bulk;
}

static void a_request_is_read_with_its_names_in_any_case(void **state)
{
    (void)state;
    struct fault fault = {0};
    g_autoptr(Bulk) bulk =
        parse("{\"SCHEMAS\":[\"URN:ietf:params:scim:api:messages:2.0:bulkrequest\"],"
              "\"failonerrors\":2,\"operations\":["
              "{\"Method\":\"POST\",\"Path\":\"/"
              "Users\",\"BulkId\":\"a\",\"Data\":{\"userName\":\"b\"}},"
              "{\"method\":\"DELETE\",\"path\":\"/Users/1\",\"version\":\"W/\\\"3\\\"\","
              "\"data\":null,\"bulkId\":\"d\"}]}",
              10, &fault);
    assert_non_null(bulk);
    assert_int_equal(bulk->fail_on_errors, 2);
    assert_int_equal(bulk->count, 2);
    assert_string_equal(bulk->operations[0].method, "POST");
    assert_string_equal(bulk->operations[0].path, "/Users");
    assert_string_equal(bulk->operations[0].bulk_id, "a");
    assert_null(bulk->operations[0].version);
    assert_string_equal(
        json_string_value(json_object_get(bulk->operations[0].data, "userName")), "b");
    assert_string_equal(bulk->operations[1].version, "W/\"3\"");
    assert_null(bulk->operations[1].data);
    assert_false(fault_is_set(&bulk->operations[1].fault));
    assert_int_equal(bulk->groups->len, 2);
}

static void what_is_no_bulk_request_is_refused_whole(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        int status;
        enum fault_type type;
        const char *detail;
    } cases[] = {
        {"{}", 400, FAULT_INVALID_SYNTAX, "'schemas' must name"},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{}]"
         "}",
         400, FAULT_INVALID_SYNTAX, "'schemas' must name"},
        {HEAD "}", 400, FAULT_INVALID_SYNTAX, "'Operations'"},
        {HEAD ",\"Operations\":[]}", 400, FAULT_INVALID_SYNTAX, "'Operations'"},
        {HEAD ",\"Operations\":{\"method\":\"POST\"}}", 400, FAULT_INVALID_SYNTAX,
         "'Operations'"},
        {HEAD ",\"failOnErrors\":\"1\",\"Operations\":[{}]}", 400, FAULT_INVALID_VALUE,
         "'failOnErrors'"},
        {HEAD ",\"failOnErrors\":-1,\"Operations\":[{}]}", 400, FAULT_INVALID_VALUE,
         "'failOnErrors'"},
        {HEAD ",\"Operations\":[{},{},{}]}", 413, FAULT_UNTYPED,
         "exceeds the maxOperations (2)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        assert_null(parse(cases[i].text, 2, &fault));
        assert_int_equal(fault.status, cases[i].status);
        assert_int_equal(fault.type, cases[i].type);
        assert_non_null(strstr(fault.detail, cases[i].detail));
        fault_clear(&fault);
    }
}

static void a_malformed_operation_is_its_own_fault_alone(void **state)
{
    (void)state;

    static const struct {
        const char *operation;
        enum fault_type type;
        const char *detail;
    } cases[] = {
        {"7", FAULT_INVALID_SYNTAX, "must be an object"},
        {"{\"path\":\"/Users/1\"}", FAULT_INVALID_SYNTAX, "'method' must be"},
        {"{\"method\":\"GET\",\"path\":\"/Users/1\"}", FAULT_INVALID_SYNTAX,
         "'method' must be"},
        {"{\"method\":\"post\",\"path\":\"/Users\"}", FAULT_INVALID_SYNTAX, "'method' must be"},
        {"{\"method\":5,\"path\":\"/Users\"}", FAULT_INVALID_SYNTAX,
         "'method' must be a string"},
        {"{\"method\":\"DELETE\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"DELETE\",\"path\":\"/Users/a\\nb\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"DELETE\",\"path\":\"/Users/a b\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"DELETE\",\"path\":\"/Users/\\u00e4\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"DELETE\",\"path\":\"Users/1\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"DELETE\",\"path\":\"http://h/Users/1\"}", FAULT_INVALID_PATH, "'path'"},
        {"{\"method\":\"PUT\",\"path\":\"/Users/1\"}", FAULT_INVALID_SYNTAX, "'data'"},
        {"{\"method\":\"PATCH\",\"path\":\"/Users/1\",\"data\":[]}", FAULT_INVALID_SYNTAX,
         "'data'"},
        {"{\"method\":\"POST\",\"path\":\"/Users\",\"data\":{}}", FAULT_INVALID_SYNTAX,
         "a POST needs a 'bulkId'"},
        {"{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"\",\"data\":{}}",
         FAULT_INVALID_SYNTAX, "a POST needs a 'bulkId'"},
        {"{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":{}}",
         FAULT_INVALID_VALUE, "an earlier operation"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        g_autofree char *text = g_strdup_printf(
            HEAD ",\"Operations\":[{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\","
                 "\"data\":{}},%s]}",
            cases[i].operation);
        g_autoptr(Bulk) bulk = parse(text, 2, &fault);
        assert_non_null(bulk);
        assert_false(fault_is_set(&bulk->operations[0].fault));
        const struct fault *own = &bulk->operations[1].fault;
        if (own->status != 400 || own->type != cases[i].type ||
            strstr(own->detail, cases[i].detail) == NULL) {
            fail_msg("%s: %d %s", cases[i].operation, own->status, own->detail);
        }
        assert_int_equal(bulk->groups->len, 2);
    }
}

static void forward_references_and_circles_make_the_order(void **state)
{
    (void)state;
    struct fault fault = {0};
    g_autoptr(Bulk) bulk =
        parse(HEAD ",\"Operations\":["
                   "{\"method\":\"PATCH\",\"path\":\"/Projects/bulkId:p\",\"data\":{}},"
                   "{\"method\":\"POST\",\"path\":\"/Projects\",\"bulkId\":\"p\",\"data\":"
                   "{\"members\":[{\"value\":\"bulkId:a\"}]}},"
                   "{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":"
                   "{\"manager\":{\"value\":\"bulkId:b\"}}},"
                   "{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"b\",\"data\":"
                   "{\"manager\":{\"value\":\"bulkId:a\"}}},"
                   "{\"method\":\"DELETE\",\"path\":\"/Users/bulkId:nobody\"}]}",
              5, &fault);
    assert_non_null(bulk);
    static const size_t first[] = {2, 1, 0, 4};
    assert_int_equal(bulk->groups->len, G_N_ELEMENTS(first));
    for (guint i = 0; i < bulk->groups->len; i++) {
        const struct bulk_group *group = g_ptr_array_index(bulk->groups, i);
        assert_int_equal(g_array_index(group->members, size_t, 0), first[i]);
        assert_int_equal(group->is_circular, i == 0);
        assert_int_equal(group->members->len, i == 0 ? 2 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_with_its_names_in_any_case),
        cmocka_unit_test(what_is_no_bulk_request_is_refused_whole),
        cmocka_unit_test(a_malformed_operation_is_its_own_fault_alone),
        cmocka_unit_test(forward_references_and_circles_make_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
