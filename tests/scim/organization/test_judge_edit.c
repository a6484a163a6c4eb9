#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_edit.h"
#include "tests/scim/organization/stage.h"

static void the_same_state_twice_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct stage_edit nothing = {0};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    gint64 version = stage->verdict.version;
    assert_int_equal(stage_edit(stage, &corp, bob, &nothing), VERDICT_UNCHANGED);
    assert_int_equal(stage_edit(stage, &dana, bob, &nothing), VERDICT_UNCHANGED);
    assert_int_equal(stage->verdict.version, version);
    stage_close(stage);
}

static void if_match_of_another_version_is_412(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    struct project_grant grants[4];
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    struct person_draft draft = stage_draft(facts, &dana, grants);
    struct act act = {.kind = ACT_PERSON_EDIT,
                      .id = stage->vera,
                      .draft = &draft,
                      .if_match = facts->version + 1};
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_STALE);
    act.if_match = facts->version;
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_UNCHANGED);
    act.id = "nobody";
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_NOT_FOUND);
    stage_close(stage);
}

static void S7_only_an_owner_changes_organization_roles(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct stage_edit promote = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    const struct actor by_eve = stage_person(eve), by_bob = stage_person(bob),
                       by_dana = stage_person(stage->dana);
    stage_edit(stage, &by_eve, bob, &promote);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_edit(stage, &by_bob, bob, &promote);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(stage_edit(stage, &by_dana, bob, &promote), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(facts->override, ORGANIZATION_ROLE_NONE);
    stage_close(stage);
}

static void S10_the_only_owner_is_never_demoted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct stage_edit demote = {.role = ORGANIZATION_ROLE_MEMBER},
                            suspend = {.active = -1};
    const struct actor dana = stage_person(stage->dana), operator= stage_operator();
    assert_int_equal(stage_edit(stage, &dana, stage->vera, &demote), VERDICT_DONE);
    stage_edit(stage, &dana, stage->dana, &demote);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    stage_edit(stage, &operator, stage->dana, &suspend);
    assert_int_equal(stage->verdict.kind, VERDICT_REFUSED);
    /* An invited owner does not count. */
    g_autofree char *new =
        stage_invite(stage, "new@example.com", ORGANIZATION_ROLE_OWNER, NULL);
    stage_edit(stage, &operator, stage->dana, &demote);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    stage_close(stage);
}

static void an_owners_edit_of_a_directorys_person_is_an_override(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct stage_edit promote = {.role = ORGANIZATION_ROLE_BILLING_ADMIN},
                            owner = {.role = ORGANIZATION_ROLE_OWNER},
                            member = {.role = ORGANIZATION_ROLE_MEMBER};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &dana, bob, &promote), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &corp, bob, &owner), VERDICT_DONE);
    g_autoptr(PersonFacts) held = stage_facts(stage, bob);
    assert_int_equal(held->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(held->override, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(person_facts_link(held, "directory:corp")->role, ORGANIZATION_ROLE_OWNER);
    /* Setting what the link says lifts it. */
    assert_int_equal(stage_edit(stage, &dana, bob, &owner), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &corp, bob, &member), VERDICT_DONE);
    g_autoptr(PersonFacts) lifted = stage_facts(stage, bob);
    assert_int_equal(lifted->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(lifted->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void an_override_of_none_keeps_a_project_away(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct stage_edit give = {.project = "search",
                                    .project_role = PROJECT_ROLE_READ_WRITE},
                            take = {.project = "search"};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &corp, bob, &give), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &dana, bob, &take), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->projects->len, 0);
    assert_int_equal(facts->overrides->len, 1);
    assert_int_equal(person_facts_link(facts, "directory:corp")->projects->len, 1);
    stage_close(stage);
}

static void only_its_own_people_are_a_services_unless_it_may_adopt(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor corp = stage_sync("directory:corp");
    const struct stage_edit link = {.external_id = "x-bob",
                                    .role = ORGANIZATION_ROLE_BILLING_ADMIN};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_edit(stage, &corp, bob, &link);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    corp.may_adopt = TRUE;
    const struct stage_edit anonymous = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    stage_edit(stage, &corp, bob, &anonymous);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_edit(stage, &corp, bob, &link), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->links->len, 2);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    stage_close(stage);
}

static void a_connection_keeps_for_itself_what_it_says_of_somebody_elses_person(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_provider("scim:okta");
    const struct stage_edit says = {.external_id = "o1", .profile = "{\"title\":\"Lead\"}"};
    const struct stage_edit renames = {.external_id = "o1", .user_name = "other@example.com"};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autoptr(PersonFacts) before = stage_facts(stage, bob);
    okta.may_adopt = TRUE;
    assert_int_equal(stage_edit(stage, &okta, bob, &says), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &says), VERDICT_UNCHANGED);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_string_equal(facts->profile, before->profile);
    assert_string_equal(person_facts_link(facts, "scim:okta")->profile, says.profile);
    assert_int_equal(stage_edit(stage, &okta, bob, &renames), VERDICT_INVALID);
    assert_int_equal(stage->verdict.fault.type, FAULT_MUTABILITY);
    stage_close(stage);
}

