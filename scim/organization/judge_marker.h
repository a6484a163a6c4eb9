/*
 * Markers that an act lifts besides what it does: each is recorded. See judge.h.
 */
#pragma once

#include "scim/organization/change.h"

/* An owner's or administrator's invitation lifts the markers of that userName and address (either
 * may be NULL); anybody else's does not. Convention of change.h, as both. */
gboolean judge_marker_lift_named(struct change *change, const char *user_name,
                                 const char *address, GError **error);

/* The source let go of somebody: entering it again invites again. */
gboolean judge_marker_lift_anchored(struct change *change, const char *origin,
                                    const char *external_id, GError **error);
