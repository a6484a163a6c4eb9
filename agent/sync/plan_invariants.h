/*
 * Which reductions may go without leaving an organization without an owner or a project without an
 * admin (I1, I2), and which owner must stand in before they do.
 */
#pragma once

#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_state.h"

struct plan_stand_in {
    guint32 person;  /* the owner who stands in, index into actual->people */
    guint32 project; /* index into actual->projects */
    guint cause;     /* index of a candidate that takes the last admin away */
};

/* Does this open candidate take a role, a link or its activity away at once (a reissue does not: it
 * changes an invitation), without taking a seat? */
gboolean plan_invariants_is_reduction(const PlanState *state,
                                      const struct plan_candidate *candidate);

/* Judges all open reductions together, as if taken one after the other from `state`: sets the
 * obstacle of each (NONE: it may go) and appends the stand-ins that must come first (struct
 * plan_stand_in). The order of the reductions among themselves then does not matter. */
void plan_invariants_judge(PlanDraft *draft, const PlanState *state, GArray *stand_ins);
