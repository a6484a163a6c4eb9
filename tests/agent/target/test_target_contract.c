/*
 * The contract of agent/sync/target.h, kept by scim_target over HTTP against the real endpoint.
 * Every kind of step is carried out three times: straight, with its answer lost, and with the
 * request lost; it must take effect once each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "tests/agent/target/contract_world.h"

static void an_invitation(struct contract_world *world)
{
    g_autofree char *id = contract_world_invite(world, "a1", "ann@example.com");
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    const struct actual_person *ann = actual_find(actual, id);
    assert_non_null(ann);
    assert_int_equal(actual->cap, 10);
    assert_int_equal(actual->seats_used, 3);
    assert_int_equal(ann->status, ACTUAL_INVITED);
    assert_false(ann->joined);
    assert_non_null(ann->invitation);
    assert_int_equal(ann->invitation_expires, FIXTURE_NOW + 48 * 3600);
    assert_string_equal(ann->profile.field[PROFILE_MAIL], "ann@example.com");
    assert_string_equal(ann->profile.field[PROFILE_DISPLAY_NAME], "Ann \"A\" \xc3\x84");
    assert_string_equal(ann->profile.field[PROFILE_DEPARTMENT], "Search");
    assert_int_equal(ann->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(ann->link_count, 1);
    assert_string_equal(contract_world_corp_link(ann)->external_id, "a1");
    assert_int_equal(contract_world_corp_link(ann)->role, ORGANIZATION_ROLE_MEMBER);
}

static void a_reissue(struct contract_world *world)
{
    static struct plan_role_change search = {"search", PROJECT_ROLE_NONE,
                                             PROJECT_ROLE_READ_WRITE};
    enum losing_relay_loss loss = world->loss;
    world->loss = LOSING_RELAY_NOTHING;
    g_autofree char *id = contract_world_invite(world, "a1", "ann@example.com");
    world->loss = loss;
    struct plan_step step = contract_world_step_of(PLAN_REISSUE, "a1");
    step.organization_from = ORGANIZATION_ROLE_MEMBER;
    step.organization_to = ORGANIZATION_ROLE_BILLING_ADMIN;
    step.projects = &search;
    step.project_count = 1;
    step.profile_mask = 1U << PROFILE_USER_NAME | 1U << PROFILE_MAIL;
    step.profile = (struct profile){
        {[PROFILE_USER_NAME] = "ann.new@example.com", [PROFILE_MAIL] = "ann.new@example.com"}};
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    const struct actual_person *ann = actual_find(actual, id);
    assert_string_equal(ann->profile.field[PROFILE_USER_NAME], "ann.new@example.com");
    assert_string_equal(ann->profile.field[PROFILE_MAIL], "ann.new@example.com");
    assert_int_equal(ann->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(ann->project_count, 1);
    assert_int_equal(ann->status, ACTUAL_INVITED);
}

static void a_revocation(struct contract_world *world)
{
    enum losing_relay_loss loss = world->loss;
    world->loss = LOSING_RELAY_NOTHING;
    g_autofree char *id = contract_world_invite(world, "a1", "ann@example.com");
    world->loss = loss;
    const struct plan_step step = contract_world_step_of(PLAN_REVOKE, "a1");
    assert_null(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    assert_null(actual_find(actual, id));
    assert_int_equal(actual->seats_used, 2);
}

static void an_organization_role(struct contract_world *world)
{
    g_autofree char *id = contract_world_make_member(world, "a1", "ann@example.com");
    struct plan_step step = contract_world_step_of(PLAN_SET_ORGANIZATION_ROLE, "a1");
    step.organization_from = ORGANIZATION_ROLE_MEMBER;
    step.organization_to = ORGANIZATION_ROLE_OWNER;
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    assert_int_equal(actual_find(actual, id)->role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(actual_find(actual, id)->status, ACTUAL_ACTIVE);
}

static void a_project_role(struct contract_world *world)
{
    static struct plan_role_change give = {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_READ_ONLY};
    static struct plan_role_change raise = {"search", PROJECT_ROLE_READ_ONLY,
                                            PROJECT_ROLE_ADMIN};
    static struct plan_role_change take = {"search", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE};
    struct plan_step step = contract_world_step_of(PLAN_SET_PROJECT_ROLE, "a1");
    g_autofree char *id = contract_world_make_member(world, "a1", "ann@example.com");
    step.project_count = 1;
    step.projects = &give;
    g_free(contract_world_do_step(world, &step, id));
    step.projects = &raise;
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) raised = contract_world_read_acme(world);
    assert_int_equal(actual_find(raised, id)->project_count, 1);
    assert_int_equal(actual_find(raised, id)->projects[0].role, PROJECT_ROLE_ADMIN);
    assert_int_equal(actual_find_project(raised, "search")->admin_count, 2);

    step.kind = PLAN_REMOVE_PROJECT_ROLE;
    step.projects = &take;
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) taken = contract_world_read_acme(world);
    assert_int_equal(actual_find(taken, id)->project_count, 0);
    assert_int_equal(actual_find(taken, id)->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(actual_find_project(taken, "search")->admin_count, 1);
}

static void a_profile(struct contract_world *world)
{
    g_autofree char *id = contract_world_make_member(world, "a1", "ann@example.com");
    struct plan_step step = contract_world_step_of(PLAN_UPDATE_PROFILE, "a1");
    step.profile_mask = (1U << PROFILE_FIELDS) - 1;
    step.profile = (struct profile){{"anna@example.com", "anna.mail@example.com", "Anna", "An",
                                     "Na", "Lead", "7", "c", "o", "d", NULL}};
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    const struct actual_person *ann = actual_find(actual, id);
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        assert_int_equal(g_strcmp0(ann->profile.field[i], step.profile.field[i]), 0);
    }
    assert_int_equal(ann->status, ACTUAL_ACTIVE);
}

static void a_suspension(struct contract_world *world)
{
    g_autofree char *id = contract_world_make_member(world, "a1", "ann@example.com");
    const struct plan_step suspend = contract_world_step_of(PLAN_SUSPEND, "a1");
    const struct plan_step reactivate = contract_world_step_of(PLAN_REACTIVATE, "a1");
    g_free(contract_world_do_step(world, &suspend, id));
    g_autoptr(Actual) suspended = contract_world_read_acme(world);
    assert_int_equal(actual_find(suspended, id)->status, ACTUAL_SUSPENDED);
    assert_false(contract_world_corp_link(actual_find(suspended, id))->active);
    assert_false(actual_find(suspended, id)->suspended_by_owner);
    assert_int_equal(suspended->seats_used, 2);
    g_free(contract_world_do_step(world, &reactivate, id));
    g_autoptr(Actual) back = contract_world_read_acme(world);
    assert_int_equal(actual_find(back, id)->status, ACTUAL_ACTIVE);
    assert_true(contract_world_corp_link(actual_find(back, id))->active);
}

static void a_removal(struct contract_world *world)
{
    g_autofree char *id = contract_world_make_member(world, "a1", "ann@example.com");
    const struct plan_step step = contract_world_step_of(PLAN_REMOVE, "a1");
    assert_null(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    assert_null(actual_find(actual, id));
    assert_int_equal(actual->marker_count, 0);
}

static void a_stand_in(struct contract_world *world)
{
    static struct plan_role_change search = {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN};
    g_autoptr(Actual) before = contract_world_read_acme(world);
    const char *id = contract_world_find_by_name(before, FIXTURE_BREAKGLASS)->id;
    struct plan_step step = contract_world_step_of(PLAN_SET_PROJECT_ROLE, "");
    step.flags = PLAN_STAND_IN;
    step.projects = &search;
    step.project_count = 1;
    g_free(contract_world_do_step(world, &step, id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    assert_int_equal(actual_find(actual, id)->stands_in_count, 1);
    assert_string_equal(actual_find(actual, id)->stands_in[0], "search");
    assert_int_equal(actual_find_project(actual, "search")->admin_count, 2);
    assert_null(contract_world_corp_link(actual_find(actual, id)));
}

static void an_adoption(struct contract_world *world)
{
    const struct person_draft draft = {.user_name = "eve@example.com"};
    const struct act by_hand = {.kind = ACT_INVITE, .draft = &draft};
    server_fixture_act(&world->fixture, "acme", &by_hand);
    g_autoptr(Actual) before = contract_world_read_acme(world);
    const struct actual_person *eve = contract_world_find_by_name(before, "eve@example.com");
    assert_null(contract_world_corp_link(eve));
    struct plan_step step = contract_world_step_of(PLAN_SET_ORGANIZATION_ROLE, "a7");
    step.flags = PLAN_ADOPT;
    step.organization_to = ORGANIZATION_ROLE_BILLING_ADMIN;
    g_free(contract_world_do_step(world, &step, eve->id));
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    eve = actual_find(actual, eve->id);
    assert_int_equal(eve->link_count, 2);
    assert_string_equal(contract_world_corp_link(eve)->external_id, "a7");
    assert_int_equal(contract_world_corp_link(eve)->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(eve->role, ORGANIZATION_ROLE_BILLING_ADMIN);

    const struct plan_step leave = contract_world_step_of(PLAN_REMOVE, "a7");
    g_autofree char *id =
        contract_world_do_step(world, &leave, eve->id); /* the other link keeps them */
    assert_string_equal(id, eve->id);
}

