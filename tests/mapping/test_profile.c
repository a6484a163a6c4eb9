#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mapping/profile.h"

static void every_field_is_found_by_its_key_and_has_a_path_of_its_own(void **state)
{
    (void)state;
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        enum profile_field field = PROFILE_FIELDS;
        assert_true(profile_field_parse(profile_field_key((enum profile_field)i), &field));
        assert_int_equal(field, i);
        for (guint j = 0; j < i; j++)
            assert_string_not_equal(profile_field_path((enum profile_field)i),
                                    profile_field_path((enum profile_field)j));
    }
}

static void the_paths_are_those_of_scim(void **state)
{
    (void)state;

    static const struct {
        const char *key, *path;
    } ROWS[] = {
        {"userName", "userName"},
        {"mail", "emails[type eq \"work\"].value"},
        {"familyName", "name.familyName"},
        {"department", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        enum profile_field field = PROFILE_FIELDS;
        assert_true(profile_field_parse(ROWS[i].key, &field));
        assert_string_equal(profile_field_path(field), ROWS[i].path);
    }
}

static void other_keys_are_refused(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"", "username", "externalId", "mail ", "userName.x"};
    for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++) {
        enum profile_field field = PROFILE_TITLE;
        assert_false(profile_field_parse(KEYS[i], &field));
        assert_int_equal(field, PROFILE_TITLE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_found_by_its_key_and_has_a_path_of_its_own),
        cmocka_unit_test(the_paths_are_those_of_scim),
        cmocka_unit_test(other_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
