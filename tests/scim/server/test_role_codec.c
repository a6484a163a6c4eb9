#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/role_codec.h"

static const char *describe(const char *text, enum role_reading reading, gboolean lenient,
                            struct tolerance_use *use)
{
    static char described[200];
    json_t *roles = json_loads(text, 0, NULL);
    struct role_grants grants;
    struct fault fault = {0};
    GString *result = g_string_new(NULL);
    if (role_codec_read(roles, reading, lenient, &grants, use, &fault)) {
        g_string_append(result, organization_role_name(grants.role));
        for (guint i = 0; i < grants.projects->len; i++) {
            const struct project_grant *grant =
                &g_array_index(grants.projects, struct project_grant, i);
            g_string_append_printf(result, " %s/%s", grant->project,
                                   project_role_name(grant->role));
        }
        g_string_append(result, grants.given ? "" : " nothing given");
    } else {
        g_string_append_printf(result, "fault %d %s", fault.status,
                               fault_type_name(fault.type));
    }
    role_grants_clear(&grants);
    fault_clear(&fault);
    json_decref(roles);
    g_strlcpy(described, result->str, sizeof described);
    g_string_free(result, TRUE);
    return described;
}

static void roles_are_read_in_every_form_that_is_sent(void **state)
{
    (void)state;

    static const struct {
        const char *roles;
        enum role_reading reading;
        gboolean lenient;
        const char *expected;
    } cases[] = {
        {"[]", ROLE_READING_ONCE, FALSE, "none nothing given"},
        {"[{\"type\":\"organization\",\"value\":\"owner\"}]", ROLE_READING_ONCE, FALSE,
         "owner"},
        {"[{\"value\":\"billing-admin\"}]", ROLE_READING_ONCE, FALSE, "billing-admin"},
        {"[{\"type\":\"WindowsAzureActiveDirectoryRole\",\"value\":\"owner\"}]",
         ROLE_READING_ONCE, FALSE, "owner"},
        {"[{\"type\":\"project\",\"value\":\"search/read-write\"},{\"value\":\"ads/admin\"}]",
         ROLE_READING_ONCE, FALSE, "none search/read-write ads/admin"},
        {"[{\"value\":\"{\\\"id\\\":\\\"7\\\",\\\"value\\\":\\\"owner\\\"}\"}]",
         ROLE_READING_ONCE, FALSE, "owner"},
        {"[{\"value\":\"owner\"},{\"value\":\"member\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"value\":\"owner\"},{\"value\":\"member\"}]", ROLE_READING_LAST, FALSE, "member"},
        {"[{\"value\":\"owner\"},{\"value\":\"owner\"}]", ROLE_READING_ONCE, FALSE, "owner"},
        {"[{\"value\":\"s/admin\"},{\"value\":\"s/read-only\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"value\":\"s/admin\"},{\"value\":\"s/read-only\"}]", ROLE_READING_LAST, FALSE,
         "none s/read-only"},
        {"[{\"value\":\"Janitor\"}]", ROLE_READING_ONCE, FALSE, "fault 400 invalidValue"},
        {"[{\"value\":\"Janitor\"}]", ROLE_READING_ONCE, TRUE, "none nothing given"},
        {"[{\"type\":\"organization\",\"value\":\"search/admin\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"type\":\"project\",\"value\":\"owner\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"type\":\"project\",\"value\":\"/admin\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"type\":\"project\",\"value\":\"SEARCH/admin\"}]", ROLE_READING_ONCE, FALSE,
         "fault 400 invalidValue"},
        {"[{\"value\":\"none\"}]", ROLE_READING_ONCE, FALSE, "fault 400 invalidValue"},
        {"[{\"display\":\"owner\"}]", ROLE_READING_ONCE, TRUE, "none nothing given"},
        {"[{\"value\":\"{\\\"value\\\":7}\"}]", ROLE_READING_ONCE, TRUE, "none nothing given"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct tolerance_use use = {0};
        const char *found = describe(cases[i].roles, cases[i].reading, cases[i].lenient, &use);
        if (strcmp(found, cases[i].expected) != 0) {
            fail_msg("%s read as '%s', not '%s'", cases[i].roles, found, cases[i].expected);
        }
    }
}

static void what_is_tolerated_is_counted(void **state)
{
    (void)state;
    struct tolerance_use use = {0};
    describe("[{\"value\":\"{\\\"value\\\":\\\"owner\\\"}\"},{\"value\":\"Janitor\"}]",
             ROLE_READING_ONCE, TRUE, &use);
    assert_int_equal(use.count[TOLERANCE_ROLE_TEXT], 1);
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 1);
}

static void roles_are_printed_with_the_organization_first(void **state)
{
    (void)state;
    g_autoptr(GArray) projects = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    char name[] = "search";
    const struct project_role_facts search = {name, PROJECT_ROLE_READ_ONLY};
    g_array_append_val(projects, search);
    json_t *roles = role_codec_print(ORGANIZATION_ROLE_OWNER, projects);
    char *text = json_dumps(roles, JSON_COMPACT);
    assert_string_equal(text,
                        "[{\"type\":\"organization\",\"value\":\"owner\",\"primary\":true,"
                        "\"display\":\"Owner\"},{\"type\":\"project\",\"value\":"
                        "\"search/read-only\",\"display\":\"search: read-only\"}]");
    free(text);
    json_decref(roles);
    json_t *names = role_codec_print_names(ORGANIZATION_ROLE_NONE, projects);
    assert_int_equal(json_array_size(names), 1);
    assert_string_equal(json_string_value(json_array_get(names, 0)), "search/read-only");
    json_decref(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_read_in_every_form_that_is_sent),
        cmocka_unit_test(what_is_tolerated_is_counted),
        cmocka_unit_test(roles_are_printed_with_the_organization_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
