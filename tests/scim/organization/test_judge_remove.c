#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/judge_remove.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind remove_by(struct stage *stage, const struct actor *actor,
                                   const char *id)
{
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = id};
    return stage_do(stage, actor, &act);
}

static void leave_marker_count(struct stage *stage, guint count, enum marker_kind kind)
{
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    assert_int_equal(markers->len, count);
    for (guint i = 0; i < markers->len; i++)
        assert_int_equal(((const struct marker *)markers->pdata[i])->kind, kind);
}

static void S8_only_an_owner_removes_people(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    const struct actor by_eve = stage_person(eve), by_dana = stage_person(stage->dana);
    remove_by(stage, &by_eve, bob);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(remove_by(stage, &by_dana, bob), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REMOVED);
    assert_null(stage_facts(stage, bob));
    assert_int_equal(remove_by(stage, &by_dana, bob), VERDICT_NOT_FOUND);
    leave_marker_count(stage, 0, MARKER_REMOVED);
    stage_close(stage);
}

static void a_userName_is_free_again_after_removal(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(remove_by(stage, &dana, bob), VERDICT_DONE);
    g_autofree char *again =
        stage_invite(stage, "Bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_string_not_equal(again, bob);
    stage_close(stage);
}

static void a_persons_removal_leaves_a_marker_for_each_link_that_is_not_manual(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *amy =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(remove_by(stage, &dana, bob), VERDICT_DONE);
    leave_marker_count(stage, 1, MARKER_REMOVED);
    stage->now++;
    assert_int_equal(remove_by(stage, &dana, amy), VERDICT_DONE);
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "directory:", NULL);
    assert_int_equal(markers->len, 2);
    assert_int_equal(((const struct marker *)markers->pdata[1])->kind, MARKER_REVOKED);
    stage_close(stage);
}

static void a_service_drops_its_link_and_the_last_one_removes_the_person(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), okta = stage_provider("scim:okta");
    struct actor labs = stage_sync("directory:labs");
    struct project_grant grants[4];
    labs.may_adopt = TRUE;
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_OWNER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct person_draft draft = stage_draft(facts, &corp, grants);
    draft.external_id = "l-bob";
    draft.role = ORGANIZATION_ROLE_MEMBER;
    const struct act adopt = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &labs, &adopt), VERDICT_DONE);
    remove_by(stage, &okta, bob);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(remove_by(stage, &corp, bob), VERDICT_DONE);
    g_autoptr(PersonFacts) left = stage_facts(stage, bob);
    assert_int_equal(left->links->len, 1);
    assert_int_equal(left->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(remove_by(stage, &labs, bob), VERDICT_DONE);
    assert_null(stage_facts(stage, bob));
    leave_marker_count(stage, 0, MARKER_REMOVED);
    stage_close(stage);
}

static void S9_S10_anyone_leaves_but_the_only_owner(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    const struct actor dana = stage_person(stage->dana), vera = stage_person(stage->vera),
                       corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct actor by_bob = stage_person(bob);
    assert_int_equal(stage_do(stage, &by_bob, &leave), VERDICT_DONE);
    leave_marker_count(stage, 1, MARKER_LEFT);
    stage_do(stage, &by_bob, &leave);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_do(stage, &operator, & leave);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_do(stage, &corp, &leave);
    assert_int_equal(stage->verdict.kind, VERDICT_REFUSED);
    assert_int_equal(stage_do(stage, &vera, &leave), VERDICT_DONE);
    stage_do(stage, &dana, &leave);
    assert_int_equal(stage->verdict.kind, VERDICT_REFUSED);
    stage_close(stage);
}

static void S15_S16_anyone_leaves_a_project_but_its_only_admin(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct act leave = {.kind = ACT_LEAVE_PROJECT, .name = "search"};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor by_bob = stage_person(bob), dana = stage_person(stage->dana);
    assert_int_equal(stage_do(stage, &by_bob, &leave), VERDICT_NOT_FOUND);
    stage_do(stage, &dana, &leave);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    assert_string_equal(stage->verdict.fault.refusal.projects->pdata[0], "search");
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    assert_int_equal(stage_do(stage, &dana, &leave), VERDICT_DONE);
    stage_do(stage, &by_bob, &leave);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    stage_close(stage);
}

static void a_protected_owner_is_removed_by_people_alone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor corp = stage_sync("directory:corp");
    struct project_grant grants[4];
    corp.may_adopt = TRUE;
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    struct person_draft draft = stage_draft(facts, &corp, grants);
    draft.external_id = "x-vera";
    const struct project_grant grant = {"search", PROJECT_ROLE_READ_ONLY};
    draft.projects = &grant;
    draft.project_count = 1;
    const struct act adopt = {.kind = ACT_PERSON_EDIT, .id = stage->vera, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &adopt), VERDICT_DONE);
    remove_by(stage, &corp, stage->vera);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    const struct actor dana = stage_person(stage->dana);
    assert_int_equal(remove_by(stage, &dana, stage->vera), VERDICT_DONE);
    stage_close(stage);
}

static void a_service_never_takes_the_only_owner(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_OWNER, TRUE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_ADMIN);
    assert_int_equal(remove_by(stage, &operator, stage->dana), VERDICT_DONE);
    assert_int_equal(remove_by(stage, &operator, stage->vera), VERDICT_DONE);
    remove_by(stage, &corp, bob);
    stage_assert_refused(stage,
                         REFUSAL_LAST_OWNER); /* not the projects: nobody is left to stand in */
    g_autofree char *eve = stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, eve, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, eve, "ads", PROJECT_ROLE_ADMIN);
    remove_by(stage, &corp, bob);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    stage_close(stage);
}

static void removing_a_held_person_lets_the_source_start_anew(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(remove_by(stage, &operator, bob), VERDICT_DONE);
    g_autofree char *held =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_status(stage, held), PERSON_HELD);
    assert_int_equal(remove_by(stage, &okta, held), VERDICT_DONE);
    g_autofree char *fresh =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_status(stage, fresh), PERSON_INVITED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S8_only_an_owner_removes_people),
        cmocka_unit_test(a_userName_is_free_again_after_removal),
        cmocka_unit_test(a_persons_removal_leaves_a_marker_for_each_link_that_is_not_manual),
        cmocka_unit_test(a_service_drops_its_link_and_the_last_one_removes_the_person),
        cmocka_unit_test(S9_S10_anyone_leaves_but_the_only_owner),
        cmocka_unit_test(S15_S16_anyone_leaves_a_project_but_its_only_admin),
        cmocka_unit_test(a_protected_owner_is_removed_by_people_alone),
        cmocka_unit_test(a_service_never_takes_the_only_owner),
        cmocka_unit_test(removing_a_held_person_lets_the_source_start_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
