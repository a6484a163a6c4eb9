/* What a real slapd gives: groups of every kind, nesting, pages, DNs with escapes, look-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "tests/live/directory_reader.h"

#define PERSON(uid, more)                                                                      \
    "dn: uid=" uid ",ou=people,dc=example,dc=test\n"                                           \
    "objectClass: inetOrgPerson\nuid: " uid "\ncn: " uid "\nsn: " uid "\nmail: " uid           \
    "@example.test\n" more "\n"
#define GROUP(class, cn, members)                                                              \
    "dn: cn=" cn ",ou=groups,dc=example,dc=test\nobjectClass: " class "\ncn: " cn "\n" members \
                                                                      "\n"
#define MEMBER(uid) "member: uid=" uid ",ou=people,dc=example,dc=test\n"
#define NESTED(cn)  "member: cn=" cn ",ou=groups,dc=example,dc=test\n"

static const char company[] =
    "dn: ou=people,dc=example,dc=test\nobjectClass: organizationalUnit\nou: people\n\n"
    "dn: ou=groups,dc=example,dc=test\nobjectClass: organizationalUnit\nou: groups\n\n"
    "dn: ou=gone,dc=example,dc=test\nobjectClass: organizationalUnit\nou: gone\n\n"
    /* clang-format off */
    PERSON("ada", "employeeType: on leave\n")
    PERSON("bob", "")
    PERSON("cyd", "description: Zo\xc3\xab\n")
    PERSON("dan", "")
    PERSON("eve", "mail: eve2@example.test\n")
    PERSON("tab", "description:: YQli\n")
    "dn: cn=Comma\\, Plus\\+ \\\"Q\\\",ou=people,dc=example,dc=test\n"
    "objectClass: inetOrgPerson\ncn: Comma, Plus+ \"Q\"\nsn: Q\nuid: quaint\n"
    "mail: o'neil+x@example.test\n\n"
    "dn: uid=old,ou=gone,dc=example,dc=test\nobjectClass: inetOrgPerson\nuid: old\ncn: old\nsn: old\n\n"
    GROUP("groupOfNames", "staff", MEMBER("ada") "member: UID=Bob, OU=People,DC=example,DC=test\n" NESTED("inner"))
    GROUP("groupOfNames", "inner", MEMBER("cyd") NESTED("core"))
    GROUP("groupOfNames", "core", MEMBER("dan") NESTED("staff") NESTED("core"))
    GROUP("groupOfUniqueNames", "unique", "uniqueMember: uid=eve,ou=people,dc=example,dc=test\n"
          "uniqueMember: uid=ada,ou=people,dc=example,dc=test#'0101'B\n")
    GROUP("groupOfNames", "odd", "member: cn=Comma\\2C Plus\\+ \\22Q\\22,ou=people,dc=example,dc=test\n"
          MEMBER("nobody") MEMBER("tab"))
    GROUP("posixGroup", "shell", "gidNumber: 5\nmemberUid: ada\nmemberUid: eve\nmemberUid: ghost\n")
    "dn: ou=twins,ou=groups,dc=example,dc=test\nobjectClass: organizationalUnit\nou: twins\n\n"
    "dn: cn=unique,ou=twins,ou=groups,dc=example,dc=test\nobjectClass: groupOfNames\ncn: unique\n"
    MEMBER("dan") "\n";
/* clang-format on */

static struct slapd_fixture *slapd;

static int start(void **state G_GNUC_UNUSED)
{
    slapd = slapd_fixture_start(company);
    return 0;
}

static int stop(void **state G_GNUC_UNUSED)
{
    slapd_fixture_stop(slapd);
    return 0;
}

static const char nested[] =
    "uid=ada,ou=people login=ada mail=ada@example.test\n"
    "uid=bob,ou=people login=bob mail=bob@example.test\n"
    "uid=cyd,ou=people login=cyd mail=cyd@example.test\n"
    "uid=dan,ou=people login=dan mail=dan@example.test\n"
    "core = (cn=core,ou=groups) (cn=staff,ou=groups) uid=dan,ou=people\n"
    "inner = (cn=core,ou=groups) uid=cyd,ou=people\n"
    "staff = (cn=inner,ou=groups) uid=ada,ou=people uid=bob,ou=people\n";

