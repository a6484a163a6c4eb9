#include "scim/server/list_query.h"

#include <string.h>

#include "scim/protocol/filter_match.h"
#include "scim/protocol/membership.h"
#include "scim/server/entity_tag.h"
#include "scim/server/list_order.h"

#define SORT_DESCENDING "descending"

/* What both ways of asking have in common. */
struct texts {
    const char *filter, *sort_by, *sort_order, *attributes, *excluded;
};

static gboolean read_filter(struct call *call, struct list_query *query, const char *text)
{
    if (text == NULL) {
        return TRUE;
    }
    query->filter = filter_parse(query->type, text, strlen(text), call_limits(call),
                                 &call->tolerances, &call->fault);
    if (query->filter == NULL) {
        return FALSE;
    }
    if (query->filter->unknown > 0 && call->bearer != NULL && call->bearer->is_strict) {
        return fault_set(&call->fault, FAULT_INVALID_FILTER,
                         "the filter names an attribute that this resource does not have");
    }
    return TRUE;
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

gboolean list_query_read(struct call *call, const struct resource_type *type,
                         struct list_query *query)
{
    const Exchange *exchange = call->exchange;
    *query = (struct list_query){.type = type};
    const struct texts texts = {.filter = exchange_query(exchange, "filter"),
                                .sort_by = exchange_query(exchange, "sortBy"),
                                .sort_order = exchange_query(exchange, "sortOrder"),
                                .attributes = exchange_query(exchange, "attributes"),
                                .excluded = exchange_query(exchange, "excludedAttributes")};
    return list_response_page(exchange_query(exchange, "startIndex"),
                              exchange_query(exchange, "count"), call_limits(call)->page,
                              &query->page, &call->fault) &&
           read_texts(call, query, &texts);
}

/* Names of a message are compared ASCII-case-blind (RFC 7643 2.1). */
static const json_t *member_of(json_t *object, const char *wanted)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (g_ascii_strcasecmp(name, wanted) == 0) {
            return json_is_null(value) ? NULL : value;
        }
    }
    return NULL;
}

static gboolean read_text(struct call *call, const char *name, const char **text)
{
    const json_t *value = member_of(call->body, name);
    *text = json_string_value(value);
    return value == NULL || *text != NULL ||
           fault_set(&call->fault, FAULT_INVALID_VALUE, "'%s' must be a string", name);
}

/* ["userName", "emails"] as the query would have it. */
static gboolean read_names(struct call *call, const char *name, char **joined)
{
    const json_t *values = member_of(call->body, name);
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
    const json_t *schemas = member_of(call->body, "schemas");
    for (size_t i = 0; i < json_array_size(schemas); i++) {
        const char *urn = json_string_value(json_array_get(schemas, i));
        if (urn != NULL && g_ascii_strcasecmp(urn, SCIM_URN_SEARCH) == 0) {
            return TRUE;
        }
    }
    return fault_set(&call->fault, FAULT_INVALID_SYNTAX, "'schemas' must name %s",
                     SCIM_URN_SEARCH);
}

gboolean list_query_read_search(struct call *call, const struct resource_type *type,
                                struct list_query *query)
{
    *query = (struct list_query){.type = type};
    struct texts texts = {0};
    g_autofree char *attributes = NULL;
    g_autofree char *excluded = NULL;
    gboolean good = is_search_request(call) && read_text(call, "filter", &texts.filter) &&
                    read_text(call, "sortBy", &texts.sort_by) &&
                    read_text(call, "sortOrder", &texts.sort_order) &&
                    read_names(call, "attributes", &attributes) &&
                    read_names(call, "excludedAttributes", &excluded) &&
                    list_response_page_of(member_of(call->body, "startIndex"),
                                          member_of(call->body, "count"),
                                          call_limits(call)->page, &query->page, &call->fault);
    texts.attributes = attributes;
    texts.excluded = excluded;
    return good && read_texts(call, query, &texts);
}

void list_query_clear(struct list_query *query)
{
    filter_free(query->filter);
    projection_free(query->projection);
    *query = (struct list_query){0};
}

gboolean list_query_answer_page(struct call *call, const struct list_query *query, gint64 total,
                                json_t *page)
{
    json_t *shown = json_array();
    size_t i;
    json_t *resource;
    json_array_foreach(page, i, resource)
    {
        json_array_append_new(shown, projection_apply(query->projection, resource));
    }
    json_decref(page);
    return call_answer(call, 200, list_response_print(total, query->page.start_index, shown));
}

gboolean list_query_answer(struct call *call, const struct list_query *query, json_t *all)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    size_t i;
    json_t *resource;
    json_array_foreach(all, i, resource)
    {
        if (query->filter == NULL || filter_match(query->filter, resource)) {
            g_ptr_array_add(rows, resource);
        }
    }
    if (query->sorts) {
        list_order_sort(rows, &query->sort_by, query->descending);
    }
    json_t *page = json_array();
    for (gint64 at = query->page.start_index - 1;
         at < (gint64)rows->len && (gint64)json_array_size(page) < query->page.count; at++) {
        json_array_append(page, g_ptr_array_index(rows, (guint)at));
    }
    gint64 total = rows->len;
    json_decref(all);
    return list_query_answer_page(call, query, total, page);
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
