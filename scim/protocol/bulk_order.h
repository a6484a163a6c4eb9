/*
 * The order in which the operations of a bulk request can be done: each as early as the request
 * has it, behind all that it refers to. What refers to each other in a circle is one group.
 */
#pragma once

#include <glib.h>

/* What is done together. */
struct bulk_group {
    GArray *members;      /* size_t: indexes of operations, in the order of the request */
    gboolean is_circular; /* they, or the one, refer to what they make themselves */
};

/* `references` holds for each operation a GArray of size_t: the operations it refers to. Owned
 * struct bulk_group, those referred to first; no depth of references is too much. */
GPtrArray *bulk_order(const GPtrArray *references);
