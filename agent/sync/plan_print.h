/*
 * A plan for people: every step, hold, note and wait as a line with its reason; and as JSON.
 */
#pragma once

#include <glib.h>

#include "agent/sync/plan.h"

/* Text for a terminal, ending in a newline. `user`: only what concerns this userName
 * (ASCII-case-blind) or externalId; NULL for everything. The caller frees. */
char *plan_print_text(const GPtrArray *plans, const char *user);

/* One JSON value on one line, without a newline: { "plans": [ { organization, steps, holds,
 * notes, set_aside, waiting, markers, approve } ] }. `approve` is the digest that --approve
 * takes, null when the guard holds nothing. The caller frees. */
char *plan_print_json(const GPtrArray *plans, const char *user);

/* One step as a line without its reason: "invite dana@example.com as member, search/admin". The
 * caller frees. */
char *plan_print_step(const struct plan_step *step);
