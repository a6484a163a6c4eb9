#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/sync/apply.h"
#include "agent/sync/planner.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/target_double.h"

/* Before: ann owns, bob is the only admin of p1 and goes, cat is promoted, dan's address moves on
 * to the newcomer eve, the cap is full until bob is gone. */
static struct model start_model(void)
{
    static const char *const addresses[] = {"ann@example.com", "bob@example.com",
                                            "cat@example.com", "dan@example.com"};
    static const char *const anchors[] = {"ann", "bob", "cat", "dan"};
    struct model model = {.cap = 4, .project_count = 1};
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        struct model_person *person = endpoint_model_add(&model);
        person->status = ACTUAL_ACTIVE;
        person->joined = TRUE;
        person->user_name = person->mail = addresses[i];
        person->links[0] = (struct model_link){.alive = TRUE,
                                               .active = TRUE,
                                               .external_id = anchors[i],
                                               .role = i == 0 ? ORGANIZATION_ROLE_OWNER
                                                              : ORGANIZATION_ROLE_MEMBER};
    }
    model.people[1].links[0].projects[0] = PROJECT_ROLE_ADMIN;
    model.markers[0] = (struct model_marker){
        .here = TRUE, .origin = 0, .external_id = "old", .user_name = "old@example.com"};
    return model;
}

static void want(Desired *desired, const char *anchor, const char *address,
                 enum organization_role role)
{
    struct desired_link link = {.origin = "directory:d1",
                                .anchor = anchor,
                                .dn = anchor,
                                .role = role,
                                .seat_order = ""};
    link.profile.field[PROFILE_USER_NAME] = link.profile.field[PROFILE_MAIL] = address;
    desired_add_link(desired, &link);
}

static Desired *wishes(void)
{
    Desired *desired = desired_new("acme");
    desired_add_directory(desired, "directory:d1");
    want(desired, "ann", "anna@example.com", ORGANIZATION_ROLE_OWNER);
    want(desired, "cat", "cat@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    want(desired, "dan", "daniel@example.com", ORGANIZATION_ROLE_MEMBER);
    want(desired, "eve", "dan@example.com", ORGANIZATION_ROLE_MEMBER);
    desired_seal(desired);
    return desired;
}

struct world {
    char *folder;
    struct target_double *target;
    Desired *desired;
    struct report report;
    Ledger *ledger;
    guint left; /* writes until the run is interrupted */
};

static gboolean is_interrupted(void *context)
{
    struct world *world = context;
    return world->left-- == 0;
}

static void begin(struct world *world)
{
    struct model model = start_model();
    world->folder = g_dir_make_tmp("apply-XXXXXX", NULL);
    world->target = target_double_new(&model);
    world->desired = wishes();
    world->ledger = ledger_open(world->folder, NULL);
    world->left = G_MAXUINT;
    report_init(&world->report);
    assert_non_null(world->ledger);
}

static void end(struct world *world)
{
    g_autofree char *path = g_build_filename(world->folder, "ledger", NULL);
    ledger_close(world->ledger);
    g_remove(path);
    assert_int_equal(g_rmdir(world->folder), 0);
    g_free(world->folder);
    target_double_free(world->target);
    desired_free(world->desired);
    report_clear(&world->report);
}

static Plan *make_plan(struct world *world)
{
    const struct plan_origin origin = {.origin = "directory:d1"};
    GError *error = NULL;
    g_autoptr(Actual) actual =
        world->target->target.read(&world->target->target, "acme", &error);
    assert_null(error);
    struct plan_input input = {.desired = world->desired,
                               .actual = actual,
                               .origins = &origin,
                               .origin_count = 1,
                               .max_removals = plan_default_removals,
                               .max_proven_leavers = plan_default_proven_leavers};
    return planner_make(&input);
}

/* One run as the cycle does it: settle, plan, apply. */
static Plan *run(struct world *world, GError **error)
{
    struct apply apply = {.target = &world->target->target,
                          .ledger = world->ledger,
                          .run = "1",
                          .interrupted = is_interrupted,
                          .interrupted_context = world};
    report_clear(&world->report);
    report_init(&world->report);
    assert_true(apply_settle(&apply, "acme", &world->report, NULL));
    Plan *plan = make_plan(world);
    apply_plan(&apply, plan, &world->report, error);
    assert_null(world->target->wrong);
    return plan;
}

/* What the next start finds: the ledger read anew. */
static void restart(struct world *world)
{
    ledger_close(world->ledger);
    world->ledger = ledger_open(world->folder, NULL);
    assert_non_null(world->ledger);
    world->target->is_blind = FALSE;
    world->target->fault_at = 0;
    world->left = G_MAXUINT;
}

/* From here on one run ends it, and one more has nothing to do. */
static void finish(struct world *world)
{
    g_autoptr(GError) error = NULL;
    restart(world);
    g_autoptr(Plan) rest = run(world, &error);
    assert_null(error);
    assert_int_equal(world->report.failed, 0);
    restart(world);
    assert_int_equal(ledger_open_count(world->ledger), 0);
    g_autoptr(Plan) nothing = run(world, &error);
    assert_null(error);
    assert_true(plan_is_empty(nothing));
    assert_int_equal(world->report.writes, 0);
    assert_int_equal(nothing->holds->len + nothing->waiting->len, 0);
    assert_string_equal(world->target->model.people[0].user_name, "anna@example.com");
    assert_false(world->target->model.people[1].here);
    assert_string_equal(world->target->model.people[4].user_name, "dan@example.com");
    assert_false(world->target->model.markers[0].here);
}

#define ALL_STEPS  6               /* stand-in, promotion, removal, two addresses, invitation */
#define ALL_WRITES (ALL_STEPS + 1) /* and a marker */

static void a_plan_is_carried_out_and_counted(void **state)
{
    struct world world;
    g_autoptr(GError) error = NULL;
    (void)state;
    begin(&world);
    g_autoptr(Plan) plan = run(&world, &error);
    assert_null(error);
    assert_int_equal(plan->steps->len, ALL_STEPS);
    assert_int_equal(world.report.writes, ALL_WRITES);
    assert_int_equal(world.report.project_roles_set, 1);
    assert_int_equal(world.report.promoted, 1);
    assert_int_equal(world.report.removed, 1);
    assert_int_equal(world.report.updated, 2);
    assert_int_equal(world.report.invited, 1);
    assert_int_equal(world.target->looks, 0);
    finish(&world);
    end(&world);
}

static void a_run_cut_after_any_write_is_resumed(void **state)
{
    (void)state;
    for (guint cut = 0; cut < ALL_WRITES; cut++) {
        struct world world;
        g_autoptr(GError) error = NULL;
        begin(&world);
        world.left = cut;
        g_autoptr(Plan) plan = run(&world, &error);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED));
        assert_int_equal(world.report.writes, cut);
        finish(&world);
        end(&world);
    }
}

