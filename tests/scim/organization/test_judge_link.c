#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_link.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind move(struct stage *stage, const char *id, const char *from,
                              const char *to, const char *external_id)
{
    const struct link_move move = {.from = from, .to = to, .external_id = external_id};
    const struct act act = {.kind = ACT_LINK_MOVE, .id = id, .move = &move};
    const struct actor operator= stage_operator();
    return stage_do(stage, &operator, & act);
}

static void a_link_changes_its_origin_and_nothing_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct stage_edit write = {.project = "search",
                                     .project_role = PROJECT_ROLE_READ_WRITE},
                            off = {.active = -1};
    assert_int_equal(stage_edit(stage, &okta, bob, &write), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    corp.may_adopt = TRUE;
    const struct stage_edit adopt = {.external_id = "x", .active = 1};
    const struct actor other = {.kind = ACTOR_SYNC,
                                .organization = "acme",
                                .origin = "directory:other",
                                .may_adopt = TRUE,
                                .label = "directory:other"};
    assert_int_equal(stage_edit(stage, &other, bob, &adopt), VERDICT_DONE);
    assert_int_equal(move(stage, bob, "scim:okta", "directory:corp", "uuid-1"), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    const struct link_facts *link = facts->links->pdata[0];
    assert_string_equal(link->origin, "directory:corp");
    assert_string_equal(link->external_id, "uuid-1");
    assert_false(link->active);
    assert_int_equal(link->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(project_roles_find(link->projects, "search"), PROJECT_ROLE_READ_WRITE);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_non_null(strstr(facts->reason, "directory:corp"));
    /* It is the directory's now, and no more the provider's. */
    const struct stage_edit on = {.active = 1};
    stage_edit(stage, &okta, bob, &on);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_edit(stage, &corp, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void all_are_moved_or_none(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    struct actor corp = stage_sync("directory:corp");
    corp.may_adopt = TRUE;
    g_autofree char *ada =
        stage_linked(stage, &okta, "ada@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    const struct stage_edit adopt = {.external_id = "uuid-bob"};
    const struct act leave = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_edit(stage, &corp, bob, &adopt), VERDICT_DONE);
    assert_int_equal(move(stage, NULL, "scim:okta", "directory:corp", NULL), VERDICT_TAKEN);
    assert_int_equal(move(stage, NULL, "scim:okta", "directory:corp", "x"), VERDICT_INVALID);
    assert_int_equal(stage_do(stage, &corp, &leave), VERDICT_DONE);
    assert_int_equal(move(stage, NULL, "scim:okta", "directory:corp", NULL), VERDICT_DONE);
    g_autoptr(PersonFacts) first = stage_facts(stage, ada), second = stage_facts(stage, bob);
    assert_string_equal(person_facts_link(first, "directory:corp")->external_id, "x-ada");
    assert_string_equal(person_facts_link(second, "directory:corp")->external_id, "x-bob");
    assert_int_equal(second->status, PERSON_INVITED);
    assert_int_equal(move(stage, NULL, "scim:okta", "directory:corp", NULL), VERDICT_NOT_FOUND);
    stage_close(stage);
}

static void only_to_an_origin_that_is_known_and_not_in_rehearsal(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    stage_connect(stage, "scim:okta", FALSE, "refuse");
    stage_connect(stage, "scim:ping", TRUE, "refuse");
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(move(stage, bob, "manual", "scim:entra", NULL), VERDICT_NOT_FOUND);
    assert_int_equal(move(stage, bob, "manual", "okta", NULL), VERDICT_INVALID);
    assert_int_equal(move(stage, bob, "scim:okta", "manual", NULL), VERDICT_NOT_FOUND);
    move(stage, bob, "manual", "scim:ping", NULL);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(move(stage, bob, "manual", "scim:okta", "00u1"), VERDICT_DONE);
    stage_close(stage);
}

static void whom_the_old_origin_suspended_an_owner_can_bring_back(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    const struct actor operator= stage_operator();
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(move(stage, bob, "scim:okta", "manual", NULL), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_true(facts->suspended_by_owner);
    assert_non_null(strstr(facts->reason, "an owner"));
    assert_int_equal(stage_edit(stage, &operator, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void
whoever_had_more_than_the_new_origin_may_give_is_restored_with_what_it_may(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_OWNER);
    const struct person_draft draft = {.user_name = "bob@example.com",
                                       .address = "bob@example.com",
                                       .external_id = "00u1",
                                       .active = TRUE};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob},
                     create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(move(stage, bob, "manual", "scim:okta", "00u1"), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &okta, &remove), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void an_anchor_stays_of_one_person(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    stage_connect(stage, "scim:okta", FALSE, "refuse");
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *ada =
        stage_linked(stage, &corp, "ada@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(move(stage, bob, "manual", "directory:corp", "x-ada"), VERDICT_TAKEN);
    assert_int_equal(move(stage, bob, "manual", "directory:corp", "x-bob"), VERDICT_DONE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_changes_its_origin_and_nothing_else),
        cmocka_unit_test(all_are_moved_or_none),
        cmocka_unit_test(only_to_an_origin_that_is_known_and_not_in_rehearsal),
        cmocka_unit_test(whom_the_old_origin_suspended_an_owner_can_bring_back),
        cmocka_unit_test(
            whoever_had_more_than_the_new_origin_may_give_is_restored_with_what_it_may),
        cmocka_unit_test(an_anchor_stays_of_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
