#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/effective.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static struct actor pushed_groups(void)
{
    struct actor actor = stage_sync("directory:okta");
    actor.may_adopt = TRUE;
    actor.attaches = TRUE;
    return actor;
}

static enum verdict_kind remove_by(struct stage *stage, const struct actor *actor,
                                   const char *id)
{
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = id};
    return stage_do(stage, actor, &act);
}

static void attach(struct stage *stage, const char *id, enum organization_role role,
                   const char *project, enum project_role project_role)
{
    const struct actor groups = pushed_groups();
    const struct stage_edit edit = {.external_id = id,
                                    .active = 1,
                                    .role = role,
                                    .project = project,
                                    .project_role = project_role};
    assert_int_equal(stage_edit(stage, &groups, id, &edit), VERDICT_DONE);
}

/* Somebody of the provider with a role in search by groups. */
static char *attached_member(struct stage *stage, const char *address)
{
    const struct actor okta = stage_provider("scim:okta");
    char *id = stage_linked(stage, &okta, address, ORGANIZATION_ROLE_MEMBER, TRUE);
    attach(stage, id, ORGANIZATION_ROLE_MEMBER, "search", PROJECT_ROLE_READ_WRITE);
    return id;
}

static void an_attached_link_gives_its_roles(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    const struct link_facts *link = person_facts_link(facts, "directory:okta");
    assert_true(link->attached);
    assert_string_equal(link->external_id, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    stage_close(stage);
}

static void a_later_write_of_the_link_leaves_it_attached(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor groups = pushed_groups();
    const struct stage_edit more = {.project = "search", .project_role = PROJECT_ROLE_ADMIN};
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    groups.attaches = groups.may_adopt = FALSE;
    assert_int_equal(stage_edit(stage, &groups, bob, &more), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_true(person_facts_link(facts, "directory:okta")->attached);
    stage_close(stage);
}

/* I4: whom their provider lets go has nothing left, whatever groups say. */
static void the_person_goes_with_the_last_link_that_is_not_attached(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    const struct actor by_bob = stage_person(bob);
    const struct act leave = {.kind = ACT_LEAVE_PROJECT, .name = "search"};
    assert_int_equal(remove_by(stage, &okta, bob), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REMOVED);
    assert_null(stage_facts(stage, bob));
    stage_do(stage, &by_bob, &leave);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_close(stage);
}

static void whom_another_origin_keeps_stays_with_the_roles_of_both(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    struct actor corp = stage_sync("directory:corp");
    const struct stage_edit link = {.external_id = "c-bob", .active = 1};
    corp.may_adopt = TRUE;
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    assert_int_equal(stage_edit(stage, &corp, bob, &link), VERDICT_DONE);
    assert_int_equal(remove_by(stage, &okta, bob), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->links->len, 2);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    assert_string_equal(effective_holder(facts, NULL)->origin, "directory:corp");
    /* who keeps them in has their profile now, not the oldest link that is left */
    const struct stage_edit renamed = {.user_name = "robert@example.com"};
    assert_int_equal(stage_edit(stage, &corp, bob, &renamed), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(stage, bob);
    assert_string_equal(after->user_name, "robert@example.com");
    assert_int_equal(remove_by(stage, &corp, bob), VERDICT_DONE);
    assert_null(stage_facts(stage, bob));
    stage_close(stage);
}

static void dropping_an_attached_link_takes_its_roles_and_nothing_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor groups = pushed_groups();
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    assert_int_equal(remove_by(stage, &groups, bob), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->links->len, 1);
    assert_int_equal(facts->projects->len, 0);
    remove_by(stage, &groups, bob);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    stage_close(stage);
}

static void an_attached_link_neither_suspends_nor_keeps_from_being_suspended(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor groups = pushed_groups(), okta = stage_provider("scim:okta");
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    stage_edit(stage, &groups, bob, &off);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_non_null(person_facts_link(facts, "directory:okta"));
    assert_int_equal(stage_edit(stage, &okta, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void pushed_groups_invite_nobody(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor groups = pushed_groups();
    const struct person_draft draft = {.user_name = "eve@example.com",
                                       .address = "eve@example.com",
                                       .external_id = "x",
                                       .active = TRUE};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    stage_do(stage, &groups, &act);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    stage_close(stage);
}

static void an_owners_removal_leaves_no_marker_for_an_attached_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = attached_member(stage, "bob@example.com");
    assert_int_equal(remove_by(stage, &dana, bob), VERDICT_DONE);
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    assert_int_equal(markers->len, 1);
    assert_string_equal(((const struct marker *)markers->pdata[0])->origin, "scim:okta");
    stage_close(stage);
}

/* Their provider's DELETE makes an owner stand in. */
static void a_leaver_who_was_the_only_admin_by_groups_is_succeeded(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    attach(stage, bob, ORGANIZATION_ROLE_MEMBER, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, stage->dana, "search", PROJECT_ROLE_NONE);
    assert_int_equal(remove_by(stage, &okta, bob), VERDICT_DONE);
    assert_null(stage_facts(stage, bob));
    g_autoptr(PersonFacts) dana = stage_facts(stage, stage->dana);
    g_autoptr(PersonFacts) vera = stage_facts(stage, stage->vera);
    assert_int_equal(dana->stands_in->len + vera->stands_in->len, 1);
    stage_close(stage);
}

static void the_only_owner_by_groups_is_not_removed_by_the_provider(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), operator= stage_operator();
    const struct actor groups = pushed_groups();
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    attach(stage, bob, ORGANIZATION_ROLE_OWNER, NULL, PROJECT_ROLE_NONE);
    g_autofree char *eve = stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, eve, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, eve, "ads", PROJECT_ROLE_ADMIN);
    assert_int_equal(remove_by(stage, &operator, stage->dana), VERDICT_DONE);
    assert_int_equal(remove_by(stage, &operator, stage->vera), VERDICT_DONE);
    remove_by(stage, &okta, bob);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    remove_by(stage, &groups, bob);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attached_link_gives_its_roles),
        cmocka_unit_test(a_later_write_of_the_link_leaves_it_attached),
        cmocka_unit_test(the_person_goes_with_the_last_link_that_is_not_attached),
        cmocka_unit_test(whom_another_origin_keeps_stays_with_the_roles_of_both),
        cmocka_unit_test(dropping_an_attached_link_takes_its_roles_and_nothing_else),
        cmocka_unit_test(an_attached_link_neither_suspends_nor_keeps_from_being_suspended),
        cmocka_unit_test(pushed_groups_invite_nobody),
        cmocka_unit_test(an_owners_removal_leaves_no_marker_for_an_attached_link),
        cmocka_unit_test(a_leaver_who_was_the_only_admin_by_groups_is_succeeded),
        cmocka_unit_test(the_only_owner_by_groups_is_not_removed_by_the_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
