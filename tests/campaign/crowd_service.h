/*
 * What the crowd does with connections, their tokens, links and pushed groups, for crowd_step.
 */
#pragma once

#include "tests/campaign/crowd.h"

/* One act of those, mostly by `actor`. */
void crowd_service_step(struct crowd *crowd, const struct actor *actor);
