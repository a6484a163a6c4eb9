/*
 * What a list request asks for (RFC 7644 3.4.2): filter, order, page, attributes; and the answer
 * from resources that are all at hand.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/filter_parser.h"
#include "scim/protocol/list_response.h"
#include "scim/protocol/projection.h"
#include "scim/server/call.h"

struct list_query {
    const struct resource_type *type;
    Filter *filter; /* NULL: all */
    struct list_page page;
    Projection *projection;
    gboolean sorts;
    gboolean descending;
    struct attribute_reference sort_by;
};

/* Reads the query of the request, or the SearchRequest in its body (RFC 7644 3.4.3). FALSE with a
 * fault; to be cleared either way. */
gboolean list_query_read(struct call *call, const struct resource_type *type,
                         struct list_query *query);
gboolean list_query_read_search(struct call *call, const struct resource_type *type,
                                struct list_query *query);

/* Safe on a zeroed struct. */
void list_query_clear(struct list_query *query);

/* Answers with those of `all` (an array, taken) that match, in order, one page of them. */
gboolean list_query_answer(struct call *call, const struct list_query *query, json_t *all);

/* Answers with a page that is cut already (taken), `total` in all. */
gboolean list_query_answer_page(struct call *call, const struct list_query *query, gint64 total,
                                json_t *page);

/* The whole of a list of resources that are all at hand: ETag and 304, then the query and the
 * answer. `read` gives all of them as a new array, or NULL with a fault. */
gboolean list_query_serve(struct call *call, const struct resource_type *type,
                          json_t *(*read)(struct call *call));
