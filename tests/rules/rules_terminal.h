/*
 * A cell of the matrix as the operator's verbs ask it: an act of the judge on the store itself.
 */
#pragma once

#include "tests/rules/rules_request.h"

/* As rules_request_send(). */
char rules_terminal_send(struct rules_world *world, const struct rules_cell *cell,
                         char **detail);
