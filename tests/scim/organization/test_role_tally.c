#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/role_tally.h"
#include "tests/scim/organization/stage.h"

static struct role_tally tally_of(struct stage *stage, gboolean spare_protected)
{
    struct role_tally tally;
    assert_true(
        role_tally_read(stage->session, "acme", stage->now, spare_protected, &tally, NULL));
    return tally;
}

static void whoever_holds_a_seat_counts_and_nobody_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_READ_ONLY);
    struct role_tally tally = tally_of(stage, FALSE);
    assert_int_equal(tally.roles[ORGANIZATION_ROLE_OWNER], 2);
    assert_int_equal(tally.roles[ORGANIZATION_ROLE_BILLING_ADMIN], 0);
    assert_int_equal(tally.roles[ORGANIZATION_ROLE_MEMBER], 1);
    assert_int_equal(tally.seats, stage_seats_used(stage));
    assert_int_equal(role_tally_of(&tally, "search", PROJECT_ROLE_READ_ONLY), 1);
    assert_int_equal(role_tally_of(&tally, "search", PROJECT_ROLE_ADMIN), 1);
    assert_int_equal(role_tally_of(&tally, "nowhere", PROJECT_ROLE_ADMIN), 0);
    role_tally_clear(&tally);
    /* By the clock alone. */
    stage->now += 48 * STAGE_HOUR;
    tally = tally_of(stage, FALSE);
    assert_int_equal(tally.roles[ORGANIZATION_ROLE_MEMBER], 0);
    assert_int_equal(role_tally_of(&tally, "search", PROJECT_ROLE_READ_ONLY), 0);
    assert_int_equal(tally.seats, 2);
    role_tally_clear(&tally);
    stage_close(stage);
}

static void protected_owners_are_left_out_where_they_must_not_show(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct role_tally tally = tally_of(stage, TRUE);
    assert_int_equal(tally.roles[ORGANIZATION_ROLE_OWNER], 1);
    assert_int_equal(tally.seats, 1);
    role_tally_clear(&tally);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_holds_a_seat_counts_and_nobody_else),
        cmocka_unit_test(protected_owners_are_left_out_where_they_must_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
