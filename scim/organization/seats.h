/*
 * The arithmetic of seats (I3). Pure.
 *
 * The ceiling is what the database checks: max(cap, min(old ceiling, used)). While use is above a
 * lowered cap the ceiling follows it down and never up.
 */
#pragma once

#include <glib.h>

#include "scim/protocol/refusal.h"

gint64 seats_ceiling(gint64 cap, gint64 old_ceiling, gint64 used);

/* May use go from `before` to `after` under `cap`? Else the refusal says so, with the numbers. */
gboolean seats_allow(gint64 cap, gint64 before, gint64 after, struct refusal *refusal);
