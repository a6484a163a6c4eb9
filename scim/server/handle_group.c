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

static gboolean sorts_by_members(const struct list_query *query)
{
    return query->sorts && query->sort_by.attribute->multi_valued;
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
        .with_members = sorts_by_members(query),
    };
}

gboolean handle_group_collect(struct call *call, const struct list_query *query,
                              ListOrder *order)
{
    struct matching matching;
    struct pushed_group_query wanted = wanted_of(call, query, &matching);
    struct pushed_group_page page = {0};
    GError *error = NULL;
    wanted.count = call_limits(call)->sorted;
    if (!pushed_group_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    gboolean good = list_query_fits(call, list_order_count(order) + page.total);
    for (guint i = 0; good && i < page.groups->len; i++) {
        list_query_take(query, order,
                        group_codec_print(call->base, page.groups->pdata[i], NULL));
    }
    pushed_group_page_clear(&page);
    return good;
}

/* Only of the groups of a page are the members read. */
static gboolean answer_page(struct call *call, const struct list_query *query, gint64 total,
                            const char *next, json_t *page)
{
    if (group_codec_fill(call, query->projection, page)) {
        return list_query_answer_page(call, query, total, next, page);
    }
    json_decref(page);
    return FALSE;
}

/* To be put in another order, or found again by a cursor, they must all be there. */
static gboolean answer_in_memory(struct call *call, const struct list_query *query)
{
    g_autoptr(ListOrder) order = list_query_order(query);
    g_autofree char *next = NULL;
    if (!handle_group_collect(call, query, order)) {
        return FALSE;
    }
    json_t *page = list_query_cut(call, query, order, &next);
    return answer_page(call, query, list_order_count(order), next, page);
}

static gboolean answer_list(struct call *call, const struct list_query *query)
{
    struct matching matching;
    struct pushed_group_query wanted = wanted_of(call, query, &matching);
    struct pushed_group_page page = {0};
    GError *error = NULL;
    if (query->sorts || query->by_cursor) {
        return answer_in_memory(call, query);
    }
    wanted.start = query->page.start_index - 1;
    wanted.count = query->page.count;
    if (!pushed_group_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    json_t *groups = print_groups(call, page.groups);
    gint64 total = page.total;
    pushed_group_page_clear(&page);
    return answer_page(call, query, total, NULL, groups);
}

/* RFC 9110 5.6.7, whatever the language of the machine. */
static char *print_http_date(gint64 seconds)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return g_strdup_printf(
        "%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(time) - 1],
        g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1],
        g_date_time_get_year(time), g_date_time_get_hour(time), g_date_time_get_minute(time),
        g_date_time_get_second(time));
}

/* Whether a sync need wait is told by this alone, by a 304 too. FALSE with a fault. */
static gboolean set_last_modified(struct call *call)
{
    struct pushed_group_state state;
    GError *error = NULL;
    if (!pushed_group_read_state(call->session, call->organization, &state, &error)) {
        return call_store_failed(call, error);
    }
    if (state.version > 0) {
        g_autofree char *date = print_http_date(state.changed_at);
        exchange_set_header(call->exchange, "Last-Modified", date);
    }
    return TRUE;
}

gboolean handle_group_list(struct call *call)
{
    gboolean known = FALSE;
    if (!set_last_modified(call) || !entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct list_query query;
    gboolean good =
        list_query_read(call, &schema_tables_group, &query) && answer_list(call, &query);
    list_query_clear(&query);
    return good;
}
