#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "agent/sync/report.h"
#include "tests/agent/sync/sketch.h"

struct exit_case {
    struct report report;
    enum report_exit exit;
    const char *word;
};

static const struct exit_case exits[] = {
    {{.writes = 0}, REPORT_EXIT_DONE, "nothing-to-do"},
    {{.writes = 3, .notes = {[PLAN_NOTE_MARKER] = 1}, .waiting = 2}, REPORT_EXIT_DONE, "done"},
    {{.planned_only = TRUE, .pending = 1}, REPORT_EXIT_PENDING, "pending"},
    {{.planned_only = TRUE}, REPORT_EXIT_DONE, "nothing-to-do"},
    {{.failed = 1, .writes = 1}, REPORT_EXIT_PARTLY, "partly"},
    {{.held = {[PLAN_HOLD_LAST_OWNER] = 1}}, REPORT_EXIT_PARTLY, "partly"},
    {{.held = {[PLAN_HOLD_LAST_OWNER] = 1, [PLAN_HOLD_GUARD] = 1}}, REPORT_EXIT_GUARD, "guard"},
    {{.held = {[PLAN_HOLD_GUARD] = 1}, .no_snapshots = 1},
     REPORT_EXIT_NO_SNAPSHOT,
     "no-snapshot"},
    {{.no_snapshots = 1, .failed_run = TRUE}, REPORT_EXIT_FAILED, "failed"},
    {{.failed_run = TRUE, .busy = TRUE}, REPORT_EXIT_BUSY, "busy"},
    {{.busy = TRUE, .no_endpoint = TRUE}, REPORT_EXIT_NO_ENDPOINT, "no-endpoint"},
    {{.no_endpoint = TRUE, .bad_config = TRUE}, REPORT_EXIT_CONFIG, "config"},
};

static void when_several_apply_the_gravest_is_the_exit_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(exits); i++) {
        assert_int_equal(report_exit_status(&exits[i].report), exits[i].exit);
        assert_string_equal(report_status_word(&exits[i].report), exits[i].word);
    }
}

static void a_plan_and_its_steps_are_counted(void **state)
{
    (void)state;
    struct report report;
    g_autoptr(Sketch) sketch =
        sketch_new("project search\nperson ann active owner search=admin\n"
                   "person bob active member search=read-only\nread corp\n"
                   "want corp bob owner\naside corp cat\nmarker corp a-dan dan@example.com\n"
                   "want corp dan member");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    report_init(&report);
    report_count_plan(&report, plan);
    for (guint i = 0; i < plan->steps->len; i++)
        report_count_step(&report, &g_array_index(plan->steps, struct plan_step, i));
    assert_int_equal(report.set_aside, 1);
    assert_int_equal(report.notes[PLAN_NOTE_SET_ASIDE], 0);
    assert_int_equal(report.notes[PLAN_NOTE_MARKER], 1);
    assert_int_equal(report.promoted, 1);
    assert_int_equal(report.project_roles_set, 1); /* bob stands in for ann */
    assert_int_equal(report.project_roles_removed, 1);
    assert_int_equal(report.removed, 1);
    assert_int_equal(report.writes, plan->steps->len);
    report_clear(&report);
}

static void attached_links_are_counted_as_roles(void **state)
{
    (void)state;
    struct report report;
    g_autoptr(Sketch) sketch = sketch_new(
        "project search\nperson root active owner search=admin origin=manual\n"
        "person ann active member origin=scim:okta\nperson bea active member origin=scim:okta\n"
        "person cat active member origin=scim:okta\nlink okta billing-admin search=admin "
        "attached\nread okta\nattach okta\n"
        "want okta ann member search=admin anchor=ann\nwant okta bea billing-admin anchor=bea");
    g_autoptr(Plan) plan = sketch_plan(sketch);
    report_init(&report);
    for (guint i = 0; i < plan->steps->len; i++)
        report_count_step(&report, &g_array_index(plan->steps, struct plan_step, i));
    assert_int_equal(report.promoted, 1);
    assert_int_equal(report.demoted, 1);
    assert_int_equal(report.project_roles_set, 1);
    assert_int_equal(report.project_roles_removed, 1);
    assert_int_equal(report.removed, 0);
    assert_int_equal(report.writes, 3);
    report_clear(&report);
}

static void the_line_has_every_key_and_no_other(void **state)
{
    static const char *const keys[] = {"status",
                                       "read",
                                       "matched",
                                       "set_aside",
                                       "invited",
                                       "reissued",
                                       "revoked",
                                       "promoted",
                                       "demoted",
                                       "project_roles_set",
                                       "project_roles_removed",
                                       "updated",
                                       "suspended",
                                       "reactivated",
                                       "removed",
                                       "held",
                                       "notes",
                                       "waiting",
                                       "failed",
                                       "writes",
                                       "seconds"};
    (void)state;
    struct report report;
    report_init(&report);
    report.held[PLAN_HOLD_ADDRESS_TAKEN] = 2;
    report.notes[PLAN_NOTE_OVERRIDE] = 3;
    report.invited = 4;
    report.seconds = 1.5;
    g_autofree char *text = report_json(&report);
    json_t *value = json_loads(text, 0, NULL);
    assert_null(strchr(text, '\n'));
    assert_int_equal(json_object_size(value), G_N_ELEMENTS(keys));
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        assert_non_null(json_object_get(value, keys[i]));
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(value, "held"), "address-taken")),
        2);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(value, "notes"), "override")), 3);
    assert_int_equal(json_integer_value(json_object_get(value, "invited")), 4);
    assert_true(json_number_value(json_object_get(value, "seconds")) > 1.49);
    json_decref(value);
    report_clear(&report);
}

static void the_table_shows_what_is_not_zero_and_every_problem(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    report.invited = 4;
    report.held[PLAN_HOLD_GUARD] = 1;
    report_problem(&report, "directory '%s' is away", "corp");
    g_autofree char *text = report_table(&report);
    assert_non_null(strstr(text, "guard\n"));
    assert_non_null(strstr(text, "invited                        4"));
    assert_non_null(strstr(text, "held: guard                    1"));
    assert_null(strstr(text, "revoked"));
    assert_non_null(strstr(text, "! directory 'corp' is away\n"));
    report_clear(&report);
}

static void every_exit_status_has_its_word(void **state)
{
    (void)state;

    static const struct {
        enum report_exit status;
        const char *word;
    } words[] = {
        {REPORT_EXIT_DONE, "done"},       {REPORT_EXIT_FAILED, "failed"},
        {REPORT_EXIT_PENDING, "pending"}, {REPORT_EXIT_GUARD, "guard"},
        {REPORT_EXIT_PARTLY, "partly"},   {REPORT_EXIT_NO_SNAPSHOT, "no-snapshot"},
        {REPORT_EXIT_USAGE, "usage"},     {REPORT_EXIT_NO_ENDPOINT, "no-endpoint"},
        {REPORT_EXIT_BUSY, "busy"},       {REPORT_EXIT_CONFIG, "config"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        assert_string_equal(report_exit_word(words[i].status), words[i].word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_several_apply_the_gravest_is_the_exit_status),
        cmocka_unit_test(a_plan_and_its_steps_are_counted),
        cmocka_unit_test(attached_links_are_counted_as_roles),
        cmocka_unit_test(the_line_has_every_key_and_no_other),
        cmocka_unit_test(the_table_shows_what_is_not_zero_and_every_problem),
        cmocka_unit_test(every_exit_status_has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
