#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/attempt.h"
#include "scim/organization/audit.h"
#include "scim/organization/change_record.h"
#include "scim/organization/settle.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/stage.h"

static gboolean rename_and(struct change *change, gboolean records, GError **error)
{
    if (!change_begin(change, error) ||
        !store_run(change->session,
                   "UPDATE project SET display_name = 'Renamed'"
                   " WHERE organization = 'acme' AND name = 'search'",
                   STORE_NOTHING, error))
        return FALSE;
    change->home_changed = TRUE;
    if (records)
        change_record(change, AUDIT_EXPORT, "audit:test", NULL, NULL);
    return settle(change, error);
}

static gboolean recorded(struct change *change, const void *context, GError **error)
{
    (void)context;
    return rename_and(change, TRUE, error);
}

static gboolean unrecorded(struct change *change, const void *context, GError **error)
{
    (void)context;
    return rename_and(change, FALSE, error);
}

static gboolean refused(struct change *change, const void *context, GError **error)
{
    return recorded(change, context, error) &&
           verdict_refuse(change->verdict, REFUSAL_PERMISSION, "No.");
}

static gboolean failing(struct change *change, const void *context, GError **error)
{
    return recorded(change, context, error) &&
           store_run(change->session, "INSERT INTO nowhere VALUES (1)", STORE_NOTHING, error);
}

/* Records that something was done which was not. */
static gboolean boasting(struct change *change, const void *context, GError **error)
{
    (void)context;
    if (!change_begin(change, error) || !settle(change, error))
        return FALSE;
    change_record(change, AUDIT_EXPORT, "audit:test", NULL, NULL);
    return TRUE;
}

struct outcome_wanted {
    attempt_act act;
    gboolean ok, is_done;
    int code;
};

static void assert_left(struct stage *stage, gboolean is_done, gint64 records)
{
    gint64 renamed = 0;
    struct audit_head head;
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM project WHERE display_name = 'Renamed'",
                             STORE_NOTHING, 0, &renamed, NULL));
    assert_true(audit_read_head(stage->session, "acme", &head, NULL));
    assert_int_equal(renamed, is_done);
    assert_int_equal(head.seq, records + is_done);
}

static void I8_an_act_stands_with_its_record_or_not_at_all(void **state)
{
    (void)state;
    static const struct outcome_wanted cases[] = {
        {recorded, TRUE, TRUE, 0},
        {refused, TRUE, FALSE, 0},
        {failing, FALSE, FALSE, OUTCOME_INTERNAL},
        {unrecorded, FALSE, FALSE, OUTCOME_INTERNAL},
        {boasting, FALSE, FALSE, OUTCOME_INTERNAL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        struct audit_head head;
        struct verdict verdict = {0};
        g_autoptr(GError) error = NULL;
        const struct actor actor = actor_time("acme");
        assert_true(audit_read_head(stage->session, "acme", &head, NULL));
        assert_true(store_begin(stage->session, NULL));
        struct change change = change_prepare(&stage->judge, &actor, "acme", &verdict);
        assert_int_equal(attempt(&change, cases[i].act, NULL, &error), cases[i].ok);
        if (!cases[i].ok)
            assert_int_equal(error->code, cases[i].code);
        assert_true(store_commit(stage->session, NULL));
        assert_left(stage, cases[i].is_done, head.seq);
        verdict_clear(&verdict);
        if (cases[i].is_done)
            assert_true(store_run(stage->session, "UPDATE project SET display_name = name",
                                  STORE_NOTHING, NULL));
        stage_close(stage);
    }
}

static void I8_without_the_key_nothing_is_written(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor actor = stage_operator();
    const struct act act = {.kind = ACT_AUDIT_EXPORT};
    struct verdict verdict = {0};
    g_autoptr(GError) error = NULL;
    stage->judge.audit_key = NULL;
    assert_false(judge_write(&stage->judge, &actor, &act, &verdict, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    stage->judge.audit_key = &stage_audit_key;
    stage_close(stage);
}

/* A trail that cannot be written: the change is not made either. */
static void I8_where_the_record_cannot_be_written_the_change_is_not_made(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct person_draft draft = {.user_name = "bob@example.com"};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    const struct actor actor = stage_operator();
    struct verdict verdict = {0};
    gint64 people = 0;
    g_autoptr(GError) error = NULL;
    assert_true(store_script(stage->session,
                             "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN"
                             " SELECT RAISE(ABORT, 'no room'); END",
                             NULL));
    assert_false(judge_write(&stage->judge, &actor, &act, &verdict, &error));
    assert_non_null(strstr(error->message, "the audit trail of \"acme\""));
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM person", STORE_NOTHING, 0,
                             &people, NULL));
    assert_int_equal(people, 2);
    assert_true(store_script(stage->session, "DROP TRIGGER full", NULL));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I8_an_act_stands_with_its_record_or_not_at_all),
        cmocka_unit_test(I8_without_the_key_nothing_is_written),
        cmocka_unit_test(I8_where_the_record_cannot_be_written_the_change_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
