/*
 * Markers as resources: who must not be invited again by a sync or a provider. A sync sees
 * those of directories, an admin and an owner all; DELETE lets the person be invited again.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_marker_list(struct call *call);
gboolean handle_marker_read(struct call *call);
gboolean handle_marker_lift(struct call *call);
