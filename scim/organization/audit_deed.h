/*
 * What was done to a person, told by what stood before and after, by a table. Pure.
 */
#pragma once

#include "scim/organization/audit.h"
#include "scim/organization/change.h"

/* Of a person who differs, after settling. */
enum audit_action audit_deed(const struct change *change, const struct touched *touched);
