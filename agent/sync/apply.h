/*
 * Carries a plan out over a target, step by step, and says how each one ended.
 *
 * Each step is sent with If-Match: the version that the plan is based on, or the one that our
 * own earlier step on the same person returned. A step whose base moved is not done and is
 * named; a failed step never stops the others, except those that need it: a removal after its
 * stand-in, whoever wanted the seat that was not freed (they become waiting), an adoption after
 * its invite.
 */
#pragma once

#include <glib.h>

#include "agent/sync/ledger.h"
#include "agent/sync/plan.h"
#include "agent/sync/report.h"
#include "agent/sync/target.h"

/* Hears of every step as it ends; may be NULL. */
struct apply_observer {
    void (*step)(void *context, const struct plan_step *step, enum target_end end,
                 const char *sentence);
    void *context;
};

struct apply {
    struct target *target;
    Ledger *ledger;
    const char *run; /* id of this run */
    const struct apply_observer *observer;
    gboolean (*interrupted)(void *context); /* asked before every write; may be NULL */
    void *interrupted_context;
};

/* Settles the intents about one organization that an earlier run left open, by looking. What cannot
 * be told stays open and is counted as failed. Call before reading the actual state. FALSE only when
 * the ledger cannot be written (INTERNAL). */
gboolean apply_settle(const struct apply *apply, const char *organization,
                      struct report *report, GError **error);

/* Clears the markers, then takes the steps in order. Holds and waiting that come about on the
 * way are added to the plan; everything is counted in `report`. FALSE with an error only when
 * going on is pointless: the endpoint does not answer (RETRY), the token is refused (DENIED),
 * INTERRUPTED, or the ledger cannot be written (INTERNAL). The rest of the steps is then
 * untouched. */
gboolean apply_plan(const struct apply *apply, Plan *plan, struct report *report,
                    GError **error);
