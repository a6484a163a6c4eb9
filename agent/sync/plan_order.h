/*
 * Order and seats: which open candidates become steps, in an order in which every prefix keeps
 * I1-I4; the rest becomes holds, notes and waiting.
 *
 * (1) Promotions of active people: owners, project admins, stand-ins. (2) Other grants that need no
 * seat. (3) Removals, revocations, suspensions, reductions. (4) Profiles and reissues, each after
 * the step that frees its address. (5) One queue of invitations and reactivations while seats last.
 * When a reactivation brings an owner or admin back, what only they held up is taken in a second
 * round of the same kind.
 */
#pragma once

#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_state.h"

/* Moves everything open into the plan. `state` becomes the organization after the plan. */
void plan_order(PlanDraft *draft, PlanState *state);
