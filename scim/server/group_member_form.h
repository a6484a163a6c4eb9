/*
 * Members of a group in the forms that providers send besides the standard's: an id without an
 * object, and `displayName` for `display`.
 *
 * Whatever a handler reads members from goes through group_member_form() first; what it changes is
 * counted, and refused to a strict connection like the rest (TOLERANCE_UNKNOWN).
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/tolerance.h"

/* One member or an array of them, in the standard's form: "x" becomes { "value": "x" }, and
 * `displayName` (in any case) stands for `display` where there is none. New reference; `value` is not
 * touched. NULL stays NULL. */
json_t *group_member_form(json_t *value, struct tolerance_use *use);

/* The same for the `members` of a whole resource, in whatever case they are named: a copy where there
 * are any. New reference. */
json_t *group_member_form_of_resource(json_t *resource, struct tolerance_use *use);