static void suspended_by_one_link_stays_suspended_whatever_the_other_says(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    struct actor labs = stage_sync("directory:labs");
    const struct stage_edit link = {.external_id = "l-bob", .active = 1}, off = {.active = -1},
                            on = {.active = 1};
    labs.may_adopt = TRUE;
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &labs, bob, &link), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &labs, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &labs, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    stage_edit(stage, &dana, bob, &on);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void an_owners_suspension_is_lifted_by_an_owner_alone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &dana, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &corp, bob, &on), VERDICT_UNCHANGED);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(stage_edit(stage, &dana, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

/* Else the directory that lifts its own suspension would lift what an owner asked for too. */
static void an_owner_can_suspend_whom_a_link_suspends_already(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct stage_edit off = {.active = -1}, expressly = {.active = -1, .suspends = TRUE},
                            on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &dana, bob, &off), VERDICT_UNCHANGED);
    assert_int_equal(stage_edit(stage, &dana, bob, &expressly), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &dana, bob, &expressly), VERDICT_UNCHANGED);
    assert_int_equal(stage_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(stage, &dana, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void suspending_a_pending_person_revokes_and_reactivating_invites_anew(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(stage_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void a_protected_owner_is_left_alone_but_may_get_project_roles(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor corp = stage_sync("directory:corp");
    corp.may_adopt = TRUE;
    const struct stage_edit link = {.external_id = "x-vera", .role = ORGANIZATION_ROLE_MEMBER},
                            off = {.external_id = "x-vera", .active = -1},
                            give = {.project = "search",
                                    .project_role = PROJECT_ROLE_READ_WRITE},
                            take = {.project = "search"};
    stage_edit(stage, &corp, stage->vera, &off);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    assert_int_equal(stage_edit(stage, &corp, stage->vera, &link), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &corp, stage->vera, &give), VERDICT_DONE);
    stage_edit(stage, &corp, stage->vera, &take);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    stage_close(stage);
}

static void S15_a_service_that_takes_the_only_admin_away_gets_a_stand_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    const struct stage_edit give = {.project = "search", .project_role = PROJECT_ROLE_ADMIN},
                            take = {.project = "search"};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &corp, bob, &give), VERDICT_DONE);
    stage_set_project_role(stage, stage->dana, "search", PROJECT_ROLE_NONE);
    assert_int_equal(stage_edit(stage, &corp, bob, &take), VERDICT_DONE);
    g_autoptr(PersonFacts) dana = stage_facts(stage, stage->dana);
    assert_int_equal(dana->stands_in->len, 1);
    assert_int_equal(project_roles_find(dana->projects, "search"), PROJECT_ROLE_ADMIN);
    /* It ends by itself when somebody else newly is an admin. */
    assert_int_equal(stage_edit(stage, &corp, bob, &give), VERDICT_DONE);
    g_autoptr(PersonFacts) free_again = stage_facts(stage, stage->dana);
    assert_int_equal(free_again->stands_in->len, 0);
    assert_int_equal(project_roles_find(free_again->projects, "search"), PROJECT_ROLE_NONE);
    stage_close(stage);
}

static void one_anchor_is_of_one_person(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct project_grant grants[4];
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *ann =
        stage_linked(stage, &corp, "ann@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct person_draft draft = stage_draft(facts, &corp, grants);
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    draft.external_id = "x-ann";
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_TAKEN);
    draft.external_id = "x-else";
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_DONE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_state_twice_writes_nothing),
        cmocka_unit_test(if_match_of_another_version_is_412),
        cmocka_unit_test(S7_only_an_owner_changes_organization_roles),
        cmocka_unit_test(S10_the_only_owner_is_never_demoted),
        cmocka_unit_test(an_owners_edit_of_a_directorys_person_is_an_override),
        cmocka_unit_test(an_override_of_none_keeps_a_project_away),
        cmocka_unit_test(only_its_own_people_are_a_services_unless_it_may_adopt),
        cmocka_unit_test(a_connection_keeps_for_itself_what_it_says_of_somebody_elses_person),
        cmocka_unit_test(suspended_by_one_link_stays_suspended_whatever_the_other_says),
        cmocka_unit_test(an_owners_suspension_is_lifted_by_an_owner_alone),
        cmocka_unit_test(an_owner_can_suspend_whom_a_link_suspends_already),
        cmocka_unit_test(suspending_a_pending_person_revokes_and_reactivating_invites_anew),
        cmocka_unit_test(a_protected_owner_is_left_alone_but_may_get_project_roles),
        cmocka_unit_test(S15_a_service_that_takes_the_only_admin_away_gets_a_stand_in),
        cmocka_unit_test(one_anchor_is_of_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
