#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "tests/scim/organization/stage.h"

static void a_manual_person_is_edited_and_others_are_overridden(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *amy =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    struct change change;
    struct touched *manual, *linked;
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, bob, &manual, NULL));
    assert_true(change_touch(&change, amy, &linked, NULL));
    assert_true(grant_role(&change, manual, ORGANIZATION_ROLE_OWNER, NULL));
    assert_true(grant_role(&change, linked, ORGANIZATION_ROLE_OWNER, NULL));
    assert_true(grant_project_role(&change, manual, "search", PROJECT_ROLE_ADMIN, NULL));
    assert_true(grant_project_role(&change, linked, "search", PROJECT_ROLE_ADMIN, NULL));
    g_autoptr(PersonFacts) a = stage_facts(stage, bob);
    g_autoptr(PersonFacts) b = stage_facts(stage, amy);
    assert_int_equal(a->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(a->overrides->len, 0);
    assert_int_equal(b->override, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(b->overrides->len, 1);
    assert_int_equal(effective_role(a), ORGANIZATION_ROLE_OWNER);
    assert_int_equal(effective_project_role(b, "search"), PROJECT_ROLE_ADMIN);
    assert_true(grant_role(&change, linked, ORGANIZATION_ROLE_MEMBER, NULL));
    assert_true(grant_project_role(&change, linked, "search", PROJECT_ROLE_NONE, NULL));
    g_autoptr(PersonFacts) lifted = stage_facts(stage, amy);
    assert_int_equal(lifted->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(lifted->overrides->len, 0);
    stage_give_up(stage, &change);
}

/* An override from the time when a directory had a link too does not outlive an owner's edit. */
static void the_manual_link_that_is_left_is_edited_for_good(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor corp = stage_sync("directory:corp");
    const struct actor dana = stage_person(stage->dana);
    corp.may_adopt = TRUE;
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct project_grant search = {"search", PROJECT_ROLE_READ_ONLY};
    struct project_grant grants[4];
    g_autoptr(PersonFacts) alone = stage_facts(stage, bob);
    struct person_draft draft = stage_draft(alone, &corp, grants);
    draft.external_id = "x-bob";
    const struct act adopt = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &adopt), VERDICT_DONE);
    draft.role = ORGANIZATION_ROLE_BILLING_ADMIN;
    draft.projects = &search;
    draft.project_count = 1;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &dana, &edit), VERDICT_DONE);
    const struct act drop = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &corp, &drop), VERDICT_DONE);
    draft.role = ORGANIZATION_ROLE_OWNER;
    draft.project_count = 0;
    assert_int_equal(stage_do(stage, &dana, &edit), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(stage, bob);
    assert_int_equal(after->role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(after->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(after->projects->len, 0);
    assert_int_equal(after->overrides->len, 0);
    stage_close(stage);
}

static void a_services_link_becomes_what_it_says(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *amy =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    struct change change;
    struct touched *touched;
    stage_begin(stage, &change, &corp);
    assert_true(change_touch(&change, amy, &touched, NULL));
    g_autoptr(GArray) projects = g_array_new(FALSE, FALSE, sizeof(struct project_grant));
    const struct project_grant grant = {"ads", PROJECT_ROLE_READ_ONLY};
    g_array_append_val(projects, grant);
    struct grant_link link = {.origin = "directory:corp",
                              .external_id = "new",
                              .active = FALSE,
                              .role = ORGANIZATION_ROLE_OWNER,
                              .has_projects = TRUE,
                              .projects = projects};
    assert_true(grant_write_link(&change, touched, &link, NULL));
    g_autoptr(PersonFacts) facts = stage_facts(stage, amy);
    const struct link_facts *written = person_facts_link(facts, "directory:corp");
    assert_string_equal(written->external_id, "new");
    assert_false(written->active);
    assert_int_equal(project_roles_find(written->projects, "ads"), PROJECT_ROLE_READ_ONLY);
    link.has_projects = FALSE;
    assert_true(grant_write_link(&change, touched, &link, NULL));
    g_autoptr(PersonFacts) kept = stage_facts(stage, amy);
    assert_int_equal(person_facts_link(kept, "directory:corp")->projects->len, 1);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manual_person_is_edited_and_others_are_overridden),
        cmocka_unit_test(the_manual_link_that_is_left_is_edited_for_good),
        cmocka_unit_test(a_services_link_becomes_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
