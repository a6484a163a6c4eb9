/* A directory and a provider on the same people: each has a link of its own, with its own roles and
 * its own activity, and the person goes when both are gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_edit.h"
#include "tests/scim/organization/stage.h"

/* Two services that may adopt; `first` made bob, and `second` has adopted him. */
struct pair {
    struct stage *stage;
    struct actor first, second;
    char *bob;
};

static struct actor adopting(struct actor actor)
{
    actor.may_adopt = TRUE;
    return actor;
}

static void adopt(struct pair *pair)
{
    const struct stage_edit adoption = {.external_id = "other-1",
                                        .active = 1,
                                        .role = ORGANIZATION_ROLE_MEMBER,
                                        .project = "search",
                                        .project_role = PROJECT_ROLE_READ_WRITE};
    assert_int_equal(stage_edit(pair->stage, &pair->second, pair->bob, &adoption),
                     VERDICT_DONE);
}

static struct pair pair_open(gboolean provider_first)
{
    const struct actor okta = adopting(stage_provider("scim:okta")),
                       corp = adopting(stage_sync("directory:corp"));
    struct pair pair = {.stage = stage_open(10),
                        .first = provider_first ? okta : corp,
                        .second = provider_first ? corp : okta};
    pair.bob = stage_linked(pair.stage, &pair.first, "bob@example.com",
                            ORGANIZATION_ROLE_MEMBER, TRUE);
    adopt(&pair);
    return pair;
}

static void pair_close(struct pair *pair)
{
    g_free(pair->bob);
    stage_close(pair->stage);
}

/* Both ways round. */
static void on_both(void (*check)(struct pair *pair))
{
    for (int i = 0; i < 2; i++) {
        struct pair pair = pair_open(i == 0);
        check(&pair);
        pair_close(&pair);
    }
}

static enum verdict_kind drop(struct pair *pair, const struct actor *actor)
{
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = pair->bob};
    return stage_do(pair->stage, actor, &remove);
}

static void check_roles(struct pair *pair)
{
    g_autoptr(PersonFacts) facts = stage_facts(pair->stage, pair->bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->links->len, 2);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    const struct link_facts *first = person_facts_link(facts, pair->first.origin);
    const struct link_facts *second = person_facts_link(facts, pair->second.origin);
    assert_string_equal(first->external_id, "x-bob");
    assert_string_equal(second->external_id, "other-1");
    assert_int_equal(first->projects->len, 0);
    assert_int_equal(second->projects->len, 1);
    const struct stage_edit more = {.project = "search", .project_role = PROJECT_ROLE_ADMIN},
                            none = {.project = "search"};
    assert_int_equal(stage_edit(pair->stage, &pair->first, pair->bob, &more), VERDICT_DONE);
    g_autoptr(PersonFacts) higher = stage_facts(pair->stage, pair->bob);
    assert_int_equal(project_roles_find(higher->projects, "search"), PROJECT_ROLE_ADMIN);
    assert_int_equal(stage_edit(pair->stage, &pair->first, pair->bob, &none), VERDICT_DONE);
    g_autoptr(PersonFacts) lower = stage_facts(pair->stage, pair->bob);
    assert_int_equal(project_roles_find(lower->projects, "search"), PROJECT_ROLE_READ_WRITE);
}

static void each_has_its_own_roles_and_the_highest_counts(void **state)
{
    (void)state;
    on_both(check_roles);
}

