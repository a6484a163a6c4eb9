/*
 * What the guard held and showed, so that `--approve DIGEST` releases exactly that.
 *
 * Kept in `approvals.json` in the state folder, each with the time it was shown; good for 24
 * hours.
 */
#pragma once

#include <glib.h>

#include "agent/sync/plan.h"
#include "scim/protocol/clock.h"

#define APPROVALS_LIFETIME G_GINT64_CONSTANT(86400) /* seconds: 24 hours */

/* Remembers what the guard holds in this plan, as shown now; shown again, the time of the first
 * showing stands while it is good. A plan without guard holds changes nothing. Forgets what is
 * older. */
gboolean approvals_remember(const char *state, const Plan *plan, gint64 now, GError **error);

/* The approval keys behind a digest, for plan_input.approved: REFUSED when it was never shown
 * here or is older than 24 hours. `digest` may be shortened to 12 or more characters if it is
 * then still the only one. */
GHashTable *approvals_find(const char *state, const char *digest, gint64 now, GError **error);
