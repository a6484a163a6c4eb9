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

/* A provider names people as it likes: what an owner sends to the boss goes to no other mailbox. */
static void R61_nobody_is_mailed_what_was_meant_for_another_address(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    const struct actor dana = stage_person(stage->dana), okta = stage_provider("scim:okta");
    const struct person_draft draft = {.user_name = "boss@example.com",
                                       .address = "eve@example.com",
                                       .external_id = "1",
                                       .profile = "{}",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *eve = g_strdup(stage->verdict.id);
    assert_int_equal(
        invite(stage, &dana, "boss@example.com", ORGANIZATION_ROLE_OWNER, "search"),
        VERDICT_TAKEN);
    g_autoptr(PersonFacts) facts = stage_facts(stage, eve);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(invite(stage, &dana, "EVE@example.com", ORGANIZATION_ROLE_OWNER, NULL),
                     VERDICT_DONE);
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

/* Protection is the config's word about an address, not a right of whoever has it: a break-glass owner
 * who left comes back like anybody else, with the role they are given, and is protected again when the
 * config is next read. */
static void a_protected_owner_who_left_comes_back_as_what_they_are_invited_as(void **state)
{
    (void)state;
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    static const char *const protected[] = {"vera@example.com", NULL};
    static const char *const domains[] = {"example.com", NULL};
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor vera = stage_person(stage->vera), member = stage_person(bob),
                       config = actor_system("acme");
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    assert_int_equal(stage_do(stage, &vera, &leave), VERDICT_DONE);
    assert_int_equal(invite(stage, &member, "vera@example.com", ORGANIZATION_ROLE_MEMBER, NULL),
                     VERDICT_DONE);
    g_autofree char *id = g_strdup(stage->verdict.id);
    stage_accept(stage);
    g_autoptr(PersonFacts) back = stage_facts(stage, id);
    assert_int_equal(back->role, ORGANIZATION_ROLE_MEMBER);
    assert_false(back->protected);
    const struct organization_draft acme = {
        .name = "acme", .owners = owners, .protected = protected, .domains = domains};
    const struct act start = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &acme};
    assert_int_equal(stage_do(stage, &config, &start), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(stage, id);
    assert_int_equal(after->role, ORGANIZATION_ROLE_MEMBER);
    assert_true(after->protected);
    stage_close(stage);
}

static void S14_an_outsider_gets_one_invitation_with_both_roles(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    const struct actor dana = stage_person(stage->dana), system = actor_system(NULL);
    assert_int_equal(
        invite(stage, &dana, "new@example.com", ORGANIZATION_ROLE_BILLING_ADMIN, "search"),
        VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    g_autofree char *id = g_strdup(stage->verdict.id);
    g_autofree char *token = g_strdup(stage->verdict.token);
    gint64 pending = 0;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM invitation", STORE_NOTHING,
                             0, &pending, NULL));
    assert_int_equal(pending, 1);
    /* No access before: neither in the organization nor in the project. */
    const struct actor new = stage_person(id);
    const struct act leave = {.kind = ACT_LEAVE_PROJECT, .name = "search"};
    stage_do(stage, &new, &leave);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    assert_int_equal(stage_do(stage, &system, &accept), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    stage_close(stage);
}

/* S13 by the other paths: an edit of the project, of the person, by a sync: never a mail. */
static void S13_by_whatever_path_a_member_is_let_in_without_a_mail(void **state)
{
    (void)state;
    struct stage *stage = stage_open(50);
    stage->judge.sends_mail = FALSE;
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    struct project_grant grants[4];
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage->judge.sends_mail = TRUE;
    const struct actor *const actors[] = {&dana, &corp};
    static const char *const projects[] = {"search", "ads"};
    for (int i = 0; i < 2; i++) {
        g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
        struct person_draft draft = stage_draft(facts, actors[i], grants);
        const struct project_grant grant = {projects[i], PROJECT_ROLE_READ_ONLY};
        draft.projects = &grant;
        draft.project_count = 1;
        const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
        assert_int_equal(stage_do(stage, actors[i], &edit), VERDICT_DONE);
        assert_null(stage->verdict.invitation);
        g_autoptr(PersonFacts) after = stage_facts(stage, bob);
        assert_int_equal(project_roles_find(after->projects, projects[i]),
                         PROJECT_ROLE_READ_ONLY);
    }
    stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_READ_WRITE);
    gint64 mails = -1;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM outbox", STORE_NOTHING, 0,
                             &mails, NULL));
    assert_int_equal(mails, 0);
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
        cmocka_unit_test(R61_nobody_is_mailed_what_was_meant_for_another_address),
        cmocka_unit_test(an_expired_invitation_is_renewed_if_a_seat_is_free),
        cmocka_unit_test(a_suspended_person_is_not_invited_but_reactivated),
        cmocka_unit_test(nobody_releases_a_held_person_with_more_than_they_could_give),
        cmocka_unit_test(a_protected_owner_who_left_comes_back_as_what_they_are_invited_as),
        cmocka_unit_test(S14_an_outsider_gets_one_invitation_with_both_roles),
        cmocka_unit_test(S13_by_whatever_path_a_member_is_let_in_without_a_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
