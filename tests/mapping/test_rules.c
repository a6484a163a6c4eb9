#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"

#include "company.h"

static const struct rule_text_role LEVELS[] = {{"rw", "read-write"}, {"ro", "read-only"}};

#define PLACE(number) .file = "rolecall.conf", .line = (number)

static const struct rule_text TEXTS[] = {
    {PLACE(12), .directory = "corp", .group = "staff", .organization = "acme",
     .role = "member"},
    {PLACE(13), .directory = "corp", .group = "boss", .organization = "acme", .role = "owner",
     .priority = 10},
    {PLACE(14), .directory = "corp", .group_matches = "^p-(?<p>.+)-(?<l>rw|ro)$",
     .organization = "acme", .project = "${p}", .role = "${l}", .roles = LEVELS,
     .role_count = 2},
    {PLACE(15), .directory = "labs", .filter = "(department=Search)", .organization = "acme",
     .project = "search", .role = "read-write"},
    {PLACE(16), .directory = "labs", .user = "dana@example.com", .organization = "apex",
     .role = "owner"},
    {PLACE(17), .directory = "corp", .group = "gone", .deny = TRUE},
    {PLACE(18), .directory = "labs", .group = "cn=X, dc=y", .dn_key = "cn=x,dc=y",
     .organization = "apex", .deny = TRUE},
};

static void a_rule_is_printed_in_words_with_its_place(void **state)
{
    (void)state;
    static const char *const WANTED[] = {
        "group 'boss' of directory 'corp' -> acme: owner, priority 10 (rolecall.conf:13)",
        "group 'gone' of directory 'corp' -> denied (rolecall.conf:17)",
        "group 'staff' of directory 'corp' -> acme: member (rolecall.conf:12)",
        "groups matching '^p-(?<p>.+)-(?<l>rw|ro)$' of directory 'corp' -> acme/${p}: ${l} "
        "(ro = read-only, rw = read-write) (rolecall.conf:14)",
        "group 'cn=X, dc=y' of directory 'labs' -> denied in apex (rolecall.conf:18)",
        "people matching '(department=Search)' of directory 'labs' -> acme/search: read-write "
        "(rolecall.conf:15)",
        "user 'dana@example.com' of directory 'labs' -> apex: owner (rolecall.conf:16)",
    };
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    assert_int_equal(rules_count(rules), G_N_ELEMENTS(WANTED));
    for (guint32 i = 0; i < rules_count(rules); i++) {
        g_autofree char *at = rules_words_at(rules, i);
        g_autofree char *words = rules_words(rules, i);
        assert_string_equal(at, WANTED[i]);
        assert_true(g_str_has_prefix(at, words));
        assert_null(strstr(words, "rolecall.conf"));
    }
}

/* The same rules in another order and other lines. */
static Rules *shuffled_rules(GRand *chance)
{
    struct rule_text texts[G_N_ELEMENTS(TEXTS)];
    memcpy(texts, TEXTS, sizeof TEXTS);
    for (guint i = G_N_ELEMENTS(TEXTS); i > 1; i--) {
        guint other = (guint)g_rand_int_range(chance, 0, (gint32)i);
        struct rule_text text = texts[i - 1];
        texts[i - 1] = texts[other];
        texts[other] = text;
        texts[i - 1].line = 100 - i;
    }
    return company_rules(texts, G_N_ELEMENTS(TEXTS));
}

static void their_order_in_the_file_means_nothing(void **state)
{
    (void)state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(5);
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autofree char *digest = rules_digest(rules);
    for (int round = 0; round < 500; round++) {
        g_autoptr(Rules) other = shuffled_rules(chance);
        g_autofree char *again = rules_digest(other);
        assert_string_equal(digest, again);
        for (guint32 i = 0; i < rules_count(rules); i++) {
            g_autofree char *left = rules_words(rules, i);
            g_autofree char *right = rules_words(other, i);
            assert_string_equal(left, right);
        }
    }
}

