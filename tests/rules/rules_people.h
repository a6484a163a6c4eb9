/*
 * Who is in the organizations of rules_world.h, and how they came there: through the judge and the
 * endpoint, as everybody does.
 */
#pragma once

#include "tests/rules/rules_world.h"

/* Fills an empty store: people, projects, tokens. The clock moves on by two days. */
void rules_people_fill(struct rules_world *world);
