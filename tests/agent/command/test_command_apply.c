#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static gint64 count_of(struct rolecall_run *run, const char *key)
{
    return json_integer_value(json_object_get(rolecall_fixture_json(run), key));
}

static void a_saved_plan_is_carried_out_as_it_was(void **state)
{
    rolecall_fixture_serve(*state);
    const char *file = rolecall_fixture_path(*state, "plan.json");
    rolecall_fixture_expect(rolecall_fixture_run(*state, "plan", "-o", file, NULL), 2);
    /* the directory may change in between: the plan is what was shown */
    rolecall_fixture_write(*state, "corp.ldif", "");
    struct rolecall_run *apply = rolecall_fixture_run(*state, "apply", "--json", file, NULL);
    rolecall_fixture_expect(apply, 0);
    assert_int_equal(count_of(apply, "invited"), 2);
}

static void a_plan_whose_base_is_gone_is_held_and_named(void **state)
{
    rolecall_fixture_serve(*state);
    const char *file = rolecall_fixture_path(*state, "plan.json");
    rolecall_fixture_expect(rolecall_fixture_run(*state, "plan", "-o", file, NULL), 2);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const struct rolecall_run *apply = rolecall_fixture_run(*state, "apply", file, NULL);
    rolecall_fixture_expect(apply, 4);
    assert_non_null(strstr(apply->out, "ada@example.com"));
}

static void what_is_no_plan_is_refused(void **state)
{
    rolecall_fixture_serve(*state);
    static const char *const texts[] = {"", "{}", "not json", "{\"plans\":[]}"};
    const char *file = rolecall_fixture_path(*state, "plan.json");
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        rolecall_fixture_write(*state, "plan.json", texts[i]);
        const struct rolecall_run *apply = rolecall_fixture_run(*state, "apply", file, NULL);
        rolecall_fixture_expect(apply, 1);
        assert_string_equal(apply->out, "");
    }
    rolecall_fixture_expect(rolecall_fixture_run(*state, "apply", NULL), 64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "apply", "/nowhere", NULL), 1);
    static const char *const endless[] = {"/dev/zero", "/dev", "/dev/null"};
    for (gsize i = 0; i < G_N_ELEMENTS(endless); i++) {
        const struct rolecall_run *apply =
            rolecall_fixture_run(*state, "apply", endless[i], NULL);
        rolecall_fixture_expect(apply, 1);
        assert_non_null(strstr(apply->err, "is not a regular file"));
    }
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_saved_plan_is_carried_out_as_it_was),
        ON_A_FIXTURE(a_plan_whose_base_is_gone_is_held_and_named),
        ON_A_FIXTURE(what_is_no_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
