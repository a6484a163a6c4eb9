/* LDIF files as a source: whole or refused, and hostile ones above all. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/directory/ldif_source.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"

#define PERSON(uid, more)                                                                      \
    "dn: uid=" uid ",ou=people,dc=example,dc=test\nobjectClass: inetOrgPerson\nuid: " uid      \
    "\nentryUUID: 00000000-0000-4000-8000-0000000000" uid "\nmail: u" uid                      \
    "@example.test\n" more "\n"
#define GROUP(number, cn, members)                                                             \
    "dn: cn=" cn ",ou=groups,dc=example,dc=test\nobjectClass: groupOfNames\ncn: " cn           \
    "\nentryUUID: 00000000-0000-4000-9000-0000000000" number "\n" members "\n"
#define MEMBER(uid) "member: uid=" uid ",ou=people,dc=example,dc=test\n"

static char *folder;

static int make_folder(void **state G_GNUC_UNUSED)
{
    folder = g_dir_make_tmp("rolecall-ldif-XXXXXX", NULL);
    return folder == NULL ? -1 : 0;
}

static int remove_folder(void **state G_GNUC_UNUSED)
{
    int code = g_rmdir(folder);
    g_free(folder);
    return code;
}

static DirectoryOptions *options_for(const char *bytes, gssize length)
{
    g_autoptr(GError) error = NULL;
    DirectoryOptions *options = directory_options_new("labs");
    options->ldif = g_build_filename(folder, "labs.ldif", NULL);
    if (!g_file_set_contents(options->ldif, bytes, length, &error))
        fail_msg("%s", error->message);
    return options;
}

static char *read_with(const DirectoryOptions *options, const char *words, GError **error)
{
    g_autoptr(Needs) needs = directory_case_needs(words);
    struct source *source = ldif_source_new(options, directory_case_clock(), NULL, error);
    g_autoptr(Snapshot) snapshot = source->read(source, needs, error);
    source->free(source);
    g_unlink(options->ldif);
    return snapshot == NULL ? NULL : directory_case_show(snapshot);
}

static void expect(const DirectoryOptions *options, const char *words, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = read_with(options, words, &error);
    if (shown == NULL)
        fail_msg("%s", error->message);
    assert_string_equal(shown, text);
}

static const char good[] =
    "version: 1\n# exported today\n\n"
    "dn: dc=example,dc=test\nobjectClass: domain\ndc: example\n\n" PERSON("10", "cn: Ada\n")
        PERSON("11", "cn:: Wm/Dqw==\nuserCertificate;binary:: AAEC\n")
            PERSON("12", "cn: long\n  name\n") PERSON("13", "cn: not named\n") GROUP(
                "01", "staff", MEMBER("10") "member: cn=inner,ou=groups,dc=example,dc=test\n")
                GROUP("02", "inner",
                      MEMBER("11") MEMBER("12")
                          MEMBER("99") "member: cn=staff,ou=groups,dc=example,dc=test\n")
                    GROUP("03", "other", MEMBER("13"));

static const char good_shown[] =
    "uid=10,ou=people login=10 cn=Ada mail=u10@example.test\n"
    "uid=11,ou=people login=11 cn=Zo\xc3\xab mail=u11@example.test\n"
    "uid=12,ou=people login=12 cn=long name mail=u12@example.test\n"
    "inner = (cn=staff,ou=groups) uid=11,ou=people uid=12,ou=people +1\n"
    "staff = (cn=inner,ou=groups) uid=10,ou=people\n";

static void an_export_is_read_by_what_the_rules_need(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = options_for(good, -1);
    g_auto(GStrv) lines = g_strsplit(good, "\n", -1);
    g_autofree char *crlf = g_strjoinv("\r\n", lines);
    g_autoptr(DirectoryOptions) windows = NULL;
    expect(options, "group:staff;mail;cn", good_shown);
    windows = options_for(crlf, -1);
    expect(windows, "dn:cn=Staff,ou=groups,dc=example,dc=test;mail;cn", good_shown);
}

static void hostile_and_broken_files_are_refused(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *what, *text, *says;
    } cases[] = {
        {"empty file", "", "the file is empty"},
        {"no entry", "# nothing\n\n", "holds no entry"},
        {"no final newline", PERSON("10", "") "dn: uid=11", "does not end with a newline"},
        {"include", "include: file:///etc/passwd\n\n" PERSON("10", ""), "line 1: 'include:'"},
        {"include in capitals", PERSON("10", "") "INCLUDE: file:///etc/passwd\n", "'include:'"},
        {"folded include", PERSON("10", "") "inc\n lude: file:///etc/passwd\n", "'include:'"},
        {"include in an entry", PERSON("10", "include: file:///x\n"), "'include:'"},
        {"value from a file", PERSON("10", "cn:< file:///etc/passwd\n"), "'attribute:<'"},
        {"folded before the sign", PERSON("10", "cn:\n < file:///etc/passwd\n"),
         "'attribute:<'"},
        {"folded in the name", PERSON("10", "c\n n\n :< file:///etc/passwd\n"),
         "'attribute:<'"},
        {"dn from a file", "dn:< file:///etc/passwd\nuid: 1\n", "'attribute:<'"},
        {"change record", "dn: uid=1,dc=x\nchangetype: delete\n\n", "change record"},
        {"control", "dn: uid=1,dc=x\ncontrol: 1.2.3\nuid: 1\n", "change record"},
        {"folded changetype", "dn: uid=1,dc=x\nchange\n Type: add\nuid: 1\n", "change record"},
        {"change lines", "dn: uid=1,dc=x\nreplace: mail\nmail: a\n-\n",
         "not an 'attribute: value'"},
        {"no dn", "uid: 1\n\n", "an entry begins with 'dn:'"},
        {"two dns", "dn: uid=1,dc=x\nuid: 1\ndn: uid=2,dc=x\n", "two 'dn:' lines"},
        {"bad dn", "dn: nonsense\nuid: 1\n", "is not a DN"},
        {"bad base64", PERSON("10", "cn:: A!==\n"), "broken base64"},
        {"cut base64", PERSON("10", "cn:: YWJ\n"), "broken base64"},
        {"no colon", PERSON("10", "hello\n"), "not an 'attribute: value'"},
        {"blank in the name", PERSON("10", "c n: x\n"), "not an 'attribute: value'"},
        {"starts folded", " dn: uid=1,dc=x\n", "goes on with a line that is none"},
        {"other version", "version: 2\n\n" PERSON("10", ""), "only version 1"},
        {"same DN twice", PERSON("10", "") "dn: UID=10, ou=People,dc=example,dc=test\nuid: x\n",
         "stands twice"},
        {"same anchor twice",
         PERSON("10", "") "dn: uid=x,dc=x\nobjectClass: person\nuid: x\n"
                          "entryUUID: 00000000-0000-4000-8000-000000000010\n",
         "came twice"},
        {"no anchor", "dn: uid=x,dc=x\nobjectClass: person\nuid: x\n",
         "has no usable 'entryUUID'"},
        {"ranged values", PERSON("10", "mail;range=0-1: a@example.test\n"), "'range=0-1'"},
        {"cut entry", PERSON("10", "") "dn: uid=11,dc=x\nobjectClass: person\n",
         "has no usable 'entryUUID'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DirectoryOptions) options = options_for(cases[i].text, -1);
        g_autoptr(GError) error = NULL;
        g_autofree char *shown = read_with(options, "people;mail", &error);
        if (shown != NULL)
            fail_msg("%s was read:\n%s", cases[i].what, shown);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("%s: '%s' is not in '%s'", cases[i].what, cases[i].says, error->message);
        assert_non_null(strstr(error->message, "directory 'labs': '"));
        assert_null(strchr(error->message, '\n'));
    }
}

static void a_nul_byte_is_refused(void **state G_GNUC_UNUSED)
{
    static const char text[] = "dn: uid=1,dc=x\0\nuid: 1\n";
    g_autoptr(DirectoryOptions) options = options_for(text, sizeof text - 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = read_with(options, "people", &error);
    assert_null(shown);
    assert_int_equal(error->code, OUTCOME_BAD_INPUT);
    assert_non_null(strstr(error->message, "NUL"));
}

/* A file cut at any byte: an error, or (at the end of a line) what it says up to there. Since half of
 * the last accepted entries is the least, no cut in the first half is ever accepted. */
