/*
 * Pages of a list by index, and the envelope that all lists come in (RFC 7644 3.4.2, 3.4.2.4).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/request_limits.h"

#define LIST_RESPONSE_DEFAULT_COUNT 100

struct list_page {
    gint64 start_index; /* from 1 */
    gint64 count;       /* rows wanted; 0: only the total */
};

/* Reads startIndex and count as the query has them (NULL: absent; 1 and
 * LIST_RESPONSE_DEFAULT_COUNT). startIndex below 1 is 1, count below 0 is 0 and above
 * `max_count` is `max_count`. FALSE with an invalidValue fault when one is not a whole number.
 */
gboolean list_response_page(const char *start_index, const char *count, gint64 max_count,
                            struct list_page *page, struct fault *fault);

/* The same for the members of a SearchRequest (integers, or NULL). */
gboolean list_response_page_of(const json_t *start_index, const json_t *count, gint64 max_count,
                               struct list_page *page, struct fault *fault);

/* The ListResponse: `total` over all pages, `resources` the rows of this one (the reference is
 * taken over; NULL is an empty page). itemsPerPage is what is really there. New reference. */
json_t *list_response_print(gint64 total, gint64 start_index, json_t *resources);

/* The same of a read by cursor (RFC 9865 2): `next` where the following page begins; NULL: this is
 * the last. New reference. */
json_t *list_response_print_cursor(gint64 total, const char *next, json_t *resources);
