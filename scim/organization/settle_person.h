/*
 * One touched person: effective roles, status, invitation. See settle.h.
 */
#pragma once

#include "scim/organization/change.h"

/* Makes everything follow from the person's links, overrides and stand-ins; may be called again
 * when those changed. Convention of change.h. */
gboolean settle_person(struct change *change, struct touched *touched, GError **error);

/* Ends the pending invitation and the person, with a marker on every link that is not manual
 * (`kind` a marker_kind; -1: no marker). `status` is what becomes of the invitation. */
gboolean settle_gone(struct change *change, struct touched *touched, int status, int kind,
                     GError **error);
