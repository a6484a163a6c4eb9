#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/arming.h"
#include "tests/agent/command/rolecall_fixture.h"

static void only_a_run_that_did_not_fail_arms(void **state)
{
    const struct rolecall_fixture *fixture = *state;
    struct report report;
    report_init(&report);
    report.failed_run = TRUE;
    arming_note(fixture->folder, &report);
    assert_false(arming_is_armed(fixture->folder));
    report.failed_run = FALSE;
    report.no_snapshots = 1;
    arming_note(fixture->folder, &report);
    assert_false(arming_is_armed(fixture->folder));
    report.no_snapshots = 0;
    report.held[PLAN_HOLD_LAST_OWNER] = 1;
    arming_note(fixture->folder, &report);
    assert_true(arming_is_armed(fixture->folder));
    report_clear(&report);
}

static void a_folder_that_is_not_there_is_not_armed(void **state)
{
    (void)state;
    struct report report;
    report_init(&report);
    arming_note("/nowhere/at/all", &report);
    assert_false(arming_is_armed("/nowhere/at/all"));
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_a_run_that_did_not_fail_arms,
                                        rolecall_fixture_setup, rolecall_fixture_teardown),
        cmocka_unit_test(a_folder_that_is_not_there_is_not_armed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