static void nested_groups_with_a_cycle_are_read_once_each(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    directory_reader_expect(options, "group:staff;mail", nested);
    directory_reader_expect(options, "dn:CN=Staff, ou=GROUPS,dc=example,dc=test;mail", nested);
    g_free(options->people_base);
    options->people_base = g_strdup("ou=people,dc=example,dc=test");
    options->group_base = g_strdup("ou=groups,dc=example,dc=test");
    directory_reader_expect(options, "group:STAFF;mail", nested);
}

static void small_pages_give_the_same(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *whole =
        directory_reader_read(options, "groups;people;mail;description", &error);
    assert_non_null(whole);
    for (guint size = 1; size < 9; size++) {
        options->page_size = size;
        directory_reader_expect(options, "groups;people;mail;description", whole);
        directory_reader_expect(options, "group:staff;mail", nested);
    }
}

static void unique_members_and_odd_names_are_found(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    directory_reader_expect(
        options, "dn:cn=unique,ou=groups,dc=example,dc=test;mail",
        "uid=ada,ou=people login=ada mail=ada@example.test\n"
        "uid=eve,ou=people login=eve mail=eve2@example.test mail=eve@example.test\n"
        "unique = uid=ada,ou=people uid=eve,ou=people\n");
    directory_reader_expect(
        options, "group:odd;mail;description",
        "cn=Comma\\2C Plus\\2B \\22Q\\22,ou=people login=quaint mail=o'neil+x@example.test\n"
        "uid=tab,ou=people login=tab aside: its 'description' has a control character "
        "mail=tab@example.test\n"
        "odd = cn=Comma\\2C Plus\\2B \\22Q\\22,ou=people uid=tab,ou=people +1\n");
}

static void posix_groups_name_logins(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    options->kind = DIRECTORY_KIND_RFC2307;
    directory_reader_expect(options, "group:shell",
                            "uid=ada,ou=people login=ada\nuid=eve,ou=people login=eve\n"
                            "shell = uid=ada,ou=people uid=eve,ou=people +1\n");
}

static void an_anchor_names_a_group(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Needs) needs = directory_case_needs("group:core");
    struct source *source = ldap_source_new(options, directory_case_clock(), NULL, &error);
    g_autoptr(Snapshot) snapshot = source->read(source, needs, &error);
    assert_non_null(snapshot);
    source->free(source);
    for (guint32 i = 0; i < snapshot->group_count; i++) {
        g_autofree char *words = g_strdup_printf("anchor:%s", snapshot->groups[i].anchor);
        g_autofree char *shown = directory_reader_read(options, words, &error);
        assert_non_null(shown);
        assert_non_null(strstr(shown, "core = "));
    }
    assert_int_equal(snapshot->group_count, 3);
}

static void missing_and_doubtful_groups_are_errors(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    directory_reader_expect_error(options, "group:nothing", OUTCOME_SETTINGS,
                                  "no group is called 'nothing'");
    directory_reader_expect_error(options, "group:shell", OUTCOME_SETTINGS,
                                  "no group is called 'shell'");
    directory_reader_expect_error(options, "dn:cn=no,dc=example,dc=test", OUTCOME_SETTINGS,
                                  "there is no group 'cn=no,dc=example,dc=test'");
    directory_reader_expect_error(options, "dn:uid=ada,ou=people,dc=example,dc=test",
                                  OUTCOME_SETTINGS, "there is no group 'uid=ada");
    directory_reader_expect_error(options, "group:unique", OUTCOME_SETTINGS,
                                  "2 groups are called 'unique', among them 'cn=unique,ou=");
    directory_reader_expect_error(options, "anchor:3d9c2d1e-0000-4000-8000-000000000000",
                                  OUTCOME_SETTINGS, "no group has the entryUUID '3d9c2d1e");
    directory_reader_expect_error(options, "anchor:*", OUTCOME_SETTINGS,
                                  "no group has the entryUUID '*'");
    directory_reader_expect_error(options, "group:*", OUTCOME_SETTINGS,
                                  "no group is called '*'");
}

