/*
 * A PatchOp message (RFC 7644 3.5.2) read into operations; patch_apply.h carries them out.
 */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "scim/protocol/attribute_path.h"

#define PATCH_MAX_OPERATIONS 1000

enum patch_verb {
    PATCH_ADD,
    PATCH_REMOVE,
    PATCH_REPLACE,
};

struct patch_operation {
    enum patch_verb verb;
    struct attribute_path *path; /* NULL: the resource itself */
    json_t *value;               /* borrowed from the message; NULL: none given */
};

struct patch {
    json_t *message; /* holds the values */
    struct patch_operation *operations;
    size_t count;
};

typedef struct patch Patch;

/* Reads a message for a resource of `type`: `op` in any case, no path, no operations at all (all
 * three counted), every path well formed; remove needs a path (noTarget), add and replace a value.
 * Names of the message itself are read ASCII-case-blind. NULL with a fault; a strict connection's
 * message is refused here for its form, whatever its operations would do. */
struct patch *patch_parse(const struct resource_type *type, json_t *message,
                          const struct request_limits *limits, struct tolerance_use *use,
                          struct fault *fault);

/* Does an operation name that attribute, or a part of it, in its path or in a value without path? */
gboolean patch_names(const struct patch *patch, const char *attribute);

/* NULL is allowed. */
void patch_free(struct patch *patch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Patch, patch_free)
