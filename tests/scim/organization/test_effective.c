#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/effective.h"
#include "tests/scim/organization/stage.h"

/* Somebody of two directories, with an override besides. */
static PersonFacts *two_links(struct stage *stage, gboolean second_active)
{
    const struct actor corp = stage_sync("directory:corp"), labs = stage_sync("directory:labs");
    g_autofree char *id =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    struct actor adopting = labs;
    adopting.may_adopt = TRUE;
    const struct project_grant grant = {"search", PROJECT_ROLE_READ_WRITE};
    const struct person_draft draft = {.user_name = "amy@example.com",
                                       .address = "amy@example.com",
                                       .external_id = "l-amy",
                                       .active = second_active,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_BILLING_ADMIN,
                                       .projects = &grant,
                                       .project_count = 1};
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    assert_int_equal(stage_do(stage, &adopting, &act), VERDICT_DONE);
    return stage_facts(stage, id);
}

static void the_highest_role_of_the_active_links_counts(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(PersonFacts) facts = two_links(stage, TRUE);
    assert_int_equal(effective_role(facts), ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(effective_project_role(facts, "search"), PROJECT_ROLE_READ_WRITE);
    assert_int_equal(effective_project_role(facts, "ads"), PROJECT_ROLE_NONE);
    assert_false(effective_is_suspended(facts));
    assert_false(effective_is_manual(facts));
    stage_close(stage);
}

static void one_inactive_link_suspends_and_gives_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(PersonFacts) facts = two_links(stage, FALSE);
    assert_true(effective_is_suspended(facts));
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_int_equal(effective_role(facts), ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(effective_project_role(facts, "search"), PROJECT_ROLE_NONE);
    stage_close(stage);
}

static void an_override_wins_and_what_the_links_say_stays_known(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(PersonFacts) amy = two_links(stage, TRUE);
    stage_set_project_role(stage, amy->id, "search", PROJECT_ROLE_NONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, amy->id);
    assert_int_equal(effective_project_role(facts, "search"), PROJECT_ROLE_NONE);
    assert_int_equal(effective_linked_project_role(facts, "search"), PROJECT_ROLE_READ_WRITE);
    g_autoptr(GPtrArray) projects = effective_projects(facts);
    assert_int_equal(projects->len, 1);
    assert_string_equal(projects->pdata[0], "search");
    stage_close(stage);
}

static void a_difference_is_seen_and_the_version_is_none(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(PersonFacts) a = stage_facts(stage, stage->dana);
    g_autoptr(PersonFacts) b = stage_facts(stage, stage->dana);
    b->version++;
    b->modified++;
    assert_false(effective_differs(a, b));
    b->suspended_by_owner = TRUE;
    assert_true(effective_differs(a, b));
    b->suspended_by_owner = FALSE;
    g_array_index(b->projects, struct project_role_facts, 0).role = PROJECT_ROLE_READ_ONLY;
    assert_true(effective_differs(a, b));
    stage_close(stage);
}

static void only_an_active_owner_is_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(PersonFacts) dana = stage_facts(stage, stage->dana);
    assert_true(effective_is_active_owner(dana));
    dana->status = PERSON_SUSPENDED;
    assert_false(effective_is_active_owner(dana));
    assert_false(effective_is_active_owner(NULL));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_role_of_the_active_links_counts),
        cmocka_unit_test(one_inactive_link_suspends_and_gives_nothing),
        cmocka_unit_test(an_override_wins_and_what_the_links_say_stays_known),
        cmocka_unit_test(a_difference_is_seen_and_the_version_is_none),
        cmocka_unit_test(only_an_active_owner_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