static void every_kind_of_step_takes_effect_once_whatever_is_lost(void **state)
{
    (void)state;
    static void (*const scenarios[])(struct contract_world *) = {
        an_invitation, a_reissue,    a_revocation, an_organization_role, a_project_role,
        a_profile,     a_suspension, a_removal,    a_stand_in,           an_adoption,
    };

    static const enum losing_relay_loss losses[] = {LOSING_RELAY_NOTHING, LOSING_RELAY_REQUEST,
                                                    LOSING_RELAY_ANSWER};

    for (guint i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(losses); j++) {
            struct contract_world world;
            contract_world_open(&world, losses[j]);
            scenarios[i](&world);
            contract_world_close(&world);
        }
    }
}

static void a_write_on_an_old_base_or_on_nobody_is_a_conflict(void **state)
{
    (void)state;
    struct contract_world world;
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    contract_world_open(&world, LOSING_RELAY_NOTHING);
    g_autofree char *id = contract_world_make_member(&world, "a1", "ann@example.com");
    const struct plan_step step = contract_world_step_of(PLAN_SUSPEND, "a1");
    contract_world_expect_no(&world, &step, id, "W/\"99\"", &result, &error);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    g_clear_error(&error);
    contract_world_expect_no(&world, &step, "nobody", "W/\"1\"", &result, &error);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    assert_null(world.target->read_version(world.target, "acme", "nobody", NULL));
    target_result_clear(&result);
    contract_world_close(&world);
}

