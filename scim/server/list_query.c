#include "scim/server/list_query.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/membership.h"
#include "scim/server/entity_tag.h"
#include "scim/server/list_digest.h"

#define SORT_DESCENDING "descending"

/* What both ways of asking have in common. */
struct texts {
    const char *filter, *sort_by, *sort_order, *attributes, *excluded;
    const char *cursor; /* NULL: by index */
    gboolean has_start;
};

static gboolean read_filter(struct call *call, struct list_query *query, const char *text)
{
    if (text == NULL) {
        return TRUE;
    }
    query->filter = filter_parse(query->type, text, strlen(text), call_limits(call),
                                 &call->tolerances, &call->fault);
    return query->filter != NULL;
}

/* An unknown attribute sorts nothing; what is no name at all is a fault. */
static gboolean read_sort(struct call *call, struct list_query *query, const char *by,
                          const char *order)
{
    if (by == NULL) {
        return TRUE;
    }
    if (!attribute_reference_parse(query->type, by, strlen(by), &query->sort_by)) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE, "'sortBy' is no attribute");
    }
    query->sorts = query->sort_by.known && query->sort_by.attribute != NULL;
    query->descending = order != NULL && g_ascii_strcasecmp(order, SORT_DESCENDING) == 0;
    return TRUE;
}

static gboolean read_texts(struct call *call, struct list_query *query,
                           const struct texts *texts)
{
    query->projection =
        projection_parse(query->type, texts->attributes, texts->excluded, &call->fault);
    return query->projection != NULL && read_filter(call, query, texts->filter) &&
           read_sort(call, query, texts->sort_by, texts->sort_order) &&
           call_check_strictness(call);
}

static void add_body(GChecksum *sum, json_t *body)
{
    json_t *asked = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(body, name, value)
    {
        if (!list_digest_is_of_page(name)) {
            json_object_set(asked, name, value);
        }
    }
    char *text = json_dumps(asked, JSON_COMPACT | JSON_SORT_KEYS);
    list_digest_add(sum, text);
    free(text);
    json_decref(asked);
}

/* Who asks what, where: a cursor is for nobody else and for nothing else. */
static char *bound_of(const struct call *call)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    list_digest_add(sum, call->bearer != NULL ? call->bearer->token : "");
    list_digest_add(sum, call->organization != NULL ? call->organization : "");
    list_digest_add(sum, call->origin != NULL ? call->origin : "");
    list_digest_add(sum, call->exchange->path);
    list_digest_add_query(sum, call->exchange);
    if (call->body != NULL) {
        add_body(sum, call->body);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static struct cursor_seal seal_of(const struct call *call, const struct list_query *query)
{
    return (struct cursor_seal){&call->service->cursors, query->bound, query->page.count,
                                call->now};
}

static gboolean read_cursor(struct call *call, struct list_query *query,
                            const struct texts *texts)
{
    query->by_cursor = texts->cursor != NULL;
    if (!query->by_cursor) {
        return TRUE;
    }
    if (texts->has_start) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE,
                         "a list is read by 'startIndex' or by 'cursor', not by both");
    }
    query->bound = bound_of(call);
    if (*texts->cursor == '\0') {
        return TRUE;
    }
    const struct cursor_seal seal = seal_of(call, query);
    query->after = cursor_parse(&seal, texts->cursor, &call->fault);
    return query->after != NULL;
}

/* A count that is none has a type of its own where there are cursors (RFC 9865 2.1). */
static gboolean check_count(struct call *call, const struct texts *texts, gboolean good)
{
    if (!good && texts->cursor != NULL && !texts->has_start) {
        fault_clear(&call->fault);
        return fault_set(&call->fault, FAULT_INVALID_COUNT, "'count' must be a whole number");
    }
    return good;
}

static gboolean read_url(struct call *call, struct list_query *query)
{
    const Exchange *exchange = call->exchange;
    const char *start = exchange_query(exchange, "startIndex");
    const struct texts texts = {.filter = exchange_query(exchange, "filter"),
                                .sort_by = exchange_query(exchange, "sortBy"),
                                .sort_order = exchange_query(exchange, "sortOrder"),
                                .attributes = exchange_query(exchange, "attributes"),
                                .excluded = exchange_query(exchange, "excludedAttributes"),
                                .cursor = exchange_query(exchange, "cursor"),
                                .has_start = start != NULL};
    gboolean good = list_response_page(start, exchange_query(exchange, "count"),
                                       call_limits(call)->page, &query->page, &call->fault);
    return check_count(call, &texts, good) && read_texts(call, query, &texts) &&
           read_cursor(call, query, &texts);
}

static gboolean read_text(struct call *call, const char *name, const char **text)
{
    const json_t *value = body_value(call->body, name);
    *text = json_string_value(value);
    return value == NULL || *text != NULL ||
           fault_set(&call->fault, FAULT_INVALID_VALUE, "'%s' must be a string", name);
}

/* ["userName", "emails"] as the query would have it. */
static gboolean read_names(struct call *call, const char *name, char **joined)
{
    const json_t *values = body_value(call->body, name);
    if (values == NULL) {
        return TRUE;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *value = json_string_value(json_array_get(values, i));
        if (value == NULL) {
            return fault_set(&call->fault, FAULT_INVALID_VALUE, "'%s' must hold strings", name);
        }
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", value);
    }
    if (!json_is_array(values)) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE, "'%s' must be an array", name);
    }
    *joined = text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
    return TRUE;
}

