#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/projection.h"
#include "scim/protocol/schema_tables.h"

static const char person[] =
    "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
    "\"],\"id\":\"1\",\"userName\":\"b\","
    "\"name\":{\"givenName\":\"B\",\"familyName\":\"J\"},"
    "\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"c\"},{\"type\":\"home\"}],"
    "\"secret\":\"hash\",\"meta\":{\"version\":\"W/\\\"1\\\"\"},"
    "\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"D\",\"costCenter\":\"7\"}}";

#define HEAD "\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE "\"],\"id\":\"1\""

static const struct {
    const char *attributes;
    const char *excluded;
    const char *shown;
} cases[] = {
    {NULL, NULL,
     "{" HEAD ",\"userName\":\"b\",\"name\":{\"givenName\":\"B\",\"familyName\":\"J\"},"
     "\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"c\"},{\"type\":\"home\"}],"
     "\"meta\":{\"version\":\"W/\\\"1\\\"\"},"
     "\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"D\",\"costCenter\":\"7\"}}"},
    {"userName", NULL, "{" HEAD ",\"userName\":\"b\"}"},
    {" USERNAME , title,,", NULL, "{" HEAD ",\"userName\":\"b\"}"},
    {"", NULL, "{" HEAD "}"},
    {"id", NULL, "{" HEAD "}"},
    {"rooms,secret", NULL, "{" HEAD "}"},
    {"name.familyName", NULL, "{" HEAD ",\"name\":{\"familyName\":\"J\"}}"},
    {"name.middleName", NULL, "{" HEAD "}"},
    {"emails[type eq \"a,b]\"].value,title[x]", NULL,
     "{" HEAD ",\"emails\":[{\"value\":\"a\"},{\"value\":\"c\"}]}"},
    {"emails.value", NULL, "{" HEAD ",\"emails\":[{\"value\":\"a\"},{\"value\":\"c\"}]}"},
    {"emails,emails.value", NULL,
     "{" HEAD ",\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"c\"},{\"type\":"
     "\"home\"}]}"},
    {SCIM_URN_USER ":userName", NULL, "{" HEAD ",\"userName\":\"b\"}"},
    {SCIM_URN_ENTERPRISE, NULL,
     "{" HEAD ",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"D\",\"costCenter\":\"7\"}}"},
    {SCIM_URN_ENTERPRISE ":department", NULL,
     "{" HEAD ",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"D\"}}"},
    {NULL, "emails,name,meta," SCIM_URN_ENTERPRISE, "{" HEAD ",\"userName\":\"b\"}"},
    {NULL, "id,schemas,emails,name,userName,meta," SCIM_URN_ENTERPRISE ":department",
     "{" HEAD ",\"" SCIM_URN_ENTERPRISE "\":{\"costCenter\":\"7\"}}"},
    {NULL, "emails.type,name.givenName,name.familyName,meta," SCIM_URN_ENTERPRISE,
     "{" HEAD ",\"userName\":\"b\",\"emails\":[{\"value\":\"a\"},{\"value\":\"c\"}]}"},
};

static void an_answer_shows_what_was_asked_for(void **state)
{
    (void)state;
    json_auto_t *resource = json_loads(person, 0, NULL);
    json_auto_t *kept = json_deep_copy(resource);
    assert_non_null(resource);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Projection) projection = projection_parse(
            &schema_tables_user, cases[i].attributes, cases[i].excluded, &fault);
        assert_non_null(projection);
        json_auto_t *shown = projection_apply(projection, resource);
        json_auto_t *wanted = json_loads(cases[i].shown, 0, NULL);
        if (!json_equal(shown, wanted)) {
            char *text = json_dumps(shown, 0);
            fail_msg("case %zu: %s instead of %s", i, text, cases[i].shown);
        }
        assert_true(json_equal(resource, kept));
        assert_int_equal(projection_is_chosen(projection), cases[i].attributes != NULL);
    }
}

static void returned_decides_what_may_be_seen_at_all(void **state)
{
    (void)state;
    static const struct schema_attribute attributes[] = {
        {.name = "always", .returned = SCHEMA_RETURNED_ALWAYS},
        {.name = "never", .returned = SCHEMA_RETURNED_NEVER},
        {.name = "asked", .returned = SCHEMA_RETURNED_REQUEST},
        {.name = "usual"},
        {.name = NULL},
    };
    static const struct schema schema = {"urn:x", "X", "X", attributes, NULL};
    static const struct resource_type type = {"X", "/X", "X", &schema, NULL, FALSE};

    static const struct {
        const char *attributes;
        const char *excluded;
        const char *shown;
    } asked[] = {
        {NULL, NULL, "{\"always\":1,\"usual\":4}"},
        {"never,asked", NULL, "{\"always\":1,\"asked\":3}"},
        {NULL, "always,usual", "{\"always\":1}"},
        {NULL, "asked", "{\"always\":1,\"usual\":4}"},
    };

    json_auto_t *resource =
        json_loads("{\"always\":1,\"never\":2,\"asked\":3,\"usual\":4}", 0, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Projection) projection =
            projection_parse(&type, asked[i].attributes, asked[i].excluded, &fault);
        json_auto_t *shown = projection_apply(projection, resource);
        json_auto_t *wanted = json_loads(asked[i].shown, 0, NULL);
        assert_true(json_equal(shown, wanted));
    }
}

static void both_lists_or_a_bad_name_are_refused(void **state)
{
    (void)state;

    static const struct {
        const char *attributes;
        const char *excluded;
    } bad[] = {
        {"userName", "emails"}, {"", ""}, {"user name", NULL}, {NULL, "emails[type pr]"}};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        assert_null(
            projection_parse(&schema_tables_user, bad[i].attributes, bad[i].excluded, &fault));
        assert_int_equal(fault.type, FAULT_INVALID_VALUE);
        fault_clear(&fault);
    }
}

static void a_hundred_attributes_may_be_named_and_not_one_more(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    GString *list = g_string_new("title");
    for (int i = 1; i < PROJECTION_MAX_NAMES; i++)
        g_string_append(list, ",title");
    g_autoptr(Projection) most = projection_parse(&schema_tables_user, list->str, NULL, &fault);
    assert_non_null(most);
    g_string_append(list, ",title");
    assert_null(projection_parse(&schema_tables_user, list->str, NULL, &fault));
    assert_string_equal(fault.detail, "more than 100 attributes are named");
    fault_clear(&fault);
    g_string_free(list, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_shows_what_was_asked_for),
        cmocka_unit_test(returned_decides_what_may_be_seen_at_all),
        cmocka_unit_test(both_lists_or_a_bad_name_are_refused),
        cmocka_unit_test(a_hundred_attributes_may_be_named_and_not_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
