#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_person.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind create(struct stage *stage, const struct actor *actor,
                                const struct person_draft *draft)
{
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = draft};
    return stage_do(stage, actor, &act);
}

static struct person_draft draft_of(const char *address, const char *external_id)
{
    return (struct person_draft){.user_name = address,
                                 .address = address,
                                 .profile = "{}",
                                 .external_id = external_id,
                                 .active = TRUE};
}

static void S3_a_new_person_is_invited_and_the_link_shown_to_people_alone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator(), okta = stage_provider("scim:okta"),
                       corp = stage_sync("directory:corp");
    struct person_draft draft = draft_of("a@example.com", NULL);
    assert_int_equal(create(stage, &operator, & draft), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_int_equal(strlen(stage->verdict.token), 43);
    assert_int_equal(stage->verdict.version, 1);
    draft = draft_of("b@example.com", "1");
    assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
    assert_null(stage->verdict.token);
    assert_non_null(stage->verdict.invitation);
    draft = draft_of("c@example.com", "1");
    assert_int_equal(create(stage, &corp, &draft), VERDICT_DONE);
    assert_null(stage->verdict.token);
    assert_int_equal(stage_seats_used(stage), 5);
    stage_close(stage);
}

static void R01_ids_never_come_from_input(void **state)
{
    (void)state;
    struct stage *stage = stage_open(100);
    const struct actor okta = stage_provider("scim:okta");
    const char *const hostile[] = {stage->dana, "0",     "1",           "-1",
                                   "1e400",     "'; --", "\xe2\x80\xae"};
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *address = g_strdup_printf("h%zu@example.com", i);
        struct person_draft draft = draft_of(address, hostile[i]);
        assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
        assert_int_equal(strlen(stage->verdict.id), 32);
        assert_string_not_equal(stage->verdict.id, hostile[i]);
    }
    assert_int_equal(stage_status(stage, stage->dana), PERSON_ACTIVE);
    stage_close(stage);
}

/* An owner who then promotes "ceo@example.com" would promote whoever reads bob's mail. */
static void only_an_owner_gives_a_user_name_that_is_another_address(void **state)
{
    (void)state;

    static const struct {
        const char *user_name;
        enum verdict_kind member;
    } cases[] = {
        {"ceo@example.com", VERDICT_REFUSED},
        {"ceo@elsewhere.org", VERDICT_REFUSED},
        {"BOB@example.com", VERDICT_DONE},
        {"bob", VERDICT_DONE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        g_autofree char *mia =
            stage_member(stage, "mia@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
        const struct actor member = stage_person(mia), owner = stage_person(stage->dana);
        struct person_draft draft = draft_of(cases[i].user_name, NULL);
        draft.address = "bob@example.com";
        assert_int_equal(create(stage, &member, &draft), cases[i].member);
        if (cases[i].member == VERDICT_REFUSED) {
            stage_assert_refused(stage, REFUSAL_PERMISSION);
            assert_int_equal(create(stage, &owner, &draft), VERDICT_DONE);
        }
        stage_close(stage);
    }
}

static void a_taken_user_name_is_409_whatever_its_case(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    struct person_draft draft = draft_of("DANA@Example.com", "1");
    assert_int_equal(create(stage, &okta, &draft), VERDICT_TAKEN);
    assert_int_equal(stage->verdict.fault.status, 409);
    stage_close(stage);
}

static void what_cannot_be_mailed_is_held_for_providers_and_400_for_others(void **state)
{
    (void)state;

    static const struct {
        const char *address;
        enum verdict_kind others;
    } cases[] = {
        {"bob@elsewhere.org", VERDICT_INVALID},
        {"not an address", VERDICT_INVALID},
        {"dana@example.com", VERDICT_TAKEN},
        {NULL, VERDICT_INVALID},
    };
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), operator= stage_operator(),
                       corp = stage_sync("directory:corp");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *user_name = g_strdup_printf("user%zu", i);
        struct person_draft draft = draft_of(user_name, NULL);
        draft.address = cases[i].address;
        assert_int_equal(create(stage, &operator, & draft), cases[i].others);
        draft.external_id = user_name;
        assert_int_equal(create(stage, &corp, &draft), cases[i].others);
        assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
        assert_int_equal(stage->verdict.event, VERDICT_EVENT_HELD);
        g_autoptr(PersonFacts) facts = stage_facts(stage, stage->verdict.id);
        assert_int_equal(facts->status, PERSON_HELD);
        assert_non_null(facts->reason);
        assert_null(facts->address);
    }
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

static void a_connection_gives_roles_up_to_its_highest(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor okta = stage_provider("scim:okta");
    struct person_draft draft = draft_of("bob@example.com", "1");
    draft.has_roles = TRUE;
    draft.role = ORGANIZATION_ROLE_OWNER;
    create(stage, &okta, &draft);
    stage_assert_refused(stage, REFUSAL_MAX_ROLE);
    okta.max_role = ORGANIZATION_ROLE_OWNER;
    assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
    stage_close(stage);
}

static void a_project_that_is_not_there_is_400_and_a_provider_is_forgiven(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), corp = stage_sync("directory:corp");
    const struct project_grant grant = {"nowhere", PROJECT_ROLE_ADMIN};
    struct person_draft draft = draft_of("bob@example.com", "1");
    draft.has_roles = TRUE;
    draft.projects = &grant;
    draft.project_count = 1;
    assert_int_equal(create(stage, &corp, &draft), VERDICT_INVALID);
    assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->verdict.id);
    assert_int_equal(facts->projects->len, 0);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_MEMBER);
    stage_close(stage);
}

