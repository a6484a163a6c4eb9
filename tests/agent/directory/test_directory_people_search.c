#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_group_search.h"
#include "agent/directory/directory_people_search.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"
#include "tests/agent/directory/fake_directory.h"

#define PERSON(uid) "dn: uid=" uid ",dc=x\nuid: " uid "\nentryUUID: 00-" uid "\n\n"

/* One group "g" with these member lines, then the people: the snapshot, or NULL. */
static char *search_people(const struct fake_directory *fake, const char *words,
                           const char *account_disabled, GError **error)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(Needs) needs = directory_case_needs(words);
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    struct directory_scheme scheme;
    struct directory_people people;
    options->uris = g_strsplit(fake->uri, " ", -1);
    options->people_base = g_strdup("dc=x");
    options->group_base = g_strdup("ou=groups,dc=x");
    options->member_attributes = g_strsplit("member memberUid", " ", -1);
    options->account_disabled = g_strdup(account_disabled);
    g_autoptr(DirectorySession) session = directory_session_open(options, error);
    assert_non_null(session);
    assert_true(directory_scheme_init(&scheme, options, session->kind, error));
    g_autoptr(DirectoryGroups) groups = directory_groups_new(&scheme);
    assert_true(directory_group_search(session, groups, needs, error));
    directory_people_init(&people, &scheme, needs, groups, 0);
    gboolean read = directory_people_search(session, &people, snapshot, error) &&
                    directory_groups_write(groups, snapshot, error);
    directory_people_clear(&people);
    directory_scheme_clear(&scheme);
    if (!read)
        return NULL;
    snapshot_seal(snapshot);
    return directory_case_show(snapshot);
}

#define GROUP(members)                                                                         \
    {                                                                                          \
        .entries = "dn: cn=g,ou=groups,dc=x\ncn: g\nentryUUID: 1\n" members                    \
    }

static void few_people_are_asked_for_by_name(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        GROUP("member: uid=ada,dc=x\nmember: uid=bob,dc=x\nmemberUid: cyd\n"),
        {.entries = PERSON("ada") PERSON("cyd") PERSON("ada2")}, /* more than was asked for */
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_people(fake, "group:g", NULL, &error);
    assert_string_equal(shown, "uid=ada,dc=x login=ada\nuid=cyd,dc=x login=cyd\n"
                               "g = uid=ada,dc=x uid=cyd,dc=x +1\n");
    assert_int_equal(fake->asked->len, 2);
    const char *asked = g_ptr_array_index(fake->asked, 1);
    assert_non_null(strstr(asked, "bob"));
    assert_non_null(strstr(asked, "objectClass"));
    fake_directory_stop(fake);
}

static void nobody_named_asks_nothing(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {GROUP("")};
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_people(fake, "group:g", NULL, &error);
    assert_string_equal(shown, "g =\n");
    assert_int_equal(fake->asked->len, 1);
    fake_directory_stop(fake);
}

/* 150 people are two searches; the second brings one of the first again, by another name. */
static void what_two_searches_find_counts_once(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) group = g_string_new("dn: cn=g,ou=groups,dc=x\ncn: g\nentryUUID: 1\n");
    for (guint i = 0; i < 150; i++)
        g_string_append_printf(group, "member: uid=p%u,dc=x\n", i);
    const struct fake_answer answers[] = {{.entries = group->str},
                                          {.entries = PERSON("p1")},
                                          {.entries = PERSON("p1") PERSON("p2")}};
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_people(fake, "group:g", NULL, &error);
    assert_string_equal(shown, "uid=p1,dc=x login=p1\nuid=p2,dc=x login=p2\n"
                               "g = uid=p1,dc=x uid=p2,dc=x +148\n");
    assert_int_equal(fake->asked->len, 3);
    fake_directory_stop(fake);
}

static void many_people_make_one_scan(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) group = g_string_new("dn: cn=g,ou=groups,dc=x\ncn: g\nentryUUID: 1\n");
    for (guint i = 0; i <= DIRECTORY_SINGLE_READS_MAX; i++)
        g_string_append_printf(group, "member: uid=p%u,dc=x\n", i);
    const struct fake_answer answers[] = {{.entries = group->str},
                                          {.entries = PERSON("p1") PERSON("stranger")}};
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_people(fake, "group:g", NULL, &error);
    assert_string_equal(shown, "uid=p1,dc=x login=p1\ng = uid=p1,dc=x +1000\n");
    assert_int_equal(fake->asked->len, 2);
    fake_directory_stop(fake);
}

static void the_server_says_who_is_disabled(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {{.entries = "dn: UID=bob,DC=x\n"},
                                                 {.entries = PERSON("ada") PERSON("bob")}};
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_people(fake, "people", "(locked=true)", &error);
    assert_string_equal(shown, "uid=ada,dc=x login=ada\nuid=bob,dc=x login=bob disabled\n");
    fake_directory_stop(fake);
}

static void what_goes_wrong_anywhere_ends_it(void **state G_GNUC_UNUSED)
{
    static const struct {
        struct fake_answer answers[2];
        const char *says;
    } cases[] = {
        {{{.code = 51}}, "(51)"},
        {{{.code = 0}, {.entries = PERSON("ada"), .code = 3}}, "(3)"},
        {{{.code = 0}, {.entries = PERSON("ada"), .close = TRUE}}, "Can't contact"},
        {{{.code = 0}, {.entries = PERSON("ada") PERSON("ada")}}, "came twice"},
        {{{.code = 0}, {.entries = "dn: uid=ada,dc=y\nentryUUID: 1\n"}}, "is not below 'dc=x'"},
        {{{.code = 0}, {.entries = "dn: uid=ada,dc=x\nuid: ada\n"}}, "no usable 'entryUUID'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fake_directory *fake = fake_directory_start(cases[i].answers, 2);
        g_autoptr(GError) error = NULL;
        g_autofree char *shown = search_people(fake, "people", "(locked=true)", &error);
        if (shown != NULL)
            fail_msg("case %zu: %s", i, shown);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
        fake_directory_stop(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_people_are_asked_for_by_name),
        cmocka_unit_test(nobody_named_asks_nothing),
        cmocka_unit_test(what_two_searches_find_counts_once),
        cmocka_unit_test(many_people_make_one_scan),
        cmocka_unit_test(the_server_says_who_is_disabled),
        cmocka_unit_test(what_goes_wrong_anywhere_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
