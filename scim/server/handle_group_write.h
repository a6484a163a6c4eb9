/*
 * Pushing groups: POST /Groups, PUT, PATCH, DELETE /Groups/{id} (RFC 7644 3.3, 3.5, 3.6).
 *
 * PATCH touches the members that it names and no others (group_patch.h); it answers 204, or 200 with
 * the group where `attributes` is given. PUT replaces: an absent externalId goes, absent `members`
 * stay (whoever only renames would empty the group), `members: []` empties. A PUT or PATCH that
 * names another id in its body than in its path is refused (R08). Without If-Match there is no 412,
 * and members never give a 409.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_group_write_create(struct call *call);
gboolean handle_group_write_replace(struct call *call);
gboolean handle_group_write_patch(struct call *call);
gboolean handle_group_write_remove(struct call *call);
