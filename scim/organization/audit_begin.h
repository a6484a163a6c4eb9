/*
 * The trail of an organization that stood before it had one: what there is, is recorded once, action
 * "begin", actor "time".
 */
#pragma once

#include "scim/organization/change.h"

/* Where the organization exists and has no record yet: one record for it, for each of its people,
 * projects, connections and tokens, as they stand. Inside the caller's transaction. */
gboolean audit_begin(struct change *change, GError **error);
