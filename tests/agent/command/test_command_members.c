#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/protocol/clock.h"
#include "tests/agent/command/rolecall_fixture.h"

static void everybody_is_listed_with_status_roles_and_origin(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const struct rolecall_run *members = rolecall_fixture_run(*state, "members", NULL);
    rolecall_fixture_expect(members, 0);
    static const char *const lines[] = {
        "person                  status   role    projects      origin\n",
        "dana@example.com        active   owner   search/admin  manual\n",
        "ada@example.com         invited  owner   search/admin  directory:corp  invitation: 48 "
        "h left; Nobody has seen the link of this invitation: resend it to be shown one.\n",
        "acme: 4 of 100 seats\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        if (strstr(members->out, lines[i]) == NULL)
            fail_msg("%s is not in\n%s", lines[i], members->out);
}

static void the_json_says_the_same(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *members = rolecall_fixture_run(*state, "members", "--json", NULL);
    json_t *value = rolecall_fixture_json(members);
    assert_int_equal(json_integer_value(json_object_get(value, "seats")), 100);
    assert_int_equal(json_integer_value(json_object_get(value, "seatsUsed")), 3);
    const json_t *last = json_array_get(json_object_get(value, "members"), 2);
    assert_string_equal(json_string_value(json_object_get(last, "userName")), "x@example.com");
    assert_string_equal(json_string_value(json_object_get(last, "role")), "member");
    const json_t *invitation = json_object_get(last, "invitation");
    assert_int_equal(json_integer_value(json_object_get(invitation, "hoursLeft")), 48);
}

/* The time of the newest record, plus so many seconds. */
static char *after_the_newest(struct rolecall_fixture *fixture, gint64 seconds)
{
    gint64 time = 0;
    const struct rolecall_run *trail = rolecall_fixture_run(fixture, "audit", "export", NULL);
    g_auto(GStrv) lines = g_strsplit(trail->out, "\n", -1);
    json_t *record = json_loads(lines[g_strv_length(lines) - 2], 0, NULL);
    assert_true(clock_parse(json_string_value(json_object_get(record, "time")), &time));
    json_decref(record);
    return clock_print(time + seconds);
}

static json_t *members_at(struct rolecall_fixture *fixture, const char *at)
{
    struct rolecall_run *run =
        rolecall_fixture_run(fixture, "members", "--at", at, "--json", NULL);
    rolecall_fixture_expect(run, 0);
    return rolecall_fixture_json(run);
}

static void who_was_there_on_a_day_is_told_by_the_trail(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
    g_autofree char *then = after_the_newest(fixture, 0);
    for (g_autofree char *now = NULL; g_strcmp0(now, then) <= 0; poll(NULL, 0, 20)) {
        g_free(now);
        now = clock_print(clock_now(clock_system()));
    }
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "remove", "x@example.com", NULL), 0);
    g_autofree char *later = after_the_newest(fixture, 60);
    const json_t *before = members_at(fixture, then);
    assert_int_equal(json_array_size(json_object_get(before, "members")), 3);
    const json_t *after = members_at(fixture, later);
    assert_int_equal(json_array_size(json_object_get(after, "members")), 2);
    /* of a bare date the end of the day counts */
    later[strlen("2026-11-22")] = '\0';
    const json_t *day = members_at(fixture, later);
    assert_true(g_str_has_suffix(json_string_value(json_object_get(day, "at")), "T23:59:59Z"));
    assert_int_equal(json_array_size(json_object_get(day, "members")), 2);
    const struct rolecall_run *text =
        rolecall_fixture_run(fixture, "members", "--at", then, NULL);
    assert_non_null(strstr(text->out, "x@example.com"));
    assert_non_null(strstr(text->out, ": 3 people; its audit trail begins on "));
}

static void before_the_trail_begins_and_ahead_nothing_is_known(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *run =
        rolecall_fixture_run(*state, "members", "--at", "1999-12-31", NULL);
    rolecall_fixture_expect(run, 1);
    assert_non_null(strstr(run->err, "who was in it on 1999-12-31T23:59:59Z is not known"));
    const struct rolecall_run *ahead =
        rolecall_fixture_run(*state, "members", "--at", "2999-12-31", NULL);
    rolecall_fixture_expect(ahead, 1);
    assert_non_null(strstr(ahead->err, "2999-12-31T23:59:59Z lies ahead"));
    static const char *const wrong[] = {"yesterday", "2026-13-01", "2026-11-01T12:00"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, "members", "--at", wrong[i], NULL),
                                64);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(everybody_is_listed_with_status_roles_and_origin),
        ON_A_FIXTURE(the_json_says_the_same),
        ON_A_FIXTURE(who_was_there_on_a_day_is_told_by_the_trail),
        ON_A_FIXTURE(before_the_trail_begins_and_ahead_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
