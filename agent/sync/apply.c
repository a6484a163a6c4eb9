#include "agent/sync/apply.h"

#include <stdarg.h>
#include <string.h>

#include "scim/protocol/outcome.h"

/* An answer that never came is looked after, and the write repeated if it did not happen: so
 * often. */
#define MOST_TRIES 2

enum past {
    PAST_NOT_DONE,
    PAST_DONE,
    PAST_UNCLEAR, /* it may have happened */
    PAST_WAITING, /* for a seat */
};

struct applying {
    const struct apply *apply;
    Plan *plan;
    struct report *report;
    guint seats;          /* held now, as far as we know */
    GHashTable *versions; /* person -> version after our own writes; "" must be read again */
    GHashTable *unclear;  /* set of people whose last write may have happened */
    enum past *past;      /* by step */
    char **made;          /* by step: the person that an invite made, owned */
};

static const char *keep(Plan *plan, const char *format, ...) G_GNUC_PRINTF(2, 3);

static const char *keep(Plan *plan, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return plan_text(plan, text);
}

static void tell(const struct applying *applying, const struct plan_step *step,
                 enum target_end end, const char *sentence)
{
    const struct apply_observer *observer = applying->apply->observer;
    if (observer != NULL)
        observer->step(observer->context, step, end, sentence);
}

static struct plan_step *step_at(const struct applying *applying, guint index)
{
    return &g_array_index(applying->plan->steps, struct plan_step, index);
}

static void hold(struct applying *applying, guint index, enum plan_hold_reason reason,
                 const char *because, const char *release)
{
    struct plan_step *step = step_at(applying, index);
    struct plan_hold entry = {
        .reason = reason,
        .step = *step,
        .sentence = keep(applying->plan, "%s '%s' is held: %s", plan_step_verb(step),
                         step->user_name, because),
        .release = release,
    };
    g_array_append_val(applying->plan->holds, entry);
    applying->report->held[reason]++;
    tell(applying, step, TARGET_NOT_DONE, entry.sentence);
}

static void wait_for_seat(struct applying *applying, guint index)
{
    struct plan_step *step = step_at(applying, index);
    g_autofree char *role = plan_step_to(step);
    struct plan_waiting entry = {
        .step = *step,
        .role = plan_text(applying->plan, role),
        .sentence = keep(applying->plan, "'%s' waits for a seat: %u of %u are taken",
                         step->user_name, applying->seats, applying->plan->cap),
    };
    g_array_append_val(applying->plan->waiting, entry);
    applying->report->waiting++;
    applying->past[index] = PAST_WAITING;
    tell(applying, step, TARGET_NOT_DONE, entry.sentence);
}

static void fail(struct applying *applying, guint index, enum target_end end, const char *why)
{
    const struct plan_step *step = step_at(applying, index);
    applying->report->failed++;
    report_problem(applying->report, "%s: %s '%s': %s", applying->plan->organization,
                   plan_step_verb(step), step->user_name, why);
    tell(applying, step, end, why);
}

/* The person's record changed by our own doing, and we do not know its version. */
static void forget_version(struct applying *applying, const char *person)
{
    g_hash_table_insert(applying->versions, g_strdup(person), g_strdup(""));
}

static void settle_done(struct applying *applying, guint index,
                        const struct target_write *write, const struct target_result *result)
{
    const struct plan_step *step = step_at(applying, index);
    const char *person = write->person != NULL ? write->person : result->person;
    applying->past[index] = PAST_DONE;
    applying->made[index] = g_strdup(person);
    if ((step->flags & PLAN_TAKES_SEAT) != 0)
        applying->seats++;
    if ((step->flags & PLAN_FREES_SEAT) != 0)
        applying->seats--;
    if (person != NULL && result->version != NULL && (step->flags & PLAN_STAND_IN) == 0)
        g_hash_table_insert(applying->versions, g_strdup(person), g_strdup(result->version));
    else if (person != NULL)
        forget_version(applying, person);
    for (guint32 i = 0; i < step->touch_count; i++)
        forget_version(applying, step->touches[i]);
    report_count_step(applying->report, step);
    tell(applying, step, TARGET_DONE, step->reason);
}

