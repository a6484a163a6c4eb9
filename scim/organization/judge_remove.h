/*
 * People who go: DELETE of a User, revoked and declined invitations, leaving. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_PERSON_REMOVE. Convention of change.h, as all of them. */
gboolean judge_remove(struct change *change, const struct act *act, GError **error);

/* ACT_LEAVE_ORGANIZATION, ACT_LEAVE_PROJECT */
gboolean judge_leave(struct change *change, const struct act *act, GError **error);
gboolean judge_leave_project(struct change *change, const struct act *act, GError **error);

/* A service lets go of somebody: its link goes, and with the last one the person. */
gboolean judge_remove_link(struct change *change, struct touched *touched, GError **error);
