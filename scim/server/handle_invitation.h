/*
 * Invitations as resources: POST invites, resends and revokes by PATCH, DELETE revokes.
 */
#pragma once

#include <jansson.h>

#include "scim/server/call.h"

gboolean handle_invitation_list(struct call *call); /* GET or .search */

/* All that the caller may see, as a new array; NULL with a fault. */
json_t *handle_invitation_all(struct call *call);

gboolean handle_invitation_create(struct call *call);
gboolean handle_invitation_read(struct call *call);
gboolean handle_invitation_patch(struct call *call);
gboolean handle_invitation_revoke(struct call *call);
