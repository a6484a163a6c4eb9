#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_read.h"
#include "agent/settings/settings_table.h"

static void every_key_is_named_once_and_explained(void **state)
{
    (void)state;
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++) {
        if (settings_table_find(key->in, key->name) != key)
            fail_msg("%s is there twice", key->name);
        if (key->help == NULL || !g_str_has_suffix(key->help, "."))
            fail_msg("%s has no sentence", key->name);
        if (key->offset >= settings_table_section_size(key->in))
            fail_msg("%s lies outside its struct", key->name);
        if ((key->type == SETTINGS_TYPE_CHOICE) != (key->choices != NULL))
            fail_msg("%s has the wrong choices", key->name);
    }
}

static void rows_of_a_section_are_together(void **state)
{
    (void)state;
    gboolean seen[SETTINGS_SECTIONS] = {FALSE};
    const struct settings_key *before = NULL;
    for (const struct settings_key *key = settings_table(); key->name != NULL; before = key++) {
        if (before != NULL && before->in == key->in)
            continue;
        if (seen[key->in])
            fail_msg("%s is away from its section", key->name);
        seen[key->in] = TRUE;
    }
}

static void every_section_has_keys_a_name_and_a_struct(void **state)
{
    (void)state;
    gboolean has_keys[SETTINGS_SECTIONS] = {FALSE};
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++)
        has_keys[key->in] = TRUE;
    for (int section = 0; section < SETTINGS_SECTIONS; section++) {
        assert_true(has_keys[section]);
        assert_non_null(settings_table_section_name((enum settings_section)section));
        assert_true(settings_table_section_size((enum settings_section)section) > 0);
    }
}

static void the_profile_has_exactly_the_fields_of_the_mapping(void **state)
{
    (void)state;
    int fields = 0;
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++) {
        if (key->in != SETTINGS_SECTION_PROFILE)
            continue;
        enum profile_field field = PROFILE_FIELDS;
        assert_true(profile_field_parse(key->name, &field));
        assert_int_equal(key->offset, offsetof(struct profile, field) + field * sizeof(char *));
        fields++;
    }
    assert_int_equal(fields, PROFILE_FIELDS);
}

static void defaults_are_what_their_keys_may_have(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", "", 0, problems);
    assert_non_null(settings);
    assert_string_equal(settings->endpoint.listen, "127.0.0.1:8080");
    assert_int_equal(settings->endpoint.limits.body, 1048576);
    assert_int_equal(settings->invitations.renewals_per, 30 * 86400);
    assert_int_equal(settings->sync.max_removals.number, 3);
    assert_int_equal(settings->sync.max_proven_leavers.percent, 30);
}

static void a_wrong_name_finds_its_neighbour(void **state)
{
    (void)state;
    assert_string_equal(settings_table_nearest(SETTINGS_SECTION_ORGANIZATION, "seat"), "seats");
    assert_string_equal(settings_table_nearest(SETTINGS_SECTION_RULE, "groups_matches"),
                        "group_matches");
    assert_null(settings_table_nearest(SETTINGS_SECTION_TEST, "priority"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_named_once_and_explained),
        cmocka_unit_test(rows_of_a_section_are_together),
        cmocka_unit_test(every_section_has_keys_a_name_and_a_struct),
        cmocka_unit_test(the_profile_has_exactly_the_fields_of_the_mapping),
        cmocka_unit_test(defaults_are_what_their_keys_may_have),
        cmocka_unit_test(a_wrong_name_finds_its_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
