#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_people.h"
#include "agent/directory/ldif_text.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"

static const char groups_ldif[] = "dn: cn=staff,dc=x\ncn: staff\nentryUUID: 1\n"
                                  "member: uid=ada,ou=people,dc=x\nmember: uid=out,dc=x\n"
                                  "memberUid: bob\n";

static const char people_ldif[] =
    "dn: uid=ada,ou=people,dc=x\nentryUUID: 2\nuid: ada\nuid: aaa\nmail: b@x.example\n"
    "mail: a@x.example\n\n"
    "dn: uid=bob,ou=people,dc=x\nentryUUID: 3\nuid: zed\nuid: bob\nmail:: YQBi\n\n"
    "dn: uid=cyd,ou=people,dc=x\nentryUUID: 4\nuid: cyd\nsn:: AA==\n\n"
    "dn: cn=staff,dc=x\nentryUUID: 1\ncn: staff\n";

typedef gboolean taker(struct directory_people *people, const struct directory_entry *entry,
                       Snapshot *snapshot, GError **error);

static gboolean take_group(struct directory_people *people, const struct directory_entry *entry,
                           Snapshot *snapshot G_GNUC_UNUSED, GError **error)
{
    return directory_groups_take(people->groups, entry, error);
}

static gboolean take_all(const char *ldif, taker *take, struct directory_people *people,
                         Snapshot *snapshot, GError **error)
{
    g_autoptr(LdifText) text = ldif_text_new(ldif, strlen(ldif), error);
    struct directory_entry entry;
    gboolean good = TRUE;
    directory_entry_init(&entry);
    while (good && ldif_text_next(text, &entry, error))
        good = take(people, &entry, snapshot, error);
    directory_entry_clear(&entry);
    return good;
}

/* What a read with these needs makes of the two texts, or NULL. */
static char *read_people(const char *words, const char *ldif, GError **error)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(Needs) needs = directory_case_needs(words);
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    struct directory_scheme scheme;
    struct directory_people people = {0};
    options->people_base = g_strdup("ou=people,dc=x");
    options->member_attributes = g_strsplit("member memberUid", " ", -1);
    assert_true(directory_scheme_init(&scheme, options, DIRECTORY_KIND_UNKNOWN, error));
    g_autoptr(DirectoryGroups) groups = directory_groups_new(&scheme);
    people.groups = groups;
    assert_true(take_all(groups_ldif, take_group, &people, snapshot, error));
    assert_true(directory_groups_select(groups, needs, NULL, error));
    directory_people_init(&people, &scheme, needs, groups, 1000);
    gboolean good = take_all(ldif, directory_people_take, &people, snapshot, error) &&
                    directory_groups_write(groups, snapshot, error);
    directory_people_clear(&people);
    directory_scheme_clear(&scheme);
    if (!good)
        return NULL;
    snapshot_seal(snapshot);
    return directory_case_show(snapshot);
}

static void only_those_whom_needed_groups_name_are_taken(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *words, *shown;
    } cases[] = {
        {"group:staff;mail",
         "uid=ada,ou=people,dc=x login=aaa mail=a@x.example mail=b@x.example\n"
         "uid=bob,ou=people,dc=x login=bob aside: its 'mail' has a NUL byte\n"
         "staff = uid=ada,ou=people,dc=x uid=bob,ou=people,dc=x +1\n"},
        {"group:staff;entryUUID", "uid=ada,ou=people,dc=x login=aaa entryUUID=2\n"
                                  "uid=bob,ou=people,dc=x login=bob entryUUID=3\n"
                                  "staff = uid=ada,ou=people,dc=x uid=bob,ou=people,dc=x +1\n"},
        {"people",
         "uid=ada,ou=people,dc=x login=aaa\nuid=bob,ou=people,dc=x login=bob\n"
         "uid=cyd,ou=people,dc=x login=cyd\n"}, /* no group names zed or bob: in order */
        {"mail", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *shown = read_people(cases[i].words, people_ldif, &error);
        if (shown == NULL)
            fail_msg("%s: %s", cases[i].words, error->message);
        assert_string_equal(shown, cases[i].shown);
    }
}

static void a_person_without_anchor_ends_the_read(void **state G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    char *shown = read_people("people", "dn: uid=eve,ou=people,dc=x\nuid: eve\n", &error);
    assert_null(shown);
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(
        strstr(error->message, "'uid=eve,ou=people,dc=x' has no usable 'entryUUID'"));
}

static void the_same_person_twice_ends_the_read(void **state G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    char *shown = read_people("people",
                              "dn: uid=a,ou=people,dc=x\nentryUUID: 1\n\n"
                              "dn: uid=b,ou=people,dc=x\nentryUUID: 1\n",
                              &error);
    assert_null(shown);
    assert_int_equal(error->code, OUTCOME_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_those_whom_needed_groups_name_are_taken),
        cmocka_unit_test(a_person_without_anchor_ends_the_read),
        cmocka_unit_test(the_same_person_twice_ends_the_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
