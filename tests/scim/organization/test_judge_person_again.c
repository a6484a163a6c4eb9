/* Providers must never loop: who is pushed again, after whatever became of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_person.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind post(struct stage *stage, const struct actor *actor,
                              const char *user_name, const char *address,
                              const char *external_id)
{
    const struct person_draft draft = {.user_name = user_name,
                                       .address = address,
                                       .external_id = external_id,
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    return stage_do(stage, actor, &act);
}

static char *accepted(struct stage *stage, const struct actor *okta)
{
    return stage_linked(stage, okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
}

static void
after_a_delete_the_same_name_and_external_id_bring_the_same_person_back(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob = accepted(stage, &okta);
    stage_remove(stage, &okta, bob);
    assert_int_equal(post(stage, &okta, "BOB@example.com", "bob@example.com", "x-bob"),
                     VERDICT_DONE);
    assert_string_equal(stage->verdict.id, bob);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void after_a_delete_one_of_the_two_alone_is_somebody_new(void **state)
{
    (void)state;

    static const struct {
        const char *user_name, *external_id;
    } cases[] = {{"bob@example.com", "x-other"},
                 {"bob@example.com", NULL},
                 {"rob@example.com", "x-bob"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        const struct actor okta = stage_provider("scim:okta");
        g_autofree char *bob = accepted(stage, &okta);
        stage_remove(stage, &okta, bob);
        assert_int_equal(
            post(stage, &okta, cases[i].user_name, cases[i].user_name, cases[i].external_id),
            VERDICT_DONE);
        assert_string_not_equal(stage->verdict.id, bob);
        g_autofree char *again = g_strdup(stage->verdict.id);
        assert_int_equal(stage_status(stage, again), PERSON_INVITED);
        stage_close(stage);
    }
}

static void an_active_one_again_is_409(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob = accepted(stage, &okta);
    assert_int_equal(post(stage, &okta, "bob@example.com", "bob@example.com", "x-bob"),
                     VERDICT_TAKEN);
    stage_close(stage);
}

static void a_held_one_again_is_409_and_a_corrected_write_releases_them(void **state)
{
    (void)state;

    static const struct {
        const char *address, *words;
    } cases[] = {{"bob@elsewhere.com", "domains"},
                 {"dana@example.com", "Another person"},
                 {NULL, "no address"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        const struct actor okta = stage_provider("scim:okta");
        assert_int_equal(post(stage, &okta, "bob", cases[i].address, "x-bob"), VERDICT_DONE);
        g_autofree char *bob = g_strdup(stage->verdict.id);
        g_autoptr(PersonFacts) held = stage_facts(stage, bob);
        assert_int_equal(held->status, PERSON_HELD);
        assert_non_null(strstr(held->reason, cases[i].words));
        assert_int_equal(stage_seats_used(stage), 2);
        assert_int_equal(post(stage, &okta, "bob", cases[i].address, "x-bob"), VERDICT_TAKEN);
        const struct stage_edit good = {.address = "bob@example.com"};
        assert_int_equal(stage_edit(stage, &okta, bob, &good), VERDICT_DONE);
        assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
        stage_close(stage);
    }
}

static void somebody_an_owner_removed_is_held_until_an_owner_invites(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), dana = stage_person(stage->dana);
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *bob = accepted(stage, &okta);
    stage_remove(stage, &dana, bob);
    assert_int_equal(post(stage, &okta, "bob@example.com", "bob@example.com", "x-bob"),
                     VERDICT_DONE);
    g_autofree char *again = g_strdup(stage->verdict.id);
    assert_int_equal(stage_status(stage, again), PERSON_HELD);
    /* Off and on again does not get around it. */
    assert_int_equal(stage_edit(stage, &okta, again, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, again, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, again), PERSON_HELD);
    assert_int_equal(stage_edit(stage, &okta, again, &on), VERDICT_UNCHANGED);
    g_autofree char *invited =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_string_equal(invited, again);
    assert_int_equal(stage_status(stage, again), PERSON_INVITED);
    stage_close(stage);
}

static void a_strict_connection_hears_409_of_somebody_suspended(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_provider("scim:okta");
    const struct stage_edit off = {.active = -1};
    g_autofree char *bob = accepted(stage, &okta);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    okta.is_strict = TRUE;
    assert_int_equal(post(stage, &okta, "bob@example.com", "bob@example.com", "x-bob"),
                     VERDICT_TAKEN);
    okta.is_strict = FALSE;
    assert_int_equal(post(stage, &okta, "bob@example.com", "bob@example.com", "x-bob"),
                     VERDICT_DONE);
    assert_true(stage->verdict.resumed);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void
R02_a_restoring_post_does_not_move_an_accepted_address_out_of_the_domains(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct stage_edit off = {.active = -1};
    g_autofree char *bob = accepted(stage, &okta);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(post(stage, &okta, "bob@example.com", "bob@evil.example", "x-bob"),
                     VERDICT_DONE);
    assert_int_equal(stage->verdict.forgiven, 1);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_string_equal(facts->address, "bob@example.com");
    stage_close(stage);
}

static void a_deactivation_counts_what_was_refused_beside_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct stage_edit off = {.active = -1,
                                   .user_name = "dana@example.com",
                                   .address = "bob@evil.example",
                                   .role = ORGANIZATION_ROLE_OWNER};
    g_autofree char *bob = accepted(stage, &okta);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage->verdict.forgiven, 3);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_string_equal(facts->user_name, "bob@example.com");
    assert_string_equal(facts->address, "bob@example.com");
    assert_int_equal(person_facts_link(facts, "scim:okta")->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void a_protected_owner_is_refused_by_name(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_provider("scim:okta");
    okta.may_adopt = TRUE;
    const struct stage_edit adopt = {.external_id = "00u1", .role = ORGANIZATION_ROLE_MEMBER},
                            off = {.active = -1};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = stage->vera};
    assert_int_equal(stage_edit(stage, &okta, stage->vera, &adopt), VERDICT_DONE);
    stage_edit(stage, &okta, stage->vera, &off);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    assert_non_null(strstr(stage->verdict.fault.detail, "vera@example.com"));
    stage_do(stage, &okta, &remove);
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_OWNER);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            after_a_delete_the_same_name_and_external_id_bring_the_same_person_back),
        cmocka_unit_test(after_a_delete_one_of_the_two_alone_is_somebody_new),
        cmocka_unit_test(an_active_one_again_is_409),
        cmocka_unit_test(a_held_one_again_is_409_and_a_corrected_write_releases_them),
        cmocka_unit_test(somebody_an_owner_removed_is_held_until_an_owner_invites),
        cmocka_unit_test(a_strict_connection_hears_409_of_somebody_suspended),
        cmocka_unit_test(
            R02_a_restoring_post_does_not_move_an_accepted_address_out_of_the_domains),
        cmocka_unit_test(a_deactivation_counts_what_was_refused_beside_it),
        cmocka_unit_test(a_protected_owner_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
