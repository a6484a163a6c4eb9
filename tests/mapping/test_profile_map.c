#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/profile_map.h"
#include "scim/protocol/outcome.h"

#include "company.h"

static void the_built_in_templates_read_what_directories_have(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person a mail=a@example.com cn=Alice_Doe givenName=Alice sn=Doe title=Boss "
        "employeeNumber=7 department=Search ou=People company=Acme division=East",
        NULL};
    static const char *const WANTED[PROFILE_FIELDS] = {
        [PROFILE_USER_NAME] = "a@example.com", [PROFILE_MAIL] = "a@example.com",
        [PROFILE_DISPLAY_NAME] = "Alice Doe",  [PROFILE_GIVEN_NAME] = "Alice",
        [PROFILE_FAMILY_NAME] = "Doe",         [PROFILE_TITLE] = "Boss",
        [PROFILE_EMPLOYEE_NUMBER] = "7",       [PROFILE_ORGANIZATION] = "Acme",
        [PROFILE_DIVISION] = "East",           [PROFILE_DEPARTMENT] = "Search",
    };
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
    struct profile profile;
    assert_null(profile_map_apply(map, snapshot, &snapshot->people[0], NULL, chunk, &profile));
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if (g_strcmp0(profile.field[i], WANTED[i]) != 0)
            fail_msg("%s: '%s'", profile_field_key((enum profile_field)i), profile.field[i]);
}

static void an_entry_that_nobody_can_be_invited_by_says_why(void **state)
{
    (void)state;
    static const char *const DOMAINS[] = {"example.com", NULL};

    static const struct {
        const char *line, *why;
    } ROWS[] = {
        {"person a mail=a@example.com", NULL},
        {"person a mail=A@EXAMPLE.COM mail=a@example.com", NULL},
        {"person a cn=A", "has no mail"},
        {"person a mail=", "has no mail"},
        {"person a mail=a", "'a'"},
        {"person a mail=a@sub.example.com", "outside"},
        {"person a mail=a@example.com.evil.org", "outside"},
        {"person a mail=a@example.com mail=b@example.com", "several values of 'mail'"},
        {"person a mail=\"a_b\"@example.com", "mail"},
        {"person a mail=a@example.com,b@example.com", "mail"},
        {"person a mail=<a@example.com>", "mail"},
        {"person a mail=\xd0\xb0@example.com", "mail"}, /* CYRILLIC SMALL LETTER A */
    };

    g_autoptr(ProfileMap) map = profile_map_new();
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const char *const lines[] = {ROWS[i].line, NULL};
        g_autoptr(Snapshot) snapshot = company_read("corp", lines);
        g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
        struct profile profile;
        const char *why =
            profile_map_apply(map, snapshot, &snapshot->people[0], DOMAINS, chunk, &profile);
        if ((why == NULL) != (ROWS[i].why == NULL) ||
            (why != NULL && strstr(why, ROWS[i].why) == NULL))
            fail_msg("%s: %s", ROWS[i].line, why);
    }
}

static void a_template_replaces_the_built_in_one(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person a uid=a mail=x@example.com title=Boss", NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
    struct profile profile;
    g_autofree char *before = profile_map_digest(map);
    assert_true(profile_map_set(map, "userName", "${uid}@example.com", NULL));
    assert_true(profile_map_set(map, "title", "", NULL));
    g_autofree char *after = profile_map_digest(map);
    assert_string_not_equal(before, after);
    assert_null(profile_map_apply(map, snapshot, &snapshot->people[0], NULL, chunk, &profile));
    assert_string_equal(profile.field[PROFILE_USER_NAME], "a@example.com");
    assert_string_equal(profile.field[PROFILE_MAIL], "x@example.com");
    assert_null(profile.field[PROFILE_TITLE]);
    assert_null(profile_map_field(map, PROFILE_TITLE, snapshot, &snapshot->people[0], chunk));
}

static void wrong_settings_are_refused_and_change_nothing(void **state)
{
    (void)state;

    static const struct {
        const char *key, *template, *says;
    } ROWS[] = {
        {"externalId", "${uid}", "no key 'externalId'"},
        {"mail", "", "cannot be empty"},
        {"userName", "", "cannot be empty"},
        {"displayName", "${", "profile 'displayName'"},
    };

    g_autoptr(ProfileMap) map = profile_map_new();
    g_autofree char *before = profile_map_digest(map);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(profile_map_set(map, ROWS[i].key, ROWS[i].template, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, ROWS[i].says));
    }
    g_autofree char *after = profile_map_digest(map);
    assert_string_equal(before, after);
}

static void it_lists_every_attribute_once(void **state)
{
    (void)state;
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    profile_map_attributes(map, names);
    for (guint i = 0; i < names->len; i++)
        for (guint j = 0; j < i; j++)
            assert_int_not_equal(g_ascii_strcasecmp(names->pdata[i], names->pdata[j]), 0);
    assert_string_equal(names->pdata[0], "mail");
    assert_true(names->len > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_templates_read_what_directories_have),
        cmocka_unit_test(an_entry_that_nobody_can_be_invited_by_says_why),
        cmocka_unit_test(a_template_replaces_the_built_in_one),
        cmocka_unit_test(wrong_settings_are_refused_and_change_nothing),
        cmocka_unit_test(it_lists_every_attribute_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
