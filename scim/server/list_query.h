/*
 * What a list request asks for (RFC 7644 3.4.2, 3.4.3; RFC 9865): filter, order, page, attributes;
 * and the answer from resources that are all at hand.
 *
 * A list is read by index (startIndex, what nobody says otherwise) or by cursor. By index a page is
 * a cut through the list as it is now: whatever is removed ahead moves the rest up, and a reader
 * misses as many as it had counted on; the ETag tells that something changed. By cursor a page
 * begins behind the last row of the one before, so that whoever is there all the time is read once.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/filter_parser.h"
#include "scim/protocol/list_response.h"
#include "scim/protocol/projection.h"
#include "scim/server/call.h"
#include "scim/server/list_order.h"

struct list_query {
    const struct resource_type *type;
    Filter *filter;        /* NULL: all */
    struct list_page page; /* start_index is 1 by cursor */
    Projection *projection;
    gboolean sorts;
    gboolean descending;
    struct attribute_reference sort_by;
    gboolean by_cursor;
    json_t *after; /* by cursor: what the cursor says; NULL: the first page */
    char *bound;   /* by cursor: what its cursors belong to */
};

/* Reads the query of the request, or of a POST the SearchRequest in its body. FALSE with a fault;
 * to be cleared either way. */
gboolean list_query_read(struct call *call, const struct resource_type *type,
                         struct list_query *query);

/* Safe on a zeroed struct. */
void list_query_clear(struct list_query *query);

/* An empty order of the kind that the query is answered in. */
ListOrder *list_query_order(const struct list_query *query);

/* One resource more for it (taken): one that matches, or, with add, unless the filter leaves it out.
 */
void list_query_take(const struct list_query *query, ListOrder *order, json_t *resource);
void list_query_add(const struct list_query *query, ListOrder *order, json_t *resource);

/* FALSE with a fault (tooMany) when that many rows are more than may be put in order in memory:
 * the limit `sorted`. */
gboolean list_query_fits(struct call *call, gint64 rows);

/* Sorts, and takes the rows of the page: a new array of the whole resources. *next: by cursor,
 * where the next page begins, the caller frees; NULL: this is the last. */
json_t *list_query_cut(struct call *call, const struct list_query *query, ListOrder *order,
                       char **next);

/* The cursor of a place of the caller's own (taken). The caller frees. */
char *list_query_cursor(struct call *call, const struct list_query *query, json_t *place);

/* Answers with a page of whole resources (taken), `total` in all; `next` as of list_query_cut(). */
gboolean list_query_answer_page(struct call *call, const struct list_query *query, gint64 total,
                                const char *next, json_t *page);

/* The same when the resources are already as they are to be shown. */
gboolean list_query_answer_shown(struct call *call, const struct list_query *query,
                                 gint64 total, const char *next, json_t *page);

/* Answers with those of `all` (an array, taken) that match, in order, one page of them. */
gboolean list_query_answer(struct call *call, const struct list_query *query, json_t *all);

/* The whole of a list, by GET or .search, of resources that are all at hand: of a GET ETag and 304,
 * then the query and the answer. `read` gives all of them as a new array, or NULL with a fault. */
gboolean list_query_serve(struct call *call, const struct resource_type *type,
                          json_t *(*read)(struct call *call));
