/*
 * A bulk request (RFC 7644 3.7) as a value: its operations, and in which order they can be done.
 *
 *   g_autoptr(Bulk) bulk = bulk_parse(body, limits, &fault);
 *   for each group of bulk->groups: do its operations; bulk_reference.h puts the ids in
 *
 * Operations keep the order of the request, but what is referred to comes first (a forward
 * reference). Those that refer to each other in a circle are one group: all or none of them. Pure.
 */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "scim/protocol/bulk_order.h"
#include "scim/protocol/fault.h"
#include "scim/protocol/request_limits.h"

/* Texts and data are borrowed from the message; NULL where it has none. */
struct bulk_operation {
    const char *method, *path, *bulk_id, *version;
    json_t *data;
    struct fault fault; /* set: it is malformed, and this is its answer */
};

struct bulk {
    json_t *message;
    gint64 fail_on_errors; /* so many failures end it; 0: none do */
    struct bulk_operation *operations;
    size_t count;
    GPtrArray *groups; /* struct bulk_group, in the order in which they can be done */
};

typedef struct bulk Bulk;

/* NULL with a fault when the message is no bulk request (invalidSyntax, invalidValue) or has more
 * operations than limits->bulk_operations (413, RFC 7644 3.7.4). What is wrong with one operation
 * is in that operation: no method of the four, no path, POST without a bulkId or with one that was
 * there before, no data. */
struct bulk *bulk_parse(json_t *message, const struct request_limits *limits,
                        struct fault *fault);

/* NULL is allowed. */
void bulk_free(struct bulk *bulk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bulk, bulk_free)
