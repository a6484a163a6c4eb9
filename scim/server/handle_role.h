/*
 * The fixed roles as resources, with how many hold them; the seat cap stands at "member".
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_role_list(struct call *call);
gboolean handle_role_read(struct call *call);
