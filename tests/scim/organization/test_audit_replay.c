#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_replay.h"
#include "tests/scim/organization/stage.h"

static guint replay(struct stage *stage, const char *const records[], char **text)
{
    struct audit_report report;
    audit_report_init(&report);
    g_autoptr(AuditReplay) played = audit_replay_new("nowhere", &report);
    for (gint64 seq = 1; records[seq - 1] != NULL; seq++) {
        json_t *record = json_loads(records[seq - 1], 0, NULL);
        assert_non_null(record);
        audit_replay_take(played, seq, record);
        json_decref(record);
    }
    assert_true(audit_replay_compare(played, stage->session, NULL));
    const guint count = report.findings->len;
    if (count > 0)
        *text = g_strdup(((const struct audit_finding *)report.findings->pdata[0])->text);
    audit_report_clear(&report);
    return count;
}

/* What each list of records comes to where the tables hold nothing of the organization. */
static void what_comes_and_goes_leaves_nothing(void **state)
{
    (void)state;

    static const struct {
        const char *records[5];
        guint findings;
        const char *word;
    } cases[] = {
        {{NULL}, 0, NULL},
        {{"{\"object\":\"person:1\",\"after\":{\"userName\":\"a\"}}",
          "{\"object\":\"person:1\",\"before\":{\"userName\":\"a\"}}"},
         0,
         NULL},
        {{"{\"object\":\"person:1\",\"after\":{\"userName\":\"a\"}}"}, 1, "not in the tables"},
        {{"{\"object\":\"person:1\",\"before\":{\"userName\":\"a\"}}"}, 1, "was not as"},
        {{"{\"object\":\"person:1\",\"after\":{\"userName\":\"a\"}}",
          "{\"object\":\"person:1\",\"before\":{\"userName\":\"b\"}}"},
         1,
         "was not as"},
        /* A person's tokens go with them. */
        {{"{\"object\":\"person:1\",\"after\":{\"userName\":\"a\"}}",
          "{\"object\":\"token:x\",\"after\":{\"person\":\"1\"}}",
          "{\"object\":\"person:1\",\"before\":{\"userName\":\"a\"}}"},
         0,
         NULL},
        {{"{\"object\":\"token:x\",\"after\":{\"connection\":\"okta\"}}"}, 1, "token:x"},
        /* Neither a lifted marker nor an export is a thing in the tables. */
        {{"{\"object\":\"marker:m\",\"action\":\"lift\",\"before\":{\"kind\":\"left\"}}",
          "{\"object\":\"organization:acme\",\"action\":\"export\",\"after\":{\"format\":\"x\"}"
          "}"},
         0,
         NULL},
    };
    struct stage *stage = stage_open(10);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;
        guint count = replay(stage, cases[i].records, &text);
        if (count != cases[i].findings)
            fail_msg("case %zu: %u findings, the first %s", i, count, text);
        if (cases[i].word != NULL && strstr(text, cases[i].word) == NULL)
            fail_msg("case %zu: %s", i, text);
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_and_goes_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