static void S5_the_cap_is_exact(void **state)
{
    (void)state;
    struct stage *stage = stage_open(5);
    const struct actor operator= stage_operator();
    for (int i = 0; i < 4; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        struct person_draft draft = draft_of(address, NULL);
        if (i < 3) {
            assert_int_equal(create(stage, &operator, & draft), VERDICT_DONE);
            continue;
        }
        create(stage, &operator, & draft);
        stage_assert_refused(stage, REFUSAL_SEAT_CAP);
        assert_int_equal(stage->verdict.fault.refusal.limit, 5);
        assert_int_equal(stage->verdict.fault.refusal.used, 5);
    }
    assert_int_equal(stage_seats_used(stage), 5);
    stage_close(stage);
}

static void remove_by(struct stage *stage, const struct actor *actor, const char *id)
{
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = id};
    assert_int_equal(stage_do(stage, actor, &act), VERDICT_DONE);
}

static void a_removed_person_is_restored_inside_the_window_without_a_mail(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_BILLING_ADMIN, TRUE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_READ_ONLY);
    remove_by(stage, &corp, bob);
    stage->now += JUDGE_RESTORE_WINDOW - 1;
    struct person_draft draft = draft_of("bob@example.com", "x-bob");
    assert_int_equal(create(stage, &corp, &draft), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_RESTORED);
    assert_null(stage->verdict.invitation);
    assert_string_equal(stage->verdict.id, bob);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_ACTIVE);
    assert_int_equal(facts->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_ONLY);
    stage_close(stage);
}