static void a_rule_that_says_no_is_named(void **state)
{
    (void)state;
    struct contract_world world;
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    contract_world_open(&world, LOSING_RELAY_NOTHING);
    g_autoptr(Actual) actual = contract_world_read_acme(&world);
    const struct actual_person *protected =
        contract_world_find_by_name(actual, FIXTURE_BREAKGLASS);
    assert_true(protected->is_protected);
    struct plan_step step = contract_world_step_of(PLAN_SUSPEND, "a9");
    contract_world_expect_no(&world, &step, protected->id, protected->version, &result, &error);
    assert_null(error);
    assert_int_equal(result.refusal.rule, REFUSAL_PROTECTED); /* whosever person it is */
    assert_non_null(result.refusal.detail);
    target_result_clear(&result);

    const struct actual_person *other = contract_world_find_by_name(actual, FIXTURE_DANA);
    contract_world_expect_no(&world, &step, other->id, other->version, &result, &error);
    assert_null(error);
    assert_int_equal(result.refusal.rule, REFUSAL_ORIGIN); /* somebody else's person */
    target_result_clear(&result);

    step = contract_world_step_of(PLAN_SET_ORGANIZATION_ROLE, "a9");
    step.flags = PLAN_ADOPT;
    step.organization_to = ORGANIZATION_ROLE_OWNER;
    contract_world_do_quietly(&world, &step, protected->id);
    g_autofree char *base =
        world.target->read_version(world.target, "acme", protected->id, NULL);
    step = contract_world_step_of(PLAN_SUSPEND, "a9");
    contract_world_expect_no(&world, &step, protected->id, base, &result, &error);
    assert_null(error);
    assert_int_equal(result.refusal.rule, REFUSAL_PROTECTED);
    target_result_clear(&result);

    for (guint i = actual->seats_used; i < actual->cap; i++) {
        g_autofree char *anchor = g_strdup_printf("s%u", i);
        g_autofree char *address = g_strdup_printf("s%u@example.com", i);
        g_free(contract_world_invite(&world, anchor, address));
    }
    step = contract_world_step_of(PLAN_INVITE, "a1");
    step.organization_to = ORGANIZATION_ROLE_MEMBER;
    step.profile = (struct profile){{"ann@example.com", "ann@example.com"}};
    contract_world_expect_no(&world, &step, NULL, NULL, &result, &error);
    assert_null(error);
    assert_int_equal(result.refusal.rule, REFUSAL_SEAT_CAP);
    assert_int_equal(result.refusal.limit, 10);
    assert_int_equal(result.refusal.used, 10);
    target_result_clear(&result);
    contract_world_close(&world);
}

