#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_edit.h"
#include "tests/scim/organization/stage.h"

/* What an edit changes of the person as the actor sees them. */
struct edit {
    const char *user_name, *address, *external_id;
    int active; /* 0: as it is, 1: on, -1: off */
    gboolean suspends;
    enum organization_role role;
    const char *project;
    enum project_role project_role; /* with project; NONE takes it */
};

static enum verdict_kind do_edit(struct stage *stage, const struct actor *actor, const char *id,
                                 const struct edit *edit)
{
    struct project_grant grants[8];
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.user_name = edit->user_name != NULL ? edit->user_name : draft.user_name;
    draft.address = edit->address != NULL ? edit->address : draft.address;
    draft.external_id = edit->external_id != NULL ? edit->external_id : draft.external_id;
    draft.active = edit->active != 0 ? edit->active > 0 : draft.active;
    draft.suspends = edit->suspends;
    draft.role = edit->role != ORGANIZATION_ROLE_NONE ? edit->role : draft.role;
    for (gsize i = 0; edit->project != NULL && i < draft.project_count; i++)
        if (strcmp(grants[i].project, edit->project) == 0)
            grants[i--] = grants[--draft.project_count];
    if (edit->project != NULL)
        grants[draft.project_count++] =
            (struct project_grant){edit->project, edit->project_role};
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    return stage_do(stage, actor, &act);
}

static void the_same_state_twice_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct edit nothing = {0};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    gint64 version = stage->verdict.version;
    assert_int_equal(do_edit(stage, &corp, bob, &nothing), VERDICT_UNCHANGED);
    assert_int_equal(do_edit(stage, &dana, bob, &nothing), VERDICT_UNCHANGED);
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
    const struct edit promote = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    const struct actor by_eve = stage_person(eve), by_bob = stage_person(bob),
                       by_dana = stage_person(stage->dana);
    do_edit(stage, &by_eve, bob, &promote);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    do_edit(stage, &by_bob, bob, &promote);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(do_edit(stage, &by_dana, bob, &promote), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(facts->override, ORGANIZATION_ROLE_NONE);
    stage_close(stage);
}

static void S10_the_only_owner_is_never_demoted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct edit demote = {.role = ORGANIZATION_ROLE_MEMBER}, suspend = {.active = -1};
    const struct actor dana = stage_person(stage->dana), operator= stage_operator();
    assert_int_equal(do_edit(stage, &dana, stage->vera, &demote), VERDICT_DONE);
    do_edit(stage, &dana, stage->dana, &demote);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    do_edit(stage, &operator, stage->dana, &suspend);
    assert_int_equal(stage->verdict.kind, VERDICT_REFUSED);
    /* An invited owner does not count. */
    g_autofree char *new =
        stage_invite(stage, "new@example.com", ORGANIZATION_ROLE_OWNER, NULL);
    do_edit(stage, &operator, stage->dana, &demote);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    stage_close(stage);
}

static void an_owners_edit_of_a_directorys_person_is_an_override(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct edit promote = {.role = ORGANIZATION_ROLE_BILLING_ADMIN},
                      owner = {.role = ORGANIZATION_ROLE_OWNER},
                      member = {.role = ORGANIZATION_ROLE_MEMBER};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &dana, bob, &promote), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &corp, bob, &owner), VERDICT_DONE);
    g_autoptr(PersonFacts) held = stage_facts(stage, bob);
    assert_int_equal(held->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(held->override, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(person_facts_link(held, "directory:corp")->role, ORGANIZATION_ROLE_OWNER);
    /* Setting what the link says lifts it. */
    assert_int_equal(do_edit(stage, &dana, bob, &owner), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &corp, bob, &member), VERDICT_DONE);
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
    const struct edit give = {.project = "search", .project_role = PROJECT_ROLE_READ_WRITE},
                      take = {.project = "search"};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &corp, bob, &give), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &dana, bob, &take), VERDICT_DONE);
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
    const struct edit link = {.external_id = "x-bob", .role = ORGANIZATION_ROLE_BILLING_ADMIN};
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    do_edit(stage, &corp, bob, &link);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    corp.may_adopt = TRUE;
    const struct edit anonymous = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    do_edit(stage, &corp, bob, &anonymous);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(do_edit(stage, &corp, bob, &link), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->links->len, 2);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    stage_close(stage);
}

