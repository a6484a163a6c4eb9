/*
 * The endpoint that an organization lives in, as a struct target: our own, or the one that the
 * config names.
 */
#pragma once

#include "agent/settings/settings.h"
#include "agent/sync/target.h"

/* Makes the target; NULL as `place` (assembly_place_of()) is our own endpoint, for every organization
 * in it. Errors: SETTINGS (url, token), RETRY (our own endpoint was never started). */
struct target *assembly_target_new(const Settings *settings,
                                   const struct target_settings *place, GError **error);
