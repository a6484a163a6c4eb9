/*
 * Changes of a person who is there: PUT and PATCH of a User. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_PERSON_EDIT. Convention of change.h. */
gboolean judge_edit(struct change *change, const struct act *act, GError **error);

/* A service writes its own link, as the draft says; making one on somebody else's person is adopting
 * them. */
gboolean judge_edit_link(struct change *change, struct touched *touched,
                         const struct person_draft *draft, GError **error);
