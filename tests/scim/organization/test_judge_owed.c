#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_owed.h"
#include "tests/scim/organization/stage.h"

static struct actor owner_provider(struct stage *stage)
{
    struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    okta.max_role = ORGANIZATION_ROLE_OWNER;
    return okta;
}

/* Olga, whom okta made, is the only owner who is not protected; and then the only one. */
static char *make_only_owner(struct stage *stage, const struct actor *okta)
{
    const struct actor operator= stage_operator();
    const struct stage_edit demote = {.role = ORGANIZATION_ROLE_MEMBER};
    char *olga = stage_linked(stage, okta, "olga@example.com", ORGANIZATION_ROLE_OWNER, TRUE);
    assert_int_equal(stage_edit(stage, &operator, stage->vera, &demote), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &operator, stage->dana, &demote), VERDICT_DONE);
    return olga;
}

static void promote_dana(struct stage *stage)
{
    const struct actor operator= stage_operator();
    const struct stage_edit owner = {.role = ORGANIZATION_ROLE_OWNER};
    assert_int_equal(stage_edit(stage, &operator, stage->dana, &owner), VERDICT_DONE);
}

static void assert_owed(struct stage *stage, const char *id, const char *words)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_non_null(facts->reason);
    assert_non_null(strstr(facts->reason, words));
    assert_non_null(strstr(facts->reason, "scim:okta"));
    assert_int_equal(stage_count(stage, "owed"), 1);
}

static void a_removal_of_the_only_owner_is_done_once_another_is_active(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    gint64 records = stage_count(stage, "audit");
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    assert_int_equal(stage_count(stage, "audit"), records);
    promote_dana(stage);
    assert_null(stage_facts(stage, olga));
    assert_int_equal(stage_count(stage, "owed"), 0);
    assert_int_equal(stage_count(stage, "audit WHERE record LIKE '%\"action\":\"remove\"%'"
                                        " AND record LIKE '%\"actor\":\"scim:okta\"%'"),
                     1);
    stage_close(stage);
}

static void a_deactivation_of_the_only_owner_is_done_once_another_is_active(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct stage_edit off = {.active = -1};
    stage_edit(stage, &okta, olga, &off);
    assert_owed(stage, olga, "to deactivate");
    promote_dana(stage);
    g_autoptr(PersonFacts) facts = stage_facts(stage, olga);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_false(person_facts_link(facts, "scim:okta")->active);
    assert_int_equal(stage_count(stage, "owed"), 0);
    stage_close(stage);
}

static void a_lowered_role_of_the_only_owner_is_done_once_another_is_active(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct stage_edit member = {.role = ORGANIZATION_ROLE_MEMBER};
    stage_edit(stage, &okta, olga, &member);
    assert_owed(stage, olga, "to take the role owner from");
    promote_dana(stage);
    g_autoptr(PersonFacts) facts = stage_facts(stage, olga);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    assert_null(facts->reason);
    stage_close(stage);
}

static enum verdict_kind say(struct stage *stage, const struct actor *actor, const char *id,
                             gboolean says_active, gboolean says_roles)
{
    struct project_grant grants[8];
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.says_active = says_active;
    draft.says_roles = says_roles;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    return stage_do(stage, actor, &act);
}

static void a_word_to_the_contrary_drops_it_and_another_word_does_not(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct stage_edit off = {.active = -1}, member = {.role = ORGANIZATION_ROLE_MEMBER};
    stage_edit(stage, &okta, olga, &off);
    assert_owed(stage, olga, "to deactivate");
    assert_int_equal(say(stage, &okta, olga, FALSE, TRUE), VERDICT_UNCHANGED);
    assert_int_equal(stage_count(stage, "owed"), 1);
    assert_int_equal(say(stage, &okta, olga, TRUE, FALSE), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "owed"), 0);
    g_autoptr(PersonFacts) facts = stage_facts(stage, olga);
    assert_null(facts->reason);
    stage_edit(stage, &okta, olga, &member);
    assert_owed(stage, olga, "role owner");
    assert_int_equal(say(stage, &okta, olga, TRUE, FALSE), VERDICT_UNCHANGED);
    assert_int_equal(say(stage, &okta, olga, FALSE, TRUE), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "owed"), 0);
    promote_dana(stage);
    assert_int_equal(stage_status(stage, olga), PERSON_ACTIVE);
    stage_close(stage);
}

