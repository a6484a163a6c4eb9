/*
 * sortBy and sortOrder (RFC 7644 3.4.2.3): ascending unless asked otherwise, the primary value of
 * a multi-valued attribute or its first, what has no value last (descending: first), text by the
 * case rule of its attribute. What is equal keeps its order.
 */
#pragma once

#include <glib.h>

#include "scim/protocol/attribute_reference.h"

/* Sorts json_t * resources of ours. */
void list_order_sort(GPtrArray *resources, const struct attribute_reference *by,
                     gboolean descending);
