/*
 * sortBy and sortOrder (RFC 7644 3.4.2.3): ascending unless asked otherwise, the primary value of
 * a multi-valued attribute or its first, what has no value last (descending: first), text by the
 * case rule of its attribute.
 *
 *   g_autoptr(ListOrder) order = list_order_new(LIST_ORDER_STABLE, descending);
 *   list_order_add(order, resource, &query->sort_by) ...
 *   list_order_sort(order);
 *   ... list_order_at(order, i) for i below list_order_count(order)
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/attribute_reference.h"

#define LIST_ORDER_KEY_CHARACTERS 256 /* of a text that count in a LASTING order */

enum list_order_kind {
    LIST_ORDER_STABLE, /* what is equal keeps the order in which it was added */
    LIST_ORDER_LASTING, /* what is equal is in the order of type and id, so that whatever comes or
                           goes, the rest keeps its order: a cursor can go on in it */
};

typedef struct list_order ListOrder;

ListOrder *list_order_new(enum list_order_kind kind, gboolean descending);
void list_order_free(ListOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListOrder, list_order_free)

/* A resource of ours (a further reference is kept), sorted by that attribute of it; NULL: by none.
 */
void list_order_add(ListOrder *order, json_t *resource, const struct attribute_reference *by);

/* Once, after the last was added. */
void list_order_sort(ListOrder *order);

guint list_order_count(const ListOrder *order);
json_t *list_order_at(const ListOrder *order, guint at); /* borrowed from the order */

/* Of a LASTING order: where a row stands, [key, "Type/id"], and the first row behind such a place,
 * whether or not somebody still stands there. The key is null, a number, a boolean, or a text as it
 * is compared. */
json_t *list_order_place(const ListOrder *order, guint at); /* new reference */
guint list_order_after(const ListOrder *order, const json_t *place);
