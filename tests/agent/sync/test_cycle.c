#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/cycle.h"
#include "agent/sync/run_lock.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/source_double.h"
#include "tests/agent/sync/state_folder.h"
#include "tests/agent/sync/target_double.h"

static const char *const directories[] = {"d1", "d2", NULL};
static const char *const organizations[] = {"acme", NULL};

static const struct rule_text rule_texts[] = {
    {.directory = "d1", .group = "owners", .organization = "acme", .role = "owner"},
    {.directory = "d1", .group = "staff", .organization = "acme", .role = "member"},
    {.directory = "d2", .group = "guests", .organization = "acme", .role = "member"},
};

static const char *const corp[] = {
    "person ann mail=ann@example.com", "person bob mail=bob@example.com",
    "person cat mail=cat@example.com", "person dan mail=dan@example.com",
    "person eve mail=eve@example.com", "group owners ann",
    "group staff ann bob cat dan eve", NULL};
static const char *const no_staff[] = {"person ann mail=ann@example.com",
                                       "person bob mail=bob@example.com",
                                       "person cat mail=cat@example.com",
                                       "person dan mail=dan@example.com",
                                       "person eve mail=eve@example.com",
                                       "group owners ann",
                                       "group staff",
                                       NULL};
static const char *const bob_owns[] = {"person bob mail=bob@example.com",
                                       "person cat mail=cat@example.com",
                                       "person dan mail=dan@example.com",
                                       "person eve mail=eve@example.com",
                                       "group owners bob",
                                       "group staff bob cat dan eve",
                                       NULL};
static const char *const guests[] = {"person gil mail=gil@example.com", "group guests gil",
                                     NULL};

struct world {
    char *folder;
    Rules *rules;
    ProfileMap *profile;
    struct source_double *sources[2];
    struct target_double *target;
    struct cycle_directory directories[2];
    struct cycle_organization organization;
    struct clock clock;
    struct random_source random;
    gint64 now;
    struct cycle cycle;
};

static gint64 tell_time(void *context)
{
    return ((const struct world *)context)->now;
}

static void fill_random(void *context, guint8 *bytes, size_t count)
{
    (void)context;
    memset(bytes, 7, count);
}

/* acme begins with ann, an owner and the admin of p1 by hand and by d1. */
static struct model first_model(void)
{
    struct model model = {.cap = 10, .project_count = 1};
    struct model_person *ann = endpoint_model_add(&model);
    ann->status = ACTUAL_ACTIVE;
    ann->joined = TRUE;
    ann->user_name = ann->mail = "ann@example.com";
    ann->oldest = 2;
    ann->links[2] = (struct model_link){
        .alive = TRUE, .active = TRUE, .external_id = "", .role = ORGANIZATION_ROLE_OWNER};
    ann->links[2].projects[0] = PROJECT_ROLE_ADMIN;
    ann->links[0] = ann->links[2];
    ann->links[0].projects[0] = PROJECT_ROLE_NONE;
    ann->links[0].external_id = "a-ann";
    return model;
}

static int set_up(void **state)
{
    struct world *world = g_new0(struct world, 1);
    struct model model = first_model();
    assert_int_equal(state_folder_set_up((void **)&world->folder), 0);
    world->rules = rules_new(directories, organizations);
    for (size_t i = 0; i < G_N_ELEMENTS(rule_texts); i++)
        assert_true(rules_add(world->rules, &rule_texts[i], NULL));
    rules_seal(world->rules);
    world->profile = profile_map_new();
    world->sources[0] = source_double_new("d1", corp);
    world->sources[1] = source_double_new("d2", guests);
    world->target = target_double_new(&model);
    for (guint i = 0; i < 2; i++)
        world->directories[i] = (struct cycle_directory){.source = &world->sources[i]->source,
                                                         .profile = world->profile};
    world->organization =
        (struct cycle_organization){.name = "acme", .target = &world->target->target};
    world->now = 1795000000;
    world->clock = (struct clock){tell_time, world};
    world->random = (struct random_source){fill_random, world};
    world->cycle = (struct cycle){.rules = world->rules,
                                  .directories = world->directories,
                                  .directory_count = 2,
                                  .organizations = &world->organization,
                                  .organization_count = 1,
                                  .max_removals = plan_default_removals,
                                  .max_proven_leavers = plan_default_proven_leavers,
                                  .settings_digest = "settings",
                                  .state = world->folder,
                                  .clock = &world->clock,
                                  .random = &world->random};
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    target_double_free(world->target);
    source_double_free(world->sources[0]);
    source_double_free(world->sources[1]);
    profile_map_free(world->profile);
    rules_free(world->rules);
    assert_int_equal(state_folder_tear_down((void **)&world->folder), 0);
    g_free(world);
    return 0;
}

