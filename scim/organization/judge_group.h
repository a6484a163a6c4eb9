/*
 * ACT_GROUP_CREATE, ACT_GROUP_EDIT, ACT_GROUP_REMOVE: groups that a provider pushes. They touch no
 * person, so that no rule about people (cap, last owner, protection) can fail them. A member id that
 * we do not know is left out and counted in the verdict, or refused where the draft says so.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

gboolean judge_group_create(struct change *change, const struct act *act, GError **error);
gboolean judge_group_edit(struct change *change, const struct act *act, GError **error);
gboolean judge_group_remove(struct change *change, const struct act *act, GError **error);
