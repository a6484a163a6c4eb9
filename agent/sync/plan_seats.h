/*
 * The one queue in which seats are given out, and what becomes of those for whom none is left.
 */
#pragma once

#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_state.h"

/* Puts indexes of candidates (guint) into the order of the queue: owners, project admins, billing
 * admins, the rest; then the rules' priority, high first; then the seat_order value, numbers as
 * numbers, none last; then anchor and origin. */
void plan_seats_sort(PlanDraft *draft, GArray *candidates);

/* Leaves a candidate as waiting; `state` is the organization as it is then. */
void plan_seats_wait(PlanDraft *draft, struct plan_candidate *candidate,
                     const PlanState *state);
