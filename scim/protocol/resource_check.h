/*
 * Is this body a resource of that type, and what does it say? For POST and PUT.
 *
 * What comes back is canonical: names in the schema's spelling, only what the schema has and a
 * client may write, null and [] left out, `schemas` naming the core schema and the extensions
 * with data. Ignored and counted: unknown attributes and URNs, readOnly attributes that say
 * something else than `stored`.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/schema.h"
#include "scim/protocol/tolerance.h"

/* New reference, or NULL with a fault: `schemas` absent, empty or without the core schema
 * (invalidSyntax or invalidValue), wrong type, required attribute missing, more than one
 * primary (invalidValue). `stored` is NULL for POST; for PUT it is the resource as it is, whose
 * immutable attributes must come back equal or be left out, in which case they are kept (RFC
 * 7644 3.5.1: mutability). readOnly attributes of `stored` are not copied: the caller owns
 * those. */
json_t *resource_check(const struct resource_type *type, json_t *body, const json_t *stored,
                       struct tolerance_use *use, struct fault *fault);

/* The id in a body is never believed; another one than that of the path is a mistake worth telling
 * (R08): FALSE with an invalidValue fault. */
gboolean resource_check_id(json_t *body, const char *id, struct fault *fault);

/* Makes `schemas` of a resource say which extensions it has data for; empty ones are dropped.
 */
void resource_check_schemas(const struct resource_type *type, json_t *resource);
