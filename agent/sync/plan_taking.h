/*
 * Candidates become steps: each one taken is carried out in the model at once, so that what follows
 * is judged by what the organization is by then.
 */
#pragma once

#include "agent/sync/plan_addresses.h"
#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_state.h"

#define PLAN_TAKING_ADDRESSES ((1u << PROFILE_USER_NAME) | (1u << PROFILE_MAIL))

struct plan_taking {
    PlanDraft *draft;
    PlanState *state;
    PlanAddresses *addresses; /* NULL: no address changes hands */
    GArray *stand_ins;        /* struct taken_stand_in, of this plan */
    GArray *touched;          /* scratch: guint32 */
    gboolean again; /* the seat queue changed what was decided before: another round */
};

void plan_taking_init(struct plan_taking *taking, PlanDraft *draft, PlanState *state);
void plan_taking_clear(struct plan_taking *taking);

/* Makes a step of the plan out of a candidate and sets its fate. A copy may be given that is no
 * candidate of the draft, if its person is there. */
void plan_taking_take(struct plan_taking *taking, struct plan_candidate *candidate);

/* The same for stand-ins (struct plan_stand_in of plan_invariants). */
void plan_taking_stand_ins(struct plan_taking *taking, const GArray *chosen);

/* Has somebody else an address that the candidate wants? Then who, in `holder`. */
gboolean plan_taking_is_taken(const struct plan_taking *taking,
                              const struct plan_candidate *candidate,
                              struct plan_address_holder *holder);
