#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/run_history.h"
#include "tests/agent/command/rolecall_fixture.h"

static const char *text_of(const json_t *runs, size_t index, const char *key)
{
    return json_string_value(json_object_get(json_array_get(runs, index), key));
}

static void the_newest_run_comes_first(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    struct report report;
    report_init(&report);
    report.waiting = 3;
    const struct run_record first = {
        .run = "one", .verb = "sync", .started = 1000, .report = &report};
    const struct run_record second = {
        .run = "two", .verb = "apply", .started = 2000, .report = &report};
    g_autoptr(GError) error = NULL;
    assert_true(run_history_add(fixture->folder, &first, &error));
    assert_true(run_history_add(fixture->folder, &second, &error));
    json_t *runs = run_history_read(fixture->folder);
    assert_int_equal(json_array_size(runs), 2);
    assert_string_equal(text_of(runs, 0, "run"), "two");
    assert_string_equal(text_of(runs, 1, "started"), "1970-01-01T00:16:40Z");
    const json_t *kept = json_object_get(json_array_get(runs, 1), "report");
    assert_int_equal(json_integer_value(json_object_get(kept, "waiting")), 3);
    json_decref(runs);
    report_clear(&report);
}

static void complete_is_a_run_that_read_every_directory(void **state)
{
    const struct rolecall_fixture *fixture = *state;

    static const struct {
        const char *verb;
        guint no_snapshots;
        gboolean complete;
    } cases[] = {{"sync", 0, TRUE},
                 {"plan", 0, TRUE},
                 {"sync", 1, FALSE},
                 {"apply", 0, FALSE},
                 {RUN_HISTORY_PUSHED, 0, FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct report report;
        report_init(&report);
        report.no_snapshots = cases[i].no_snapshots;
        const struct run_record record = {
            .run = "r", .verb = cases[i].verb, .started = 1, .report = &report};
        assert_true(run_history_add(fixture->folder, &record, NULL));
        json_t *runs = run_history_read(fixture->folder);
        assert_int_equal(json_is_true(json_object_get(json_array_get(runs, 0), "complete")),
                         cases[i].complete);
        json_decref(runs);
        report_clear(&report);
    }
}

static void old_runs_are_forgotten_and_broken_lines_left_out(void **state)
{
    struct rolecall_fixture *fixture = *state;
    struct report report;
    report_init(&report);
    rolecall_fixture_write(fixture, "runs", "{ broken\n");
    for (int i = 0; i < RUN_HISTORY_KEPT + 5; i++) {
        const struct run_record record = {
            .run = "r", .verb = "sync", .started = i, .report = &report};
        assert_true(run_history_add(fixture->folder, &record, NULL));
    }
    json_t *runs = run_history_read(fixture->folder);
    assert_int_equal(json_array_size(runs), RUN_HISTORY_KEPT);
    assert_string_equal(text_of(runs, 0, "started"), "1970-01-01T00:01:44Z");
    json_decref(runs);
    report_clear(&report);
}

static void no_file_is_no_runs(void **state)
{
    (void)state;
    json_t *runs = run_history_read("/nowhere/at/all");
    assert_int_equal(json_array_size(runs), 0);
    json_decref(runs);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_newest_run_comes_first),
        ON_A_FIXTURE(complete_is_a_run_that_read_every_directory),
        ON_A_FIXTURE(old_runs_are_forgotten_and_broken_lines_left_out),
        cmocka_unit_test(no_file_is_no_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
