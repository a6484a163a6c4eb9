#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_groups.h"
#include "agent/directory/ldif_text.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/directory_case.h"

#define GROUP(cn, more)                                                                        \
    "dn: cn=" cn ",ou=groups,dc=x\ncn: " cn "\nentryUUID: 00-" cn "\n" more "\n"
#define MEMBER(cn) "member: cn=" cn ",ou=groups,dc=x\n"

struct setting {
    DirectoryOptions *options;
    struct directory_scheme scheme;
    DirectoryGroups *groups;
};

/* Groups of an LDIF text, below ou=groups,dc=x. */
static void set_up(struct setting *setting, const char *ldif)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LdifText) text = ldif_text_new(ldif, strlen(ldif), &error);
    struct directory_entry entry;
    setting->options = directory_options_new("corp");
    setting->options->group_base = g_strdup("ou=groups,dc=x");
    assert_true(directory_scheme_init(&setting->scheme, setting->options,
                                      DIRECTORY_KIND_UNKNOWN, &error));
    setting->groups = directory_groups_new(&setting->scheme);
    directory_entry_init(&entry);
    while (ldif_text_next(text, &entry, &error))
        if (!directory_groups_take(setting->groups, &entry, &error))
            break;
    if (error != NULL)
        fail_msg("%s", error->message);
    directory_entry_clear(&entry);
}

static void tear_down(struct setting *setting)
{
    directory_groups_free(setting->groups);
    directory_scheme_clear(&setting->scheme);
    directory_options_free(setting->options);
}

static char *show(const struct setting *setting)
{
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    g_autoptr(GError) error = NULL;
    assert_true(directory_groups_write(setting->groups, snapshot, &error));
    snapshot_seal(snapshot);
    return directory_case_show(snapshot);
}

static const char knot[] = GROUP("a", MEMBER("b") MEMBER("a")) GROUP("b", MEMBER("c"))
    GROUP("c", MEMBER("a") "member: uid=ada,dc=x\n") GROUP("d", MEMBER("a"));

static void what_is_named_and_what_is_in_it_is_needed(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *words, *shown;
    } cases[] = {
        {"group:A", "a = (cn=a,ou=groups,dc=x) (cn=b,ou=groups,dc=x)\n"
                    "b = (cn=c,ou=groups,dc=x)\nc = (cn=a,ou=groups,dc=x) +1\n"},
        {"groups", "a = (cn=a,ou=groups,dc=x) (cn=b,ou=groups,dc=x)\n"
                   "b = (cn=c,ou=groups,dc=x)\nc = (cn=a,ou=groups,dc=x) +1\n"
                   "d = (cn=a,ou=groups,dc=x)\n"},
        {"", ""},
    };
    struct setting setting;
    set_up(&setting, knot);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Needs) needs = directory_case_needs(cases[i].words);
        g_autoptr(GError) error = NULL;
        assert_true(directory_groups_select(setting.groups, needs, NULL, &error));
        g_autofree char *shown = show(&setting);
        assert_string_equal(shown, cases[i].shown);
    }
    tear_down(&setting);
}

static void members_below_the_base_may_be_groups(void **state G_GNUC_UNUSED)
{
    struct setting setting;
    g_autoptr(GHashTable) unread = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(Needs) needs = directory_case_needs("group:a");
    set_up(&setting,
           GROUP("a", MEMBER("B") MEMBER("e") "member: uid=ada,dc=x\nmember: nonsense\n")
               GROUP("b", MEMBER("f")));
    directory_groups_follow(setting.groups, needs, unread);
    assert_int_equal(g_hash_table_size(unread), 2);
    assert_true(g_hash_table_contains(unread, "cn=e,ou=groups,dc=x"));
    assert_true(g_hash_table_contains(unread, "cn=f,ou=groups,dc=x"));
    tear_down(&setting);
}

static void missing_and_doubtful_names_are_errors(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *words, *says;
    } cases[] = {
        {"group:z", "no group is called 'z'"},
        {"group:a;group:z", "no group is called 'z'"},
        {"dn:cn=z,dc=x", "there is no group 'cn=z,dc=x'"},
        {"anchor:00-z", "no group has the entryUUID '00-z'"},
        {"group:twin", "2 groups are called 'twin', among them 'cn=twin,ou=groups,dc=x' and "
                       "'cn=twin,ou=more,ou=groups,dc=x'"},
    };
    struct setting setting;
    set_up(&setting,
           GROUP("a", "") GROUP(
               "twin", "") "dn: cn=twin,ou=more,ou=groups,dc=x\ncn: TWIN\nentryUUID: 00-t\n");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Needs) needs = directory_case_needs(cases[i].words);
        g_autoptr(GError) error = NULL;
        assert_false(directory_groups_select(setting.groups, needs, NULL, &error));
        assert_int_equal(error->code, OUTCOME_SETTINGS);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].words, error->message);
    }
    tear_down(&setting);
}

static void of_several_names_the_rules_one_counts(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *words, *shown;
    } cases[] = {
        {"groups", "own =\n"}, {"group:first", "first =\n"}, {"groups;group:OWN", "own =\n"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct setting setting;
        g_autoptr(Needs) needs = directory_case_needs(cases[i].words);
        g_autoptr(GError) error = NULL;
        set_up(&setting, GROUP("own", "cn: first\ncn: second\n"));
        assert_true(directory_groups_select(setting.groups, needs, NULL, &error));
        g_autofree char *shown = show(&setting);
        assert_string_equal(shown, cases[i].shown);
        tear_down(&setting);
    }
}

static void a_group_without_anchor_is_an_error(void **state G_GNUC_UNUSED)
{
    struct setting setting;
    struct directory_entry entry;
    g_autoptr(GError) error = NULL;
    set_up(&setting, GROUP("a", ""));
    directory_entry_init(&entry);
    directory_entry_begin(&entry, "cn=b,dc=x", 9);
    assert_false(directory_groups_take(setting.groups, &entry, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(strstr(error->message, "set anchor"));
    assert_null(directory_groups_find(setting.groups, "cn=b,dc=x"));
    assert_non_null(directory_groups_find(setting.groups, "cn=a,ou=groups,dc=x"));
    directory_entry_clear(&entry);
    tear_down(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_named_and_what_is_in_it_is_needed),
        cmocka_unit_test(members_below_the_base_may_be_groups),
        cmocka_unit_test(missing_and_doubtful_names_are_errors),
        cmocka_unit_test(of_several_names_the_rules_one_counts),
        cmocka_unit_test(a_group_without_anchor_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
