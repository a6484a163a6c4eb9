/*
 * Invitations as resources: POST invites, resends and revokes by PATCH, DELETE revokes.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_invitation_list(struct call *call);
gboolean handle_invitation_create(struct call *call);
gboolean handle_invitation_read(struct call *call);
gboolean handle_invitation_patch(struct call *call);
gboolean handle_invitation_revoke(struct call *call);
