/*
 * An invitation by e-mail: of a stranger, of somebody pending (S14), of a member to a project (S13).
 * See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_INVITE. Convention of change.h. */
gboolean judge_invite(struct change *change, const struct act *act, GError **error);
