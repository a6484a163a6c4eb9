/* R25, R31: no fault repeats a byte of the request, wherever in it they stood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/projection.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"

#define ZEBRA "z%sb%n${7*7}ra"

/* # stands for the word that must not come back. */
static const char *const bodies[] = {
    "#",
    "{\"#",
    "{\"schemas\":[\"#\"],\"userName\":\"#\"}",
    "{\"schemas\":\"#\"}",
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":[\"#\"]}",
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"a\",\"active\":\"#\"}",
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"a\",\"profileUrl\":\"<#>\"}",
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"a\",\"emails\":[{\"#\":1},\"#\"]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[\"#\"]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":\"#\"}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH
    "\"],\"Operations\":[{\"op\":\"add\",\"path\":\"#\",\"value\":1}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH
    "\"],\"Operations\":[{\"op\":\"add\",\"path\":\"emails[#\",\"value\":1}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":\"add\",\"path\":\"emails["
    "type eq \\\"#\\\"]#\",\"value\":1}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":\"add\",\"value\":\"#\"}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH
    "\"],\"Operations\":[{\"op\":\"add\",\"value\":{\"active\":\"#\",\"#\":1}}]}",
    "{\"schemas\":[\"" SCIM_URN_PATCH
    "\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"emails[value eq \\\"#\\\"]\","
    "\"value\":{\"value\":\"#\"}}]}",
};

static char *spell(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "#", -1);
    return g_strjoinv(ZEBRA, parts);
}

static void assert_silent(struct fault *fault)
{
    static const char *const pieces[] = {"z%s", "%n", "${", "b%", "49"};
    assert_true(fault_is_set(fault));
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++)
        assert_null(strstr(fault->detail, pieces[i]));
    fault_clear(fault);
}

static json_t *patched(json_t *message, struct fault *fault)
{
    json_auto_t *person = json_pack("{s:[s], s:s}", "schemas", SCIM_URN_USER, "userName", "b");
    g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, NULL, fault);
    return patch != NULL ? patch_apply(&schema_tables_user, person, patch, NULL, NULL, fault)
                         : NULL;
}

static void no_fault_repeats_a_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        struct fault fault = {.status = 0};
        g_autofree char *text = spell(bodies[i]);
        json_auto_t *body = body_parse(text, strlen(text), BODY_MAX_BYTES, NULL, &fault);
        if (body != NULL && json_object_get(body, "Operations") != NULL)
            assert_null(patched(body, &fault));
        else if (body != NULL)
            assert_null(resource_check(&schema_tables_user, body, NULL, NULL, &fault));
        assert_silent(&fault);
    }
}

static void no_fault_repeats_a_query(void **state)
{
    (void)state;
    static const char *const filters[] = {"#",  "userName # 1", "userName eq (#",
                                          "(#", "emails[# pr",  "active eq \"#\""};
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        struct fault fault = {.status = 0};
        g_autofree char *text = spell(filters[i]);
        assert_null(filter_parse(&schema_tables_user, text, strlen(text), NULL, NULL, &fault));
        assert_silent(&fault);
    }
    struct fault fault = {.status = 0};
    assert_null(projection_parse(&schema_tables_user, ZEBRA, NULL, &fault));
    assert_silent(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_fault_repeats_a_body),
        cmocka_unit_test(no_fault_repeats_a_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
