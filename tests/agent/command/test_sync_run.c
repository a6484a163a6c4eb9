#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/run_history.h"
#include "agent/command/sync_run.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static CycleResult *empty_result(void)
{
    CycleResult *result = g_new0(CycleResult, 1);
    result->run = g_strdup("0123456789abcdef");
    result->plans = g_ptr_array_new();
    report_init(&result->report);
    return result;
}

static void the_exit_status_is_the_reports(void **state)
{
    (void)state;
    for (int json = 0; json < 2; json++)
        for (int plan_alone = 0; plan_alone < 2; plan_alone++) {
            g_autoptr(CycleResult) result = empty_result();
            const struct sync_run_view view = {.json = json, .plan_alone = plan_alone};
            assert_int_equal(sync_run_show(&view, result), 0);
            report_problem(&result->report, "directory \"corp\" is away");
            result->report.no_snapshots = 1;
            assert_int_equal(sync_run_show(&view, result), 5);
            result->report.no_endpoint = TRUE;
            assert_int_equal(sync_run_show(&view, result), 69);
        }
}

static void a_run_is_kept_unless_it_never_began(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    const struct cycle cycle = {.state = fixture->folder};
    g_autoptr(CycleResult) result = empty_result();
    result->report.busy = TRUE;
    sync_run_remember(&cycle, "sync", 1000, result);
    json_t *runs = run_history_read(fixture->folder);
    assert_int_equal(json_array_size(runs), 0);
    json_decref(runs);
    result->report.busy = FALSE;
    sync_run_remember(&cycle, "sync", 1000, result);
    runs = run_history_read(fixture->folder);
    assert_int_equal(json_array_size(runs), 1);
    json_decref(runs);
}

static void errors_of_assembly_have_their_exit_status(void **state)
{
    (void)state;

    static const struct {
        enum outcome outcome;
        int status;
    } cases[] = {{OUTCOME_SETTINGS, 78},
                 {OUTCOME_RETRY, 69},
                 {OUTCOME_REFUSED, 1},
                 {OUTCOME_INTERNAL, 1}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = g_error_new(OUTCOME, (int)cases[i].outcome, "a reason");
        const struct command_line line = {.verb = "sync"};
        assert_int_equal(sync_run_fail(&line, error), cases[i].status);
    }
}

static void a_run_is_timed_by_a_clock_that_never_steps(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    g_autofree char *file = g_build_filename(fixture->folder, "a-file", NULL);
    assert_true(g_file_set_contents(file, "", -1, NULL));
    /* a run that ends at its lock still takes some time, and less than the test's patience */
    const struct cycle cycle = {
        .state = file, .clock = clock_system(), .random = random_system()};
    g_autoptr(CycleResult) result =
        sync_run_cycle(&cycle, g_ptr_array_new_with_free_func((GDestroyNotify)plan_free));
    assert_true(result->report.failed_run);
    assert_true(result->report.seconds > 0 && result->report.seconds < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_status_is_the_reports),
        cmocka_unit_test_setup_teardown(a_run_is_kept_unless_it_never_began,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
        cmocka_unit_test(errors_of_assembly_have_their_exit_status),
        cmocka_unit_test_setup_teardown(a_run_is_timed_by_a_clock_that_never_steps,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
