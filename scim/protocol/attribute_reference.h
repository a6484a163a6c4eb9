/*
 * A name of an attribute, `userName`, `name.familyName` or `urn:...:User:name.familyName`, and
 * what it stands for in a resource type (RFC 7644 3.10). Filters, projection and sorting use
 * it; the longer paths of PATCH are in attribute_path.h.
 */
#pragma once

#include "scim/protocol/schema.h"

/*
 * known  attribute  sub    stands for
 * FALSE  NULL       NULL   nothing: well formed, but no attribute of this type
 * TRUE   set        NULL   the attribute
 * TRUE   set        set    the sub-attribute (of each value of a multi-valued attribute)
 * TRUE   NULL       NULL   the whole extension `container`
 */
struct attribute_reference {
    gboolean known;
    const char *container; /* URN of the extension it sits under; NULL: top of the resource */
    const struct schema_attribute *attribute;
    const struct schema_attribute *sub;
    gboolean is_former; /* its URN is the one of SCIM 1 (tolerance 12) */
};

/* Reads `length` bytes of `text`. FALSE: not of the form an attribute name has. */
gboolean attribute_reference_parse(const struct resource_type *type, const char *text,
                                   size_t length, struct attribute_reference *reference);

/* A name inside the brackets of a value path: a sub-attribute of `parent`; of simple values
 * `value`, which is the value itself (`sub` is NULL then). FALSE as above. */
gboolean attribute_reference_parse_sub(const struct attribute_reference *parent,
                                       const char *text, size_t length,
                                       struct attribute_reference *reference);

/* The value of the attribute itself (never of the sub-attribute) in a resource of ours,
 * borrowed; NULL where it is unassigned: absent, null or []. */
json_t *attribute_reference_get(const struct attribute_reference *reference,
                                const json_t *resource);
