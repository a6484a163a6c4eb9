/*
 * Lists of people: a filter, a page, a total, in the stable order in which they came, or sorted.
 *
 *   struct person_query query = {.organization = "acme", .filter = filter->root, .count = 100,
 *                                .now = now, .matches = resource_matches, .context = codec};
 *   ok = person_list(session, &query, &list, &error);
 *
 * What SQL can say of the filter it says on indexed columns; for the rest every candidate is
 * handed to `matches`. Roles and links of a page are read in one query each.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_facts.h"
#include "scim/organization/pushed_group.h"
#include "scim/protocol/filter_parser.h"

/* What SQL can sort by. Texts as they are compared: ASCII letters in lower case. */
enum person_order {
    PERSON_ORDER_PLACE, /* as they came */
    PERSON_ORDER_ID,
    PERSON_ORDER_USER_NAME,
    PERSON_ORDER_DISPLAY_NAME,
    PERSON_ORDER_CREATED,
    PERSON_ORDER_MODIFIED,
};

#define PERSON_LIST_KEY_CHARACTERS                                                             \
    256 /* of a text that count where a page goes on after a key */

/* Where a page goes on, whoever came or went since the one before: after this place, or, sorted,
 * after this key and, among its equals, this id. */
struct person_after {
    gint64 place;
    const char *key; /* at most PERSON_LIST_KEY_CHARACTERS; NULL: one without a value */
    gint64 time;     /* of an order by time, instead of the key */
    const char *id;
};

struct person_query {
    const char *organization;
    const struct filter_node *filter; /* NULL: everybody */
    /* Evaluates the whole filter on one person; called only where SQL does not cover it. */
    gboolean (*matches)(void *context, const struct person_facts *facts);
    void *context;
    const char *view; /* the origin whose externalId and active are meant; NULL: effective */
    /* Whose groups are read with each person, for a page in one query, and can be asked for; NULL:
     * none are. */
    const struct pushed_group_view *groups;
    gboolean hide_protected; /* providers do not see them in lists (but find them by name) */
    enum person_order order; /* but PLACE: only where person_list_sorts() */
    gboolean descending;
    /* By cursor: equals are in the order of their ids, `start` is not looked at. */
    gboolean by_cursor;
    const struct person_after *after; /* by cursor; NULL: from the first */
    gint64 start;                     /* how many to skip: startIndex - 1 */
    gint64 count;                     /* at most; 0 for the total alone */
    gint64 now;
};

struct person_page {
    GPtrArray *people; /* struct person_facts, owned */
    gint64 total;
    gint64 place;     /* of the last one in the page, in the order PLACE */
    gboolean is_last; /* nobody comes after this page */
};

/* Does SQL say the whole of the query's filter, so that it can sort by any order? */
gboolean person_list_sorts(const struct person_query *query);

/* FALSE: the store failed, *page is untouched. */
gboolean person_list(StoreSession *session, const struct person_query *query,
                     struct person_page *page, GError **error);

/* Everybody over whose links an owner set a role (struct person_facts, owned), in the same order.
 * NULL: the store failed. */
GPtrArray *person_list_overridden(StoreSession *session, const char *organization, gint64 now,
                                  GError **error);

void person_page_clear(struct person_page *page);
