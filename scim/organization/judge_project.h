/*
 * Projects: made, renamed, their members edited, several at once. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_PROJECT_CREATE, ACT_PROJECT_EDIT. Convention of change.h, as all of them. */
gboolean judge_project_create(struct change *change, const struct act *act, GError **error);
gboolean judge_project_edit(struct change *change, const struct act *act, GError **error);

/* A project with these first members, without asking for permission. */
gboolean judge_project_found(struct change *change, const struct act *act, GError **error);
