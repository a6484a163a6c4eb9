#include "agent/sync/cycle.h"

#include <string.h>

#include "agent/sync/accepted.h"
#include "agent/sync/approvals.h"
#include "agent/sync/ledger.h"
#include "agent/sync/planner.h"
#include "agent/sync/reading.h"
#include "agent/sync/run_lock.h"
#include "scim/protocol/outcome.h"

#define RUN_ID_BYTES 8

/* What one run holds while it lasts. */
struct running {
    const struct cycle *cycle;
    CycleResult *result;
    RunLock *lock;
    Ledger *ledger;
    Accepted *accepted;
    Reading *reading;
    GHashTable *approved;
    char *settings_digest;
    char *snapshot_digest;
};

static void problem(struct running *running, const char *where, const GError *error)
{
    report_problem(&running->result->report, "%s: %s", where,
                   error != NULL ? error->message : "failed, and no reason given");
}

/* A failure of the whole run. */
static gboolean stop(struct running *running, const char *where, GError *error)
{
    problem(running, where, error);
    running->result->report.failed_run = TRUE;
    g_clear_error(&error);
    return FALSE;
}

static CycleResult *begin(struct running *running, const struct cycle *cycle)
{
    CycleResult *result = g_new0(CycleResult, 1);
    *running = (struct running){.cycle = cycle, .result = result};
    result->run = random_hex(cycle->random, RUN_ID_BYTES);
    result->plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    report_init(&result->report);
    result->report.planned_only = cycle->plan_only;
    return result;
}

static int by_organization(const void *a, const void *b)
{
    const Plan *one = *(const Plan *const *)a;
    const Plan *other = *(const Plan *const *)b;
    return strcmp(one->organization, other->organization);
}

static CycleResult *end(struct running *running)
{
    CycleResult *result = running->result;
    g_ptr_array_sort(result->plans, by_organization);
    ledger_close(running->ledger);
    run_lock_release(running->lock);
    accepted_free(running->accepted);
    reading_free(running->reading);
    g_clear_pointer(&running->approved, g_hash_table_unref);
    g_free(running->settings_digest);
    g_free(running->snapshot_digest);
    return result;
}

/* The lock and the ledger, for a run that writes. */
static gboolean open_state(struct running *running)
{
    const char *state = running->cycle->state;
    GError *error = NULL;
    if (running->cycle->plan_only)
        return TRUE;
    running->lock = run_lock_take(state, &error);
    if (running->lock == NULL) {
        running->result->report.busy = g_error_matches(error, OUTCOME, OUTCOME_RETRY);
        if (!running->result->report.busy)
            return stop(running, "lock", error);
        problem(running, "lock", error);
        g_clear_error(&error);
        return FALSE;
    }
    running->ledger = ledger_open(state, &error);
    return running->ledger != NULL || stop(running, "ledger", error);
}

static gboolean find_approval(struct running *running)
{
    const struct cycle *cycle = running->cycle;
    GError *error = NULL;
    if (cycle->approve == NULL || cycle->state == NULL)
        return TRUE;
    running->approved =
        approvals_find(cycle->state, cycle->approve, clock_now(cycle->clock), &error);
    return running->approved != NULL || stop(running, "approval", error);
}

static void tell_source(struct running *running, const struct source *source,
                        const GError *error)
{
    struct report *report = &running->result->report;
    g_autofree char *where = g_strdup_printf(
        "directory '%s' gave no snapshot, its people are left as they are", source->name);
    report->no_snapshots++;
    problem(running, where, error);
    if (g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED))
        report->failed_run = TRUE;
}

