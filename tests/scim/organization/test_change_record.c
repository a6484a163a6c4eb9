#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_history.h"
#include "scim/organization/change_record.h"
#include "tests/scim/organization/stage.h"

static gboolean keep_last(void *context, gint64 seq, const char *record)
{
    json_t **last = context;
    (void)seq;
    json_decref(*last);
    *last = json_loads(record, 0, NULL);
    return TRUE;
}

static json_t *last_record(struct stage *stage)
{
    json_t *last = NULL;
    assert_true(audit_history_each(stage->session, "acme", 1, keep_last, (void *)&last, NULL));
    assert_non_null(last);
    return last;
}

/* Who is named for each kind of actor. */
static void each_actor_is_named_in_the_way_the_trail_names_them(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);

    const struct {
        struct actor actor;
        const char *name;
    } cases[] = {
        {stage_operator(), "operator:test"},
        {actor_system("acme"), "config"},
        {actor_time("acme"), "time"},
        {stage_sync("directory:corp"), "directory:corp"},
        {stage_provider("scim:okta"), "scim:okta"},
        {{.kind = ACTOR_ADMIN, .organization = "acme", .label = "token:console"},
         "token:console"},
        {{.kind = ACTOR_SYNC, .organization = "acme", .label = "token:sync"}, "token:sync"},
        {{.kind = ACTOR_ADMIN, .organization = "acme"}, "manual"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct change change;
        stage_begin(stage, &change, &cases[i].actor);
        change_record(&change, AUDIT_EDIT, "project:1", NULL, json_pack("{s:i}", "n", (int)i));
        stage->verdict.kind = VERDICT_DONE;
        assert_true(change_record_write(&change, NULL));
        change_clear(&change);
        json_t *record = last_record(stage);
        assert_string_equal(json_string_value(json_object_get(record, "actor")), cases[i].name);
        assert_int_equal(
            json_integer_value(json_object_get(json_object_get(record, "after"), "n")), i);
        json_decref(record);
        store_rollback(stage->session);
    }
    stage_close(stage);
}

static void a_verdict_that_is_not_done_takes_no_record(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct change change;
    g_autoptr(GError) error = NULL;
    const struct actor actor = stage_operator();
    stage_begin(stage, &change, &actor);
    change_record(&change, AUDIT_EDIT, "project:1", json_object(), json_object());
    assert_true(change.home_changed);
    stage->verdict.kind = VERDICT_UNCHANGED;
    assert_false(change_record_write(&change, &error));
    assert_non_null(strstr(error->message, "without a change"));
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_actor_is_named_in_the_way_the_trail_names_them),
        cmocka_unit_test(a_verdict_that_is_not_done_takes_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
