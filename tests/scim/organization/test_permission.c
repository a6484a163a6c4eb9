#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/permission.h"

/* The design's table, written down a second time: who may do what, "y" always, "." never,
 * "o" what they invited, "p" in their project, "s" oneself, "l" where they have a link. */
static const struct {
    enum permission permission;
    const char *cells; /* owner, billing-admin, member, project admin, provider, sync, admin,
                          operator, system, reader */
} table[] = {
    {PERMISSION_INVITE_PRIVILEGED, "y...llyyy."},
    {PERMISSION_INVITE_MEMBER, "yyyyllyyy."},
    {PERMISSION_INVITATION, "yoo*llyyy."},
    {PERMISSION_ORGANIZATION_ROLE, "y...llyyy."},
    {PERMISSION_REMOVE, "y...llyyy."},
    {PERMISSION_SUSPEND, "y...llyyy."},
    {PERMISSION_PROFILE, "yssslly"
                         "yy."},
    {PERMISSION_PROJECT_ROLE, "y..pllyyy."},
    {PERMISSION_PROJECT_NAME, "y..p..yyy."},
    {PERMISSION_ADMINISTER, "y.....yyy."},
    {PERMISSION_MARKER, "y....lyyy."},
    {PERMISSION_GROUP, "....l....."},
    {PERMISSION_GROUP_REMOVE, "....l.yyy."},
    {PERMISSION_LEAVE, "ssss......"},
};

static const struct standing standings[] = {
    {ACTOR_PERSON, ORGANIZATION_ROLE_OWNER, FALSE},
    {ACTOR_PERSON, ORGANIZATION_ROLE_BILLING_ADMIN, FALSE},
    {ACTOR_PERSON, ORGANIZATION_ROLE_MEMBER, FALSE},
    {ACTOR_PERSON, ORGANIZATION_ROLE_MEMBER, TRUE},
    {ACTOR_CONNECTION, ORGANIZATION_ROLE_NONE, FALSE},
    {ACTOR_SYNC, ORGANIZATION_ROLE_NONE, FALSE},
    {ACTOR_ADMIN, ORGANIZATION_ROLE_NONE, FALSE},
    {ACTOR_OPERATOR, ORGANIZATION_ROLE_NONE, FALSE},
    {ACTOR_SYSTEM, ORGANIZATION_ROLE_NONE, FALSE},
    {ACTOR_READER, ORGANIZATION_ROLE_NONE, FALSE},
};

static gboolean expected(char cell, const struct permission_target *target)
{
    return cell == 'y' || (cell == 'o' && target->is_own) ||
           (cell == '*' && (target->is_own || target->is_project)) ||
           (cell == 'p' && target->is_project) || (cell == 's' && target->is_self) ||
           (cell == 'l' && target->is_origin);
}

static void every_cell_of_the_table_is_as_designed(void **state)
{
    (void)state;
    size_t cells = 0;
    assert_int_equal(G_N_ELEMENTS(table), PERMISSION_COUNT);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(standings); j++)
            for (int bits = 0; bits < 16; bits++) {
                const struct permission_target target = {(bits & 1) != 0, (bits & 2) != 0,
                                                         (bits & 4) != 0, (bits & 8) != 0};
                gboolean allowed =
                    permission_allows(table[i].permission, &standings[j], &target);
                if (allowed != expected(table[i].cells[j], &target))
                    fail_msg("%s, column %zu, target %d: %d",
                             permission_name(table[i].permission), j, bits, allowed);
                cells++;
            }
    print_message("%zu cells of the permission table\n", cells);
}

static void whoever_has_no_role_may_do_nothing(void **state)
{
    (void)state;
    const struct standing nobody = {ACTOR_PERSON, ORGANIZATION_ROLE_NONE, FALSE};
    const struct permission_target all = {TRUE, TRUE, TRUE, TRUE};
    for (int i = 0; i < PERMISSION_COUNT; i++)
        assert_false(permission_allows((enum permission)i, &nobody, &all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table_is_as_designed),
        cmocka_unit_test(whoever_has_no_role_may_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