static void who_is_to_go_goes_although_another_role_was_asked_for_since(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct stage_edit off = {.active = -1}, member = {.role = ORGANIZATION_ROLE_MEMBER},
                            on = {.active = 1};
    stage_edit(stage, &okta, olga, &off);
    assert_owed(stage, olga, "to deactivate");
    stage_edit(stage, &okta, olga, &member);
    assert_owed(stage, olga, "to deactivate");
    promote_dana(stage);
    assert_int_equal(stage_status(stage, olga), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(stage, &okta, olga, &on), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, olga);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void a_removal_outlasts_a_lower_role_and_ends_with_an_activation(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    const struct stage_edit member = {.role = ORGANIZATION_ROLE_MEMBER};
    stage_edit(stage, &okta, olga, &member);
    assert_owed(stage, olga, "role owner");
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    stage_edit(stage, &okta, olga, &member);
    assert_owed(stage, olga, "to remove");
    /* Active they are to be, but not owner: that was never unsaid. */
    assert_int_equal(say(stage, &okta, olga, TRUE, FALSE), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "owed WHERE deed = 'role'"), 1);
    promote_dana(stage);
    g_autoptr(PersonFacts) facts = stage_facts(stage, olga);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void who_is_posted_anew_is_not_to_go_any_more(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage);
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    struct person_draft draft = {.user_name = "olga@example.com",
                                 .address = "olga@example.com",
                                 .external_id = "x-olga",
                                 .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_TAKEN);
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "owed"), 0);
    promote_dana(stage);
    assert_int_equal(stage_status(stage, olga), PERSON_ACTIVE);
    stage_close(stage);
}

static void what_people_and_directories_are_refused_is_not_owed(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage), operator= stage_operator();
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    stage_do(stage, &operator, & remove);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    const struct link_move move = {.from = "scim:okta", .to = "directory:corp"};
    const struct act moves = {.kind = ACT_LINK_MOVE, .id = olga, .move = &move};
    assert_int_equal(stage_do(stage, &operator, & moves), VERDICT_DONE);
    const struct actor corp = stage_sync("directory:corp");
    stage_do(stage, &corp, &remove);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    assert_int_equal(stage_count(stage, "owed"), 0);
    stage_close(stage);
}

static void the_seat_that_comes_free_by_it_goes_to_who_waits(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = owner_provider(stage),
                       ping = stage_connect(stage, "scim:ping", FALSE, "wait");
    g_autofree char *olga = make_only_owner(stage, &okta);
    g_autofree char *ada =
        stage_linked(stage, &ping, "ada@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    promote_dana(stage);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    stage_close(stage);
}

static void moving_the_link_away_ends_what_is_owed_to_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = owner_provider(stage), operator= stage_operator();
    g_autofree char *olga = make_only_owner(stage, &okta);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    const struct link_move move = {.from = "scim:okta", .to = "directory:corp"};
    const struct act moves = {.kind = ACT_LINK_MOVE, .id = olga, .move = &move};
    stage_do(stage, &okta, &remove);
    assert_owed(stage, olga, "to remove");
    assert_int_equal(stage_do(stage, &operator, & moves), VERDICT_DONE);
    assert_int_equal(stage_count(stage, "owed"), 0);
    promote_dana(stage);
    assert_int_equal(stage_status(stage, olga), PERSON_ACTIVE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_removal_of_the_only_owner_is_done_once_another_is_active),
        cmocka_unit_test(a_deactivation_of_the_only_owner_is_done_once_another_is_active),
        cmocka_unit_test(a_lowered_role_of_the_only_owner_is_done_once_another_is_active),
        cmocka_unit_test(a_word_to_the_contrary_drops_it_and_another_word_does_not),
        cmocka_unit_test(who_is_to_go_goes_although_another_role_was_asked_for_since),
        cmocka_unit_test(a_removal_outlasts_a_lower_role_and_ends_with_an_activation),
        cmocka_unit_test(who_is_posted_anew_is_not_to_go_any_more),
        cmocka_unit_test(what_people_and_directories_are_refused_is_not_owed),
        cmocka_unit_test(the_seat_that_comes_free_by_it_goes_to_who_waits),
        cmocka_unit_test(moving_the_link_away_ends_what_is_owed_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