static void check_activity(struct pair *pair)
{
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    assert_int_equal(stage_edit(pair->stage, &pair->second, pair->bob, &off), VERDICT_DONE);
    assert_int_equal(stage_status(pair->stage, pair->bob), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(pair->stage, &pair->first, pair->bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(pair->stage, &pair->second, pair->bob, &on), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(pair->stage, pair->bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_non_null(strstr(facts->reason, pair->first.origin));
    assert_int_equal(stage_edit(pair->stage, &pair->first, pair->bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(pair->stage, pair->bob), PERSON_ACTIVE);
}

static void each_suspends_and_lifts_its_own_suspension_alone(void **state)
{
    (void)state;
    on_both(check_activity);
}

static void check_second_goes_first(struct pair *pair)
{
    assert_int_equal(drop(pair, &pair->second), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(pair->stage, pair->bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->links->len, 1);
    assert_int_equal(facts->projects->len, 0);
    assert_int_equal(drop(pair, &pair->first), VERDICT_DONE);
    assert_null(stage_facts(pair->stage, pair->bob));
}

static void check_first_goes_first(struct pair *pair)
{
    assert_int_equal(drop(pair, &pair->first), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(pair->stage, pair->bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    /* The profile is the oldest link's: now the other's. */
    const struct stage_edit renamed = {.address = "rob@example.com"};
    assert_int_equal(stage_edit(pair->stage, &pair->second, pair->bob, &renamed), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(pair->stage, pair->bob);
    assert_string_equal(after->address, "rob@example.com");
    assert_int_equal(drop(pair, &pair->second), VERDICT_DONE);
    assert_null(stage_facts(pair->stage, pair->bob));
}

static void a_delete_drops_its_own_link_and_the_person_goes_with_the_last(void **state)
{
    (void)state;
    on_both(check_second_goes_first);
    on_both(check_first_goes_first);
}

static void check_return(struct pair *pair)
{
    assert_int_equal(drop(pair, &pair->second), VERDICT_DONE);
    adopt(pair);
    check_roles(pair);
}

static void who_let_go_may_adopt_again(void **state)
{
    (void)state;
    on_both(check_return);
}

static void check_first_contact(struct pair *pair)
{
    g_autofree char *eve = stage_linked(pair->stage, &pair->first, "eve@example.com",
                                        ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) before = stage_facts(pair->stage, eve);
    const struct stage_edit adoption = {
        .external_id = "other-2", .active = 1, .address = "eva@example.com"};
    assert_int_equal(stage_edit(pair->stage, &pair->second, eve, &adoption), VERDICT_DONE);
    assert_int_equal(stage_edit(pair->stage, &pair->second, eve, &adoption), VERDICT_UNCHANGED);
    g_autoptr(PersonFacts) after = stage_facts(pair->stage, eve);
    assert_string_equal(after->user_name, before->user_name);
    assert_string_equal(after->address, before->address);
    assert_string_equal(after->profile, before->profile);
    assert_int_equal(after->role, before->role);
}

static void R15_adoption_changes_no_attribute_at_first_contact(void **state)
{
    (void)state;
    on_both(check_first_contact);
}

static void check_foreign(struct pair *pair)
{
    g_autofree char *eve = stage_linked(pair->stage, &pair->first, "eve@example.com",
                                        ORGANIZATION_ROLE_MEMBER, TRUE);
    struct actor shy = pair->second;
    const struct stage_edit adoption = {.external_id = "other-2", .active = 1},
                            off = {.active = -1};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = eve};
    stage_edit(pair->stage, &pair->second, eve, &off);
    stage_assert_refused(pair->stage, REFUSAL_ORIGIN);
    shy.may_adopt = FALSE;
    stage_edit(pair->stage, &shy, eve, &adoption);
    stage_assert_refused(pair->stage, REFUSAL_ORIGIN);
    stage_do(pair->stage, &shy, &remove);
    stage_assert_refused(pair->stage, REFUSAL_ORIGIN);
    assert_int_equal(stage_status(pair->stage, eve), PERSON_ACTIVE);
}

static void others_people_are_refused_unless_an_external_id_adopts_them(void **state)
{
    (void)state;
    on_both(check_foreign);
}

static void R12_what_is_invalid_in_one_part_changes_no_part(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), okta = stage_provider("scim:okta");
    const struct actor *const services[] = {&corp, &okta};
    const struct stage_edit edits[] = {
        {.user_name = "rob@example.com", .project = "nowhere", .project_role = 1},
        {.user_name = "dana@example.com", .project = "search", .project_role = 1},
        {.user_name = "rob@elsewhere.com", .project = "search", .project_role = 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        g_autofree char *bob =
            stage_linked(stage, services[i], "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
        const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
        g_autoptr(PersonFacts) before = stage_facts(stage, bob);
        /* A project that is not there grants a provider nothing, and is no fault. */
        for (size_t j = i; j < G_N_ELEMENTS(edits); j++) {
            enum verdict_kind kind = stage_edit(stage, services[i], bob, &edits[j]);
            assert_true(kind == VERDICT_INVALID || kind == VERDICT_TAKEN);
        }
        g_autoptr(PersonFacts) after = stage_facts(stage, bob);
        assert_int_equal(after->version, before->version);
        assert_string_equal(after->user_name, "bob@example.com");
        assert_int_equal(after->projects->len, 0);
        assert_int_equal(stage_do(stage, services[i], &remove), VERDICT_DONE);
    }
    stage_close(stage);
}

static void R18_the_same_address_in_two_organizations_is_two_people(void **state)
{
    (void)state;
    static const char *const owners[] = {"olga@example.com", NULL};
    struct stage *stage = stage_open(10);
    const struct organization_draft other = {.name = "other", .owners = owners};
    const struct act found = {.kind = ACT_ORGANIZATION_CREATE, .organization = &other};
    const struct actor system = actor_system("other");
    assert_int_equal(stage_do(stage, &system, &found), VERDICT_DONE);
    struct actor here = stage_provider("scim:okta"), there = here;
    there.organization = "other";
    g_autofree char *bob =
        stage_linked(stage, &here, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *twin =
        stage_linked(stage, &there, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_string_not_equal(bob, twin);
    const struct act crossed = {.kind = ACT_PERSON_REMOVE, .id = bob},
                     remove = {.kind = ACT_PERSON_REMOVE, .id = twin};
    assert_int_equal(stage_do(stage, &there, &crossed), VERDICT_NOT_FOUND);
    assert_int_equal(stage_do(stage, &there, &remove), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_roles_and_the_highest_counts),
        cmocka_unit_test(each_suspends_and_lifts_its_own_suspension_alone),
        cmocka_unit_test(a_delete_drops_its_own_link_and_the_person_goes_with_the_last),
        cmocka_unit_test(who_let_go_may_adopt_again),
        cmocka_unit_test(R15_adoption_changes_no_attribute_at_first_contact),
        cmocka_unit_test(others_people_are_refused_unless_an_external_id_adopts_them),
        cmocka_unit_test(R12_what_is_invalid_in_one_part_changes_no_part),
        cmocka_unit_test(R18_the_same_address_in_two_organizations_is_two_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
