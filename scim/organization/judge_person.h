/*
 * New people: POST of a User, and the first owners. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_PERSON_CREATE. Convention of change.h, as all of them. */
gboolean judge_person_create(struct change *change, const struct act *act, GError **error);

/* Makes the person a draft describes, with a link of the actor's origin: markers, addresses,
 * domains and the restore window are heeded. */
gboolean judge_person_make(struct change *change, const struct person_draft *draft,
                           GError **error);

/* May the actor invite somebody with these roles? */
gboolean judge_person_permit(struct change *change, enum organization_role role,
                             const GArray *projects);

/* An owner who is active from the start, without an invitation. Only for the system and the
 * operator who makes an organization; no permission is asked. */
gboolean judge_person_found(struct change *change, const char *address,
                            struct touched **touched, GError **error);
