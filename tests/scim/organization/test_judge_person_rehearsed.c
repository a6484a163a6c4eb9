/* A connection in rehearsal may push everything, and nothing of it has an effect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scim/organization/stage.h"

static struct actor rehearsing(void)
{
    struct actor okta = stage_provider("scim:okta");
    okta.rehearses = TRUE;
    okta.may_adopt = TRUE;
    okta.max_role = ORGANIZATION_ROLE_OWNER;
    return okta;
}

static void whoever_is_pushed_in_rehearsal_takes_no_seat_no_mail_and_no_role(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = rehearsing();
    /* Neither the cap nor the domains stand in the way. */
    g_autofree char *bob = stage_push(stage, &okta, "bob@elsewhere.com");
    g_autofree char *eve = stage_push(stage, &okta, "eve@example.com");
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_REHEARSED);
    assert_non_null(strstr(facts->reason, "rehearsal"));
    assert_int_equal(facts->role, ORGANIZATION_ROLE_NONE);
    assert_null(facts->address);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(stage_count(stage, "invitation"), 0);
    stage_close(stage);
}

static void the_same_push_twice_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing();
    g_autofree char *bob = stage_push(stage, &okta, "bob@elsewhere.com");
    const struct stage_edit same = {.address = "bob@elsewhere.com"};
    assert_int_equal(stage_edit(stage, &okta, bob, &same), VERDICT_UNCHANGED);
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_UNCHANGED);
    assert_int_equal(stage_status(stage, bob), PERSON_REHEARSED);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_false(person_facts_link(facts, "scim:okta")->active);
    assert_int_equal(stage_edit(stage, &okta, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &on), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void a_rehearsed_person_is_renamed_and_keeps_what_is_sent(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing();
    g_autofree char *bob = stage_push(stage, &okta, "bob@elsewhere.com");
    const struct stage_edit renamed = {.user_name = "rob@elsewhere.com",
                                       .address = "rob@elsewhere.com",
                                       .role = ORGANIZATION_ROLE_BILLING_ADMIN,
                                       .project = "search",
                                       .project_role = PROJECT_ROLE_ADMIN};
    assert_int_equal(stage_edit(stage, &okta, bob, &renamed), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &renamed), VERDICT_UNCHANGED);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    const struct link_facts *link = person_facts_link(facts, "scim:okta");
    assert_string_equal(facts->user_name, "rob@elsewhere.com");
    assert_int_equal(link->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(project_roles_find(link->projects, "search"), PROJECT_ROLE_ADMIN);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_NONE);
    assert_int_equal(facts->projects->len, 0);
    stage_close(stage);
}

static void an_adopted_person_is_not_touched_by_a_rehearsal(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing(), dana = stage_person(stage->dana);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct stage_edit adopt = {.external_id = "00u1",
                                     .user_name = "rob@elsewhere.com",
                                     .active = -1,
                                     .role = ORGANIZATION_ROLE_OWNER,
                                     .project = "search",
                                     .project_role = PROJECT_ROLE_ADMIN};
    assert_int_equal(stage_edit(stage, &okta, bob, &adopt), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(facts->projects->len, 0);
    assert_string_equal(facts->user_name, "bob@example.com");
    /* People go on to edit the manual link, not an override. */
    const struct stage_edit promote = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    assert_int_equal(stage_edit(stage, &dana, bob, &promote), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(stage, bob);
    assert_int_equal(after->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(after->override, ORGANIZATION_ROLE_NONE);
    /* Nor does its going. */
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &okta, &remove), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void who_is_removed_in_rehearsal_leaves_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing(), dana = stage_person(stage->dana);
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    const struct act by_okta = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &okta, &by_okta), VERDICT_DONE);
    g_autofree char *again = stage_push(stage, &okta, "bob@example.com");
    assert_string_not_equal(bob, again);
    const struct act by_dana = {.kind = ACT_PERSON_REMOVE, .id = again};
    assert_int_equal(stage_do(stage, &dana, &by_dana), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "marker"), 0);
    assert_int_equal(stage_count(stage, "departed"), 0);
    stage_close(stage);
}

static void a_rehearsed_link_keeps_nobody_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing(), corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct stage_edit adopt = {.external_id = "00u1"};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_edit(stage, &okta, bob, &adopt), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &corp, &remove), VERDICT_DONE);
    assert_null(stage_facts(stage, bob));
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

static void an_address_in_rehearsal_is_everybody_elses_to_take(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing();
    const struct person_draft draft = {.user_name = "bob",
                                       .address = "bob@example.com",
                                       .external_id = "00u1",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *rehearsed = g_strdup(stage->verdict.id);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_string_not_equal(bob, rehearsed);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void an_owners_invitation_of_somebody_rehearsed_is_real(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing();
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    g_autofree char *invited =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_string_equal(bob, invited);
    stage_accept(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void an_owner_may_suspend_whom_a_rehearsal_knows_and_let_go(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = rehearsing(), dana = stage_person(stage->dana);
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    assert_int_equal(stage_edit(stage, &dana, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(stage, &dana, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_REHEARSED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_pushed_in_rehearsal_takes_no_seat_no_mail_and_no_role),
        cmocka_unit_test(the_same_push_twice_writes_nothing),
        cmocka_unit_test(a_rehearsed_person_is_renamed_and_keeps_what_is_sent),
        cmocka_unit_test(an_adopted_person_is_not_touched_by_a_rehearsal),
        cmocka_unit_test(who_is_removed_in_rehearsal_leaves_nothing),
        cmocka_unit_test(a_rehearsed_link_keeps_nobody_in),
        cmocka_unit_test(an_address_in_rehearsal_is_everybody_elses_to_take),
        cmocka_unit_test(an_owners_invitation_of_somebody_rehearsed_is_real),
        cmocka_unit_test(an_owner_may_suspend_whom_a_rehearsal_knows_and_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
