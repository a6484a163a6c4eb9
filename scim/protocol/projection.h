/*
 * Which attributes an answer shows: `attributes` and `excludedAttributes` (RFC 7644 3.9)
 * against each attribute's `returned` (RFC 7643 7).
 *
 * projection_parse() once a request -> projection_apply() for each resource ->
 * projection_free().
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/schema.h"

#define PROJECTION_MAX_NAMES 100

struct projection;
typedef struct projection Projection;

/* Comma-separated names, each NULL when the request has none; names the type does not have are
 * ignored. NULL with a fault: both given, or a malformed or over-long list (invalidValue). */
struct projection *projection_parse(const struct resource_type *type, const char *attributes,
                                    const char *excluded, struct fault *fault);

/* Was `attributes` given? Then a PATCH answers 200 with a body. */
gboolean projection_is_chosen(const struct projection *projection);

/* What to show of `resource`; new reference, which shares values with it: do not change them.
 */
json_t *projection_apply(const struct projection *projection, json_t *resource);

/* NULL is allowed. */
void projection_free(struct projection *projection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Projection, projection_free)
