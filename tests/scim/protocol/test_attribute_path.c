#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/attribute_path.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

static struct attribute_path *parse(const char *text, struct fault *fault)
{
    return attribute_path_parse(&schema_tables_user, text, strlen(text), NULL, NULL, fault);
}

static const struct {
    const char *text;
    const char *attribute; /* NULL: unknown, or a whole extension */
    const char *sub;
    gboolean filtered;
} good[] = {
    {"userName", "userName", NULL, FALSE},
    {"NAME.familyname", "name", "familyName", FALSE},
    {SCIM_URN_USER ":name.familyName", "name", "familyName", FALSE},
    {SCIM_URN_ENTERPRISE ":department", "department", NULL, FALSE},
    {SCIM_URN_ENTERPRISE, NULL, NULL, FALSE},
    {"addresses[type eq \"work\"]", "addresses", NULL, TRUE},
    {"addresses[type eq \"work\"].streetAddress", "addresses", "streetAddress", TRUE},
    {"emails[type eq \"]\" and value ew \"example.com\"].value", "emails", "value", TRUE},
    {"roles[primary eq \"True\"].value", "roles", "value", TRUE},
    {SCIM_URN_USER ":emails[type eq \"work\"].value", "emails", "value", TRUE},
    {"emails[value eq\"a\"]", "emails", NULL, TRUE},
    {"rooms", NULL, NULL, FALSE},
    {"rooms[number eq 5].size", NULL, NULL, TRUE},
    {"emails[type eq \"work\"].shoe", NULL, NULL, TRUE},
};

static void every_form_of_path_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(AttributePath) path = parse(good[i].text, &fault);
        if (path == NULL)
            fail_msg("%s: %s", good[i].text, fault.detail);
        const struct attribute_reference *reference = &path->reference;
        assert_int_equal(
            g_strcmp0(reference->attribute != NULL ? reference->attribute->name : NULL,
                      good[i].attribute),
            0);
        assert_int_equal(
            g_strcmp0(reference->sub != NULL ? reference->sub->name : NULL, good[i].sub), 0);
        assert_int_equal(path->filter != NULL, good[i].filtered);
    }
}

static const struct {
    const char *text;
    enum fault_type type;
} bad[] = {
    {"", FAULT_INVALID_PATH},
    {" userName", FAULT_INVALID_PATH},
    {"userName ", FAULT_INVALID_PATH},
    {"emails[", FAULT_INVALID_FILTER},
    {"emails[]", FAULT_INVALID_FILTER},
    {"emails[0]", FAULT_INVALID_FILTER},
    {"emails[type eq \"work\"", FAULT_INVALID_FILTER},
    {"emails[type xx \"work\"]", FAULT_INVALID_FILTER},
    {"emails[type eq \"work\"]value", FAULT_INVALID_PATH},
    {"emails[type eq \"work\"].", FAULT_INVALID_PATH},
    {"emails[type eq \"work\"].value.x", FAULT_INVALID_PATH},
    {"emails[type eq \"work\"][value pr]", FAULT_INVALID_PATH},
    {"emails[type[value pr]]", FAULT_INVALID_FILTER},
    {"emails.value[type eq \"work\"]", FAULT_INVALID_PATH},
    {"userName[value eq \"a\"]", FAULT_INVALID_PATH},
    {"name[familyName eq \"a\"]", FAULT_INVALID_PATH},
    {SCIM_URN_ENTERPRISE "[department pr]", FAULT_INVALID_PATH},
    {"/emails/0", FAULT_INVALID_PATH},
    {"[type eq \"work\"]", FAULT_INVALID_PATH},
};

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(AttributePath) path = parse(bad[i].text, &fault);
        if (path != NULL)
            fail_msg("'%s' passed", bad[i].text);
        assert_int_equal(fault.type, bad[i].type);
        fault_clear(&fault);
    }
}

static void it_may_have_512_bytes_and_not_one_more(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autofree char *value =
        g_strnfill(ATTRIBUTE_PATH_MAX_BYTES - strlen("emails[value eq \"\"]"), 'x');
    g_autofree char *most = g_strdup_printf("emails[value eq \"%s\"]", value);
    g_autofree char *beyond = g_strdup_printf("emails[value eq \"x%s\"]", value);
    g_autoptr(AttributePath) path = parse(most, &fault);
    assert_non_null(path);
    assert_null(parse(beyond, &fault));
    assert_string_equal(fault.detail, "the path is longer than 512 bytes");
    fault_clear(&fault);
}

static void brackets_inside_a_path_have_the_limits_of_a_filter(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autofree char *open = g_strnfill(FILTER_MAX_DEPTH, '(');
    g_autofree char *close = g_strnfill(FILTER_MAX_DEPTH, ')');
    g_autofree char *beyond = g_strdup_printf("emails[%svalue pr%s]", open, close);
    g_autofree char *most = g_strdup_printf("emails[%svalue pr%s]", open + 1, close + 1);
    g_autoptr(AttributePath) path = parse(most, &fault);
    assert_non_null(path);
    assert_null(parse(beyond, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_FILTER);
    fault_clear(&fault);
}

static void a_bracketless_million_is_refused_at_once(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    g_autofree char *text = g_strnfill(1000000, '(');
    assert_null(parse(text, &fault));
    assert_int_equal(fault.type, FAULT_INVALID_PATH);
    assert_null(strchr(fault.detail, '('));
    fault_clear(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_path_is_read),
        cmocka_unit_test(what_is_no_path_is_refused),
        cmocka_unit_test(it_may_have_512_bytes_and_not_one_more),
        cmocka_unit_test(brackets_inside_a_path_have_the_limits_of_a_filter),
        cmocka_unit_test(a_bracketless_million_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
