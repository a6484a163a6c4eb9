/*
 * A name that only a rehearsal holds: whoever comes for real has it, the rehearsed person goes.
 *
 *   return rehearsed_name_release(change, draft->user_name, error) &&
 *          intake_user_name(change, draft->user_name, NULL, error) && ...
 */
#pragma once

#include "scim/organization/change.h"

/* Ends the person called so (NULL: nobody) where nothing but a connection in rehearsal knows them and
 * the actor is not in rehearsal itself: without a trace, but for the audit's. Convention of change.h. */
gboolean rehearsed_name_release(struct change *change, const char *user_name, GError **error);
