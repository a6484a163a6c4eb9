/* The source over a fake server: Active Directory's ways, look-ups, recovery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/ldap_source.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"
#include "tests/agent/directory/fake_directory.h"

#define AD_ROOT "supportedCapabilities: 1.2.840.113556.1.4.800\n"
#define GUID(n) "objectGUID: 0123456789abcde" n "\n"
#define BASE                                                                                   \
    {                                                                                          \
        .entries = "dn: dc=x\n"                                                                \
    }

static struct source *source_for(const struct fake_directory *fake,
                                 const char *account_disabled)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(GError) error = NULL;
    options->uris = g_strsplit(fake->uri, " ", -1);
    options->base = g_strdup("dc=x");
    options->account_disabled = g_strdup(account_disabled);
    struct source *source = ldap_source_new(options, directory_case_clock(), NULL, &error);
    if (source == NULL)
        fail_msg("%s", error->message);
    return source;
}

static void
active_directory_counts_primary_groups_and_closed_accounts(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        BASE,
        BASE,
        {.entries = "dn: CN=everyone,DC=x\ncn: everyone\n" GUID(
             "0") "member: CN=cyd,DC=x\nobjectSid: "
                  "\\01\\05\\00\\00\\00\\00\\00\\05\\15\\00\\00\\00"
                  "\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00\\01\\02\\00\\00\n"},
        {.code = 0}, /* is cyd a group? */
        {.entries = "dn: CN=ada,DC=x\nsAMAccountName: ada\nprimaryGroupID: 513\n" GUID(
             "1") "userAccountControl: 512\n\n"
                  "dn: CN=bob,DC=x\nsAMAccountName: bob\nprimaryGroupID: 513\n" GUID(
                      "2") "userAccountControl: 514\n\n"
                           "dn: CN=cyd,DC=x\nsAMAccountName: cyd\nprimaryGroupID: 514\n" GUID(
                               "3") "userAccountControl: 512\naccountExpires: 1\n\n"
                                    "dn: CN=dan,DC=x\nsAMAccountName: dan\nprimaryGroupID: "
                                    "515\n" GUID("4")},
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(Needs) needs = directory_case_needs("group:everyone");
    g_autoptr(GError) error = NULL;
    fake->root = AD_ROOT;
    struct source *source = source_for(fake, NULL);
    g_autoptr(Snapshot) snapshot = source->read(source, needs, &error);
    if (snapshot == NULL)
        fail_msg("%s", error->message);
    g_autofree char *shown = directory_case_show(snapshot);
    assert_string_equal(shown, "CN=ada,DC=x login=ada\nCN=bob,DC=x login=bob disabled\n"
                               "CN=cyd,DC=x login=cyd expired\n"
                               "everyone = CN=ada,DC=x CN=bob,DC=x CN=cyd,DC=x\n");
    assert_non_null(snapshot_find_anchor(snapshot, "33323130-3534-3736-3839-616263646531"));
    source->free(source);
    fake_directory_stop(fake);
}

static void a_failed_read_gives_nothing_and_the_next_one_works(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        BASE, BASE, {.entries = "dn: uid=ada,dc=x\nuid: ada\nentryUUID: 1\n", .code = 51},
        BASE, BASE, {.entries = "dn: uid=ada,dc=x\nuid: ada\nentryUUID: 1\n"},
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(Needs) needs = directory_case_needs("people");
    g_autoptr(GError) error = NULL;
    struct source *source = source_for(fake, NULL);
    assert_null(source->read(source, needs, &error));
    assert_int_equal(error->code, OUTCOME_RETRY);
    assert_true(g_str_has_prefix(error->message, "directory 'corp': "));
    g_clear_error(&error);
    g_autoptr(Snapshot) snapshot = source->read(source, needs, &error);
    assert_non_null(snapshot);
    assert_int_equal(snapshot->person_count, 1);
    source->free(source);
    fake_directory_stop(fake);
}

#define ANCHOR "3d9c2d1e-0000-4000-8000-000000000000"
#define THERE                                                                                  \
    {                                                                                          \
        .entries = "dn: uid=ada,dc=x\n"                                                        \
    }

static void a_look_up_proves_only_what_was_answered(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *what;
        struct fake_answer answers[4];
        gboolean done;
        enum source_presence presence;
    } cases[] = {
        {"in scope", {THERE, {.code = 0}}, TRUE, SOURCE_PRESENT},
        {"in scope, disabled", {THERE, THERE}, TRUE, SOURCE_DISABLED},
        {"moved away", {{.code = 0}, THERE}, TRUE, SOURCE_OUT_OF_SCOPE},
        {"gone", {{.code = 0}, {.code = 0}}, TRUE, SOURCE_DELETED},
        {"base hidden", {{.code = 32}, {.code = 0}}, TRUE, SOURCE_UNKNOWN},
        {"context hidden", {{.code = 0}, {.code = 32}}, TRUE, SOURCE_UNKNOWN},
        {"refused", {{.code = 50}}, FALSE, SOURCE_UNKNOWN},
        {"busy later", {{.code = 0}, {.code = 51}}, FALSE, SOURCE_UNKNOWN},
        {"cut", {{.close = TRUE}}, FALSE, SOURCE_UNKNOWN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fake_directory *fake = fake_directory_start(cases[i].answers, 4);
        g_autoptr(GError) error = NULL;
        enum source_presence presence = SOURCE_UNKNOWN;
        struct source *source = source_for(fake, "(locked=true)");
        gboolean done = source->look_up(source, ANCHOR, &presence, &error);
        if (done != cases[i].done || (done && presence != cases[i].presence))
            fail_msg("%s: %d %d", cases[i].what, done, presence);
        source->free(source);
        fake_directory_stop(fake);
    }
}

static void unsafe_options_make_no_source(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(GError) error = NULL;
    options->uris = g_strsplit("ldap://dc.corp.example", " ", -1);
    options->base = g_strdup("dc=x");
    assert_null(ldap_source_new(options, directory_case_clock(), NULL, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_true(
        g_str_has_prefix(error->message, "directory 'corp': uri 'ldap://dc.corp.example'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(active_directory_counts_primary_groups_and_closed_accounts),
        cmocka_unit_test(a_failed_read_gives_nothing_and_the_next_one_works),
        cmocka_unit_test(a_look_up_proves_only_what_was_answered),
        cmocka_unit_test(unsafe_options_make_no_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
