#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/explain.h"

#include "company.h"

#define CORP .file = "rolecall.conf", .directory = "corp"

static const struct rule_text TEXTS[] = {
    {CORP, .line = 12, .group = "staff", .organization = "acme", .role = "member"},
    {CORP, .line = 13, .group = "boss", .organization = "acme", .role = "owner"},
    {CORP, .line = 14, .group_matches = "^p-(?<p>[a-z]+)$", .organization = "acme",
     .project = "${p}", .role = "admin"},
    {CORP, .line = 15, .group = "gone", .deny = TRUE},
    {CORP, .line = 16, .user = "alice", .organization = "apex", .role = "owner"},
};

static const char *const LINES[] = {"person alice mail=alice@example.com",
                                    "person bob mail=bob@example.com disabled",
                                    "person carl mail=carl@example.com",
                                    "person dora",
                                    "person eve mail=eve@example.com",
                                    "group staff @team dora",
                                    "group team @inner @staff bob",
                                    "group inner alice",
                                    "group boss alice",
                                    "group p-search @inner",
                                    "group gone carl",
                                    NULL};

/* Every line as "depth kind text". */
static char *tell(const char *who)
{
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", LINES);
    const struct mapper_directory directories[] = {{"corp", corp, map, FALSE},
                                                   {"labs", NULL, map, FALSE}};
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, NULL);
    const struct mapper_organization acme = {.name = "acme"};
    g_autoptr(Explanation) explanation = explain_person(mapper, &acme, who, NULL);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < explanation->lines->len; i++) {
        const struct explain_line *line = explanation->lines->pdata[i];
        g_string_append_printf(text, "%u %s %s\n", line->depth, line->kind, line->text);
        for (guint j = 0; j < line->field_count; j++)
            assert_non_null(line->fields[j].value);
    }
    return g_string_free(text, FALSE);
}

static void the_whole_chain_is_told(void **state)
{
    (void)state;
    g_autofree char *text = tell("alice@example.com");
    assert_string_equal(
        text,
        "0 entry entry 'uid=alice,dc=example' of directory 'corp': anchor a-alice, mail "
        "alice@example.com, account enabled\n"
        "1 rule through 'boss': group 'boss' of directory 'corp' -> acme: owner "
        "(rolecall.conf:13) -> acme: owner\n"
        "1 rule through 'staff' > 'team' > 'inner': group 'staff' of directory 'corp' -> acme: "
        "member (rolecall.conf:12) -> acme: member\n"
        "1 rule through 'p-search' > 'inner': groups matching '^p-(?<p>[a-z]+)$' of directory "
        "'corp' -> acme/${p}: admin (rolecall.conf:14) -> acme/search: admin\n"
        "1 winner acme: owner, by the rule: group 'boss' of directory 'corp' -> acme: owner "
        "(rolecall.conf:13)\n"
        "1 winner acme/search: admin, by the rule: groups matching '^p-(?<p>[a-z]+)$' of "
        "directory "
        "'corp' -> acme/${p}: admin (rolecall.conf:14)\n"
        "1 state granted in acme\n"
        "0 directory directory 'labs' was not read: nothing is known of its people\n");
}

static void every_state_has_its_reason(void **state)
{
    (void)state;

    static const struct {
        const char *who, *says;
    } ROWS[] = {
        {"bob", "1 state suspended in acme: the account is disabled\n"},
        {"carl", "1 state unmapped in acme: no rule of this organization matches"},
        {"carl",
         "group 'gone' of directory 'corp' -> denied (rolecall.conf:15) -> acme: denied\n"},
        {"dora", "1 state set aside in acme: it has no mail"},
        {"eve", "1 state unmapped in acme: "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *text = tell(ROWS[i].who);
        if (strstr(text, ROWS[i].says) == NULL)
            fail_msg("%s", text);
    }
}

static void fields_carry_the_same_for_programs(void **state)
{
    (void)state;
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", LINES);
    const struct mapper_directory directory = {"corp", corp, map, FALSE};
    g_autoptr(Mapper) mapper = mapper_new(rules, &directory, 1, NULL);
    const struct mapper_organization acme = {.name = "acme"};
    g_autoptr(Explanation) explanation =
        explain_person(mapper, &acme, "x", "uid=bob,dc=example");
    assert_int_equal(explanation->entries, 1);
    const struct explain_line *entry = explanation->lines->pdata[0];
    assert_string_equal(entry->fields[0].key, "directory");
    assert_string_equal(entry->fields[0].value, "corp");
    const struct explain_line *rule = explanation->lines->pdata[1];
    assert_string_equal(rule->fields[1].key, "path");
    assert_string_equal(rule->fields[1].value, "'staff' > 'team'");
    g_autoptr(Explanation) nobody = explain_person(mapper, &acme, "x", NULL);
    assert_int_equal(nobody->entries, 0);
    assert_int_equal(nobody->lines->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_chain_is_told),
        cmocka_unit_test(every_state_has_its_reason),
        cmocka_unit_test(fields_carry_the_same_for_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