static enum plan_hold_reason hold_of(enum refusal_rule rule)
{
    switch (rule) {
    case REFUSAL_LAST_OWNER:
        return PLAN_HOLD_LAST_OWNER;
    case REFUSAL_LAST_PROJECT_ADMIN:
        return PLAN_HOLD_LAST_PROJECT_ADMIN;
    case REFUSAL_NONE:
    case REFUSAL_SEAT_CAP:
    case REFUSAL_PERMISSION:
    case REFUSAL_PROTECTED:
    case REFUSAL_ORIGIN:
    case REFUSAL_MAX_ROLE:
        break;
    }
    return PLAN_HOLD_REFUSED;
}

static void settle_refused(struct applying *applying, guint index,
                           const struct target_result *result)
{
    const struct refusal *refusal = &result->refusal;
    const char *detail =
        refusal->detail != NULL ? refusal->detail : refusal_name(refusal->rule);
    if (refusal->rule == REFUSAL_SEAT_CAP)
        wait_for_seat(applying, index);
    else
        hold(applying, index, hold_of(refusal->rule),
             keep(applying->plan, "the endpoint refused it: %s", detail),
             "what the endpoint's answer names");
}

/* TRUE: the run goes on. FALSE: `error` has been passed on, going on is pointless. */
static gboolean settle_not_done(struct applying *applying, guint index,
                                const struct target_result *result, GError *problem,
                                GError **error)
{
    if (result->refusal.rule != REFUSAL_NONE) {
        settle_refused(applying, index, result);
        g_clear_error(&problem);
        return TRUE;
    }
    const char *why = problem != NULL ? problem->message : "not done, and no reason given";
    gboolean ours = problem != NULL && problem->domain == OUTCOME;
    int code = ours ? problem->code : OUTCOME_INTERNAL;
    if (code == OUTCOME_CONFLICT) {
        hold(applying, index, PLAN_HOLD_MOVED,
             keep(applying->plan, "the person changed after the plan was made (%s)", why),
             "the next run, which plans anew");
    } else if (code == OUTCOME_REFUSED) {
        hold(applying, index, PLAN_HOLD_REFUSED,
             keep(applying->plan, "the endpoint refused it: %s", why),
             "what the endpoint's answer names");
    } else {
        fail(applying, index, TARGET_NOT_DONE, why);
        if (code == OUTCOME_RETRY || code == OUTCOME_DENIED || code == OUTCOME_INTERRUPTED) {
            g_propagate_error(error, problem);
            return FALSE;
        }
    }
    g_clear_error(&problem);
    return TRUE;
}

/* Nobody can say: what follows on the same person must not be tried. */
static void settle_unclear(struct applying *applying, guint index,
                           const struct target_write *write, const char *why)
{
    const struct plan_step *step = step_at(applying, index);
    applying->past[index] = PAST_UNCLEAR;
    if ((step->flags & PLAN_TAKES_SEAT) != 0)
        applying->seats++;
    if (write->person != NULL)
        g_hash_table_add(applying->unclear, g_strdup(write->person));
    fail(applying, index, TARGET_UNCERTAIN, why);
}

/* Sends the write; an answer that never came is looked after before anything else. */
static enum target_end send_write(const struct applying *applying,
                                  const struct target_write *write,
                                  struct target_result *result, GError **error)
{
    struct target *target = applying->apply->target;
    for (guint tries = 0;; tries++) {
        g_autoptr(GError) problem = NULL;
        enum target_end end = target->carry_out(target, write, result, &problem);
        if (end != TARGET_UNCERTAIN) {
            if (problem != NULL)
                g_propagate_error(error, g_steal_pointer(&problem));
            return end;
        }
        target_result_clear(result);
        g_clear_error(&problem);
        switch (target->look_back(target, write, result, &problem)) {
        case TARGET_HAPPENED:
            return TARGET_DONE;
        case TARGET_DID_NOT:
            if (tries + 1 < MOST_TRIES)
                continue;
            g_set_error(error, OUTCOME, OUTCOME_RETRY,
                        "no answer %u times, and it did not happen", MOST_TRIES);
            return TARGET_NOT_DONE;
        case TARGET_CANNOT_TELL:
            break;
        }
        if (problem != NULL)
            g_propagate_error(error, g_steal_pointer(&problem));
        return TARGET_UNCERTAIN;
    }
}

