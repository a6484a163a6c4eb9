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
    const struct role_source source = {roles, NULL, reading, lenient};
    if (role_codec_read(&source, &grants, use, &fault)) {
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

/* What is kept of roles that we do not know, after they were shown as `before`. */
static char *kept_of(const char *before, const char *roles, guint counts[2])
{
    json_t *old = json_loads(before, 0, NULL);
    json_t *new = json_loads(roles, 0, NULL);
    const struct role_source source = {new, old, ROLE_READING_LAST, TRUE};
    struct role_grants grants;
    struct tolerance_use use = {0};
    assert_true(role_codec_read(&source, &grants, &use, NULL));
    char *text = json_dumps(grants.unknown, JSON_COMPACT);
    char *kept = g_strdup(text);
    counts[0] = use.count[TOLERANCE_ROLE_TEXT];
    counts[1] = use.count[TOLERANCE_UNKNOWN];
    free(text);
    role_grants_clear(&grants);
    json_decref(old);
    json_decref(new);
    return kept;
}

#define MEMBER                                                                                 \
    "{\"type\":\"organization\",\"value\":\"member\",\"primary\":true,\"display\":\"Member\"}"
#define JANITOR "{\"value\":\"Janitor\",\"type\":\"WindowsAzureActiveDirectoryRole\"}"
#define TEXT    "{\"value\":\"{\\\"id\\\":1,\\\"value\\\":\\\"Admin\\\"}\"}"

static void roles_we_do_not_know_are_kept_as_sent_and_counted_once(void **state)
{
    (void)state;

    static const struct {
        const char *before, *after, *kept;
        guint text, unknown;
    } cases[] = {
        {"[]", "[" JANITOR "]", "[" JANITOR "]", 0, 1},
        {"[]", "[" JANITOR "," JANITOR "]", "[" JANITOR "]", 0, 2},
        {"[" JANITOR "]", "[" MEMBER "," JANITOR "]", "[" JANITOR "]", 0, 0},
        {"[]", "[" TEXT "]", "[" TEXT "]", 1, 1},
        {"[" TEXT "]", "[" TEXT "," MEMBER "]", "[" TEXT "]", 0, 0},
        {"[" MEMBER "]", "[" MEMBER "]", "[]", 0, 0},
        /* roles[primary eq "True"].value, on a role of ours */
        {"[" MEMBER "]",
         "[{\"type\":\"organization\",\"value\":\"Boss\",\"primary\":true,\"display\":"
         "\"Member\"}]",
         "[{\"type\":\"organization\",\"value\":\"Boss\",\"primary\":true}]", 0, 1},
        {"[" MEMBER "]", "[{\"value\":\"Boss\",\"display\":\"Member\"}]",
         "[{\"value\":\"Boss\",\"display\":\"Member\"}]", 0, 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint counts[2];
        g_autofree char *kept = kept_of(cases[i].before, cases[i].after, counts);
        if (strcmp(kept, cases[i].kept) != 0 || counts[0] != cases[i].text ||
            counts[1] != cases[i].unknown) {
            fail_msg("case %zu: %s, %u, %u", i, kept, counts[0], counts[1]);
        }
    }
}

static void of_the_roles_shown_one_is_primary(void **state)
{
    (void)state;
    json_t *roles = role_codec_print(ORGANIZATION_ROLE_MEMBER, NULL);
    role_codec_add_unknown(roles, NULL);
    role_codec_add_unknown(roles, "[" JANITOR "]");
    assert_int_equal(json_array_size(roles), 2);
    assert_true(json_is_true(json_object_get(json_array_get(roles, 0), "primary")));
    role_codec_add_unknown(roles, "[{\"value\":\"Boss\",\"primary\":true}]");
    assert_int_equal(json_array_size(roles), 3);
    assert_null(json_object_get(json_array_get(roles, 0), "primary"));
    assert_true(json_is_true(json_object_get(json_array_get(roles, 2), "primary")));
    json_decref(roles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_read_in_every_form_that_is_sent),
        cmocka_unit_test(what_is_tolerated_is_counted),
        cmocka_unit_test(roles_are_printed_with_the_organization_first),
        cmocka_unit_test(roles_we_do_not_know_are_kept_as_sent_and_counted_once),
        cmocka_unit_test(of_the_roles_shown_one_is_primary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
