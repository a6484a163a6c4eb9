/*
 * A schedule only plans until somebody has run a sync or an apply by hand and it succeeded: the
 * first run of a new config is one that a person looks at.
 *
 * Armed is the file `armed` in sync.state.
 */
#pragma once

#include <glib.h>

#include "agent/sync/report.h"

gboolean arming_is_armed(const char *state);

/* A run by hand ended with this report: arms unless it failed. What goes wrong here is nobody's
 * failure: the schedule then goes on planning. */
void arming_note(const char *state, const struct report *report);
