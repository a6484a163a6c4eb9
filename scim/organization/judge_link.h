/*
 * Links that change their origin: a directory takes over from a provider, or the reverse. See
 * judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_LINK_MOVE, of one person or (id NULL) of everybody who has such a link: the same roles, the same
 * activity and the same place in the order under another origin; all or none. Who is suspended stays so,
 * under "manual" by an owner. Refused where there is
 * a link of that origin already, where the origin is not known, and in rehearsal. Convention of
 * change.h. */
gboolean judge_link_move(struct change *change, const struct act *act, GError **error);