/* Runs and expects this exit status. */
static CycleResult *run(struct world *world, enum report_exit status)
{
    CycleResult *result = cycle_run(&world->cycle);
    g_autofree char *table = report_table(&result->report);
    if (report_exit_status(&result->report) != status)
        fail_msg("exit %d, not %d:\n%s", report_exit_status(&result->report), status, table);
    assert_null(world->target->wrong);
    return result;
}

static void accept_all(struct world *world)
{
    for (guint i = 0; i < world->target->model.person_count; i++)
        if (world->target->model.people[i].status == ACTUAL_INVITED) {
            world->target->model.people[i].status = ACTUAL_ACTIVE;
            world->target->model.people[i].joined = TRUE;
            world->target->model.people[i].version++;
        }
}

static void settle_in(struct world *world)
{
    g_autoptr(CycleResult) result = run(world, REPORT_EXIT_DONE);
    assert_int_equal(result->report.invited, 5);
    accept_all(world);
}

static void the_second_run_writes_nothing(void **state)
{
    struct world *world = *state;
    g_autoptr(CycleResult) first = run(world, REPORT_EXIT_DONE);
    assert_int_equal(first->report.invited, 5);
    assert_int_equal(first->report.writes, 5);
    assert_int_equal(first->report.read, 6);
    assert_int_equal(first->report.matched, 6);
    assert_string_equal(first->run, "0707070707070707");
    g_autoptr(CycleResult) second = run(world, REPORT_EXIT_DONE);
    assert_int_equal(second->report.writes, 0);
    assert_string_equal(report_status_word(&second->report), "nothing-to-do");
}

static void a_plan_writes_nothing_and_says_what_is_pending(void **state)
{
    struct world *world = *state;
    world->cycle.plan_only = TRUE;
    g_autoptr(CycleResult) result = run(world, REPORT_EXIT_PENDING);
    assert_int_equal(result->report.pending, 5);
    assert_int_equal(world->target->writes, 0);
    const Plan *plan = g_ptr_array_index(result->plans, 0);
    assert_int_equal(strlen(plan->settings_digest), 64);
    assert_int_equal(strlen(plan->snapshot_digest), 64);
    assert_int_equal(strlen(plan->actual_digest), 64);
}

static void a_directory_that_fails_hides_and_removes_nobody(void **state)
{
    struct world *world = *state;
    settle_in(world);
    world->sources[1]->fails = TRUE;
    world->sources[0]->lines = bob_owns;
    g_autoptr(CycleResult) result = run(world, REPORT_EXIT_NO_SNAPSHOT);
    assert_int_equal(result->report.no_snapshots, 1);
    assert_int_equal(result->report.promoted, 1);
    assert_int_equal(result->report.removed, 1); /* ann's link of d1; she stays by hand */
    assert_non_null(strstr(g_ptr_array_index(result->report.problems, 0), "'d2'"));
    guint guests_left = 0;
    for (guint i = 0; i < world->target->model.person_count; i++)
        guests_left += world->target->model.people[i].here &&
                       world->target->model.people[i].links[1].alive;
    assert_int_equal(guests_left, 1);
}

