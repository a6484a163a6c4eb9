/*
 * A run from end to end: sources to snapshots, snapshots to desired, targets to actual, plans,
 * and, unless only planned, the steps. The one room that knows the order; it knows no LDAP, no
 * HTTP and no config.
 *
 *   struct cycle cycle = { ...all borrowed... };
 *   g_autoptr(CycleResult) result = cycle_run(&cycle);
 *   print result->plans and result->report; exit with report_exit_status(&result->report).
 *
 * A directory that fails hides and removes nobody: its links are untouched and the others go
 * on. An organization whose state cannot be read whole gets no plan.
 */
#pragma once

#include <glib.h>

#include "agent/sync/apply.h"
#include "agent/sync/plan.h"
#include "agent/sync/report.h"
#include "agent/sync/source.h"
#include "agent/sync/target.h"
#include "mapping/mapper.h"
#include "mapping/profile_map.h"
#include "mapping/rules.h"
#include "scim/protocol/clock.h"

struct cycle_directory {
    struct source *source; /* its name is the directory's */
    const ProfileMap *profile;
    gboolean adopt;
    gboolean is_left; /* not read in this run: what its links say stays as the target has it */
};

struct cycle_organization {
    const char *name;
    const char *const *domains; /* NULL-terminated; NULL allows all */
    struct target *target;      /* several organizations may share one */
};

/* What a run is made of. Everything is borrowed. */
struct cycle {
    const Rules *rules;
    const struct cycle_directory *directories;
    guint directory_count;
    const struct cycle_organization *organizations; /* to sync; the config may name more */
    guint organization_count;
    gboolean partial; /* these are not all that the config names: what was read is then not what
                         the next run is measured by */
    const char *seat_order;              /* attribute, or NULL */
    const char *const *extra_attributes; /* for safety, NULL-terminated; or NULL */
    gint64 settle; /* seconds: for so long what a source says must stand before it takes a role
                      away, where the source knows (source.changed) */
    struct plan_limit max_removals;
    struct plan_limit max_proven_leavers;
    const char *settings_digest; /* of everything else in the config that can change a plan */
    const char *state;           /* the folder sync.state; NULL: plan without memory and lock */
    const char *approve;         /* a digest, or NULL */
    gboolean plan_only;
    const struct clock *clock;
    const struct random_source *random;
    const struct apply_observer *observer;  /* or NULL */
    gboolean (*interrupted)(void *context); /* or NULL */
    void *interrupted_context;
};

struct cycle_result {
    char *run;        /* id of this run */
    GPtrArray *plans; /* Plan *, owned, ordered by organization; holds of apply included */
    struct report report;
};

typedef struct cycle_result CycleResult;

/* Runs it. Never NULL: what went wrong is in the report, as problems and as exit status. A run
 * that applies takes the lock first (busy: exit 75); one that only plans writes nothing but the
 * digests it shows. */
CycleResult *cycle_run(const struct cycle *cycle);

/* Carries saved plans out, precisely as they are: plans for organizations that `cycle` does not
 * name are refused. Rules, directories and approve are not looked at; what the guard held in
 * them stays held. The plans become the result's. */
CycleResult *cycle_apply(const struct cycle *cycle, GPtrArray *plans);

void cycle_result_free(CycleResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CycleResult, cycle_result_free)
