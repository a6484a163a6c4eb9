/*
 * A connection leaves its rehearsal. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_CONNECTION_LIVE: its links become real at once, as if it had pushed them now, all or none.
 * Whoever cannot be invited is held; beyond the cap the whole is refused, or, where the connection
 * waits, they wait. A connection that is live already is left unchanged. Convention of change.h. */
gboolean judge_live(struct change *change, const struct act *act, GError **error);