static void a_name_that_is_taken_is_refused(void **state)
{
    (void)state;
    struct contract_world world;
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    contract_world_open(&world, LOSING_RELAY_NOTHING);
    struct plan_step step = contract_world_step_of(PLAN_INVITE, "a1");
    step.organization_to = ORGANIZATION_ROLE_MEMBER;
    step.profile = (struct profile){{FIXTURE_DANA, FIXTURE_DANA}};
    contract_world_expect_no(&world, &step, NULL, NULL, &result, &error);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_REFUSED));
    target_result_clear(&result);
    contract_world_close(&world);
}

static void a_marker_stops_an_invitation_until_it_is_cleared(void **state)
{
    (void)state;
    struct contract_world world;
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    contract_world_open(&world, LOSING_RELAY_NOTHING);
    g_autofree char *id = contract_world_make_member(&world, "a1", "ann@example.com");
    const struct act by_hand = {.kind = ACT_PERSON_REMOVE, .id = id};
    server_fixture_act(&world.fixture, "acme", &by_hand);
    g_autoptr(Actual) actual = contract_world_read_acme(&world);
    assert_int_equal(actual->marker_count, 1);
    assert_string_equal(actual->markers[0].origin, "directory:corp");
    assert_string_equal(actual->markers[0].external_id, "a1");
    assert_string_equal(actual->markers[0].kind, "removed");

    struct plan_step step = contract_world_step_of(PLAN_INVITE, "a1");
    step.organization_to = ORGANIZATION_ROLE_MEMBER;
    step.profile = (struct profile){{"ann@example.com", "ann@example.com"}};
    contract_world_expect_no(&world, &step, NULL, NULL, &result, &error);
    assert_null(error);
    assert_int_equal(result.refusal.rule, REFUSAL_PERMISSION);
    target_result_clear(&result);

    const char *marker = actual->markers[0].id;
    assert_true(world.target->clear_marker(world.target, "acme", marker, &error));
    assert_true(world.target->clear_marker(world.target, "acme", marker, &error));
    contract_world_do_quietly(&world, &step, NULL);
    contract_world_close(&world);
}

static void what_cannot_be_read_says_why(void **state)
{
    (void)state;
    struct contract_world world;
    g_autoptr(GError) error = NULL;
    contract_world_open(&world, LOSING_RELAY_NOTHING);
    assert_null(world.target->read(world.target, "nowhere", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_REFUSED));
    g_clear_error(&error);
    struct target *stranger = contract_world_open_target(&world, "rc_unknown");
    assert_null(stranger->read(stranger, "acme", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_DENIED));
    stranger->free(stranger);
    contract_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_step_takes_effect_once_whatever_is_lost),
        cmocka_unit_test(a_write_on_an_old_base_or_on_nobody_is_a_conflict),
        cmocka_unit_test(a_rule_that_says_no_is_named),
        cmocka_unit_test(a_name_that_is_taken_is_refused),
        cmocka_unit_test(a_marker_stops_an_invitation_until_it_is_cleared),
        cmocka_unit_test(what_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
