/*
 * The endpoint that an organization lives in, as a struct target: our own, or the one that the
 * config names.
 */
#pragma once

#include "agent/settings/settings.h"
#include "agent/sync/target.h"

/* Where the organization is written to: its own target, else sync.target, else NULL for our own
 * endpoint. Borrowed. */
const struct target_settings *
assembly_target_of(const Settings *settings, const struct organization_settings *organization);

/* Makes the target; NULL as `place` is our own endpoint, for every organization in it. Errors:
 * SETTINGS (url, token), RETRY (our own endpoint was never started). */
struct target *assembly_target_new(const Settings *settings,
                                   const struct target_settings *place, GError **error);
