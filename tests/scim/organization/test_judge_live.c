#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_live.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind go_live(struct stage *stage)
{
    const struct act live = {.kind = ACT_CONNECTION_LIVE, .name = "okta"};
    const struct actor operator= stage_operator();
    return stage_do(stage, &operator, & live);
}

static void what_was_rehearsed_becomes_real_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    const struct stage_edit off = {.active = -1};
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *far = stage_push(stage, &okta, "far@elsewhere.com");
    g_autofree char *idle = stage_push(stage, &okta, "idle@example.com");
    assert_int_equal(stage_edit(stage, &okta, idle, &off), VERDICT_DONE);
    assert_int_equal(go_live(stage), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, ada);
    assert_int_equal(facts->status, PERSON_INVITED);
    assert_string_equal(facts->address, "ada@example.com");
    assert_non_null(strstr(facts->reason, "Nobody has seen the link"));
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    g_autoptr(PersonFacts) held = stage_facts(stage, far);
    assert_int_equal(held->status, PERSON_HELD);
    assert_non_null(strstr(held->reason, "domain"));
    assert_int_equal(stage_status(stage, idle), PERSON_SUSPENDED);
    assert_int_equal(stage_seats_used(stage), 3);
    assert_int_equal(go_live(stage), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void beyond_the_cap_nobody_comes_and_the_numbers_are_told(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    go_live(stage);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    assert_int_equal(stage->verdict.fault.refusal.limit, 3);
    assert_int_equal(stage->verdict.fault.refusal.used, 2);
    assert_non_null(strstr(stage->verdict.fault.detail, "2 more are asked for"));
    assert_int_equal(stage_status(stage, ada), PERSON_REHEARSED);
    assert_int_equal(stage_status(stage, bob), PERSON_REHEARSED);
    assert_false(stage->judge.groups_changed);
    stage_close(stage);
}

static void beyond_the_cap_the_others_wait_where_the_connection_waits(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "wait");
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    assert_int_equal(go_live(stage), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_int_equal(stage_status(stage, bob), PERSON_WAITING);
    assert_true(stage->judge.groups_changed);
    stage_close(stage);
}

static void whoever_left_is_held_and_a_taken_address_is_not_mailed(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    const struct person_draft draft = {.user_name = "bob",
                                       .address = "bob@example.com",
                                       .profile =
                                           "{\"emails\":[{\"value\":\"bob@example.com\"}]}",
                                       .external_id = "00u1",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *rehearsed = g_strdup(stage->verdict.id);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_int_equal(go_live(stage), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, rehearsed);
    assert_int_equal(facts->status, PERSON_HELD);
    assert_non_null(strstr(facts->reason, "Another person"));
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void an_adopted_person_gets_what_the_link_says(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    okta.may_adopt = TRUE;
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct stage_edit adopt = {
        .external_id = "00u1", .project = "search", .project_role = PROJECT_ROLE_READ_WRITE};
    assert_int_equal(stage_edit(stage, &okta, bob, &adopt), VERDICT_DONE);
    assert_int_equal(go_live(stage), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    stage_close(stage);
}

static void nobody_protected_and_no_only_owner_is_suspended_by_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    okta.may_adopt = TRUE;
    const struct stage_edit adopt = {.external_id = "00u1", .active = -1};
    assert_int_equal(stage_edit(stage, &okta, stage->vera, &adopt), VERDICT_DONE);
    go_live(stage);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    assert_int_equal(stage_count(stage, "connection WHERE rehearsal = 1"), 1);
    assert_int_equal(stage_count(stage, "link WHERE rehearsed = 1"), 1);
    stage_close(stage);
}

static void a_write_that_began_in_rehearsal_is_to_be_tried_again_once_it_is_over(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse");
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = ada};
    g_autoptr(GError) error = NULL;
    assert_int_equal(go_live(stage), VERDICT_DONE);
    verdict_clear(&stage->verdict);
    assert_false(judge_write(&stage->judge, &okta, &remove, &stage->verdict, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    stage_close(stage);
}

static void only_who_administers_ends_a_rehearsal_and_only_one_there_is(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse"),
                       operator= stage_operator();
    const struct act live = {.kind = ACT_CONNECTION_LIVE, .name = "okta"},
                     nobody = {.kind = ACT_CONNECTION_LIVE, .name = "entra"};
    stage_do(stage, &okta, &live);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_do(stage, &operator, & nobody), VERDICT_NOT_FOUND);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_rehearsed_becomes_real_at_once),
        cmocka_unit_test(beyond_the_cap_nobody_comes_and_the_numbers_are_told),
        cmocka_unit_test(beyond_the_cap_the_others_wait_where_the_connection_waits),
        cmocka_unit_test(whoever_left_is_held_and_a_taken_address_is_not_mailed),
        cmocka_unit_test(an_adopted_person_gets_what_the_link_says),
        cmocka_unit_test(nobody_protected_and_no_only_owner_is_suspended_by_it),
        cmocka_unit_test(a_write_that_began_in_rehearsal_is_to_be_tried_again_once_it_is_over),
        cmocka_unit_test(only_who_administers_ends_a_rehearsal_and_only_one_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
