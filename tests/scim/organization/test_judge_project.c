#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_project.h"
#include "scim/organization/project.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind edit(struct stage *stage, const struct actor *actor,
                              const struct member_grant *members, gsize count, gboolean replace)
{
    g_autofree char *id = stage_project(stage, "search");
    const struct act act = {.kind = ACT_PROJECT_EDIT,
                            .id = id,
                            .members = members,
                            .member_count = count,
                            .replace = replace};
    return stage_do(stage, actor, &act);
}

static void an_owner_creates_a_project_and_is_its_admin(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana), operator= stage_operator();
    const struct act act = {
        .kind = ACT_PROJECT_CREATE, .name = "maps", .display_name = "The maps"};
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_INVALID);
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_DONE);
    assert_int_equal(stage->verdict.version, 1);
    g_autoptr(Project) project = NULL;
    assert_true(
        project_read_by_name(stage->session, "acme", "maps", stage->now, &project, NULL));
    assert_string_equal(project->id, stage->verdict.id);
    assert_string_equal(project->display_name, "The maps");
    assert_int_equal(project->admins, 1);
    assert_string_equal(((struct project_member *)project->members->pdata[0])->person,
                        stage->dana);
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_TAKEN);
    stage_close(stage);
}

static void only_owners_and_administrators_create_projects(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    const struct actor actors[] = {stage_person(bob),
                                   stage_sync("directory:corp"),
                                   stage_provider("scim:okta"),
                                   {.kind = ACTOR_READER, .organization = "acme"}};
    const struct act act = {.kind = ACT_PROJECT_CREATE, .name = "maps"};
    for (size_t i = 0; i < G_N_ELEMENTS(actors); i++)
        assert_int_equal(stage_do(stage, &actors[i], &act), VERDICT_REFUSED);
    stage_close(stage);
}

static void bad_names_are_400(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        NULL, "", "Maps", "a b", "../x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const struct act act = {.kind = ACT_PROJECT_CREATE, .name = wrong[i]};
        assert_int_equal(stage_do(stage, &dana, &act), VERDICT_INVALID);
    }
    stage_close(stage);
}

