/*
 * Projects as resources: made by owners, never deleted; members are touched one by one, so that
 * two edits at once lose nothing (N08).
 */
#pragma once

#include <jansson.h>

#include "scim/server/call.h"

gboolean handle_project_list(struct call *call); /* GET or .search */

/* All that the caller may see, as a new array; NULL with a fault. */
json_t *handle_project_all(struct call *call);

gboolean handle_project_create(struct call *call);
gboolean handle_project_read(struct call *call);
gboolean handle_project_replace(struct call *call);
gboolean handle_project_patch(struct call *call);
