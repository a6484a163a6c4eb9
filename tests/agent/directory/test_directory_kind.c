#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/directory/directory_kind.h"

static void each_kind_has_a_name_and_all_defaults(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *name, *anchor, *member;
    } cases[] = {
        {"active-directory", "objectGUID", "member"},
        {"rfc2307bis", "entryUUID", "member"},
        {"rfc2307", "entryUUID", "memberUid"},
        {"389ds", "nsUniqueId", "member"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum directory_kind kind = DIRECTORY_KIND_UNKNOWN;
        assert_true(directory_kind_parse(cases[i].name, &kind));
        const struct directory_kind_defaults *defaults = directory_kind_defaults(kind);
        assert_string_equal(defaults->name, cases[i].name);
        assert_string_equal(defaults->anchor, cases[i].anchor);
        assert_string_equal(defaults->member_attributes[0], cases[i].member);
        assert_true(defaults->person_filter[0] == '(' && defaults->group_filter[0] == '(');
        assert_non_null(defaults->login);
        assert_non_null(defaults->group_name);
    }
}

static void unknown_names_are_no_kind(void **state G_GNUC_UNUSED)
{
    enum directory_kind kind = DIRECTORY_KIND_UNKNOWN;
    assert_false(directory_kind_parse("openldap", &kind));
    assert_false(directory_kind_parse("", &kind));
    assert_int_equal(kind, DIRECTORY_KIND_UNKNOWN);
}

static void the_root_entry_shows_the_kind(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *capability, *vendor;
        enum directory_kind kind;
    } cases[] = {
        {"1.2.840.113556.1.4.800", NULL, DIRECTORY_KIND_ACTIVE_DIRECTORY},
        {"1.2.840.113556.1.4.800", "Samba Team (https://www.samba.org)",
         DIRECTORY_KIND_ACTIVE_DIRECTORY},
        {"1.2.840.113556.1.4.1851", NULL, DIRECTORY_KIND_ACTIVE_DIRECTORY},
        {NULL, "389 Project", DIRECTORY_KIND_389DS},
        {NULL, "389-Directory/2.3.1", DIRECTORY_KIND_389DS},
        {NULL, "Example Corp", DIRECTORY_KIND_RFC2307BIS},
        {NULL, NULL, DIRECTORY_KIND_RFC2307BIS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *capabilities[] = {cases[i].capability, NULL};
        const char *vendors[] = {cases[i].vendor, NULL};
        assert_int_equal(directory_kind_detect(capabilities, vendors), cases[i].kind);
    }
    assert_int_equal(directory_kind_detect(NULL, NULL), DIRECTORY_KIND_RFC2307BIS);
}

static void anchors_are_written_in_three_forms(void **state G_GNUC_UNUSED)
{
    assert_int_equal(directory_anchor_form_of("OBJECTguid"), DIRECTORY_ANCHOR_GUID);
    assert_int_equal(directory_anchor_form_of("entryuuid"), DIRECTORY_ANCHOR_UUID);
    assert_int_equal(directory_anchor_form_of("employeeNumber"), DIRECTORY_ANCHOR_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_name_and_all_defaults),
        cmocka_unit_test(unknown_names_are_no_kind),
        cmocka_unit_test(the_root_entry_shows_the_kind),
        cmocka_unit_test(anchors_are_written_in_three_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