static gboolean is_search_request(struct call *call)
{
    return body_is_message(call->body, SCIM_URN_SEARCH) ||
           fault_set(&call->fault, FAULT_INVALID_SYNTAX, "'schemas' must name %s",
                     SCIM_URN_SEARCH);
}

static gboolean read_search(struct call *call, struct list_query *query)
{
    struct texts texts = {0};
    g_autofree char *attributes = NULL;
    g_autofree char *excluded = NULL;
    const json_t *start = body_value(call->body, "startIndex");
    gboolean good = is_search_request(call) && read_text(call, "filter", &texts.filter) &&
                    read_text(call, "sortBy", &texts.sort_by) &&
                    read_text(call, "sortOrder", &texts.sort_order) &&
                    read_text(call, "cursor", &texts.cursor) &&
                    read_names(call, "attributes", &attributes) &&
                    read_names(call, "excludedAttributes", &excluded);
    texts.attributes = attributes;
    texts.excluded = excluded;
    texts.has_start = start != NULL;
    if (!good) {
        return FALSE;
    }
    good = list_response_page_of(start, body_value(call->body, "count"),
                                 call_limits(call)->page, &query->page, &call->fault);
    return check_count(call, &texts, good) && read_texts(call, query, &texts) &&
           read_cursor(call, query, &texts);
}

gboolean list_query_read(struct call *call, const struct resource_type *type,
                         struct list_query *query)
{
    *query = (struct list_query){.type = type};
    return strcmp(call->exchange->method, "POST") == 0 ? read_search(call, query)
                                                       : read_url(call, query);
}

void list_query_clear(struct list_query *query)
{
    filter_free(query->filter);
    projection_free(query->projection);
    json_decref(query->after);
    g_free(query->bound);
    *query = (struct list_query){0};
}

ListOrder *list_query_order(const struct list_query *query)
{
    return list_order_new(query->by_cursor ? LIST_ORDER_LASTING : LIST_ORDER_STABLE,
                          query->descending);
}

void list_query_take(const struct list_query *query, ListOrder *order, json_t *resource)
{
    list_order_add(order, resource, query->sorts ? &query->sort_by : NULL);
    json_decref(resource);
}

void list_query_add(const struct list_query *query, ListOrder *order, json_t *resource)
{
    if (query->filter == NULL || filter_match(query->filter, resource)) {
        list_query_take(query, order, resource);
    } else {
        json_decref(resource);
    }
}

gboolean list_query_fits(struct call *call, gint64 rows)
{
    gint64 most = call_limits(call)->sorted;
    return rows <= most ||
           fault_set(&call->fault, FAULT_TOO_MANY,
                     "more than %" G_GINT64_FORMAT " resources: name a resource type, narrow "
                     "the filter, or ask for no order",
                     most);
}

char *list_query_cursor(struct call *call, const struct list_query *query, json_t *place)
{
    const struct cursor_seal seal = seal_of(call, query);
    char *text = cursor_print(&seal, place);
    json_decref(place);
    return text;
}

json_t *list_query_cut(struct call *call, const struct list_query *query, ListOrder *order,
                       char **next)
{
    list_order_sort(order);
    gint64 at = query->after != NULL ? list_order_after(order, query->after)
                                     : query->page.start_index - 1;
    gint64 end = at > list_order_count(order)
                     ? at
                     : MIN(at + query->page.count, (gint64)list_order_count(order));
    json_t *page = json_array();
    for (gint64 i = at; i < end; i++) {
        json_array_append(page, list_order_at(order, (guint)i));
    }
    *next = query->by_cursor && end > at && end < (gint64)list_order_count(order)
                ? list_query_cursor(call, query, list_order_place(order, (guint)end - 1))
                : NULL;
    return page;
}

gboolean list_query_answer_shown(struct call *call, const struct list_query *query,
                                 gint64 total, const char *next, json_t *page)
{
    json_t *body = query->by_cursor ? list_response_print_cursor(total, next, page)
                                    : list_response_print(total, query->page.start_index, page);
    return call_answer(call, 200, body);
}

gboolean list_query_answer_page(struct call *call, const struct list_query *query, gint64 total,
                                const char *next, json_t *page)
{
    json_t *shown = json_array();
    size_t i;
    json_t *resource;
    json_array_foreach(page, i, resource)
    {
        json_array_append_new(shown, projection_apply(query->projection, resource));
    }
    json_decref(page);
    return list_query_answer_shown(call, query, total, next, shown);
}

gboolean list_query_answer(struct call *call, const struct list_query *query, json_t *all)
{
    g_autoptr(ListOrder) order = list_query_order(query);
    g_autofree char *next = NULL;
    size_t i;
    json_t *resource;
    json_array_foreach(all, i, resource)
    {
        list_query_add(query, order, json_incref(resource));
    }
    json_decref(all);
    json_t *page = list_query_cut(call, query, order, &next);
    return list_query_answer_page(call, query, list_order_count(order), next, page);
}

gboolean list_query_serve(struct call *call, const struct resource_type *type,
                          json_t *(*read)(struct call *call))
{
    gboolean known = FALSE;
    if (!entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct list_query query;
    json_t *all = NULL;
    gboolean good = list_query_read(call, type, &query) && (all = read(call)) != NULL &&
                    list_query_answer(call, &query, all);
    list_query_clear(&query);
    return good;
}
