#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"

#define SCHEMAS "\"schemas\":[\"" SCIM_URN_USER "\"]"

static const struct {
    const char *body;
    const char *clean;
} good[] = {
    {"{" SCHEMAS ",\"userName\":\"b\"}", "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{\"SCHEMAS\":[\"URN:ietf:params:scim:schemas:core:2.0:user\"],\"USERNAME\":\"b\","
     "\"ACTIVE\":false}",
     "{" SCHEMAS ",\"userName\":\"b\",\"active\":false}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"title\":null,\"emails\":[],\"name\":{},\"groups\":[]}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"id\":null,\"meta\":7,\"groups\":[{\"value\":\"g\"}],"
     "\"externalId\":\"e\"}",
     "{" SCHEMAS ",\"userName\":\"b\",\"externalId\":\"e\"}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"rooms\":5,\"password\":\"x\",\"name.givenName\":\"B\"}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{" SCHEMAS ",\"" SCIM_URN_USER ":userName\":\"b\"}", "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE
     "\":{\"Department\":\"d\",\"shoe\":9}}",
     "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"d\"}}"},
    {"{\"schemas\":[\"" SCIM_URN_ENTERPRISE "\",\"" SCIM_URN_USER
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":null}}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":null}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE ":department\":\"d\"}",
     "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"d\"}}"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_MEMBERSHIP "\":{\"status\":\"active\"}}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
    {"{\"schemas\":[\"" SCIM_URN_USER "\",\"urn:okta:custom\"],\"userName\":\"b\","
     "\"urn:okta:custom\":{\"x\":1}}",
     "{" SCHEMAS ",\"userName\":\"b\"}"},
};

static void a_body_becomes_a_canonical_resource(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = json_loads(good[i].body, 0, NULL);
        json_auto_t *wanted = json_loads(good[i].clean, 0, NULL);
        assert_non_null(body);
        json_auto_t *clean = resource_check(&schema_tables_user, body, NULL, NULL, &fault);
        if (clean == NULL)
            fail_msg("%s: %s", good[i].body, fault.detail);
        if (!json_equal(clean, wanted)) {
            char *text = json_dumps(clean, 0);
            fail_msg("%s\n  became %s\n  instead of %s", good[i].body, text, good[i].clean);
        }
    }
}

static const struct {
    const char *body;
    enum fault_type type;
    const char *detail;
} bad[] = {
    {"{}", FAULT_INVALID_SYNTAX, "'schemas' must be an array of URNs"},
    {"{\"schemas\":\"" SCIM_URN_USER "\",\"userName\":\"b\"}", FAULT_INVALID_SYNTAX,
     "'schemas' must be an array of URNs"},
    {"{\"schemas\":[],\"userName\":\"b\"}", FAULT_INVALID_SYNTAX,
     "'schemas' does not name '" SCIM_URN_USER "'"},
    {"{\"schemas\":[\"" SCIM_URN_ENTERPRISE "\"],\"userName\":\"b\"}", FAULT_INVALID_SYNTAX,
     "'schemas' does not name '" SCIM_URN_USER "'"},
    {"{\"schemas\":[\"" SCIM_URN_USER "\",5],\"userName\":\"b\"}", FAULT_INVALID_SYNTAX,
     "'schemas' must hold texts only"},
    {"{" SCHEMAS "}", FAULT_INVALID_VALUE, "'userName' is required"},
    {"{" SCHEMAS ",\"userName\":null}", FAULT_INVALID_VALUE, "'userName' is required"},
    {"{" SCHEMAS ",\"userName\":5}", FAULT_INVALID_VALUE, "'userName' must be a text"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"UserName\":\"c\"}", FAULT_INVALID_SYNTAX,
     "'userName' is there twice"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_USER ":userName\":\"c\"}",
     FAULT_INVALID_SYNTAX, "'userName' is there twice"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"roles\":[{\"value\":\"owner\"}],\"ROLES\":[]}",
     FAULT_INVALID_SYNTAX, "'roles' is there twice"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":[]}", FAULT_INVALID_VALUE,
     "'" SCIM_URN_ENTERPRISE "' must be an object"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":7}}",
     FAULT_INVALID_VALUE, "'department' must be a text"},
    {"{" SCHEMAS ",\"userName\":\"b\",\"emails\":[{\"value\":\"a\",\"primary\":true},"
     "{\"value\":\"b\",\"primary\":true}]}",
     FAULT_INVALID_VALUE, "'emails' has more than one primary value"},
};

