#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_invite.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind invite(struct stage *stage, const struct actor *actor,
                                const char *address, enum organization_role role,
                                const char *project)
{
    const struct project_grant grant = {project, PROJECT_ROLE_READ_WRITE};
    const struct person_draft draft = {.user_name = address,
                                       .has_roles = TRUE,
                                       .role = role,
                                       .projects = &grant,
                                       .project_count = project != NULL};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    return stage_do(stage, actor, &act);
}

static void S2_who_may_invite_as_what(void **state)
{
    (void)state;

    static const enum organization_role roles[] = {
        ORGANIZATION_ROLE_MEMBER, ORGANIZATION_ROLE_BILLING_ADMIN, ORGANIZATION_ROLE_OWNER};
    struct stage *stage = stage_open(50);
    g_autofree char *billing =
        stage_member(stage, "billing@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    g_autofree char *member =
        stage_member(stage, "member@example.com", ORGANIZATION_ROLE_MEMBER);
    const char *const actors[] = {stage->dana, billing, member};
    int next = 0;
    for (size_t a = 0; a < 3; a++)
        for (size_t r = 0; r < 3; r++) {
            const struct actor actor = stage_person(actors[a]);
            g_autofree char *address = g_strdup_printf("n%d@example.com", next++);
            enum verdict_kind kind = invite(stage, &actor, address, roles[r], NULL);
            if (a == 0 || roles[r] == ORGANIZATION_ROLE_MEMBER)
                assert_int_equal(kind, VERDICT_DONE);
            else
                stage_assert_refused(stage, REFUSAL_PERMISSION);
        }
    stage_close(stage);
}

static void S12_a_project_admin_invites_to_their_project_and_no_other(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    g_autofree char *ann = stage_member(stage, "ann@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, ann, "search", PROJECT_ROLE_ADMIN);
    const struct actor actor = stage_person(ann);
    assert_int_equal(
        invite(stage, &actor, "new@example.com", ORGANIZATION_ROLE_MEMBER, "search"),
        VERDICT_DONE);
    assert_non_null(stage->verdict.token);
    invite(stage, &actor, "other@example.com", ORGANIZATION_ROLE_MEMBER, "ads");
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_close(stage);
}

static void S13_an_active_member_gets_the_project_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor dana = stage_person(stage->dana);
    assert_int_equal(
        invite(stage, &dana, "BOB@example.com", ORGANIZATION_ROLE_MEMBER, "search"),
        VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_GRANTED);
    assert_null(stage->verdict.invitation);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(
        invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search"),
        VERDICT_UNCHANGED);
    assert_int_equal(invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL),
                     VERDICT_TAKEN);
    stage_close(stage);
}

static void S14_a_pending_person_keeps_what_they_have_and_gets_a_new_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    g_autofree char *old = g_strdup(stage->verdict.token);
    const struct actor dana = stage_person(stage->dana);
    assert_int_equal(invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "ads"),
                     VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REISSUED);
    assert_string_not_equal(stage->verdict.token, old);
    assert_int_equal(stage_seats_used(stage), 3);
    g_autofree char *new = g_strdup(stage->verdict.token);
    const struct actor system = actor_system(NULL);
    const struct act dead = {.kind = ACT_INVITATION_ACCEPT, .token = old};
    const struct act live = {.kind = ACT_INVITATION_ACCEPT, .token = new};
    assert_int_equal(stage_do(stage, &system, &dead), VERDICT_NOT_FOUND);
    assert_int_equal(stage_do(stage, &system, &live), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->projects->len, 2);
    stage_close(stage);
}

static void nobody_sees_a_link_that_grants_more_than_they_could(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    g_autofree char *ann = stage_member(stage, "ann@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, ann, "search", PROJECT_ROLE_ADMIN);
    g_autofree char *boss =
        stage_invite(stage, "boss@example.com", ORGANIZATION_ROLE_OWNER, NULL);
    const struct actor actor = stage_person(ann);
    invite(stage, &actor, "boss@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(
        invite(stage, &actor, "boss@example.com", ORGANIZATION_ROLE_MEMBER, "search"),
        VERDICT_DONE);
    assert_null(stage->verdict.token);
    g_autoptr(PersonFacts) facts = stage_facts(stage, boss);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_OWNER);
    stage_close(stage);
}

static void an_expired_invitation_is_renewed_if_a_seat_is_free(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    const struct act revoke = {.kind = ACT_PERSON_REMOVE, .id = eve};
    assert_int_equal(stage_do(stage, &dana, &revoke), VERDICT_DONE);
    assert_int_equal(invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL),
                     VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void a_suspended_person_is_not_invited_but_reactivated(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct project_grant grants[4];
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct person_draft off = stage_draft(facts, &dana, grants);
    off.active = FALSE;
    const struct act suspend = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &off};
    assert_int_equal(stage_do(stage, &dana, &suspend), VERDICT_DONE);
    assert_int_equal(invite(stage, &dana, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL),
                     VERDICT_TAKEN);
    stage_close(stage);
}

static void nobody_releases_a_held_person_with_more_than_they_could_give(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    struct actor okta = stage_provider("scim:okta");
    okta.max_role = ORGANIZATION_ROLE_OWNER;
    g_autofree char *ann = stage_member(stage, "ann@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor member = stage_person(ann), dana = stage_person(stage->dana);
    g_autofree char *old =
        stage_linked(stage, &okta, "boss@example.com", ORGANIZATION_ROLE_OWNER, TRUE);
    const struct act removal = {.kind = ACT_PERSON_REMOVE, .id = old};
    assert_int_equal(stage_do(stage, &dana, &removal), VERDICT_DONE);
    g_autofree char *held =
        stage_linked(stage, &okta, "boss@example.com", ORGANIZATION_ROLE_OWNER, FALSE);
    assert_int_equal(stage_status(stage, held), PERSON_HELD);
    invite(stage, &member, "boss@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(stage_status(stage, held), PERSON_HELD);
    assert_int_equal(invite(stage, &dana, "boss@example.com", ORGANIZATION_ROLE_MEMBER, NULL),
                     VERDICT_DONE);
    assert_int_equal(stage_status(stage, held), PERSON_INVITED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S2_who_may_invite_as_what),
        cmocka_unit_test(S12_a_project_admin_invites_to_their_project_and_no_other),
        cmocka_unit_test(S13_an_active_member_gets_the_project_at_once),
        cmocka_unit_test(S14_a_pending_person_keeps_what_they_have_and_gets_a_new_link),
        cmocka_unit_test(nobody_sees_a_link_that_grants_more_than_they_could),
        cmocka_unit_test(an_expired_invitation_is_renewed_if_a_seat_is_free),
        cmocka_unit_test(a_suspended_person_is_not_invited_but_reactivated),
        cmocka_unit_test(nobody_releases_a_held_person_with_more_than_they_could_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