/* Reads all directories; one that fails is told, counted and left out. */
static gboolean read_directories(struct running *running)
{
    const struct cycle *cycle = running->cycle;
    struct report *report = &running->result->report;
    GError *error = NULL;
    running->reading = reading_new(cycle->rules, cycle->seat_order, cycle->extra_attributes);
    reading_settle(running->reading, cycle->settle);
    for (guint i = 0; i < cycle->directory_count; i++) {
        const struct cycle_directory *directory = &cycle->directories[i];
        if (directory->is_left)
            reading_leave(running->reading, directory->source, directory->profile,
                          directory->adopt);
        else if (reading_take(running->reading, directory->source, directory->profile,
                              directory->adopt, &error))
            continue;
        else
            tell_source(running, directory->source, error);
        g_clear_error(&error);
    }
    if (cycle->state != NULL) {
        running->accepted = accepted_open(cycle->state, &error);
        if (running->accepted == NULL)
            return stop(running, "state", error);
    }
    if (!reading_finish(running->reading, running->accepted, &error)) {
        report->bad_config = TRUE;
        return stop(running, "rules", error);
    }
    running->snapshot_digest = reading_digest(running->reading);
    report->read = reading_entries(running->reading);
    return TRUE;
}

static void digest_settings(struct running *running)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *rules = rules_digest(running->cycle->rules);
    const char *rest = running->cycle->settings_digest;
    g_checksum_update(sum, (const guchar *)rules, -1);
    g_checksum_update(sum, (const guchar *)(rest != NULL ? rest : ""), -1);
    running->settings_digest = g_strdup(g_checksum_get_string(sum));
}

static Plan *make_plan(struct running *running, const struct cycle_organization *organization,
                       const Actual *actual)
{
    const struct cycle *cycle = running->cycle;
    const struct mapper_organization wanted = {.name = organization->name,
                                               .domains = organization->domains,
                                               .seat_order = cycle->seat_order};
    g_autoptr(Desired) desired = mapper_desired(reading_mapper(running->reading), &wanted);
    struct plan_input input = {
        .desired = desired,
        .actual = actual,
        .rule_text = reading_rule_text,
        .rule_context = running->reading,
        .presence = reading_presence,
        .presence_context = running->reading,
        .max_removals = cycle->max_removals,
        .max_proven_leavers = cycle->max_proven_leavers,
        .approved = running->approved,
        .settings_digest = running->settings_digest,
        .snapshot_digest = running->snapshot_digest,
    };
    input.origins = reading_origins(running->reading, &input.origin_count);
    Plan *plan = planner_make(&input);
    plan_seal(plan, actual);
    return plan;
}

static struct apply apply_of(const struct running *running,
                             const struct cycle_organization *organization)
{
    const struct cycle *cycle = running->cycle;
    return (struct apply){.target = organization->target,
                          .ledger = running->ledger,
                          .run = running->result->run,
                          .observer = cycle->observer,
                          .interrupted = cycle->interrupted,
                          .interrupted_context = cycle->interrupted_context};
}

/* An endpoint that does not answer has its own exit status; anything else fails the run. */
static void tell_target(struct running *running, const struct cycle_organization *organization,
                        GError *error)
{
    problem(running, organization->name, error);
    if (g_error_matches(error, OUTCOME, OUTCOME_RETRY))
        running->result->report.no_endpoint = TRUE;
    else
        running->result->report.failed_run = TRUE;
    g_clear_error(&error);
}

static Actual *read_actual(struct running *running,
                           const struct cycle_organization *organization)
{
    const struct apply apply = apply_of(running, organization);
    GError *error = NULL;
    if (!running->cycle->plan_only &&
        !apply_settle(&apply, organization->name, &running->result->report, &error)) {
        tell_target(running, organization, error);
        return NULL;
    }
    Actual *actual =
        organization->target->read(organization->target, organization->name, &error);
    if (actual == NULL)
        tell_target(running, organization, error);
    /* cppcheck-suppress returnDanglingLifetime ; what was read does not keep the error */
    return actual;
}

static void carry_out(struct running *running, const struct cycle_organization *organization,
                      Plan *plan)
{
    const struct apply apply = apply_of(running, organization);
    GError *error = NULL;
    if (running->cycle->plan_only)
        running->result->report.pending += plan->steps->len + plan->markers->len;
    else if (!apply_plan(&apply, plan, &running->result->report, &error))
        tell_target(running, organization, error);
}