static void two_admins_are_swapped_in_one_edit(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct member_grant swap[] = {{stage->dana, PROJECT_ROLE_NONE},
                                        {bob, PROJECT_ROLE_ADMIN}};
    edit(stage, &dana, swap, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    assert_int_equal(edit(stage, &dana, swap, 2, FALSE), VERDICT_DONE);
    assert_int_equal(stage->verdict.version, 2);
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->dana);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_NONE);
    assert_int_equal(edit(stage, &dana, swap, 2, FALSE), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void replacing_takes_the_role_of_whoever_is_not_named(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    const struct member_grant only[] = {{bob, PROJECT_ROLE_ADMIN}};
    assert_int_equal(edit(stage, &dana, only, 1, TRUE), VERDICT_DONE);
    g_autoptr(PersonFacts) pending = stage_facts(stage, eve);
    assert_int_equal(pending->projects->len, 0);
    assert_int_equal(pending->status, PERSON_INVITED);
    edit(stage, &dana, NULL, 0, TRUE);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    stage_close(stage);
}

static void S12_a_project_admin_edits_their_project_and_no_other(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    const struct actor by_bob = stage_person(bob), by_eve = stage_person(eve);
    const struct member_grant give[] = {{eve, PROJECT_ROLE_READ_ONLY}};
    g_autofree char *ads = stage_project(stage, "ads");
    g_autofree char *search = stage_project(stage, "search");
    const struct act other = {
        .kind = ACT_PROJECT_EDIT, .id = ads, .members = give, .member_count = 1};
    const struct act rename = {
        .kind = ACT_PROJECT_EDIT, .id = search, .display_name = "Search and find"};
    edit(stage, &by_bob, give, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    assert_int_equal(edit(stage, &by_bob, give, 1, FALSE), VERDICT_DONE);
    stage_do(stage, &by_bob, &other);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(stage_do(stage, &by_bob, &rename), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &by_bob, &rename), VERDICT_UNCHANGED);
    const struct act other_name = {
        .kind = ACT_PROJECT_EDIT, .id = search, .display_name = "Mine"};
    stage_do(stage, &by_eve, &other_name);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_close(stage);
}

static void a_sync_lets_an_active_owner_stand_in_and_nobody_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), okta = stage_provider("scim:okta");
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct member_grant vera[] = {{stage->vera, PROJECT_ROLE_ADMIN}},
                              member[] = {{bob, PROJECT_ROLE_ADMIN}},
                              less[] = {{stage->vera, PROJECT_ROLE_READ_ONLY}};
    edit(stage, &corp, member, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    edit(stage, &corp, less, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    edit(stage, &okta, vera, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    const struct actor nameless = stage_sync(NULL);
    edit(stage, &nameless, vera, 1, FALSE);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(edit(stage, &corp, vera, 1, FALSE), VERDICT_DONE);
    assert_int_equal(edit(stage, &corp, vera, 1, FALSE), VERDICT_UNCHANGED);
    g_autoptr(PersonFacts) stands = stage_facts(stage, stage->vera);
    assert_int_equal(stands->stands_in->len, 1);
    /* A person's edit of that owner's role there ends it. */
    stage_set_project_role(stage, stage->vera, "search", PROJECT_ROLE_READ_ONLY);
    g_autoptr(PersonFacts) ended = stage_facts(stage, stage->vera);
    assert_int_equal(ended->stands_in->len, 0);
    assert_int_equal(project_roles_find(ended->projects, "search"), PROJECT_ROLE_READ_ONLY);
    stage_close(stage);
}

/* Vera stands in for "search". */
static void let_vera_stand_in(struct stage *stage)
{
    const struct actor corp = stage_sync("directory:corp");
    const struct member_grant vera[] = {{stage->vera, PROJECT_ROLE_ADMIN}};
    assert_int_equal(edit(stage, &corp, vera, 1, FALSE), VERDICT_DONE);
}

static void assert_admin_of_her_own(struct stage *stage)
{
    g_autoptr(PersonFacts) vera = stage_facts(stage, stage->vera);
    assert_int_equal(vera->stands_in->len, 0);
    assert_int_equal(project_roles_find(vera->projects, "search"), PROJECT_ROLE_ADMIN);
}

static void whoever_stands_in_and_is_named_beside_a_new_admin_is_one_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor anna = stage_operator();
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    let_vera_stand_in(stage);
    const struct member_grant both[] = {{stage->vera, PROJECT_ROLE_ADMIN},
                                        {bob, PROJECT_ROLE_ADMIN}};
    assert_int_equal(edit(stage, &anna, both, 2, TRUE), VERDICT_DONE);
    assert_admin_of_her_own(stage);
    assert_int_equal(edit(stage, &anna, both, 2, TRUE), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void an_owner_who_stands_in_and_becomes_a_member_and_admin_is_both_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor anna = stage_operator();
    let_vera_stand_in(stage);
    g_autoptr(PersonFacts) vera = stage_facts(stage, stage->vera);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(vera, &anna, grants);
    draft.role = ORGANIZATION_ROLE_MEMBER;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = stage->vera, .draft = &draft};
    assert_int_equal(stage_do(stage, &anna, &act), VERDICT_DONE);
    assert_admin_of_her_own(stage);
    assert_int_equal(stage_do(stage, &anna, &act), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void an_unknown_project_version_or_member_is_404_412_or_400(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *id = stage_project(stage, "search");
    const struct act unknown = {.kind = ACT_PROJECT_EDIT, .id = "none"},
                     stale = {.kind = ACT_PROJECT_EDIT, .id = id, .if_match = 99};
    assert_int_equal(stage_do(stage, &dana, &unknown), VERDICT_NOT_FOUND);
    assert_int_equal(stage_do(stage, &dana, &stale), VERDICT_STALE);
    const struct member_grant nobody[] = {{"none", PROJECT_ROLE_ADMIN}};
    assert_int_equal(edit(stage, &dana, nobody, 1, FALSE), VERDICT_INVALID);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_creates_a_project_and_is_its_admin),
        cmocka_unit_test(only_owners_and_administrators_create_projects),
        cmocka_unit_test(bad_names_are_400),
        cmocka_unit_test(two_admins_are_swapped_in_one_edit),
        cmocka_unit_test(replacing_takes_the_role_of_whoever_is_not_named),
        cmocka_unit_test(S12_a_project_admin_edits_their_project_and_no_other),
        cmocka_unit_test(a_sync_lets_an_active_owner_stand_in_and_nobody_else),
        cmocka_unit_test(whoever_stands_in_and_is_named_beside_a_new_admin_is_one_at_once),
        cmocka_unit_test(an_owner_who_stands_in_and_becomes_a_member_and_admin_is_both_at_once),
        cmocka_unit_test(an_unknown_project_version_or_member_is_404_412_or_400),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
