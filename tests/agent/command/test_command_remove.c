#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void S8_who_is_removed_is_gone_and_not_invited_again_by_a_sync(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "sync", NULL), 0);
    const struct rolecall_run *gone = rolecall_fixture_run(
        fixture, "remove", "bob@example.com", "--reason", "left the company", NULL);
    rolecall_fixture_expect(gone, 0);
    assert_string_equal(gone->out, "bob@example.com: removed\n");
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "sync", NULL), 0);
    const struct rolecall_run *members = rolecall_fixture_run(fixture, "members", NULL);
    assert_null(strstr(members->out, "bob@example.com"));
    const struct rolecall_run *trail = rolecall_fixture_run(fixture, "audit", "export", NULL);
    assert_non_null(strstr(trail->out, "left the company"));
}

static void S10_the_only_owner_stays_and_the_others_go(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *gone =
        rolecall_fixture_run(fixture, "remove", "--json", "x@example.com", "nobody@example.com",
                             "breakglass@example.com", "dana@example.com", NULL);
    rolecall_fixture_expect(gone, 4);
    static const char *const ends[] = {"removed", "refused", "removed", "refused"};
    const json_t *people = json_object_get(rolecall_fixture_json(gone), "people");
    assert_int_equal(json_array_size(people), G_N_ELEMENTS(ends));
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(people, i), "status")), ends[i]);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(S8_who_is_removed_is_gone_and_not_invited_again_by_a_sync),
        ON_A_FIXTURE(S10_the_only_owner_stays_and_the_others_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