static void an_emptied_group_is_held_until_it_is_approved(void **state)
{
    struct world *world = *state;
    settle_in(world);
    world->sources[0]->lines = no_staff;
    g_autoptr(CycleResult) held = run(world, REPORT_EXIT_GUARD);
    assert_int_equal(held->report.held[PLAN_HOLD_GUARD], 4);
    assert_int_equal(held->report.removed, 0);
    g_autoptr(CycleResult) again = run(world, REPORT_EXIT_GUARD); /* not accepted by itself */
    g_autofree char *digest = plan_approval_digest(g_ptr_array_index(again->plans, 0));
    world->cycle.approve = digest;
    world->now += 24 * 60 * 60;
    g_autoptr(CycleResult) late = run(world, REPORT_EXIT_FAILED);
    assert_int_equal(late->plans->len, 0);
    world->cycle.approve = NULL;
    g_autoptr(CycleResult) shown = run(world, REPORT_EXIT_GUARD);
    world->cycle.approve = digest;
    g_autoptr(CycleResult) released = run(world, REPORT_EXIT_DONE);
    assert_int_equal(released->report.removed, 4);
    world->cycle.approve = NULL;
    g_autoptr(CycleResult) after = run(world, REPORT_EXIT_DONE);
    assert_int_equal(after->report.writes, 0);
}

