/*
 * The guard: what takes too much from too many at once waits for a human being (R46-R54, D20).
 *
 * Judged over the whole difference of one organization, before any seat is given out. What trips is
 * held, the rest goes on; an approval lets exactly what was shown pass.
 */
#pragma once

#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_state.h"

/* Does n trip the limit among so many people? */
gboolean plan_guard_trips(guint n, guint people, const struct plan_limit *limit);

/* Holds candidates of the draft. `state` is the organization before the plan; it stays. When
 * anything is held, no marker is cleared: what left may only be missing. */
void plan_guard(PlanDraft *draft, const PlanState *state);
