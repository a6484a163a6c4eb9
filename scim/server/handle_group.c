#include "scim/server/handle_group.h"

#include "scim/organization/pushed_group_list.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/group_codec.h"
#include "scim/server/list_query.h"

gboolean handle_group_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_group);
    g_autoptr(PushedGroup) group =
        projection != NULL ? group_codec_find(call, call->captured[0]) : NULL;
    if (group == NULL) {
        return FALSE;
    }
    return entity_tag_is_known(call, group->version) ||
           group_codec_answer(call, 200, group, projection, TRUE);
}

/* What pushed_group_list() needs to look at a group as the caller does. */
struct matching {
    const char *base;
    const struct filter *filter;
};

static gboolean matches(void *context, const struct pushed_group *group)
{
    const struct matching *matching = context;
    json_auto_t *resource = group_codec_print(matching->base, group, NULL);
    return filter_match(matching->filter, resource);
}

static json_t *print_groups(const struct call *call, const GPtrArray *groups)
{
    json_t *resources = json_array();
    for (guint i = 0; i < groups->len; i++) {
        json_array_append_new(resources, group_codec_print(call->base, groups->pdata[i], NULL));
    }
    return resources;
}

/* Members that sort are read before it is known which rows are shown. */
static gboolean needs_members(const struct list_query *query)
{
    return group_codec_shows_members(query->projection) ||
           (query->sorts && query->sort_by.attribute->multi_valued);
}

static struct pushed_group_query wanted_of(struct call *call, const struct list_query *query,
                                           struct matching *matching)
{
    *matching = (struct matching){call->base, query->filter};
    return (struct pushed_group_query){
        .organization = call->organization,
        .view = group_codec_view(call),
        .filter = query->filter != NULL ? query->filter->root : NULL,
        .matches = matches,
        .context = matching,
        .with_members = needs_members(query),
    };
}

gboolean handle_group_collect(struct call *call, const struct list_query *query,
                              ListOrder *order)
{
    struct matching matching;
    struct pushed_group_query wanted = wanted_of(call, query, &matching);
    struct pushed_group_page page = {0};
    GError *error = NULL;
    wanted.count = LIST_QUERY_MOST + 1;
    if (!pushed_group_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    gboolean good = list_query_fits(call, list_order_count(order) + page.total);
    json_t *groups = print_groups(call, page.groups);
    size_t i;
    json_t *group;
    json_array_foreach(groups, i, group)
    {
        list_query_take(query, order, json_incref(group));
    }
    json_decref(groups);
    pushed_group_page_clear(&page);
    return good;
}

static gboolean answer_list(struct call *call, const struct list_query *query)
{
    /* To be put in another order, or found again by a cursor, they must all be there. */
    gboolean cuts = !query->sorts && !query->by_cursor;
    struct matching matching;
    struct pushed_group_query wanted = wanted_of(call, query, &matching);
    wanted.start = cuts ? query->page.start_index - 1 : 0;
    wanted.count = cuts ? query->page.count : G_MAXINT32;
    struct pushed_group_page page = {0};
    GError *error = NULL;
    if (!pushed_group_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    json_t *groups = print_groups(call, page.groups);
    gint64 total = page.total;
    pushed_group_page_clear(&page);
    return cuts ? list_query_answer_page(call, query, total, NULL, groups)
                : list_query_answer(call, query, groups);
}

gboolean handle_group_list(struct call *call)
{
    gboolean known = FALSE;
    if (!entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct list_query query;
    gboolean good =
        list_query_read(call, &schema_tables_group, &query) && answer_list(call, &query);
    list_query_clear(&query);
    return good;
}
