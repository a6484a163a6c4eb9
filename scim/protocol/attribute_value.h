/*
 * Is this JSON a value of that attribute? One answer for POST, PUT and PATCH.
 *
 * The value comes back clean: a new tree in the schema's spelling, null and [] and empty
 * objects gone (unassigned, RFC 7643 2.5), readOnly sub-attributes dropped, values of the same
 * type and value made one (2.4). Counted: unknown sub-attributes, dropped; "True" for true; "" for
 * no value; a manager that is no object.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/schema.h"
#include "scim/protocol/tolerance.h"

#define ATTRIBUTE_VALUE_MAX_BYTES 16384 /* of one string */

/* A whole attribute: an array where it is multi-valued. *clean is a new reference, or NULL when
 * unassigned. FALSE with an invalidValue fault. */
gboolean attribute_value_check(const struct schema_attribute *attribute, json_t *value,
                               struct tolerance_use *use, json_t **clean, struct fault *fault);

/* One value of it: an element, where it is multi-valued. */
gboolean attribute_value_check_one(const struct schema_attribute *attribute, json_t *value,
                                   struct tolerance_use *use, json_t **clean,
                                   struct fault *fault);

/* Some of the sub-attributes of one value of a complex attribute, to be merged into one that is
 * there: what is required may be missing, and null stays, for "unassign this one". */
gboolean attribute_value_check_parts(const struct schema_attribute *attribute, json_t *value,
                                     struct tolerance_use *use, json_t **clean,
                                     struct fault *fault);
