#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const char *field(struct rolecall_run *run, size_t index, const char *key)
{
    json_t *value = run->json != NULL ? run->json : rolecall_fixture_json(run);
    const json_t *row = json_array_get(json_object_get(value, "invitations"), index);
    return json_string_value(json_object_get(row, key));
}

static void a_revoked_invitation_gives_its_seat_back(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", "x@example.com", NULL), 0);
    struct rolecall_run *revoke =
        rolecall_fixture_run(*state, "revoke", "--json", "x@example.com", NULL);
    rolecall_fixture_expect(revoke, 0);
    assert_string_equal(field(revoke, 0, "status"), "revoked");
    assert_null(field(revoke, 0, "link"));
    struct rolecall_run *members = rolecall_fixture_run(*state, "members", "--json", NULL);
    assert_int_equal(
        json_integer_value(json_object_get(rolecall_fixture_json(members), "seatsUsed")), 2);
}

static void a_sync_does_not_invite_who_was_revoked_by_hand(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "revoke", "bob@example.com", NULL), 0);
    const struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", NULL);
    rolecall_fixture_expect(sync, 0);
    assert_non_null(strstr(sync->out, "note (marker)"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "revoke", "bob@example.com", NULL), 1);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_revoked_invitation_gives_its_seat_back),
        ON_A_FIXTURE(a_sync_does_not_invite_who_was_revoked_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
