/*
 * What must stand in the organizations after a cell of the matrix is done: the state before with
 * exactly that changed which was asked. It knows nothing of the endpoint but the lines of
 * rules_world_brief().
 */
#pragma once

#include "tests/rules/rules_request.h"

/* NULL when `after` is what the cell makes of `before`, else what differs. The caller frees. */
char *rules_model_check(const struct rules_cell *cell, const char *before, const char *after);
