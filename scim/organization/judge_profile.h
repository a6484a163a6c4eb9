/*
 * Whose word the names, the address and the profile of a person are, and what a change of them may do
 * (R02): shared by the edits of judge_edit.h. Convention of change.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* The origin of the oldest link that keeps the person in: its profile counts. Borrowed. */
const char *judge_profile_creator(const struct person_facts *facts);

/* A provider's `active: false` must not fail for the sake of what stands beside it, nor must its POST
 * of somebody suspended: those parts keep their stored value, and verdict->forgiven counts them. */
gboolean judge_profile_is_lenient(const struct change *change,
                                  const struct person_draft *draft);

gboolean judge_profile_differs(const struct person_facts *before,
                               const struct person_draft *draft);

/* Writes what the draft says of userName, address, names and profile. What hinders a provider's
 * person from being mailed holds them instead of failing. */
gboolean judge_profile_write(struct change *change, struct touched *touched,
                             const struct person_draft *draft, GError **error);

/* After that, of a provider's person who never accepted: they are invited, or stay held, as their
 * marker says, which follows them through new names and addresses. */
gboolean judge_profile_heed_marker(struct change *change, struct touched *touched,
                                   GError **error);
