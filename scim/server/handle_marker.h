/*
 * Markers as resources: who must not be invited again by a sync or a provider. A sync sees
 * those of directories, an admin and an owner all; DELETE lets the person be invited again.
 */
#pragma once

#include <jansson.h>

#include "scim/server/call.h"

gboolean handle_marker_list(struct call *call); /* GET or .search */

/* All that the caller may see, as a new array; NULL with a fault. */
json_t *handle_marker_all(struct call *call);

gboolean handle_marker_read(struct call *call);
gboolean handle_marker_lift(struct call *call);
