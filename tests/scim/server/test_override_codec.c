#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/override_codec.h"

static void an_override_says_whose_role_and_where(void **state)
{
    (void)state;
    g_autoptr(GArray) overrides = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    const struct project_role_facts given[] = {{(char[]){"ads"}, PROJECT_ROLE_NONE},
                                               {(char[]){"search"}, PROJECT_ROLE_READ_ONLY}};
    g_array_append_vals(overrides, given, 2);
    const struct person_facts facts = {.id = (char[]){"1f"},
                                       .user_name = (char[]){"ann@example.com"},
                                       .version = 7,
                                       .override = ORGANIZATION_ROLE_MEMBER,
                                       .overrides = overrides};

    static const struct {
        const char *id, *type, *value;
    } wanted[] = {{"organization.1f", "organization", "member"},
                  {"1f.ads", "project", "ads/none"},
                  {"1f.search", "project", "search/read-only"}};

    json_t *all = json_array();
    override_codec_print_all("http://h", &facts, all);
    assert_int_equal(json_array_size(all), G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const json_t *each = json_array_get(all, i);
        const json_t *person = json_object_get(each, "person");
        const json_t *meta = json_object_get(each, "meta");
        g_autofree char *location = g_strconcat("http://h/Overrides/", wanted[i].id, NULL);
        assert_string_equal(json_string_value(json_object_get(each, "id")), wanted[i].id);
        assert_string_equal(json_string_value(json_object_get(each, "type")), wanted[i].type);
        assert_string_equal(json_string_value(json_object_get(each, "value")), wanted[i].value);
        assert_string_equal(json_string_value(json_object_get(person, "value")), "1f");
        assert_string_equal(json_string_value(json_object_get(person, "display")),
                            "ann@example.com");
        assert_string_equal(json_string_value(json_object_get(meta, "location")), location);
        assert_string_equal(json_string_value(json_object_get(meta, "version")), "W/\"7\"");
    }
    json_decref(all);
}

static void where_there_is_none_there_is_no_resource(void **state)
{
    (void)state;
    g_autoptr(GArray) overrides = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    const struct person_facts facts = {.id = (char[]){"1f"}, .overrides = overrides};
    assert_null(override_codec_print("http://h", &facts, NULL));
    assert_null(override_codec_print("http://h", &facts, "search"));
}

static void an_id_has_a_person_and_perhaps_a_project(void **state)
{
    (void)state;

    static const struct {
        const char *id, *person, *project;
    } cases[] = {{"organization.1f", "1f", NULL},
                 {"organization.", "", NULL},
                 {"1f", "1f", ""},
                 {"1f.search", "1f", "search"},
                 {"1f.", "1f", ""},
                 {".search", "", "search"},
                 {"a.b.c", "a", "b.c"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *person = NULL;
        g_autofree char *project = NULL;
        override_codec_parse_id(cases[i].id, &person, &project);
        assert_string_equal(person, cases[i].person);
        assert_int_equal(g_strcmp0(project, cases[i].project), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_override_says_whose_role_and_where),
        cmocka_unit_test(where_there_is_none_there_is_no_resource),
        cmocka_unit_test(an_id_has_a_person_and_perhaps_a_project),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