static void a_cut_in_the_first_half_is_never_accepted(void **state G_GNUC_UNUSED)
{
    const guint entries = 8;
    const size_t half = (size_t)(strstr(good, "dn: uid=12") - good);
    for (size_t cut = 0; cut < half; cut++) {
        g_autoptr(DirectoryOptions) options = options_for(good, (gssize)cut);
        g_autoptr(GError) error = NULL;
        options->last_accepted = entries;
        g_autofree char *shown = read_with(options, "people", &error);
        if (shown != NULL)
            fail_msg("cut at %zu was read:\n%s", cut, shown);
        assert_true(error->code == OUTCOME_BAD_INPUT || error->code == OUTCOME_SETTINGS);
    }
}

static void half_the_entries_is_the_least(void **state G_GNUC_UNUSED)
{
    static const struct {
        guint last;
        gboolean accepted;
    } cases[] = {{0, TRUE}, {8, TRUE}, {15, TRUE}, {16, TRUE}, {17, FALSE}, {1000, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DirectoryOptions) options = options_for(good, -1);
        g_autoptr(GError) error = NULL;
        options->last_accepted = cases[i].last;
        g_autofree char *shown = read_with(options, "group:staff", &error);
        assert_int_equal(shown != NULL, cases[i].accepted);
    }
}