static void a_lost_answer_is_settled_by_looking(void **state)
{
    static const enum target_double_fault faults[] = {TARGET_DOUBLE_LOST_ANSWER,
                                                      TARGET_DOUBLE_LOST_REQUEST};

    (void)state;
    for (guint f = 0; f < G_N_ELEMENTS(faults); f++)
        for (guint at = 2; at <= ALL_WRITES; at++) {
            struct world world;
            g_autoptr(GError) error = NULL;
            begin(&world);
            world.target->fault = faults[f];
            world.target->fault_at = at;
            g_autoptr(Plan) plan = run(&world, &error);
            assert_null(error);
            assert_int_equal(world.target->looks, 1);
            assert_int_equal(world.report.writes, ALL_WRITES);
            assert_int_equal(world.report.failed, 0);
            finish(&world);
            end(&world);
        }
}

static void what_nobody_can_tell_stays_open_until_the_next_run_looks(void **state)
{
    (void)state;
    for (guint at = 2; at <= ALL_WRITES; at++) {
        struct world world;
        g_autoptr(GError) error = NULL;
        begin(&world);
        world.target->fault = TARGET_DOUBLE_BLIND;
        world.target->fault_at = at;
        g_autoptr(Plan) plan = run(&world, &error);
        assert_int_equal(world.report.failed, 1);
        restart(&world);
        assert_int_equal(ledger_open_count(world.ledger), 1);
        assert_string_equal(ledger_open_entry(world.ledger, 0)->run, "1");
        finish(&world);
        end(&world);
    }
}

static guint held(const struct world *world)
{
    guint sum = 0;
    for (guint i = 0; i < PLAN_HOLDS; i++)
        sum += world->report.held[i];
    return sum;
}