/* What stands in the way of a step before it is sent: TRUE when it was left. */
static gboolean is_blocked(struct applying *applying, guint index, const char *person)
{
    const struct plan_step *step = step_at(applying, index);
    for (guint32 i = 0; i < step->need_count; i++) {
        enum past past = applying->past[step->needs[i]];
        if (past == PAST_DONE)
            continue;
        if (past == PAST_WAITING)
            wait_for_seat(applying, index);
        else
            hold(applying, index, PLAN_HOLD_FOLLOWS,
                 keep(applying->plan, "%s '%s' must come first and was not done",
                      plan_kind_name(step_at(applying, step->needs[i])->kind),
                      step_at(applying, step->needs[i])->user_name),
                 "the next run, which plans anew");
        return TRUE;
    }
    if (person != NULL && g_hash_table_contains(applying->unclear, person)) {
        hold(applying, index, PLAN_HOLD_FOLLOWS,
             "an earlier step on the same person may or may not have happened",
             "the next run, which plans anew");
        return TRUE;
    }
    if ((step->flags & PLAN_TAKES_SEAT) != 0 && applying->seats >= applying->plan->cap) {
        wait_for_seat(applying, index);
        return TRUE;
    }
    return FALSE;
}

/* The version that the write must find. FALSE: it had to be read again and could not be. */
static gboolean find_base(const struct applying *applying, const struct plan_step *step,
                          const char *person, char **base, GError **error)
{
    struct target *target = applying->apply->target;
    const char *known = person != NULL ? g_hash_table_lookup(applying->versions, person) : NULL;
    *base = NULL;
    if (step->kind == PLAN_INVITE || (step->flags & PLAN_STAND_IN) != 0)
        return TRUE;
    if (known == NULL)
        known = step->base;
    if (known == NULL || known[0] != '\0') {
        *base = g_strdup(known);
        return TRUE;
    }
    *base = target->read_version(target, applying->plan->organization, person, error);
    return *base != NULL;
}

static gboolean intend_and_send(struct applying *applying, guint index,
                                const struct target_write *write, GError **error)
{
    const struct apply *apply = applying->apply;
    struct ledger_entry intent = {write->key, apply->run, write->person, write->base,
                                  write->step};
    struct target_result result = {0};
    GError *problem = NULL;
    gboolean going_on = TRUE;
    if (!ledger_intend(apply->ledger, &intent, error))
        return FALSE;
    enum target_end end = send_write(applying, write, &result, &problem);
    switch (end) {
    case TARGET_DONE:
        g_clear_error(&problem);
        settle_done(applying, index, write, &result);
        going_on = ledger_settle(apply->ledger, write->key, "done", error);
        break;
    case TARGET_NOT_DONE:
        going_on = ledger_settle(apply->ledger, write->key, "not-done", error);
        if (!going_on)
            g_clear_error(&problem);
        else
            going_on = settle_not_done(applying, index, &result, problem, error);
        break;
    case TARGET_UNCERTAIN:
        settle_unclear(applying, index, write,
                       problem != NULL ? problem->message : "nobody can tell if it happened");
        g_clear_error(&problem);
        break;
    }
    target_result_clear(&result);
    return going_on;
}

static gboolean take_step(struct applying *applying, guint index, GError **error)
{
    const struct plan_step *step = step_at(applying, index);
    const char *person = step->made_by >= 0 ? applying->made[step->made_by] : step->person;
    g_autofree char *base = NULL;
    g_autoptr(GError) problem = NULL;
    if (is_blocked(applying, index, person))
        return TRUE;
    if (!find_base(applying, step, person, &base, &problem)) {
        struct target_result nothing = {0};
        return settle_not_done(applying, index, &nothing, g_steal_pointer(&problem), error);
    }
    g_autofree char *key = plan_step_key(step);
    struct target_write write = {
        .step = step, .person = person, .base = base, .key = key, .run = applying->apply->run};
    return intend_and_send(applying, index, &write, error);
}