static void run_organization(struct running *running,
                             const struct cycle_organization *organization)
{
    const struct cycle *cycle = running->cycle;
    GError *error = NULL;
    g_autoptr(Actual) actual = read_actual(running, organization);
    if (actual == NULL)
        return;
    Plan *plan = make_plan(running, organization, actual);
    g_ptr_array_add(running->result->plans, plan);
    report_count_plan(&running->result->report, plan);
    if (cycle->state != NULL &&
        !approvals_remember(cycle->state, plan, clock_now(cycle->clock), &error)) {
        problem(running, "what the guard holds cannot be approved", error);
        running->result->report.failed_run = TRUE;
        g_clear_error(&error);
    }
    carry_out(running, organization, plan);
}

/* Does the guard hold anything of a directory in which a group was emptied? Or may it be about to,
 * once what the directory says has settled? */
static gboolean is_doubted(void *context, const char *origin)
{
    const struct running *running = context;
    guint count = 0;
    const struct plan_origin *origins = reading_origins(running->reading, &count);
    gboolean emptied = FALSE;
    for (guint i = 0; i < count; i++) {
        if (strcmp(origins[i].origin, origin) != 0)
            continue;
        if (origins[i].settles_at != 0)
            return TRUE;
        emptied = emptied || origins[i].emptied;
    }
    if (!emptied)
        return FALSE;
    for (guint i = 0; i < running->result->plans->len; i++) {
        const Plan *plan = g_ptr_array_index(running->result->plans, i);
        for (guint k = 0; k < plan->holds->len; k++) {
            const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, k);
            if (hold->reason == PLAN_HOLD_GUARD && strcmp(hold->step.origin, origin) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* The snapshots of a run in which every organization got its plan are what the next is measured
 * by. */
static void accept(struct running *running)
{
    const struct cycle *cycle = running->cycle;
    GError *error = NULL;
    if (cycle->plan_only || cycle->partial || running->accepted == NULL ||
        running->result->plans->len < cycle->organization_count)
        return;
    reading_accept(running->reading, running->accepted, is_doubted, running);
    if (!accepted_save(running->accepted, cycle->state, &error))
        stop(running, "state", error);
}

static void tidy(struct running *running)
{
    GError *error = NULL;
    if (running->ledger != NULL && !ledger_tidy(running->ledger, &error))
        stop(running, "ledger", error);
}

CycleResult *cycle_run(const struct cycle *cycle)
{
    struct running running;
    begin(&running, cycle);
    digest_settings(&running);
    if (!open_state(&running) || !find_approval(&running) || !read_directories(&running))
        return end(&running);
    for (guint i = 0; i < cycle->organization_count; i++)
        run_organization(&running, &cycle->organizations[i]);
    accept(&running);
    tidy(&running);
    return end(&running);
}

static const struct cycle_organization *find_organization(const struct cycle *cycle,
                                                          const char *name)
{
    for (guint i = 0; i < cycle->organization_count; i++)
        if (strcmp(cycle->organizations[i].name, name) == 0)
            return &cycle->organizations[i];
    return NULL;
}

static void apply_saved(struct running *running, Plan *plan)
{
    struct report *report = &running->result->report;
    const struct cycle_organization *organization =
        find_organization(running->cycle, plan->organization);
    GError *error = NULL;
    if (organization == NULL) {
        report_problem(report,
                       "the plan is for organization '%s', which the config does not name",
                       plan->organization);
        report->failed_run = TRUE;
        return;
    }
    const struct apply apply = apply_of(running, organization);
    report_count_plan(report, plan);
    if (!apply_settle(&apply, plan->organization, report, &error))
        tell_target(running, organization, error);
    else
        carry_out(running, organization, plan);
}

CycleResult *cycle_apply(const struct cycle *cycle, GPtrArray *plans)
{
    struct running running;
    CycleResult *result = begin(&running, cycle);
    g_ptr_array_free(result->plans, TRUE);
    result->plans = plans;
    if (!open_state(&running))
        return end(&running);
    for (guint i = 0; i < plans->len; i++)
        apply_saved(&running, g_ptr_array_index(plans, i));
    tidy(&running);
    return end(&running);
}

void cycle_result_free(CycleResult *result)
{
    if (result == NULL)
        return;
    g_free(result->run);
    g_ptr_array_free(result->plans, TRUE);
    report_clear(&result->report);
    g_free(result);
}
