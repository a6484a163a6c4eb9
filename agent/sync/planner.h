/*
 * Makes a plan: difference, guard, order and seats, one after the other. Pure but for presence.
 *
 *   struct plan_input input = { .desired = d, .actual = a, .origins = origins, ... };
 *   g_autoptr(Plan) plan = planner_make(&input);
 */
#pragma once

#include "agent/sync/plan.h"
#include "agent/sync/plan_input.h"

/* Never fails and asks for nothing but presence. Digests are left out: plan_seal() adds them,
 * where they are wanted. */
Plan *planner_make(const struct plan_input *input);