static void the_digest_follows_what_rules_say_and_not_how_often(void **state)
{
    (void)state;
    g_autoptr(Rules) once = company_rules(TEXTS, 1);
    const struct rule_text twice[] = {TEXTS[0], TEXTS[0]};
    g_autoptr(Rules) doubled = company_rules(twice, 2);
    struct rule_text changed = TEXTS[0];
    changed.priority = 1;
    g_autoptr(Rules) other = company_rules(&changed, 1);
    g_autofree char *a = rules_digest(once);
    g_autofree char *b = rules_digest(doubled);
    g_autofree char *c = rules_digest(other);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_int_equal(strlen(a), 64);
}

static gboolean has(const GPtrArray *names, const char *name)
{
    guint times = 0;
    for (guint i = 0; i < names->len; i++)
        times += g_ascii_strcasecmp(names->pdata[i], name) == 0;
    assert_true(times <= 1);
    return times == 1;
}

static void a_source_is_asked_for_what_its_own_rules_need(void **state)
{
    (void)state;
    static const char *const EXTRA[] = {"memberOf", "DEPARTMENT", NULL};
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Needs) corp = rules_needs(rules, "corp", map, "hireDate", NULL);
    g_autoptr(Needs) labs = rules_needs(rules, "labs", map, NULL, EXTRA);
    assert_true(corp->all_groups && !corp->all_people);
    assert_int_equal(corp->group_names->len, 3);
    assert_true(has(corp->group_names, "staff") && has(corp->group_names, "gone"));
    assert_true(has(corp->attributes, "hireDate") && has(corp->attributes, "mail"));
    assert_true(!labs->all_groups && labs->all_people);
    assert_int_equal(labs->group_names->len, 0);
    assert_int_equal(labs->group_dns->len, 1);
    assert_string_equal(labs->group_dns->pdata[0], "cn=x,dc=y");
    assert_true(has(labs->attributes, "department") && has(labs->attributes, "memberOf"));
    assert_false(has(labs->attributes, "hireDate"));
}

static void a_named_group_must_be_there_exactly_once(void **state)
{
    (void)state;

    static const struct {
        const char *lines[5];
        const char *says[2];
    } ROWS[] = {
        {{"group staff", "group boss", "group gone", NULL}, {NULL, NULL}},
        {{"group STAFF", "group Boss", "group gone", NULL}, {NULL, NULL}},
        {{"group staff", "group gone", NULL}, {"no group 'boss'", "rolecall.conf:13"}},
        {{"group staff", "group boss", "group x name=Boss", "group gone", NULL},
         {"'cn=boss,dc=example' and 'cn=x,dc=example'", "use the DN"}},
        {{NULL}, {"no group", "renamed"}},
    };

    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Snapshot) snapshot = company_read("corp", ROWS[i].lines);
        g_autoptr(GError) error = NULL;
        gboolean ok = rules_check_groups(rules, "corp", snapshot, &error);
        assert_int_equal(ok, ROWS[i].says[0] == NULL);
        if (ok)
            continue;
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        for (int j = 0; j < 2; j++)
            if (strstr(error->message, ROWS[i].says[j]) == NULL)
                fail_msg("'%s' does not say '%s'", error->message, ROWS[i].says[j]);
    }
}

static void an_empty_rule_set_has_a_digest_and_needs_no_group(void **state)
{
    (void)state;
    g_autoptr(Rules) rules = rules_new(NULL, NULL);
    g_autoptr(ProfileMap) map = profile_map_new();
    rules_seal(rules);
    g_autofree char *digest = rules_digest(rules);
    g_autoptr(Needs) needs = rules_needs(rules, "corp", map, NULL, NULL);
    assert_int_equal(strlen(digest), 64);
    assert_false(needs->all_groups || needs->all_people);
    g_autoptr(GError) error = NULL;
    assert_false(rules_add(rules, &TEXTS[0], &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_printed_in_words_with_its_place),
        cmocka_unit_test(their_order_in_the_file_means_nothing),
        cmocka_unit_test(the_digest_follows_what_rules_say_and_not_how_often),
        cmocka_unit_test(a_source_is_asked_for_what_its_own_rules_need),
        cmocka_unit_test(a_named_group_must_be_there_exactly_once),
        cmocka_unit_test(an_empty_rule_set_has_a_digest_and_needs_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
