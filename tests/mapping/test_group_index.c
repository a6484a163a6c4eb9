#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/fold.h"
#include "mapping/group_index.h"
#include "scim/protocol/outcome.h"

#include "company.h"

static struct rule rule_named(enum rule_subject subject, const char *key)
{
    return (struct rule){.subject = subject,
                         .key = fold_key(key),
                         .dn_key = fold_key(key),
                         .directory = fold_key("corp"),
                         .file = fold_key("rolecall.conf"),
                         .line = 3};
}

static void a_group_is_found_by_name_dn_and_anchor(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "group staff", "group twin name=Same", "group other name=sAME",
        "group team anchor=0b5f2a7e-3c1d-4e8f-9a6b-1c2d3e4f5a6b",
        /* KELVIN SIGN: no "k" (R61) */
        "group kelvin name=boo\xe2\x84\xaas", NULL};

    static const struct {
        enum rule_subject subject;
        const char *key, *found;
    } ROWS[] = {
        {RULE_GROUP_NAME, "Staff", "staff"},
        {RULE_GROUP_NAME, "team", "team"},
        {RULE_GROUP_NAME, "same", NULL},
        {RULE_GROUP_NAME, "books", NULL},
        {RULE_GROUP_NAME, "cn=staff,dc=example", NULL},
        {RULE_GROUP_NAME, "", NULL},
        {RULE_GROUP_DN, "cn=other,dc=example", "sAME"},
        {RULE_GROUP_DN, "cn=nobody,dc=example", NULL},
        {RULE_GROUP_ANCHOR, "0B5F2A7E-3C1D-4E8F-9A6B-1C2D3E4F5A6B", "team"},
        {RULE_GROUP_ANCHOR, "0B5F2A7E-3C1D-4E8F-9A6B-1C2D3E4F5A6C", NULL},
        {RULE_FILTER, "staff", NULL},
    };

    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(GroupIndex) index = group_index_new(snapshot);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const struct rule rule = rule_named(ROWS[i].subject, ROWS[i].key);
        guint32 group = 0;
        g_autoptr(GError) error = NULL;
        gboolean found = group_index_find(index, &rule, &group, &error);
        if (found != (ROWS[i].found != NULL))
            fail_msg("row %zu", i);
        if (found)
            assert_string_equal(snapshot->groups[group].name, ROWS[i].found);
        else
            assert_true(g_str_has_prefix(error->message, "rolecall.conf:3: "));
    }
}

static void where_names_are_shared_one_name_means_all_its_groups(void **state)
{
    (void)state;
    static const char *const LINES[] = {"group one name=Same", "group staff",
                                        "group two name=sAME", "group three name=same", NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    snapshot->shares_names = TRUE;
    g_autoptr(GroupIndex) index = group_index_new(snapshot);
    const struct rule same = rule_named(RULE_GROUP_NAME, "same"),
                      staff = rule_named(RULE_GROUP_NAME, "staff");
    guint32 group = 0;
    guint found = 0;
    assert_true(group_index_find(index, &same, &group, NULL));
    for (; group != GROUP_INDEX_NONE; group = group_index_namesake(index, group)) {
        assert_int_equal(g_ascii_strcasecmp(snapshot->groups[group].name, "same"), 0);
        found++;
    }
    assert_int_equal(found, 3);
    assert_true(group_index_find(index, &staff, &group, NULL));
    assert_int_equal(group_index_namesake(index, group), GROUP_INDEX_NONE);
}

static void an_empty_directory_has_no_group(void **state)
{
    (void)state;
    static const char *const LINES[] = {NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(GroupIndex) index = group_index_new(snapshot);
    const struct rule rule = rule_named(RULE_GROUP_NAME, "x");
    guint32 group = 0;
    g_autoptr(GError) error = NULL;
    assert_false(group_index_find(index, &rule, &group, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "'x'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_found_by_name_dn_and_anchor),
        cmocka_unit_test(where_names_are_shared_one_name_means_all_its_groups),
        cmocka_unit_test(an_empty_directory_has_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
