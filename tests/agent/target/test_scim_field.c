#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_field.h"
#include "scim/protocol/outcome.h"

static json_t *parsed(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static void expect_bad_input(GError *error, const char *why)
{
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    assert_non_null(strstr(error->message, why));
}

static void a_text_is_taken_only_if_it_is_one(void **state)
{
    (void)state;

    static const struct {
        const char *json, *text, *why; /* why NULL: it is taken */
        gboolean is_key;
    } cases[] = {
        {"{\"a\":\"x\"}", "x", NULL, TRUE},
        {"{\"a\":\"\xc3\xa4\"}", "\xc3\xa4", NULL, TRUE},
        {"{}", NULL, NULL, FALSE},
        {"{\"a\":null}", NULL, NULL, FALSE},
        {"{\"a\":\"\"}", "", NULL, FALSE},
        {"{\"a\":7}", NULL, "\"a\" is not a text", FALSE},
        {"{\"a\":[\"x\"]}", NULL, "\"a\" is not a text", FALSE},
        {"{\"a\":{}}", NULL, "\"a\" is not a text", FALSE},
        {"{\"a\":\"x\\ny\"}", NULL, "\"a\" has control characters", FALSE},
        {"{\"a\":\"\\u001b[31m\"}", NULL, "\"a\" has control characters", FALSE},
        {"{\"a\":\"\\u0085\"}", NULL, "\"a\" has control characters", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_auto_t *object = parsed(cases[i].json);
        const char *text = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) key_error = NULL;
        assert_int_equal(scim_field_text(object, "a", &text, &error), cases[i].why == NULL);
        if (cases[i].why != NULL)
            expect_bad_input(error, cases[i].why);
        else
            assert_int_equal(g_strcmp0(text, cases[i].text), 0);
        assert_int_equal(scim_field_key(object, "a", &text, &key_error), cases[i].is_key);
        if (!cases[i].is_key)
            expect_bad_input(key_error,
                             cases[i].why != NULL ? cases[i].why : "\"a\" is missing");
    }
}

static void a_text_has_its_length(void **state)
{
    (void)state;
    g_autofree char *longest = g_strnfill(SCIM_FIELD_MAX_TEXT, 'x');
    g_autofree char *longer = g_strnfill(SCIM_FIELD_MAX_TEXT + 1, 'x');
    json_auto_t *object = json_pack("{s:s, s:s}", "a", longest, "b", longer);
    const char *text = NULL;
    g_autoptr(GError) error = NULL;
    assert_true(scim_field_text(object, "a", &text, NULL));
    assert_false(scim_field_text(object, "b", &text, &error));
    expect_bad_input(error, "\"b\" is too long");
}

static void a_label_loses_its_control_characters(void **state)
{
    (void)state;
    json_auto_t *object = parsed("{\"a\":\"x\\ny\\u001b\xc3\xa4\\u009bz\",\"b\":7}");
    g_autofree char *label = NULL;
    g_autofree char *absent = NULL;
    g_autofree char *bad = NULL;
    g_autoptr(GError) error = NULL;
    assert_true(scim_field_label(object, "a", &label, NULL));
    assert_string_equal(label, "x y \xc3\xa4 z");
    assert_true(scim_field_label(object, "c", &absent, NULL));
    assert_null(absent);
    assert_false(scim_field_label(object, "b", &bad, &error));
    expect_bad_input(error, "\"b\" is not a text");
    assert_null(bad);
}

static void a_boolean_and_a_number_are_what_they_are(void **state)
{
    (void)state;
    json_auto_t *object =
        parsed("{\"t\":true,\"f\":false,\"n\":null,\"s\":\"true\",\"i\":7,\"z\":0,"
               "\"m\":-1,\"x\":2147483647,\"y\":2147483648,\"r\":7.0}");

    static const struct {
        const char *name;
        gboolean is_boolean, boolean, is_count;
        guint count;
    } cases[] = {
        {"t", TRUE, TRUE, FALSE, 9},       {"f", TRUE, FALSE, FALSE, 9},
        {"n", TRUE, 2, TRUE, 9},           {"absent", TRUE, 2, TRUE, 9},
        {"s", FALSE, 2, FALSE, 9},         {"i", FALSE, 2, TRUE, 7},
        {"z", FALSE, 2, TRUE, 0},          {"m", FALSE, 2, FALSE, 9},
        {"x", FALSE, 2, TRUE, 2147483647}, {"y", FALSE, 2, FALSE, 9},
        {"r", FALSE, 2, FALSE, 9},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean boolean = 2;
        guint count = 9;
        assert_int_equal(scim_field_boolean(object, cases[i].name, &boolean, NULL),
                         cases[i].is_boolean);
        assert_int_equal(boolean, cases[i].boolean);
        assert_int_equal(scim_field_count(object, cases[i].name, &count, NULL),
                         cases[i].is_count);
        assert_int_equal(count, cases[i].count);
    }
}

static void lists_and_objects_are_checked_to_their_elements(void **state)
{
    (void)state;
    json_auto_t *object =
        parsed("{\"o\":{},\"os\":[{},{}],\"ts\":[\"a\",\"b\"],\"e\":[],\"mix\":[{},"
               "\"a\"],\"ctl\":[\"a\\n\"],\"s\":\"x\",\"n\":null}");

    static const struct {
        const char *name;
        gboolean is_object, are_objects, are_texts;
    } cases[] = {
        {"o", TRUE, FALSE, FALSE},  {"os", FALSE, TRUE, FALSE},   {"ts", FALSE, FALSE, TRUE},
        {"e", FALSE, TRUE, TRUE},   {"mix", FALSE, FALSE, FALSE}, {"ctl", FALSE, FALSE, FALSE},
        {"s", FALSE, FALSE, FALSE}, {"n", TRUE, TRUE, TRUE},      {"absent", TRUE, TRUE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *value = NULL;
        assert_int_equal(scim_field_object(object, cases[i].name, &value, NULL),
                         cases[i].is_object);
        assert_int_equal(scim_field_objects(object, cases[i].name, &value, NULL),
                         cases[i].are_objects);
        assert_int_equal(scim_field_texts(object, cases[i].name, &value, NULL),
                         cases[i].are_texts);
    }
    json_t *nothing = object;
    assert_true(scim_field_object(object, "n", &nothing, NULL));
    assert_null(nothing);
}

static void a_role_has_its_scope(void **state)
{
    (void)state;

    static const struct {
        const char *text, *project;
        enum organization_role organization;
        enum project_role in_project;
        gboolean plain, with_none;
    } cases[] = {
        {"owner", "", ORGANIZATION_ROLE_OWNER, PROJECT_ROLE_NONE, TRUE, TRUE},
        {"member", "", ORGANIZATION_ROLE_MEMBER, PROJECT_ROLE_NONE, TRUE, TRUE},
        {"search/admin", "search", ORGANIZATION_ROLE_NONE, PROJECT_ROLE_ADMIN, TRUE, TRUE},
        {"a-1/read-only", "a-1", ORGANIZATION_ROLE_NONE, PROJECT_ROLE_READ_ONLY, TRUE, TRUE},
        {"ads/none", "ads", ORGANIZATION_ROLE_NONE, PROJECT_ROLE_NONE, FALSE, TRUE},
        {"none", "", 0, 0, FALSE, FALSE},
        {"", "", 0, 0, FALSE, FALSE},
        {"admin", "", 0, 0, FALSE, FALSE},
        {"Owner", "", 0, 0, FALSE, FALSE},
        {"/admin", "", 0, 0, FALSE, FALSE},
        {"search/", "", 0, 0, FALSE, FALSE},
        {"search/owner", "", 0, 0, FALSE, FALSE},
        {"a/b/admin", "", 0, 0, FALSE, FALSE},
        {"Se arch/admin", "", 0, 0, FALSE, FALSE},
        {"a-name-of-forty-one-bytes-which-is-too-long/admin", "", 0, 0, FALSE, FALSE},
        {"a-name-that-is-so-very-long-that-it-would-not-fit-into-any-array-of-sixty-four-bytes/"
         "admin",
         "", 0, 0, FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scim_field_role role;
        assert_int_equal(scim_field_role(cases[i].text, FALSE, &role, NULL), cases[i].plain);
        assert_int_equal(scim_field_role(cases[i].text, TRUE, &role, NULL), cases[i].with_none);
        if (!cases[i].with_none)
            continue;
        assert_string_equal(role.project, cases[i].project);
        assert_int_equal(role.organization, cases[i].organization);
        assert_int_equal(role.in_project, cases[i].in_project);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_taken_only_if_it_is_one),
        cmocka_unit_test(a_text_has_its_length),
        cmocka_unit_test(a_label_loses_its_control_characters),
        cmocka_unit_test(a_boolean_and_a_number_are_what_they_are),
        cmocka_unit_test(lists_and_objects_are_checked_to_their_elements),
        cmocka_unit_test(a_role_has_its_scope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
