#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/owed.h"
#include "tests/scim/organization/stage.h"

static void put(struct change *change, char *person, enum owed_deed deed,
                enum organization_role role, gint64 since)
{
    char origin[] = "scim:okta";
    const struct owed owed = {
        .person = person, .origin = origin, .deed = deed, .role = role, .since = since};
    assert_true(owed_put(change, &owed, NULL));
}

static void the_same_is_owed_since_the_first_time_and_another_since_then(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    struct change change;
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage_begin(stage, &change, &okta);
    put(&change, bob, OWED_REMOVE, ORGANIZATION_ROLE_NONE, 100);
    put(&change, bob, OWED_REMOVE, ORGANIZATION_ROLE_NONE, 200);
    g_autoptr(GPtrArray) first = owed_due(stage->session, "acme", NULL);
    assert_int_equal(first->len, 1);
    assert_int_equal(((struct owed *)first->pdata[0])->since, 100);
    put(&change, bob, OWED_ROLE, ORGANIZATION_ROLE_MEMBER, 300);
    g_autoptr(GPtrArray) second = owed_due(stage->session, "acme", NULL);
    const struct owed *owed = second->pdata[0];
    assert_int_equal(second->len, 1);
    assert_int_equal(owed->since, 300);
    assert_int_equal(owed->deed, OWED_ROLE);
    assert_int_equal(owed->role, ORGANIZATION_ROLE_MEMBER);
    assert_string_equal(owed->person, bob);
    assert_string_equal(owed->origin, "scim:okta");
    stage_give_up(stage, &change);
}

static void owners_read_what_is_owed_and_nothing_where_nothing_is(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    struct change change;
    char *reason = NULL;
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage_begin(stage, &change, &okta);
    assert_true(owed_reason(stage->session, "acme", bob, &reason, NULL));
    assert_null(reason);
    put(&change, bob, OWED_SUSPEND, ORGANIZATION_ROLE_NONE, STAGE_START);
    assert_true(owed_reason(stage->session, "acme", bob, &reason, NULL));
    assert_non_null(
        strstr(reason, "\"scim:okta\" asked on 2027-01-15T08:00:00Z to deactivate"));
    g_free(reason);
    assert_true(owed_forget(&change, bob, "scim:okta", NULL));
    assert_true(owed_reason(stage->session, "acme", bob, &reason, NULL));
    assert_null(reason);
    stage_give_up(stage, &change);
}

static void the_deed_of_the_only_owner_is_not_due(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator(), okta = stage_provider("scim:okta");
    struct actor adopting = okta;
    struct change change;
    adopting.may_adopt = TRUE;
    adopting.max_role = ORGANIZATION_ROLE_OWNER;
    const struct stage_edit demote = {.role = ORGANIZATION_ROLE_MEMBER},
                            adopt = {.external_id = "00u1"};
    assert_int_equal(stage_edit(stage, &adopting, stage->dana, &adopt), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &operator, stage->vera, &demote), VERDICT_DONE);
    stage_begin(stage, &change, &okta);
    put(&change, stage->dana, OWED_SUSPEND, ORGANIZATION_ROLE_NONE, 100);
    g_autoptr(GPtrArray) due = owed_due(stage->session, "acme", NULL);
    assert_int_equal(due->len, 0);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_owed_since_the_first_time_and_another_since_then),
        cmocka_unit_test(owners_read_what_is_owed_and_nothing_where_nothing_is),
        cmocka_unit_test(the_deed_of_the_only_owner_is_not_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
