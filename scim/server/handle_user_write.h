/*
 * Writing Users (RFC 7644 3.3, 3.5, 3.6): POST invites, PUT and PATCH edit, DELETE removes or
 * revokes. A request becomes the state after it, as the caller sees the person; what that means
 * is the judge's. All of them run on the writer's thread, so that what they read still stands
 * when they write.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_user_write_create(struct call *call);
gboolean handle_user_write_replace(struct call *call);
gboolean handle_user_write_patch(struct call *call);
gboolean handle_user_write_remove(struct call *call);
