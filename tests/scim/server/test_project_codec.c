#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/project_codec.h"

static char *difference(const char *before, const char *after)
{
    json_t *old = before != NULL ? json_loads(before, 0, NULL) : NULL;
    json_t *new = json_loads(after, 0, NULL);
    struct fault fault = {0};
    g_autoptr(GArray) grants = project_codec_members(old, new, &fault);
    GString *text = g_string_new(grants == NULL ? "fault" : "");
    for (guint i = 0; grants != NULL && i < grants->len; i++) {
        const struct member_grant *grant = &g_array_index(grants, struct member_grant, i);
        g_string_append_printf(text, "%s%s:%s", i > 0 ? " " : "", grant->person,
                               project_role_name(grant->role));
    }
    assert_int_equal(fault_is_set(&fault), grants == NULL);
    fault_clear(&fault);
    json_decref(old);
    json_decref(new);
    return g_string_free(text, FALSE);
}

#define MEMBER(id, role) "{\"value\":\"" id "\",\"role\":\"" role "\"}"
#define MEMBERS(...)     "{\"members\":[" __VA_ARGS__ "]}"

static void only_members_that_differ_are_named(void **state)
{
    (void)state;

    static const struct {
        const char *before, *after, *expected;
    } cases[] = {
        {NULL, MEMBERS(MEMBER("a", "admin")), "a:admin"},
        {NULL, "{}", ""},
        {MEMBERS(MEMBER("a", "admin")), MEMBERS(MEMBER("a", "admin")), ""},
        {MEMBERS(MEMBER("a", "admin")), MEMBERS(MEMBER("b", "admin")), "a:none b:admin"},
        {MEMBERS(MEMBER("a", "admin")),
         MEMBERS(MEMBER("a", "admin") "," MEMBER("a", "read-only")), "a:read-only"},
        {MEMBERS(MEMBER("a", "admin") "," MEMBER("b", "read-only")),
         MEMBERS(MEMBER("b", "read-write") "," MEMBER("a", "admin")), "b:read-write"},
        {MEMBERS(MEMBER("a", "admin")), "{}", "a:none"},
        {NULL, MEMBERS(MEMBER("a", "owner")), "fault"},
        {NULL, "{\"members\":[{\"value\":\"a\"}]}", "fault"},
        {NULL, "{\"members\":[{\"role\":\"admin\"}]}", "fault"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = difference(cases[i].before, cases[i].after);
        if (strcmp(found, cases[i].expected) != 0) {
            fail_msg("case %zu: '%s', not '%s'", i, found, cases[i].expected);
        }
    }
}

static void a_project_is_printed_with_its_members(void **state)
{
    (void)state;
    struct project_member member = {.person = (char[]){"p1"}, .role = PROJECT_ROLE_ADMIN};
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    g_ptr_array_add(members, &member);
    const struct project project = {.id = (char[]){"i1"},
                                    .name = (char[]){"search"},
                                    .display_name = (char[]){"Search"},
                                    .version = 3,
                                    .created = 1,
                                    .modified = 2,
                                    .members = members};
    json_t *resource = project_codec_print("http://h/scim/v2", &project);
    json_t *meta = json_object_get(resource, "meta");
    assert_string_equal(json_string_value(json_object_get(meta, "version")), "W/\"3\"");
    assert_string_equal(json_string_value(json_object_get(meta, "location")),
                        "http://h/scim/v2/Projects/i1");
    json_t *first = json_array_get(json_object_get(resource, "members"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "$ref")),
                        "http://h/scim/v2/Users/p1");
    assert_string_equal(json_string_value(json_object_get(first, "role")), "admin");
    assert_null(json_object_get(first, "display"));
    json_decref(resource);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_members_that_differ_are_named),
        cmocka_unit_test(a_project_is_printed_with_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