/* Back as they were: an owner's suspension is not got around by removing and adding again. */
static void whom_an_owner_suspended_comes_back_suspended(void **state)
{
    (void)state;
    for (int by_provider = 0; by_provider < 2; by_provider++) {
        struct stage *stage = stage_open(10);
        const struct actor dana = stage_person(stage->dana),
                           service = by_provider ? stage_provider("scim:okta")
                                                 : stage_sync("directory:corp");
        struct project_grant grants[4];
        g_autofree char *bob =
            stage_linked(stage, &service, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
        g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
        struct person_draft draft = stage_draft(facts, &dana, grants);
        draft.active = FALSE;
        const struct act suspend = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
        assert_int_equal(stage_do(stage, &dana, &suspend), VERDICT_DONE);
        remove_by(stage, &service, bob);
        g_autofree char *back =
            stage_linked(stage, &service, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
        assert_string_equal(back, bob);
        assert_int_equal(stage->verdict.event, VERDICT_EVENT_RESTORED);
        assert_null(stage->verdict.invitation);
        assert_int_equal(stage_seats_used(stage), 2);
        g_autoptr(PersonFacts) restored = stage_facts(stage, bob);
        assert_int_equal(restored->status, PERSON_SUSPENDED);
        assert_string_equal(restored->reason, "Suspended by an owner.");
        /* An owner lifts it: they had accepted, so nothing is mailed. */
        draft.active = TRUE;
        assert_int_equal(stage_do(stage, &dana, &suspend), VERDICT_DONE);
        assert_null(stage->verdict.invitation);
        assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
        stage_close(stage);
    }
}

static void after_the_window_they_are_invited_anew(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    remove_by(stage, &corp, bob);
    stage->now += JUDGE_RESTORE_WINDOW;
    struct person_draft draft = draft_of("bob@example.com", "x-bob");
    assert_int_equal(create(stage, &corp, &draft), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_string_not_equal(stage->verdict.id, bob);
    stage_close(stage);
}

static void a_providers_external_id_alone_restores_nobody(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    remove_by(stage, &okta, bob);
    struct person_draft draft = draft_of("mallory@example.com", "x-bob");
    assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_string_not_equal(stage->verdict.id, bob);
    stage_close(stage);
}

static void a_suspended_person_posted_again_is_reactivated(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    struct project_grant grants[4];
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct person_draft off = stage_draft(facts, &okta, grants);
    off.active = FALSE;
    const struct act suspend = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &off};
    assert_int_equal(stage_do(stage, &okta, &suspend), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    struct person_draft draft = draft_of("bob@example.com", "x-bob");
    assert_int_equal(create(stage, &okta, &draft), VERDICT_DONE);
    assert_string_equal(stage->verdict.id, bob);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void markers_refuse_a_sync_and_hold_a_provider_until_an_owner_invites(void **state)
{
    (void)state;
    static const char *const origins[] = {"directory:corp", "scim:okta"};
    for (int i = 0; i < 2; i++) {
        struct stage *stage = stage_open(10);
        const struct actor service =
            i == 0 ? stage_sync(origins[i]) : stage_provider(origins[i]);
        const struct actor operator= stage_operator();
        g_autofree char *bob =
            stage_linked(stage, &service, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
        remove_by(stage, &operator, bob);
        g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
        assert_int_equal(markers->len, 1);
        struct person_draft draft = draft_of("bob@example.com", "x-bob");
        if (i == 0) {
            create(stage, &service, &draft);
            stage_assert_refused(stage, REFUSAL_PERMISSION);
            assert_non_null(strstr(stage->verdict.fault.detail, "was removed"));
        } else {
            assert_int_equal(create(stage, &service, &draft), VERDICT_DONE);
            assert_int_equal(stage->verdict.event, VERDICT_EVENT_HELD);
        }
        g_autofree char *again =
            stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        assert_int_equal(stage_status(stage, again), PERSON_INVITED);
        g_autoptr(GPtrArray) left = marker_list(stage->session, "acme", "", NULL);
        assert_int_equal(left->len, 0);
        stage_close(stage);
    }
}

static void a_sync_names_its_directory(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor nameless = stage_sync(NULL);
    struct person_draft draft = draft_of("bob@example.com", "1");
    create(stage, &nameless, &draft);
    stage_assert_refused(stage, REFUSAL_ORIGIN);
    stage_close(stage);
}

static void the_same_anchor_twice_is_409_for_a_sync(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct person_draft draft = draft_of("bob@example.com", "1");
    assert_int_equal(create(stage, &corp, &draft), VERDICT_DONE);
    draft = draft_of("robert@example.com", "1");
    assert_int_equal(create(stage, &corp, &draft), VERDICT_TAKEN);
    stage_close(stage);
}

static void whom_people_make_inactive_an_owner_can_reactivate(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct project_grant grants[4];
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *ann = stage_member(stage, "ann@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor member = stage_person(ann);
    struct person_draft off = draft_of("off@example.com", NULL);
    off.active = FALSE;
    create(stage, &member, &off);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(create(stage, &dana, &off), VERDICT_DONE);
    g_autofree char *id = g_strdup(stage->verdict.id);
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_true(facts->suspended_by_owner);
    struct person_draft on = stage_draft(facts, &dana, grants);
    on.active = TRUE;
    const struct act reactivate = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &on};
    assert_int_equal(stage_do(stage, &dana, &reactivate), VERDICT_DONE);
    assert_int_equal(stage_status(stage, id), PERSON_INVITED);
    stage_close(stage);
}

/* Accepted, then removed by an owner: a marker stands. */
static void leave_marker(struct stage *stage, const struct actor *okta, const char *address)
{
    g_autofree char *id = stage_linked(stage, okta, address, ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct actor operator= stage_operator();
    remove_by(stage, &operator, id);
}

/* Sent again by the provider under her marker: held. The caller frees the id. */
static char *hold_ann(struct stage *stage, const struct actor *okta)
{
    const struct person_draft ann = draft_of("ann@example.com", "x-ann");
    leave_marker(stage, okta, "ann@example.com");
    assert_int_equal(create(stage, okta, &ann), VERDICT_DONE);
    char *id = g_strdup(stage->verdict.id);
    assert_int_equal(stage_status(stage, id), PERSON_HELD);
    return id;
}

static void a_provider_does_not_get_around_a_marker(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct project_grant grants[4];
    const struct actor okta = stage_provider("scim:okta");
    /* By a suspension and a second POST. */
    const struct person_draft ann = draft_of("ann@example.com", "x-ann");
    g_autofree char *id = hold_ann(stage, &okta);
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_int_equal(facts->status, PERSON_HELD);
    struct person_draft off = stage_draft(facts, &okta, grants);
    off.active = FALSE;
    const struct act suspend = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &off};
    assert_int_equal(stage_do(stage, &okta, &suspend), VERDICT_DONE);
    assert_int_equal(create(stage, &okta, &ann), VERDICT_DONE);
    assert_int_equal(stage_status(stage, id), PERSON_HELD);
    /* By another externalId, at once or afterwards. */
    struct person_draft renamed = stage_draft(facts, &okta, grants);
    renamed.external_id = "y-ann";
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &renamed};
    assert_int_equal(stage_do(stage, &okta, &edit), VERDICT_DONE);
    renamed.display_name = "Ann";
    assert_int_equal(stage_do(stage, &okta, &edit), VERDICT_DONE);
    assert_int_equal(stage_status(stage, id), PERSON_HELD);
    const char *const others[] = {NULL, "z-bob"};
    leave_marker(stage, &okta, "bob@example.com");
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        struct person_draft bob = draft_of("bob@example.com", others[i]);
        assert_int_equal(create(stage, &okta, &bob), VERDICT_DONE);
        assert_int_equal(stage_status(stage, stage->verdict.id), PERSON_HELD);
        g_autofree char *held = g_strdup(stage->verdict.id);
        remove_by(stage, &okta, held);
    }
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

/* Name, address and externalId, one after the other, until nothing is as it was. */
static void a_marker_stands_for_the_person_whatever_they_are_called_now(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct project_grant grants[4];
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *id = hold_ann(stage, &okta);
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, &okta, grants);
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    for (int step = 0; step < 3; step++) {
        draft.address = "eve@example.com";
        draft.user_name = step >= 1 ? "eve@example.com" : draft.user_name;
        draft.external_id = step >= 2 ? "x-eve" : draft.external_id;
        assert_int_equal(stage_do(stage, &okta, &edit), VERDICT_DONE);
        assert_int_equal(stage_status(stage, id), PERSON_HELD);
        assert_int_equal(stage_do(stage, &okta, &edit), VERDICT_UNCHANGED);
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S3_a_new_person_is_invited_and_the_link_shown_to_people_alone),
        cmocka_unit_test(R01_ids_never_come_from_input),
        cmocka_unit_test(only_an_owner_gives_a_user_name_that_is_another_address),
        cmocka_unit_test(a_taken_user_name_is_409_whatever_its_case),
        cmocka_unit_test(what_cannot_be_mailed_is_held_for_providers_and_400_for_others),
        cmocka_unit_test(a_connection_gives_roles_up_to_its_highest),
        cmocka_unit_test(a_project_that_is_not_there_is_400_and_a_provider_is_forgiven),
        cmocka_unit_test(S5_the_cap_is_exact),
        cmocka_unit_test(a_removed_person_is_restored_inside_the_window_without_a_mail),
        cmocka_unit_test(whom_an_owner_suspended_comes_back_suspended),
        cmocka_unit_test(after_the_window_they_are_invited_anew),
        cmocka_unit_test(a_providers_external_id_alone_restores_nobody),
        cmocka_unit_test(a_suspended_person_posted_again_is_reactivated),
        cmocka_unit_test(markers_refuse_a_sync_and_hold_a_provider_until_an_owner_invites),
        cmocka_unit_test(a_sync_names_its_directory),
        cmocka_unit_test(the_same_anchor_twice_is_409_for_a_sync),
        cmocka_unit_test(whom_people_make_inactive_an_owner_can_reactivate),
        cmocka_unit_test(a_provider_does_not_get_around_a_marker),
        cmocka_unit_test(a_marker_stands_for_the_person_whatever_they_are_called_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
