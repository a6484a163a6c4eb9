/*
 * Phase 4 of the order: profiles and reissues, each after the step that frees its address.
 */
#pragma once

#include "agent/sync/plan_taking.h"

/* Takes every open update-profile and reissue whose addresses are free by now. An address that stays
 * taken holds up only itself: the rest of such a step is taken, the address stays open. So does the
 * profile of a link that is not its person's oldest by now. */
void plan_profiles_take(struct plan_taking *taking);