static void what_is_no_such_resource_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = json_loads(bad[i].body, 0, NULL);
        assert_non_null(body);
        json_auto_t *clean = resource_check(&schema_tables_user, body, NULL, NULL, &fault);
        if (clean != NULL)
            fail_msg("%s passed", bad[i].body);
        assert_int_equal(fault.type, bad[i].type);
        assert_string_equal(fault.detail, bad[i].detail);
        fault_clear(&fault);
    }
}

/* What a body brings, and how often each tolerance was used for it. */
static const struct {
    const char *body, *clean;
    enum tolerance tolerance;
    guint count;
} counted[] = {
    {"{\"schemas\":[\"urn:scim:schemas:core:1.0\"],\"userName\":\"b\"}",
     "{" SCHEMAS ",\"userName\":\"b\"}", TOLERANCE_SCIM_1, 1},
    {"{\"schemas\":[\"urn:scim:schemas:core:1.0\",\"urn:scim:schemas:extension:enterprise:1."
     "0\"],"
     "\"userName\":\"b\",\"urn:scim:schemas:extension:enterprise:1.0\":{\"department\":\"d\"}}",
     "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"d\"}}",
     TOLERANCE_SCIM_1, 3},
    {"{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_USER "\"],\"userName\":\"b\"}",
     "{" SCHEMAS ",\"userName\":\"b\"}", TOLERANCE_UNKNOWN, 1},
    {"{" SCHEMAS ",\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"d\"}}",
     "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"d\"}}",
     TOLERANCE_UNKNOWN, 1},
    {"{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"manager\":\"26\"}}",
     "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE
     "\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{\"manager\":{\"value\":\"26\"}}}",
     TOLERANCE_MANAGER, 1},
    {"{" SCHEMAS ",\"userName\":\"b\",\"title\":\"\",\"emails\":\"\"}",
     "{" SCHEMAS ",\"userName\":\"b\"}", TOLERANCE_EMPTY_CLEARS, 2},
    {"{" SCHEMAS ",\"userName\":\"b\",\"id\":\"9\",\"meta\":{\"version\":\"x\"},"
     "\"groups\":[{\"value\":\"g\"}]}",
     "{" SCHEMAS ",\"userName\":\"b\"}", TOLERANCE_READ_ONLY, 3},
    {"{" SCHEMAS ",\"userName\":\"b\",\"id\":\"1\",\"meta\":null,\"groups\":[]}",
     "{" SCHEMAS ",\"userName\":\"b\"}", TOLERANCE_READ_ONLY, 0},
    {"{" SCHEMAS ",\"userName\":\"b\",\"emails\":[{\"value\":\"a\"},{\"value\":\"A\"}]}",
     "{" SCHEMAS ",\"userName\":\"b\",\"emails\":[{\"value\":\"a\"}]}", TOLERANCE_REPEATED, 1},
};

static void every_deviation_of_a_body_has_its_number(void **state)
{
    (void)state;
    json_auto_t *stored = json_loads("{" SCHEMAS ",\"id\":\"1\",\"userName\":\"b\"}", 0, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++) {
        struct fault fault = {.status = 0};
        struct tolerance_use use = {.count = {0}};
        json_auto_t *body = json_loads(counted[i].body, 0, NULL);
        json_auto_t *wanted = json_loads(counted[i].clean, 0, NULL);
        json_auto_t *clean = resource_check(&schema_tables_user, body, stored, &use, &fault);
        if (clean == NULL)
            fail_msg("%s: %s", counted[i].body, fault.detail);
        if (!json_equal(clean, wanted) || use.count[counted[i].tolerance] != counted[i].count)
            fail_msg("%s was not read so", counted[i].body);
        for (int other = 0; other < TOLERANCE_COUNT; other++)
            assert_true(other == (int)counted[i].tolerance || use.count[other] == 0);
    }
}

static void a_project_has_no_external_id(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    json_auto_t *body = json_loads("{\"schemas\":[\"" SCIM_URN_PROJECT
                                   "\"],\"name\":\"a\",\"externalId\":\"e\"}",
                                   0, NULL);
    json_auto_t *clean = resource_check(&schema_tables_project, body, NULL, &use, &fault);
    assert_non_null(clean);
    assert_null(json_object_get(clean, "externalId"));
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 1);
}

static void what_is_let_pass_is_counted(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    json_auto_t *body = json_loads("{\"schemas\":[\"" SCIM_URN_USER "\",\"urn:okta:custom\"],"
                                   "\"userName\":\"b\",\"rooms\":1,\"password\":\"x\","
                                   "\"active\":\"True\",\"id\":\"7\",\"1bad name\":1}",
                                   0, NULL);
    json_auto_t *clean = resource_check(&schema_tables_user, body, NULL, &use, &fault);
    assert_non_null(clean);
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 3);
    assert_int_equal(use.count[TOLERANCE_PASSWORD], 1);
    assert_int_equal(use.count[TOLERANCE_BOOLEAN_TEXT], 1);
}

