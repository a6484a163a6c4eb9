/*
 * /Overrides: the roles that owners set over what the origins say (membership.h). A sync, an admin
 * and owners see all of them, an admin of projects those of these projects; whoever may set one
 * may lift it.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_override_list(struct call *call);
gboolean handle_override_read(struct call *call);
gboolean handle_override_lift(struct call *call);
