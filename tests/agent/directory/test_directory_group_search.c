#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_group_search.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"
#include "tests/agent/directory/fake_directory.h"

#define GROUP(cn, more) "dn: cn=" cn ",dc=x\ncn: " cn "\nentryUUID: 00-" cn "\n" more "\n"

/* Reads groups by `words` from the fake; the snapshot of them, or NULL. */
static char *search_groups(const struct fake_directory *fake, const char *words, GError **error)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    g_autoptr(Needs) needs = directory_case_needs(words);
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    struct directory_scheme scheme;
    options->uris = g_strsplit(fake->uri, " ", -1);
    options->base = g_strdup("dc=x");
    g_autoptr(DirectorySession) session = directory_session_open(options, error);
    assert_non_null(session);
    assert_true(directory_scheme_init(&scheme, options, session->kind, error));
    g_autoptr(DirectoryGroups) groups = directory_groups_new(&scheme);
    gboolean read = directory_group_search(session, groups, needs, error) &&
                    directory_groups_write(groups, snapshot, error);
    directory_scheme_clear(&scheme);
    if (!read)
        return NULL;
    snapshot_seal(snapshot);
    return directory_case_show(snapshot);
}

static void nesting_is_followed_level_by_level_and_no_further(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        {.entries = GROUP("a", "member: cn=b,dc=x\nmember: uid=ada,dc=x\n")},
        {.entries = GROUP("b", "member: cn=c,dc=x\nmember: cn=a,dc=x\n")},
        {.entries = GROUP("c", "")},
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_groups(fake, "group:a", &error);
    assert_string_equal(shown, "a = (cn=b,dc=x) +1\nb = (cn=a,dc=x) (cn=c,dc=x)\nc =\n");
    assert_int_equal(fake->asked->len, 3);
    fake_directory_stop(fake);
}

static void many_candidates_make_one_scan(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) members = g_string_new(NULL);
    for (guint i = 0; i <= DIRECTORY_SINGLE_READS_MAX; i++)
        g_string_append_printf(members, "member: uid=%u,dc=x\n", i);
    g_autofree char *first = g_strdup_printf(GROUP("a", "%s"), members->str);
    const struct fake_answer answers[] = {
        {.entries = first},
        {.entries = GROUP("b", "member: cn=c,dc=x\n") GROUP("c", "") GROUP("d", "")},
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_groups(fake, "group:a", &error);
    g_autofree char *expected = g_strdup_printf("a = +%u\n", DIRECTORY_SINGLE_READS_MAX + 1);
    assert_string_equal(shown, expected);
    assert_int_equal(fake->asked->len, 2);
    fake_directory_stop(fake);
}

static void ranged_members_are_read_to_their_end(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        {.entries = GROUP("a", "member;range=0-1: uid=a,dc=x\nmember;range=0-1: uid=b,dc=x\n")},
        {.entries =
             "dn: cn=a,dc=x\nmember;range=2-3: uid=c,dc=x\nmember;range=2-3: uid=d,dc=x\n"},
        {.entries = "dn: cn=a,dc=x\nmember;range=4-*: uid=e,dc=x\n"},
    };
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = search_groups(fake, "group:a", &error);
    assert_string_equal(shown, "a = +5\n");
    assert_non_null(strstr(g_ptr_array_index(fake->asked, 1), "member;range=2-*"));
    assert_non_null(strstr(g_ptr_array_index(fake->asked, 2), "member;range=4-*"));
    fake_directory_stop(fake);
}

static void what_goes_wrong_anywhere_ends_it(void **state G_GNUC_UNUSED)
{
    static const struct {
        struct fake_answer answers[2];
        const char *words, *says;
        int outcome;
    } cases[] = {
        {{{.code = 4}}, "group:a", "(4)", OUTCOME_RETRY},
        {{{.entries = GROUP("a", "member: cn=b,dc=x\n")}, {.code = 11}},
         "group:a",
         "(11)",
         OUTCOME_RETRY},
        {{{.entries = GROUP("a", "member;range=0-1: cn=b,dc=y\n")}, {.code = 51}},
         "group:a",
         "(51)",
         OUTCOME_RETRY},
        {{{.entries = "dn: cn=a,dc=elsewhere\ncn: a\nentryUUID: 1\n"}},
         "group:a",
         "is not below 'dc=x'",
         OUTCOME_RETRY},
        {{{.code = 32}}, "dn:cn=a,dc=y", "there is no group 'cn=a,dc=y'", OUTCOME_SETTINGS},
        {{{.code = 0}}, "groups;group:a", "no group is called 'a'", OUTCOME_SETTINGS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fake_directory *fake = fake_directory_start(cases[i].answers, 2);
        g_autoptr(GError) error = NULL;
        g_autofree char *shown = search_groups(fake, cases[i].words, &error);
        if (shown != NULL)
            fail_msg("case %zu: %s", i, shown);
        if (strstr(error->message, cases[i].says) == NULL || error->code != cases[i].outcome)
            fail_msg("case %zu: %s", i, error->message);
        fake_directory_stop(fake);
    }
}

static void filters_take_a_hundred_at_once(void **state G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (guint i = 0; i < DIRECTORY_NAMES_AT_ONCE + 2; i++)
        g_ptr_array_add(parts, g_strdup("(cn=a)"));
    g_ptr_array_set_free_func(parts, g_free);
    g_autofree char *first = directory_group_search_any("(objectClass=g)", parts, 0);
    g_autofree char *rest =
        directory_group_search_any("(objectClass=g)", parts, DIRECTORY_NAMES_AT_ONCE);
    assert_string_equal(rest, "(&(objectClass=g)(|(cn=a)(cn=a)))");
    assert_int_equal(strlen(first), strlen(rest) + (DIRECTORY_NAMES_AT_ONCE - 2) * 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_is_followed_level_by_level_and_no_further),
        cmocka_unit_test(many_candidates_make_one_scan),
        cmocka_unit_test(ranged_members_are_read_to_their_end),
        cmocka_unit_test(what_goes_wrong_anywhere_ends_it),
        cmocka_unit_test(filters_take_a_hundred_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