static void the_body_itself_stays_as_it_was(void **state)
{
    (void)state;
    struct fault fault = {.status = 0};
    json_auto_t *body =
        json_loads("{" SCHEMAS ",\"USERNAME\":\"b\",\"name\":{\"givenName\":null}}", 0, NULL);
    json_auto_t *before = json_deep_copy(body);
    json_auto_t *clean = resource_check(&schema_tables_user, body, NULL, NULL, &fault);
    assert_non_null(clean);
    json_object_set_new(clean, "userName", json_string("changed"));
    assert_true(json_equal(body, before));
}

#define PROJECT "\"schemas\":[\"" SCIM_URN_PROJECT "\"]"

/* `name` is required, too: a PUT has to say it (RFC 7644 3.5.1). */
static void what_never_changes_must_come_back_equal(void **state)
{
    (void)state;

    static const struct {
        const char *body;
        enum fault_type type; /* FAULT_UNTYPED: it passes */
    } cases[] = {
        {"{" PROJECT ",\"name\":\"search\",\"displayName\":\"S\"}", FAULT_UNTYPED},
        {"{" PROJECT ",\"displayName\":\"S\"}", FAULT_INVALID_VALUE},
        {"{" PROJECT ",\"name\":null,\"displayName\":\"S\"}", FAULT_INVALID_VALUE},
        {"{" PROJECT ",\"name\":\"Search\",\"displayName\":\"S\"}", FAULT_MUTABILITY},
        {"{" PROJECT ",\"name\":\"ads\",\"displayName\":\"S\"}", FAULT_MUTABILITY},
    };

    json_auto_t *stored = json_loads("{" PROJECT ",\"id\":\"1\",\"name\":\"search\"}", 0, NULL);
    json_auto_t *wanted =
        json_loads("{" PROJECT ",\"name\":\"search\",\"displayName\":\"S\"}", 0, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = json_loads(cases[i].body, 0, NULL);
        json_auto_t *clean = resource_check(&schema_tables_project, body, stored, NULL, &fault);
        assert_int_equal(clean != NULL, cases[i].type == FAULT_UNTYPED);
        assert_int_equal(fault.type, cases[i].type);
        if (clean != NULL)
            assert_true(json_equal(clean, wanted));
        fault_clear(&fault);
    }
}

static void schemas_follow_the_extensions(void **state)
{
    (void)state;
    json_auto_t *resource =
        json_loads("{\"schemas\":[\"urn:x\"],\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE
                   "\":{},\"" SCIM_URN_MEMBERSHIP "\":{\"status\":\"active\"}}",
                   0, NULL);
    json_auto_t *wanted = json_loads(
        "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_MEMBERSHIP
        "\"],\"userName\":\"b\",\"" SCIM_URN_MEMBERSHIP "\":{\"status\":\"active\"}}",
        0, NULL);
    resource_check_schemas(&schema_tables_user, resource);
    assert_true(json_equal(resource, wanted));
}

static void another_id_than_that_of_the_path_is_a_mistake(void **state)
{
    (void)state;

    static const struct {
        const char *body;
        gboolean good;
    } cases[] = {
        {"{}", TRUE},
        {"{\"id\":null}", TRUE},
        {"{\"id\":\"7\"}", TRUE},
        {"{\"ID\":\"7\"}", TRUE},
        {"{\"id\":\"8\"}", FALSE},
        {"{\"Id\":\"8\"}", FALSE},
        {"{\"id\":\"\"}", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        json_auto_t *body = json_loads(cases[i].body, 0, NULL);
        if (resource_check_id(body, "7", &fault) != cases[i].good ||
            fault_is_set(&fault) == cases[i].good)
            fail_msg("%s: %d", cases[i].body, fault.status);
        fault_clear(&fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_becomes_a_canonical_resource),
        cmocka_unit_test(what_is_no_such_resource_is_refused),
        cmocka_unit_test(what_is_let_pass_is_counted),
        cmocka_unit_test(every_deviation_of_a_body_has_its_number),
        cmocka_unit_test(a_project_has_no_external_id),
        cmocka_unit_test(the_body_itself_stays_as_it_was),
        cmocka_unit_test(what_never_changes_must_come_back_equal),
        cmocka_unit_test(another_id_than_that_of_the_path_is_a_mistake),
        cmocka_unit_test(schemas_follow_the_extensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
