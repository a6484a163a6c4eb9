/*
 * Overrides lifted: what the links say counts again. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_OVERRIDE_LIFT: the organization's role by whoever may change it, a project's by its admins
 * too. Nothing there: 404. Convention of change.h. */
gboolean judge_override_lift(struct change *change, const struct act *act, GError **error);
