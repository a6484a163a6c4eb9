/*
 * The fixed roles as resources, with how many hold them; the seat cap stands at "member".
 */
#pragma once

#include <jansson.h>

#include "scim/server/call.h"

gboolean handle_role_list(struct call *call); /* GET or .search */

/* All that the caller may see, as a new array; NULL with a fault. */
json_t *handle_role_all(struct call *call);

gboolean handle_role_read(struct call *call);
