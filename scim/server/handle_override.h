/*
 * /Overrides: the roles that owners set over what the origins say (membership.h). Everybody but a
 * provider sees them; whoever may set one may lift it.
 */
#pragma once

#include <jansson.h>

#include "scim/server/call.h"

gboolean handle_override_list(struct call *call); /* GET or .search */

/* All that the caller may see, as a new array; NULL with a fault. */
json_t *handle_override_all(struct call *call);

gboolean handle_override_read(struct call *call);
gboolean handle_override_lift(struct call *call);