static void a_run_for_some_organizations_measures_nothing(void **state)
{
    struct world *world = *state;
    g_autofree char *path = g_build_filename(world->folder, "accepted.json", NULL);
    world->cycle.partial = TRUE;
    settle_in(world);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    world->cycle.partial = FALSE;
    g_autoptr(CycleResult) whole = run(world, REPORT_EXIT_DONE);
    assert_int_equal(whole->report.writes, 0);
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void a_directory_that_is_left_keeps_what_it_said(void **state)
{
    struct world *world = *state;
    settle_in(world);
    world->directories[0].is_left = TRUE;
    world->sources[0]->lines = no_staff;
    world->sources[1]->lines = (const char *const[]){"group guests", NULL};
    const guint reads = world->sources[0]->reads;
    g_autoptr(CycleResult) result = run(world, REPORT_EXIT_DONE);
    assert_int_equal(world->sources[0]->reads, reads);
    assert_int_equal(result->report.removed, 1); /* the guest alone */
    assert_int_equal(result->report.no_snapshots, 0);
    world->directories[0].is_left = FALSE;
    g_autoptr(CycleResult) whole = run(world, REPORT_EXIT_GUARD); /* it was not forgotten */
    assert_int_equal(whole->report.held[PLAN_HOLD_GUARD], 4);
}

/* Else the emptied group would be no news any more by the time that it counts. */
static void what_has_not_settled_is_not_what_the_next_run_is_measured_by(void **state)
{
    struct world *world = *state;
    settle_in(world);
    g_autoptr(CycleResult) quiet = run(world, REPORT_EXIT_DONE);
    world->cycle.settle = 120;
    world->sources[0]->source.changed = source_double_changed;
    world->sources[0]->changed_at = 5000;
    world->sources[0]->read_at = 5001;
    g_autofree char *path = g_build_filename(world->folder, "accepted.json", NULL);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    assert_true(g_file_get_contents(path, &before, NULL, NULL));
    world->sources[0]->lines = bob_owns;
    g_autoptr(CycleResult) moving = run(world, REPORT_EXIT_DONE);
    assert_true(g_file_get_contents(path, &after, NULL, NULL));
    assert_string_equal(before, after);
    world->sources[0]->read_at = 5121;
    g_autoptr(CycleResult) settled = run(world, REPORT_EXIT_DONE);
    g_free(after);
    assert_true(g_file_get_contents(path, &after, NULL, NULL));
    assert_string_not_equal(before, after);
}

static void the_last_owner_is_held_until_the_successor_is_active(void **state)
{
    struct world *world = *state;
    world->target->model.people[0].links[2].role = ORGANIZATION_ROLE_MEMBER;
    world->sources[0]->lines = bob_owns;
    g_autoptr(CycleResult) first = run(world, REPORT_EXIT_PARTLY);
    assert_int_equal(first->report.held[PLAN_HOLD_LAST_OWNER], 1);
    assert_int_equal(first->report.invited, 5);
    g_autoptr(CycleResult) second =
        run(world, REPORT_EXIT_PARTLY); /* an invitation is no owner */
    assert_int_equal(second->report.writes, 0);
    accept_all(world);
    g_autoptr(CycleResult) third = run(world, REPORT_EXIT_DONE);
    assert_int_equal(third->report.removed, 1);
    g_autoptr(CycleResult) fourth = run(world, REPORT_EXIT_DONE);
    assert_int_equal(fourth->report.writes, 0);
}

static void each_failure_has_its_exit_status(void **state)
{
    struct world *world = *state;
    g_autoptr(RunLock) lock = run_lock_take(world->folder, NULL);
    g_autoptr(CycleResult) busy = run(world, REPORT_EXIT_BUSY);
    assert_int_equal(busy->plans->len, 0);
    g_clear_pointer(&lock, run_lock_release);
    world->target->is_blind = TRUE;
    g_autoptr(CycleResult) away = run(world, REPORT_EXIT_NO_ENDPOINT);
    world->target->is_blind = FALSE;
    world->target->fault = TARGET_DOUBLE_AWAY;
    world->target->fault_at = 2;
    g_autoptr(CycleResult) went_away = run(world, REPORT_EXIT_NO_ENDPOINT);
    assert_int_equal(went_away->report.writes, 1);
    world->cycle.approve = "123456789012";
    g_autoptr(CycleResult) unknown = run(world, REPORT_EXIT_FAILED);
    world->cycle.approve = NULL;
    state_folder_put(world->folder, "ledger", "nonsense\n");
    g_autoptr(CycleResult) broken = run(world, REPORT_EXIT_FAILED);
    assert_int_equal(broken->plans->len, 0);
}

static void an_open_intent_is_settled_by_the_next_run(void **state)
{
    struct world *world = *state;
    world->target->fault = TARGET_DOUBLE_BLIND;
    world->target->fault_at = 5;
    g_autoptr(CycleResult) blind = run(world, REPORT_EXIT_PARTLY);
    assert_int_equal(blind->report.failed, 1);
    world->target->is_blind = FALSE;
    g_autoptr(CycleResult) next = run(world, REPORT_EXIT_DONE);
    assert_int_equal(next->report.writes, 0);
    g_autofree char *ledger = state_folder_get(world->folder, "ledger");
    assert_string_equal(ledger, "");
}

static void a_saved_plan_is_carried_out_as_it_is(void **state)
{
    struct world *world = *state;
    world->cycle.plan_only = TRUE;
    g_autoptr(CycleResult) planned = run(world, REPORT_EXIT_PENDING);
    world->cycle.plan_only = FALSE;
    world->sources[0]->fails = world->sources[1]->fails = TRUE; /* not asked any more */
    GPtrArray *plans = g_steal_pointer(&planned->plans);
    planned->plans = g_ptr_array_new();
    g_autoptr(CycleResult) result = cycle_apply(&world->cycle, plans);
    assert_int_equal(report_exit_status(&result->report), REPORT_EXIT_DONE);
    assert_int_equal(result->report.invited, 5);
    assert_ptr_equal(result->plans, plans);
}

static void a_plan_of_an_unknown_organization_is_refused(void **state)
{
    struct world *world = *state;
    GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    g_ptr_array_add(plans, plan_new("elsewhere"));
    g_autoptr(CycleResult) result = cycle_apply(&world->cycle, plans);
    assert_int_equal(report_exit_status(&result->report), REPORT_EXIT_FAILED);
    assert_non_null(strstr(g_ptr_array_index(result->report.problems, 0), "'elsewhere'"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_second_run_writes_nothing),
        TEST(a_plan_writes_nothing_and_says_what_is_pending),
        TEST(a_directory_that_fails_hides_and_removes_nobody),
        TEST(an_emptied_group_is_held_until_it_is_approved),
        TEST(a_run_for_some_organizations_measures_nothing),
        TEST(a_directory_that_is_left_keeps_what_it_said),
        TEST(what_has_not_settled_is_not_what_the_next_run_is_measured_by),
        TEST(the_last_owner_is_held_until_the_successor_is_active),
        TEST(each_failure_has_its_exit_status),
        TEST(an_open_intent_is_settled_by_the_next_run),
        TEST(a_saved_plan_is_carried_out_as_it_is),
        TEST(a_plan_of_an_unknown_organization_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
