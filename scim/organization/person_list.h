/*
 * Lists of people: a filter, a page, a total, in the stable order in which they came.
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
#include "scim/protocol/filter_parser.h"

struct person_query {
    const char *organization;
    const struct filter_node *filter; /* NULL: everybody */
    /* Evaluates the whole filter on one person; called only where SQL does not cover it. */
    gboolean (*matches)(void *context, const struct person_facts *facts);
    void *context;
    const char *view; /* the origin whose externalId and active are meant; NULL: effective */
    gboolean hide_protected; /* providers do not see them in lists (but find them by name) */
    gint64 start;            /* how many to skip: startIndex - 1 */
    gint64 count;            /* at most; 0 for the total alone */
    gint64 now;
};

struct person_page {
    GPtrArray *people; /* struct person_facts, owned */
    gint64 total;
};

/* FALSE: the store failed, *page is untouched. */
gboolean person_list(StoreSession *session, const struct person_query *query,
                     struct person_page *page, GError **error);

/* Everybody over whose links an owner set a role (struct person_facts, owned), in the same order.
 * NULL: the store failed. */
GPtrArray *person_list_overridden(StoreSession *session, const char *organization, gint64 now,
                                  GError **error);

void person_page_clear(struct person_page *page);