static void a_filter_says_who_is_disabled(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    options->account_disabled = g_strdup("(employeeType=on leave)");
    directory_reader_expect(
        options, "dn:cn=unique,ou=groups,dc=example,dc=test",
        "uid=ada,ou=people login=ada disabled\nuid=eve,ou=people login=eve\n"
        "unique = uid=ada,ou=people uid=eve,ou=people\n");
}

static void missing_bases_and_refused_binds_say_so(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    options->people_base = g_strdup("ou=nowhere,dc=example,dc=test");
    directory_reader_expect_error(options, "group:staff", OUTCOME_SETTINGS,
                                  "people_base 'ou=nowhere");
    g_clear_pointer(&options->people_base, g_free);
    options->person_filter = g_strdup("(objectClass=person");
    directory_reader_expect_error(options, "group:staff", OUTCOME_SETTINGS, "filter");
    g_clear_pointer(&options->person_filter, g_free);
    options->anchor = g_strdup("employeeNumber");
    directory_reader_expect_error(options, "group:staff", OUTCOME_SETTINGS,
                                  "has no usable 'employeeNumber'");
    g_clear_pointer(&options->anchor, g_free);
    g_free(options->secret);
    options->secret = g_strdup("wrong");
    directory_reader_expect_error(options, "group:staff", OUTCOME_DENIED,
                                  "Invalid credentials (49)");
    g_free(options->secret);
    options->secret = g_strdup(" \t");
    directory_reader_expect_error(options, "group:staff", OUTCOME_SETTINGS, "is empty");
}

static void look_up_tells_present_disabled_moved_and_deleted(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Needs) needs = directory_case_needs("people");
    enum source_presence presence = SOURCE_UNKNOWN;
    struct source *all = ldap_source_new(options, directory_case_clock(), NULL, &error);
    g_autoptr(Snapshot) snapshot = all->read(all, needs, &error);
    options->people_base = g_strdup("ou=people,dc=example,dc=test");
    options->account_disabled = g_strdup("(employeeType=on leave)");
    struct source *source = ldap_source_new(options, directory_case_clock(), NULL, &error);

    static const struct {
        const char *dn;
        enum source_presence presence;
    } cases[] = {
        {"uid=ada,ou=people,dc=example,dc=test", SOURCE_DISABLED},
        {"uid=bob,ou=people,dc=example,dc=test", SOURCE_PRESENT},
        {"uid=old,ou=gone,dc=example,dc=test", SOURCE_OUT_OF_SCOPE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct snapshot_person *person = snapshot_find_dn(snapshot, cases[i].dn);
        assert_non_null(person);
        assert_true(source->look_up(source, person->anchor, &presence, &error));
        assert_int_equal(presence, cases[i].presence);
    }
    assert_true(
        source->look_up(source, "3d9c2d1e-0000-4000-8000-000000000000", &presence, &error));
    assert_int_equal(presence, SOURCE_DELETED);
    assert_true(source->look_up(source, "not a uuid)(uid=*", &presence, &error));
    assert_int_equal(presence, SOURCE_UNKNOWN);
    source->free(source);
    all->free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_groups_with_a_cycle_are_read_once_each),
        cmocka_unit_test(small_pages_give_the_same),
        cmocka_unit_test(unique_members_and_odd_names_are_found),
        cmocka_unit_test(posix_groups_name_logins),
        cmocka_unit_test(an_anchor_names_a_group),
        cmocka_unit_test(missing_and_doubtful_groups_are_errors),
        cmocka_unit_test(a_filter_says_who_is_disabled),
        cmocka_unit_test(missing_bases_and_refused_binds_say_so),
        cmocka_unit_test(look_up_tells_present_disabled_moved_and_deleted),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