static void a_no_stops_that_step_and_what_needs_it(void **state)
{
    static const enum target_double_fault faults[] = {
        TARGET_DOUBLE_CONFLICT, TARGET_DOUBLE_REFUSAL, TARGET_DOUBLE_BROKEN};

    (void)state;
    for (guint f = 0; f < G_N_ELEMENTS(faults); f++)
        for (guint at = 2; at <= ALL_WRITES; at++) {
            struct world world;
            g_autoptr(GError) error = NULL;
            begin(&world);
            world.target->fault = faults[f];
            world.target->fault_at = at;
            g_autoptr(Plan) plan = run(&world, &error);
            assert_null(error);
            assert_true(held(&world) + world.report.failed >= 1);
            assert_int_equal(world.report.writes + held(&world) + world.report.failed +
                                 world.report.waiting,
                             ALL_WRITES);
            finish(&world);
            end(&world);
        }
}

static void a_failed_stand_in_holds_its_removal_and_the_seat_is_waited_for(void **state)
{
    struct world world;
    g_autoptr(GError) error = NULL;
    (void)state;
    begin(&world);
    world.target->fault = TARGET_DOUBLE_REFUSAL;
    world.target->fault_at = 2; /* after the marker: the stand-in */
    g_autoptr(Plan) plan = run(&world, &error);
    assert_null(error);
    assert_int_equal(world.report.held[PLAN_HOLD_REFUSED], 1);
    assert_int_equal(world.report.held[PLAN_HOLD_FOLLOWS], 1);
    assert_int_equal(world.report.waiting, 1);
    assert_true(world.target->model.people[1].here);
    const struct plan_hold *follows = &g_array_index(plan->holds, struct plan_hold, 1);
    assert_int_equal(follows->step.kind, PLAN_REMOVE);
    assert_non_null(strstr(follows->sentence, "must come first"));
    finish(&world);
    end(&world);
}

static void a_full_house_means_waiting_and_no_hold(void **state)
{
    struct world world;
    g_autoptr(GError) error = NULL;
    (void)state;
    begin(&world);
    world.target->fault = TARGET_DOUBLE_SEAT_CAP;
    world.target->fault_at = ALL_WRITES;
    g_autoptr(Plan) plan = run(&world, &error);
    assert_int_equal(world.report.waiting, 1);
    assert_int_equal(plan->waiting->len, 1);
    assert_int_equal(held(&world), 0);
    finish(&world);
    end(&world);
}

static void an_endpoint_that_goes_away_ends_the_run(void **state)
{
    (void)state;
    for (guint at = 1; at <= ALL_WRITES; at++) {
        struct world world;
        g_autoptr(GError) error = NULL;
        begin(&world);
        world.target->fault = TARGET_DOUBLE_AWAY;
        world.target->fault_at = at;
        g_autoptr(Plan) plan = run(&world, &error);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
        assert_int_equal(world.report.failed, 1);
        assert_int_equal(world.report.writes, at - 1);
        finish(&world);
        end(&world);
    }
}

static void a_person_edited_meanwhile_is_left_and_named(void **state)
{
    struct world world;
    g_autoptr(GError) error = NULL;
    (void)state;
    begin(&world);
    g_autoptr(Plan) plan = make_plan(&world);
    struct apply apply = {.target = &world.target->target, .ledger = world.ledger, .run = "1"};
    world.target->model.people[3].version++;
    assert_true(apply_plan(&apply, plan, &world.report, &error));
    assert_int_equal(world.report.held[PLAN_HOLD_MOVED], 1);
    const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, 0);
    assert_string_equal(hold->step.person, "u04");
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_carried_out_and_counted),
        cmocka_unit_test(a_run_cut_after_any_write_is_resumed),
        cmocka_unit_test(a_lost_answer_is_settled_by_looking),
        cmocka_unit_test(what_nobody_can_tell_stays_open_until_the_next_run_looks),
        cmocka_unit_test(a_no_stops_that_step_and_what_needs_it),
        cmocka_unit_test(a_failed_stand_in_holds_its_removal_and_the_seat_is_waited_for),
        cmocka_unit_test(a_full_house_means_waiting_and_no_hold),
        cmocka_unit_test(an_endpoint_that_goes_away_ends_the_run),
        cmocka_unit_test(a_person_edited_meanwhile_is_left_and_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
