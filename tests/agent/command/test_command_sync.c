#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static gint64 count_of(struct rolecall_run *run, const char *key)
{
    return json_integer_value(json_object_get(rolecall_fixture_json(run), key));
}

static void a_sync_invites_and_the_next_one_has_nothing_to_do(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    rolecall_fixture_expect(sync, 0);
    assert_int_equal(count_of(sync, "invited"), 2);
    assert_int_equal(count_of(sync, "writes"), 2);
    sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    rolecall_fixture_expect(sync, 0);
    assert_int_equal(count_of(sync, "writes"), 0);
}

static void people_read_steps_and_then_the_counted_table(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", NULL);
    rolecall_fixture_expect(sync, 0);
    const char *step = strstr(sync->out, "invite ada@example.com");
    const char *table = strstr(sync->out, "\ndone\n");
    assert_non_null(step);
    assert_non_null(table);
    assert_true(step < table);
    assert_null(strchr(sync->out, '\033'));
}

static void a_dry_run_changes_nothing_and_exits_2(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *dry = rolecall_fixture_run(*state, "sync", "-n", "--json", NULL);
    rolecall_fixture_expect(dry, 2);
    assert_int_equal(count_of(dry, "writes"), 0);
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    assert_int_equal(count_of(sync, "invited"), 2);
}

static void somebody_who_left_the_groups_is_removed(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    g_autofree char *text = NULL;
    assert_true(
        g_file_get_contents(rolecall_fixture_path(*state, "corp.ldif"), &text, NULL, NULL));
    GString *changed = g_string_new(text);
    assert_int_equal(g_string_replace(changed, "member: uid=bob,dc=example,dc=com\n", "", 0),
                     1);
    rolecall_fixture_write(*state, "corp.ldif", changed->str);
    g_string_free(changed, TRUE);
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    rolecall_fixture_expect(sync, 0);
    assert_int_equal(count_of(sync, "revoked"), 1);
}

static void a_broken_directory_removes_nobody_and_exits_5(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    rolecall_fixture_write(*state, "corp.ldif", "dn: uid=ada\ncut in the mid");
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    rolecall_fixture_expect(sync, 5);
    assert_int_equal(count_of(sync, "writes"), 0);
    assert_non_null(strstr(sync->err, "corp"));
}

static void a_second_run_at_once_exits_75(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const int lock = open(rolecall_fixture_path(*state, "state/lock"), O_RDWR | O_CLOEXEC);
    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    close(lock);
    rolecall_fixture_expect(sync, 75);
    assert_string_equal(
        json_string_value(json_object_get(rolecall_fixture_json(sync), "status")), "busy");
}

static void nothing_answers_exits_69_after_serve_has_gone(void **state)
{
    rolecall_fixture_serve(*state);
    assert_int_equal(rolecall_fixture_stop(*state), 0);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 69);
}

static void a_schedule_that_nobody_armed_only_plans(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *sync =
        rolecall_fixture_run(*state, "sync", "--scheduled", "--json", NULL);
    rolecall_fixture_expect(sync, 2);
    assert_int_equal(count_of(sync, "writes"), 0);
    assert_non_null(strstr(sync->err, "by hand"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    rolecall_fixture_write(*state, "corp.ldif", "dn: uid=ada\ncut in the mid");
    sync = rolecall_fixture_run(*state, "sync", "--scheduled", NULL);
    rolecall_fixture_expect(sync, 5);
    assert_null(strstr(sync->err, "by hand"));
}

static void limits_and_digests_are_checked_before_anything_is_read(void **state)
{
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "sync", "--max-removals", "lots", NULL), 64);
    rolecall_fixture_serve(*state);
    const struct rolecall_run *sync =
        rolecall_fixture_run(*state, "sync", "--approve", "0123456789abcdef", NULL);
    assert_int_not_equal(sync->status, 0);
    assert_int_equal(
        rolecall_fixture_run(*state, "sync", "--max-removals", "50%", NULL)->status, 0);
}

/* Who, in which run, by which rule: what the planner knew is in the endpoint's trail. */
static void each_step_is_in_the_audit_trail_with_its_run_and_its_reason(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const struct rolecall_run *trail = rolecall_fixture_run(*state, "audit", "export", NULL);
    g_auto(GStrv) lines = g_strsplit(trail->out, "\n", -1);
    guint found = 0;
    for (char **line = lines; *line != NULL; line++) {
        if (strstr(*line, "\"action\":\"invite\"") == NULL)
            continue;
        found++;
        assert_non_null(strstr(*line, "\"actor\":\"directory:corp\""));
        assert_non_null(strstr(*line, "\"run\":\""));
        assert_non_null(strstr(*line, "\"reason\":\"by rule: group '"));
    }
    assert_int_equal(found, 2);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_sync_invites_and_the_next_one_has_nothing_to_do),
        ON_A_FIXTURE(people_read_steps_and_then_the_counted_table),
        ON_A_FIXTURE(a_dry_run_changes_nothing_and_exits_2),
        ON_A_FIXTURE(somebody_who_left_the_groups_is_removed),
        ON_A_FIXTURE(a_broken_directory_removes_nobody_and_exits_5),
        ON_A_FIXTURE(a_second_run_at_once_exits_75),
        ON_A_FIXTURE(nothing_answers_exits_69_after_serve_has_gone),
        ON_A_FIXTURE(a_schedule_that_nobody_armed_only_plans),
        ON_A_FIXTURE(limits_and_digests_are_checked_before_anything_is_read),
        ON_A_FIXTURE(each_step_is_in_the_audit_trail_with_its_run_and_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