static void unusable_values_set_the_person_aside(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *more, *reason;
    } cases[] = {
        {"cn:: YQBi\n", "its 'cn' has a NUL byte"},
        {"cn:: YQpi\n", "its 'cn' has a control character"},
        {"cn:: gIA=\n", "its 'cn' is not valid UTF-8"},
        {"cn:: 7aCA\n", "its 'cn' is not valid UTF-8"},
        {"uid:: YQ1i\n", "its 'uid' has a control character"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strconcat("dn: uid=x,dc=x\nobjectClass: inetOrgPerson\nentryUUID: "
                        "00000000-0000-4000-8000-0000000000aa\n",
                        cases[i].more, NULL);
        g_autofree char *line = g_strdup_printf("uid=x,dc=x aside: %s\n", cases[i].reason);
        g_autoptr(DirectoryOptions) options = options_for(text, -1);
        expect(options, "people;cn", line);
    }
}

static void active_directory_is_known_by_its_entries(void **state G_GNUC_UNUSED)
{
#define AD(cn, guid, more)                                                                     \
    "dn: CN=" cn ",dc=example,dc=test\nobjectGUID:: " guid "==\nsAMAccountName: " cn           \
    "\ncn: " cn "\n" more "\n"
#define AD_USER                                                                                \
    "objectClass: top\nobjectClass: person\nobjectClass: user\n"                               \
    "objectCategory: CN=Person,CN=Schema,CN=Configuration,DC=example,DC=test\n"
    static const char text[] =
        AD("ada", "AAECAwQFBgcICQoLDA0OAA",
           AD_USER "userAccountControl: 512\naccountExpires: 0\nprimaryGroupID: 513\n")
            AD("bob", "AAECAwQFBgcICQoLDA0OAQ",
               AD_USER "userAccountControl: 514\nprimaryGroupID: 513\n")
                AD("cyd", "AAECAwQFBgcICQoLDA0OAg",
                   AD_USER "userAccountControl: 512\naccountExpires: 133000000000000000\n")
                    AD("dan", "AAECAwQFBgcICQoLDA0OAw",
                       AD_USER "userAccountControl: 528\naccountExpires: 9223372036854775807\n"
                               "primaryGroupID: 513\n")
                        AD("host", "AAECAwQFBgcICQoLDA0OBA",
                           "objectClass: user\nobjectClass: computer\n"
                           "objectCategory: "
                           "CN=Computer,CN=Schema,CN=Configuration,DC=example,DC=test\n")
                            AD("everyone", "AAECAwQFBgcICQoLDA0OBQ",
                               "objectClass: group\n"
                               "objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAAQIAAA==\n"
                               "member: CN=cyd,DC=Example,DC=test\n");
    g_autoptr(DirectoryOptions) options = options_for(text, -1);
    expect(options, "group:everyone",
           "CN=ada login=ada\nCN=bob login=bob disabled\nCN=cyd login=cyd expired\n"
           "CN=dan login=dan\neveryone = CN=ada CN=bob CN=cyd CN=dan\n");
}