static gboolean is_interrupted(const struct apply *apply, GError **error)
{
    if (apply->interrupted == NULL || !apply->interrupted(apply->interrupted_context))
        return FALSE;
    g_set_error(error, OUTCOME, OUTCOME_INTERRUPTED, "the run was interrupted");
    return TRUE;
}

static gboolean clear_markers(struct applying *applying, GError **error)
{
    struct target *target = applying->apply->target;
    for (guint i = 0; i < applying->plan->markers->len; i++) {
        const struct plan_marker *marker =
            &g_array_index(applying->plan->markers, struct plan_marker, i);
        GError *problem = NULL;
        if (is_interrupted(applying->apply, error))
            return FALSE;
        if (target->clear_marker(target, applying->plan->organization, marker->id, &problem)) {
            applying->report->writes++;
            continue;
        }
        applying->report->failed++;
        report_problem(applying->report, "%s: clear the marker of '%s': %s",
                       applying->plan->organization, marker->user_name,
                       problem != NULL ? problem->message : "not done");
        if (g_error_matches(problem, OUTCOME, OUTCOME_RETRY) ||
            g_error_matches(problem, OUTCOME, OUTCOME_DENIED)) {
            g_propagate_error(error, problem);
            return FALSE;
        }
        g_clear_error(&problem);
    }
    return TRUE;
}

gboolean apply_plan(const struct apply *apply, Plan *plan, struct report *report,
                    GError **error)
{
    guint count = plan->steps->len;
    g_autoptr(GHashTable) versions =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) unclear =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree enum past *past = g_new0(enum past, count + 1);
    g_autofree char **made = g_new0(char *, count + 1);
    struct applying applying = {.apply = apply,
                                .plan = plan,
                                .report = report,
                                .seats = plan->seats_used,
                                .versions = versions,
                                .unclear = unclear,
                                .past = past,
                                .made = made};
    gboolean going_on = clear_markers(&applying, error);
    for (guint i = 0; i < count && going_on; i++)
        going_on = !is_interrupted(apply, error) && take_step(&applying, i, error);
    for (guint i = 0; i < count; i++)
        g_clear_pointer(&made[i], g_free);
    return going_on;
}

/* TRUE: the entry is settled or stays open; FALSE: the ledger cannot be written. */
static gboolean settle_entry(const struct apply *apply, const struct ledger_entry *entry,
                             struct report *report, GError **error)
{
    struct target_write write = {.step = entry->step,
                                 .person = entry->person,
                                 .base = entry->base,
                                 .key = entry->key,
                                 .run = entry->run};
    struct target_result result = {0};
    g_autoptr(GError) problem = NULL;
    enum target_past past = apply->target->look_back(apply->target, &write, &result, &problem);
    target_result_clear(&result);
    switch (past) {
    case TARGET_HAPPENED:
        return ledger_settle(apply->ledger, entry->key, "happened", error);
    case TARGET_DID_NOT:
        return ledger_settle(apply->ledger, entry->key, "did-not", error);
    case TARGET_CANNOT_TELL:
        break;
    }
    report->failed++;
    report_problem(report, "%s: %s '%s' of run %s is still unsettled: %s",
                   entry->step->organization, plan_kind_name(entry->step->kind),
                   entry->step->user_name, entry->run,
                   problem != NULL ? problem->message : "nobody can tell if it happened");
    return TRUE;
}

gboolean apply_settle(const struct apply *apply, const char *organization,
                      struct report *report, GError **error)
{
    for (guint i = 0; i < ledger_open_count(apply->ledger); i++) {
        const struct ledger_entry *entry = ledger_open_entry(apply->ledger, i);
        if (strcmp(entry->step->organization, organization) == 0 &&
            !settle_entry(apply, entry, report, error))
            return FALSE;
    }
    return TRUE;
}
