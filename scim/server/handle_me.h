/*
 * /Me (RFC 7644 3.11): the person of the token. DELETE leaves the organization, taking a
 * project role away leaves the project. A service has no person: 404.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_me_read(struct call *call);
gboolean handle_me_patch(struct call *call);
gboolean handle_me_leave(struct call *call);
