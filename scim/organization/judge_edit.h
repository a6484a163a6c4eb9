/*
 * Changes of a person who is there: PUT and PATCH of a User. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_PERSON_EDIT. Convention of change.h. */
gboolean judge_edit(struct change *change, const struct act *act, GError **error);
