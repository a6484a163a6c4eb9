/*
 * The path of a PATCH operation (RFC 7644 figure 7): `attr`, `attr.sub`, `urn:...:attr.sub`,
 * `attr[filter]`, `attr[filter].sub`, and a bare extension URN.
 */
#pragma once

#include "scim/protocol/filter_parser.h"

struct attribute_path {
    struct attribute_reference reference; /* `sub`: after the dot, behind the bracket too */
    struct filter *filter; /* on the values of a multi-valued attribute, or NULL */
};

typedef struct attribute_path AttributePath;

/* Reads a path of `length` bytes. An attribute that the type does not have is no error:
 * reference.known is FALSE then, and it is counted. NULL with an invalidPath fault, or invalidFilter for what
 * stands in the brackets. */
struct attribute_path *attribute_path_parse(const struct resource_type *type, const char *text,
                                            size_t length, const struct request_limits *limits,
                                            struct tolerance_use *use, struct fault *fault);

/* NULL is allowed. */
void attribute_path_free(struct attribute_path *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AttributePath, attribute_path_free)
