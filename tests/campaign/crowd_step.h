/*
 * One step of the crowd at random: an act by somebody, time, the clock, the mailer.
 */
#pragma once

#include "tests/campaign/crowd.h"

/* crowd->people is fresh. */
void crowd_step(struct crowd *crowd);
