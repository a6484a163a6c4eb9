#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/organization.h"
#include "tests/scim/organization/stage.h"

static void the_state_changes_with_every_write_and_with_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *a = organization_state(stage->session, "acme", stage->now, NULL);
    g_autofree char *again = organization_state(stage->session, "acme", stage->now, NULL);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *b = organization_state(stage->session, "acme", stage->now, NULL);
    g_autofree char *c =
        organization_state(stage->session, "acme", stage->now + 48 * STAGE_HOUR, NULL);
    assert_string_equal(a, again);
    assert_string_not_equal(a, b);
    assert_string_not_equal(b, c);
    assert_null(organization_state(stage->session, "nowhere", stage->now, NULL));
    stage_close(stage);
}

static void an_expired_invitation_frees_its_seat_without_any_write(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_int_equal(stage_seats_used(stage), 3);
    stage->now += 48 * STAGE_HOUR;
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

static void what_is_there_is_read(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(Organization) acme = NULL, none = NULL;
    assert_true(organization_read(stage->session, "acme", stage->now, &acme, NULL));
    assert_string_equal(acme->domains[0], "example.com");
    assert_null(acme->domains[1]);
    assert_int_equal(acme->owners, 2);
    assert_int_equal(acme->seats, 10);
    assert_true(organization_read(stage->session, "nowhere", stage->now, &none, NULL));
    assert_null(none);
    g_autoptr(GPtrArray) names = organization_names(stage->session, NULL);
    assert_int_equal(names->len, 1);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_changes_with_every_write_and_with_time),
        cmocka_unit_test(an_expired_invitation_frees_its_seat_without_any_write),
        cmocka_unit_test(what_is_there_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