static void suspended_by_one_link_stays_suspended_whatever_the_other_says(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    struct actor labs = stage_sync("directory:labs");
    const struct edit link = {.external_id = "l-bob", .active = 1}, off = {.active = -1},
                      on = {.active = 1};
    labs.may_adopt = TRUE;
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &labs, bob, &link), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &labs, bob, &off), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &labs, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    do_edit(stage, &dana, bob, &on);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(do_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void an_owners_suspension_is_lifted_by_an_owner_alone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &dana, bob, &off), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &corp, bob, &on), VERDICT_UNCHANGED);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(do_edit(stage, &dana, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

/* Else the directory that lifts its own suspension would lift what an owner asked for too. */
static void an_owner_can_suspend_whom_a_link_suspends_already(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    const struct edit off = {.active = -1}, expressly = {.active = -1, .suspends = TRUE},
                      on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &dana, bob, &off), VERDICT_UNCHANGED);
    assert_int_equal(do_edit(stage, &dana, bob, &expressly), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &dana, bob, &expressly), VERDICT_UNCHANGED);
    assert_int_equal(do_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(do_edit(stage, &dana, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void suspending_a_pending_person_revokes_and_reactivating_invites_anew(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    const struct edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(do_edit(stage, &corp, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(do_edit(stage, &corp, bob, &on), VERDICT_DONE);
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
    const struct edit link = {.external_id = "x-vera", .role = ORGANIZATION_ROLE_MEMBER},
                      off = {.external_id = "x-vera", .active = -1},
                      give = {.project = "search", .project_role = PROJECT_ROLE_READ_WRITE},
                      take = {.project = "search"};
    do_edit(stage, &corp, stage->vera, &off);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    assert_int_equal(do_edit(stage, &corp, stage->vera, &link), VERDICT_DONE);
    assert_int_equal(do_edit(stage, &corp, stage->vera, &give), VERDICT_DONE);
    do_edit(stage, &corp, stage->vera, &take);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    stage_close(stage);
}

static void R02_an_accepted_address_changes_only_by_its_maker_inside_the_domains(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), dana = stage_person(stage->dana);
    const struct edit outside = {.address = "bob@evil.org", .user_name = "bob@evil.org"},
                      inside = {.address = "robert@example.com"};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *eve = stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor by_eve = stage_person(eve);
    assert_int_equal(do_edit(stage, &okta, bob, &outside), VERDICT_INVALID);
    assert_int_equal(stage->verdict.fault.type, FAULT_MUTABILITY);
    assert_int_equal(do_edit(stage, &dana, bob, &inside), VERDICT_INVALID);
    assert_int_equal(do_edit(stage, &by_eve, eve, &inside), VERDICT_INVALID);
    assert_int_equal(do_edit(stage, &okta, bob, &inside), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_string_equal(facts->address, "robert@example.com");
    assert_int_equal(facts->status, PERSON_ACTIVE);
    stage_close(stage);
}

static void a_pending_persons_new_address_reissues_and_kills_the_old_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    const struct edit address = {.address = "robert@example.com"};
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *old = g_strdup(stage->verdict.token);
    stage->now += STAGE_HOUR;
    assert_int_equal(do_edit(stage, &dana, bob, &address), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REISSUED);
    assert_string_not_equal(stage->verdict.token, old);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->expires_at, stage->now + 48 * STAGE_HOUR);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_close(stage);
}

static void a_providers_deactivation_never_fails_for_what_stands_beside_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct edit off = {.active = -1,
                             .address = "bob@evil.org",
                             .user_name = "dana@example.com",
                             .role = ORGANIZATION_ROLE_OWNER};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &okta, bob, &off), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_string_equal(facts->address, "bob@example.com");
    assert_string_equal(facts->user_name, "bob@example.com");
    stage_close(stage);
}

static void a_held_person_with_a_good_address_is_invited(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct person_draft draft = {
        .user_name = "bob", .external_id = "1", .active = TRUE, .profile = "{}"};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    const struct edit address = {.address = "bob@example.com"}, none = {0};
    assert_int_equal(stage_do(stage, &okta, &act), VERDICT_DONE);
    g_autofree char *bob = g_strdup(stage->verdict.id);
    assert_int_equal(do_edit(stage, &okta, bob, &none), VERDICT_UNCHANGED);
    assert_int_equal(do_edit(stage, &okta, bob, &address), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void a_pending_person_whose_address_goes_bad_is_held_and_frees_the_seat(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct edit taken = {.address = "dana@example.com"},
                      good = {.address = "robert@example.com"}, off = {.active = -1},
                      on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(do_edit(stage, &okta, bob, &taken), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_HELD);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(do_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(do_edit(stage, &okta, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_HELD);
    assert_int_equal(do_edit(stage, &okta, bob, &good), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void S15_a_service_that_takes_the_only_admin_away_gets_a_stand_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    const struct edit give = {.project = "search", .project_role = PROJECT_ROLE_ADMIN},
                      take = {.project = "search"};
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(do_edit(stage, &corp, bob, &give), VERDICT_DONE);
    stage_set_project_role(stage, stage->dana, "search", PROJECT_ROLE_NONE);
    assert_int_equal(do_edit(stage, &corp, bob, &take), VERDICT_DONE);
    g_autoptr(PersonFacts) dana = stage_facts(stage, stage->dana);
    assert_int_equal(dana->stands_in->len, 1);
    assert_int_equal(project_roles_find(dana->projects, "search"), PROJECT_ROLE_ADMIN);
    /* It ends by itself when somebody else newly is an admin. */
    assert_int_equal(do_edit(stage, &corp, bob, &give), VERDICT_DONE);
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
        cmocka_unit_test(suspended_by_one_link_stays_suspended_whatever_the_other_says),
        cmocka_unit_test(an_owners_suspension_is_lifted_by_an_owner_alone),
        cmocka_unit_test(an_owner_can_suspend_whom_a_link_suspends_already),
        cmocka_unit_test(suspending_a_pending_person_revokes_and_reactivating_invites_anew),
        cmocka_unit_test(a_protected_owner_is_left_alone_but_may_get_project_roles),
        cmocka_unit_test(R02_an_accepted_address_changes_only_by_its_maker_inside_the_domains),
        cmocka_unit_test(a_pending_persons_new_address_reissues_and_kills_the_old_link),
        cmocka_unit_test(a_providers_deactivation_never_fails_for_what_stands_beside_it),
        cmocka_unit_test(a_held_person_with_a_good_address_is_invited),
        cmocka_unit_test(a_pending_person_whose_address_goes_bad_is_held_and_frees_the_seat),
        cmocka_unit_test(S15_a_service_that_takes_the_only_admin_away_gets_a_stand_in),
        cmocka_unit_test(one_anchor_is_of_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
