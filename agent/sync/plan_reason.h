/*
 * The sentences of a plan: why a step is taken, held or left.
 */
#pragma once

#include "agent/sync/plan_draft.h"

/* "by rule: group 'staff' of directory 'corp' -> acme: member", or without rule texts "wanted
 * by 'directory:corp'". The plan's. */
const char *plan_reason_rule(PlanDraft *draft, const struct desired_link *wanted, guint32 rule);

/* Why somebody missing goes, by what the directory proves. Static. */
const char *plan_reason_presence(enum source_presence presence);

/* Makes this candidate a hold, with its sentence and what would release it, and leaves it.
 * `because` says more than the reason does; NULL for what always goes with the reason. */
void plan_reason_hold(PlanDraft *draft, struct plan_candidate *candidate,
                      enum plan_hold_reason reason, const char *because);
