/*
 * Those whom a directory wants and who have no link of it yet: invited, adopted, or kept out by
 * a marker.
 */
#pragma once

#include "agent/sync/plan_draft.h"

typedef struct plan_newcomers PlanNewcomers;

/* Also finds the markers whose person left the source: they are added to the plan. */
PlanNewcomers *plan_newcomers_new(PlanDraft *draft);
void plan_newcomers_free(PlanNewcomers *newcomers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanNewcomers, plan_newcomers_free)

/* A candidate for a link that is wanted, with all its roles from none: not yet anything else. The
 * draft's; borrowed until the next. `user_name` is what the person is called. */
struct plan_candidate *plan_newcomers_begin(PlanDraft *draft, const struct desired_link *wanted,
                                            const char *user_name);

/* One link that is wanted (DESIRED_GRANTED) and absent, in the order of the desired state. */
void plan_newcomers_add(PlanNewcomers *newcomers, const struct desired_link *wanted);

/* After the last one: of several who want one address, one is invited and the others join that
 * person where their directory may adopt. */
void plan_newcomers_finish(PlanNewcomers *newcomers);
