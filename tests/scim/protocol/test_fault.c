#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/fault.h"

static void assert_prints(struct fault *fault, const char *expected)
{
    json_auto_t *error = fault_print(fault);
    json_auto_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(wanted);
    if (!json_equal(error, wanted)) {
        char *text = json_dumps(error, 0);
        fail_msg("%s instead of %s", text, expected);
    }
}

/* RFC 7644 table 9 */
static const struct {
    enum fault_type type;
    const char *name;
    int status;
} types[] = {
    {FAULT_INVALID_FILTER, "invalidFilter", 400}, {FAULT_TOO_MANY, "tooMany", 400},
    {FAULT_UNIQUENESS, "uniqueness", 409},        {FAULT_MUTABILITY, "mutability", 400},
    {FAULT_INVALID_SYNTAX, "invalidSyntax", 400}, {FAULT_INVALID_PATH, "invalidPath", 400},
    {FAULT_NO_TARGET, "noTarget", 400},           {FAULT_INVALID_VALUE, "invalidValue", 400},
    {FAULT_INVALID_VERSION, "invalidVers", 400},  {FAULT_SENSITIVE, "sensitive", 403},
    {FAULT_INVALID_CURSOR, "invalidCursor", 400}, {FAULT_EXPIRED_CURSOR, "expiredCursor", 400},
    {FAULT_INVALID_COUNT, "invalidCount", 400},
};

static void every_type_has_its_keyword_and_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        struct fault fault = {.status = 0};
        assert_false(fault_set(&fault, types[i].type, "because"));
        assert_int_equal(fault.status, types[i].status);
        assert_string_equal(fault_type_name(fault.type), types[i].name);
        fault_clear(&fault);
    }
    assert_null(fault_type_name(FAULT_UNTYPED));
}

static void a_fault_is_printed_as_the_error_of_the_standard(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    fault_set(&fault, FAULT_MUTABILITY, "'%s' is read-only", "id");
    assert_prints(&fault, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
                          "\"status\":\"400\",\"scimType\":\"mutability\","
                          "\"detail\":\"'id' is read-only\"}");
    fault_clear(&fault);
    fault_set_status(&fault, 404, "there is no such person");
    assert_prints(&fault, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
                          "\"status\":\"404\",\"detail\":\"there is no such person\"}");
    fault_clear(&fault);
}

static void the_first_fault_stands_and_its_place_can_be_told(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    assert_false(fault_is_set(&fault));
    fault_set(&fault, FAULT_NO_TARGET, "nothing matches");
    fault_set_status(&fault, 500, "later");
    assert_false(fault_prefix(&fault, "operation %d: ", 2));
    assert_true(fault_is_set(&fault));
    assert_int_equal(fault.status, 400);
    assert_string_equal(fault.detail, "operation 2: nothing matches");
    fault_clear(&fault);
    assert_false(fault_is_set(&fault));
}

static void a_refusal_travels_as_a_403_with_its_machine_form(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct refusal refusal = {.limit = 100, .used = 100};
    refusal_set(&refusal, REFUSAL_SEAT_CAP, "all 100 seats are taken");
    assert_false(fault_take_refusal(&fault, &refusal));
    assert_int_equal(refusal.rule, REFUSAL_NONE);
    assert_null(refusal.detail);
    assert_prints(&fault,
                  "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\","
                  "\"urn:rolecall:params:scim:api:messages:1.0:Refusal\"],\"status\":\"403\","
                  "\"detail\":\"all 100 seats are taken\","
                  "\"urn:rolecall:params:scim:api:messages:1.0:Refusal\":"
                  "{\"rule\":\"seat-cap\",\"limit\":100,\"used\":100}}");
    fault_clear(&fault);
}

static void a_refusal_about_projects_names_them_and_no_numbers(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct refusal refusal = {.rule = REFUSAL_NONE};
    refusal.projects = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(refusal.projects, g_strdup("ads"));
    g_ptr_array_add(refusal.projects, g_strdup("search"));
    refusal_set(&refusal, REFUSAL_LAST_PROJECT_ADMIN, "the only admin of two projects");
    fault_take_refusal(&fault, &refusal);
    json_auto_t *error = fault_print(&fault);
    const json_t *form = json_object_get(error, REFUSAL_URN);
    assert_null(json_object_get(form, "limit"));
    assert_int_equal(json_array_size(json_object_get(form, "projects")), 2);
    fault_clear(&fault);
}

