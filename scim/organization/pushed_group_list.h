/*
 * Lists of pushed groups: a filter, a page, a total, in the stable order in which they came.
 *
 *   struct pushed_group_query query = {.organization = "acme", .view = view, .filter = filter->root,
 *                                      .count = 100, .matches = resource_matches, .context = codec};
 *   ok = pushed_group_list(session, &query, &page, &error);
 *
 * What SQL can say of the filter (id, displayName, externalId, members, meta) it says on indexed
 * columns; for the rest every candidate is handed to `matches`.
 */
#pragma once

#include "scim/organization/pushed_group.h"
#include "scim/protocol/filter_parser.h"

struct pushed_group_query {
    const char *organization;
    struct pushed_group_view view;
    const struct filter_node *filter; /* NULL: all */
    /* Evaluates the whole filter on one group, its members read where the filter names them; called
     * only where SQL does not cover it. */
    gboolean (*matches)(void *context, const struct pushed_group *group);
    void *context;
    gboolean with_members; /* those of the page are read */
    gint64 start;          /* how many to skip: startIndex - 1 */
    gint64 count;          /* at most; 0 for the total alone */
};

struct pushed_group_page {
    GPtrArray *groups; /* struct pushed_group, owned */
    gint64 total;
};

/* FALSE: the store failed, *page is untouched. */
gboolean pushed_group_list(StoreSession *session, const struct pushed_group_query *query,
                           struct pushed_group_page *page, GError **error);

void pushed_group_page_clear(struct pushed_group_page *page);
