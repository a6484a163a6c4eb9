#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/lint.h"

#include "company.h"

#define CORP      .file = "rolecall.conf", .directory = "corp"
#define MAX_RULES 3

static const char *const KINDS[] = {
    [LINT_MATCHES_NOBODY] = "nobody",
    [LINT_NEVER_WINS] = "never",
    [LINT_CONTRADICTION] = "contradiction",
    [LINT_MANY_OWNERS] = "owners",
};

static const char *const LINES[] = {"person a title=Boss",
                                    "person b",
                                    "person c",
                                    "person d",
                                    "person e",
                                    "person f",
                                    "group all a b c d e f",
                                    "group few a b",
                                    "group four a b c d",
                                    "group empty",
                                    NULL};

/* Every finding as "line:kind ". */
static char *lint(const struct rule_text *texts, gsize count)
{
    g_autoptr(Rules) rules = company_rules(texts, count);
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", LINES);
    const struct mapper_directory directories[] = {{"corp", corp, map, FALSE},
                                                   {"labs", NULL, map, FALSE}};
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, NULL);
    assert_non_null(mapper);
    g_autoptr(GPtrArray) findings = lint_rules(mapper);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const struct lint_finding *finding = findings->pdata[i];
        g_autofree char *words = rules_words_at(rules, finding->rule);
        assert_true(g_str_has_prefix(finding->text, words));
        g_string_append_printf(text, "%u:%s ", rules_get(rules, finding->rule)->line,
                               KINDS[finding->kind]);
    }
    return g_string_free(text, FALSE);
}

static void each_oddity_is_found_and_nothing_else(void **state)
{
    (void)state;

    static const struct {
        struct rule_text texts[MAX_RULES];
        const char *found;
    } ROWS[] = {
        {{{CORP, .line = 1, .group = "all", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "few", .organization = "acme", .role = "owner"}},
         ""},
        {{{CORP, .line = 1, .group = "empty", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .filter = "(title=Cook)", .organization = "acme", .role = "owner"}},
         "1:nobody 2:nobody "},
        {{{CORP, .line = 1, .group = "all", .organization = "acme", .role = "billing-admin"},
          {CORP, .line = 2, .group = "few", .organization = "acme", .role = "member"}},
         "2:never "},
        {{{CORP, .line = 1, .group = "all", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "few", .organization = "apex", .role = "member"},
          {CORP, .line = 3, .group = "few", .organization = "acme", .project = "p",
           .role = "read-only"}},
         ""},
        {{{CORP, .line = 1, .group = "few", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .filter = "(|(title=*)(login=*))", .deny = TRUE}},
         ""},
        {{{CORP, .line = 1, .group = "few", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "all", .deny = TRUE}},
         "1:never "},
        {{{CORP, .line = 1, .group = "four", .organization = "acme", .role = "owner"}},
         "1:owners "},
        {{{CORP, .line = 1, .group = "all", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "all", .organization = "acme", .role = "billing-admin"}},
         "1:never 1:contradiction "},
        {{{CORP, .line = 1, .group = "few", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "few", .organization = "acme", .role = "member"}},
         "2:never 2:contradiction "},
        {{{CORP, .line = 1, .group = "few", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "Few", .organization = "acme", .deny = TRUE}},
         "1:never 1:contradiction "},
        {{{CORP, .line = 1, .group = "few", .organization = "acme", .role = "member"},
          {CORP, .line = 2, .group = "few", .organization = "apex", .deny = TRUE}},
         ""},
        {{{.file = "rolecall.conf",
           .line = 1,
           .directory = "labs",
           .group = "unread",
           .organization = "acme",
           .role = "owner"}},
         ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        gsize count = 0;
        while (count < MAX_RULES && ROWS[i].texts[count].file != NULL)
            count++;
        g_autofree char *found = lint(ROWS[i].texts, count);
        if (!g_str_equal(found, ROWS[i].found))
            fail_msg("row %zu: '%s'", i, found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_oddity_is_found_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