static void a_refusal_after_a_fault_is_dropped(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct refusal refusal = {.rule = REFUSAL_NONE};
    refusal_set(&refusal, REFUSAL_ORIGIN, "somebody else's");
    fault_set_status(&fault, 412, "it has changed");
    fault_take_refusal(&fault, &refusal);
    assert_int_equal(fault.refusal.rule, REFUSAL_NONE);
    assert_int_equal(fault.status, 412);
    fault_clear(&fault);
}

static void what_was_printed_is_read_back(void **state)
{
    (void)state;
    struct fault sent = {.status = 0};
    struct fault got = {.status = 0};
    struct refusal refusal = {.limit = 7, .used = 6};
    refusal_set(&refusal, REFUSAL_SEAT_CAP, "no seat");
    fault_take_refusal(&sent, &refusal);
    json_auto_t *error = fault_print(&sent);
    assert_true(fault_parse(error, 403, &got));
    assert_int_equal(got.status, 403);
    assert_string_equal(got.detail, "no seat");
    assert_int_equal(got.refusal.rule, REFUSAL_SEAT_CAP);
    assert_int_equal(got.refusal.limit, 7);
    assert_int_equal(got.refusal.used, 6);
    assert_string_equal(got.refusal.detail, "no seat");
    fault_clear(&sent);
    fault_clear(&got);
}

static void a_foreign_error_is_read_as_far_as_it_goes(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gboolean is_error;
        enum fault_type type;
        enum refusal_rule rule;
    } cases[] = {
        {"{\"schemas\":[\"URN:ietf:params:scim:api:messages:2.0:error\"],\"scimType\":"
         "\"uniqueness\"}",
         TRUE, FAULT_UNIQUENESS, REFUSAL_NONE},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"scimType\":7,"
         "\"detail\":[]}",
         TRUE, FAULT_UNTYPED, REFUSAL_NONE},
        {"{\"schemas\":[7,\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
         "\"urn:rolecall:params:scim:api:messages:1.0:Refusal\":{\"rule\":\"last-project-"
         "admin\","
         "\"projects\":[1,\"ads\"]}}",
         TRUE, FAULT_UNTYPED, REFUSAL_LAST_PROJECT_ADMIN},
        {"{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
         "\"urn:rolecall:params:scim:api:messages:1.0:Refusal\":{\"rule\":\"new-rule\"}}",
         TRUE, FAULT_UNTYPED, REFUSAL_NONE},
        {"{\"error\":\"no\"}", FALSE, FAULT_UNTYPED, REFUSAL_NONE},
        {"[]", FALSE, FAULT_UNTYPED, REFUSAL_NONE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *error = json_loads(cases[i].text, 0, NULL);
        assert_non_null(error);
        assert_int_equal(fault_parse(error, 409, &fault), cases[i].is_error);
        assert_int_equal(fault.status, 409);
        assert_int_equal(fault.type, cases[i].type);
        assert_int_equal(fault.refusal.rule, cases[i].rule);
        fault_clear(&fault);
    }
    struct fault fault = {.status = 0};
    assert_false(fault_parse(NULL, 502, &fault));
    assert_int_equal(fault.status, 502);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_keyword_and_status),
        cmocka_unit_test(a_fault_is_printed_as_the_error_of_the_standard),
        cmocka_unit_test(the_first_fault_stands_and_its_place_can_be_told),
        cmocka_unit_test(a_refusal_travels_as_a_403_with_its_machine_form),
        cmocka_unit_test(a_refusal_about_projects_names_them_and_no_numbers),
        cmocka_unit_test(a_refusal_after_a_fault_is_dropped),
        cmocka_unit_test(what_was_printed_is_read_back),
        cmocka_unit_test(a_foreign_error_is_read_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