static void look_up_answers_from_the_last_read(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *anchor;
        enum source_presence presence;
    } cases[] = {
        {"00000000-0000-4000-8000-000000000010", SOURCE_PRESENT},
        {"00000000-0000-4000-8000-000000000013", SOURCE_DISABLED},
        {"00000000-0000-4000-9000-000000000003", SOURCE_OUT_OF_SCOPE},
        {"00000000-0000-4000-8000-000000000099", SOURCE_UNKNOWN},
    };

    g_autoptr(DirectoryOptions) options = options_for(good, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Needs) needs = directory_case_needs("group:staff");
    enum source_presence presence = SOURCE_UNKNOWN;
    options->account_disabled = g_strdup("(cn=not named)");
    struct source *source = ldif_source_new(options, directory_case_clock(), NULL, &error);
    assert_false(source->look_up(source, cases[0].anchor, &presence, &error));
    g_clear_error(&error);
    g_autoptr(Snapshot) snapshot = source->read(source, needs, &error);
    assert_non_null(snapshot);
    assert_int_equal(source->entries(source), 8);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(source->look_up(source, cases[i].anchor, &presence, &error));
        assert_int_equal(presence, cases[i].presence);
    }
    source->free(source);
    g_unlink(options->ldif);
}

/* Rewrites the file while it is read: the observer is called in the last pass. */
static void touch_file(void *context, const char *directory G_GNUC_UNUSED,
                       guint entries G_GNUC_UNUSED)
{
    int fd = open(context, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "\n", 1), 1);
    close(fd);
}

static void a_file_that_changes_under_the_read_is_refused(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text,
                               "dn: uid=%u,dc=x\nobjectClass: person\nuid: %u\nentryUUID: "
                               "00000000-0000-4000-8000-%012u\n\n",
                               i, i, i);
    g_autoptr(DirectoryOptions) options = options_for(text->str, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Needs) needs = directory_case_needs("people");
    struct source_observer observer = {.progress = touch_file, .context = options->ldif};
    struct source *source = ldif_source_new(options, directory_case_clock(), &observer, &error);
    Snapshot *snapshot = source->read(source, needs, &error);
    assert_null(snapshot);
    assert_int_equal(error->code, OUTCOME_RETRY);
    assert_non_null(strstr(error->message, "changed while it was read"));
    source->free(source);
    g_unlink(options->ldif);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_is_read_by_what_the_rules_need),
        cmocka_unit_test(hostile_and_broken_files_are_refused),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(a_cut_in_the_first_half_is_never_accepted),
        cmocka_unit_test(half_the_entries_is_the_least),
        cmocka_unit_test(unusable_values_set_the_person_aside),
        cmocka_unit_test(active_directory_is_known_by_its_entries),
        cmocka_unit_test(look_up_answers_from_the_last_read),
        cmocka_unit_test(a_file_that_changes_under_the_read_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
