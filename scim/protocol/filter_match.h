/*
 * Does a resource match a filter? The meaning is written in filter_parser.h.
 *
 * Resources are ours: names in the schema's spelling, as resource_check() makes them.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/filter_parser.h"

gboolean filter_match(const struct filter *filter, const json_t *resource);

/* Does one value of the attribute in front of the bracket match what stands inside? For a
 * filter of filter_parse_values(), or the `left` of a FILTER_ANY. */
gboolean filter_match_value(const struct filter_node *node, const json_t *value);
