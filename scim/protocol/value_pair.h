/*
 * What tells the values of one multi-valued attribute apart: the pair of type and value, which
 * stands there at most once (RFC 7643 2.4).
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/schema.h"

/* The pair as a text to compare, by the case rule of each part; NULL where a value has no
 * sub-attribute `value`, or is no object. The caller frees. */
char *value_pair_key(const struct schema_attribute *attribute, const json_t *value);

/* Two values of the same pair become one: `kept` takes over what `other` says besides; what never
 * changes stays as it is in `kept`. FALSE: it said all of it already. */
gboolean value_pair_merge(const struct schema_attribute *attribute, json_t *kept,
                          json_t *other);

/* Merges later values of a list into earlier ones of the same pair; how many went. */
size_t value_pair_collapse(const struct schema_attribute *attribute, json_t *list);
