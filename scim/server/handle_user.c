#include "scim/server/handle_user.h"

#include <string.h>

#include "scim/organization/person_list.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/group_codec.h"
#include "scim/server/list_query.h"
#include "scim/server/user_codec.h"

gboolean handle_user_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    if (projection == NULL) {
        return FALSE;
    }
    g_autoptr(PersonFacts) facts = user_codec_find(call, call->captured[0]);
    gboolean had_reason = facts != NULL && facts->reason != NULL;
    if (facts == NULL || !user_codec_add_reason(call, facts)) {
        return FALSE;
    }
    /* What became of a mail does not change the person's version: the whole is answered. */
    if (!had_reason && facts->reason != NULL) {
        return user_codec_answer(call, 200, facts, projection);
    }
    return entity_tag_is_known(call, facts->version) ||
           user_codec_answer(call, 200, facts, projection);
}

/* What person_list() needs to look at a person as the caller does. */
struct matching {
    struct user_view view;
    struct pushed_group_view groups;
    const struct filter *filter;
};

static gboolean matches(void *context, const struct person_facts *facts)
{
    const struct matching *matching = context;
    json_auto_t *user = user_codec_print(&matching->view, facts);
    return filter_match(matching->filter, user);
}

/* `userName eq "x"` or `externalId eq "x"`: then a protected owner is found as well, so that a
 * provider learns that it need not create it. */
static gboolean asks_for_one(const struct filter *filter)
{
    const struct filter_node *root = filter != NULL ? filter->root : NULL;
    if (root == NULL || root->kind != FILTER_COMPARE || root->comparison != FILTER_EQ ||
        root->reference.attribute == NULL || root->reference.container != NULL) {
        return FALSE;
    }
    const char *name = root->reference.attribute->name;
    return strcmp(name, "userName") == 0 || strcmp(name, "externalId") == 0;
}

/* What SQL can sort by; PLACE: it cannot, or nothing is to be sorted. */
static enum person_order order_of(const struct list_query *query)
{
    static const struct {
        const char *attribute, *sub;
        enum person_order order;
    } columns[] = {
        {"id", NULL, PERSON_ORDER_ID},
        {"userName", NULL, PERSON_ORDER_USER_NAME},
        {"displayName", NULL, PERSON_ORDER_DISPLAY_NAME},
        {"meta", "created", PERSON_ORDER_CREATED},
        {"meta", "lastModified", PERSON_ORDER_MODIFIED},
    };
    const struct attribute_reference *by = &query->sort_by;
    for (size_t i = 0; query->sorts && by->container == NULL && i < G_N_ELEMENTS(columns);
         i++) {
        if (strcmp(by->attribute->name, columns[i].attribute) == 0 &&
            g_strcmp0(by->sub != NULL ? by->sub->name : NULL, columns[i].sub) == 0) {
            return columns[i].order;
        }
    }
    return PERSON_ORDER_PLACE;
}

static gboolean is_groups(const struct attribute_reference *reference)
{
    return reference->container == NULL && reference->attribute != NULL &&
           strcmp(reference->attribute->name, "groups") == 0;
}

static gboolean names_groups(const struct filter_node *node)
{
    return node != NULL && (is_groups(&node->reference) || names_groups(node->left) ||
                            names_groups(node->right));
}

/* Nobody reads groups who neither shows them nor asks for them. */
static gboolean needs_groups(const struct list_query *query)
{
    return user_codec_shows_groups(query->projection) ||
           (query->sorts && is_groups(&query->sort_by)) ||
           (query->filter != NULL && names_groups(query->filter->root));
}

static struct person_query wanted_of(struct call *call, const struct list_query *query,
                                     struct matching *matching)
{
    *matching =
        (struct matching){user_codec_reader(call), group_codec_view(call), query->filter};
    return (struct person_query){
        .organization = call->organization,
        .filter = query->filter != NULL ? query->filter->root : NULL,
        .matches = matches,
        .context = matching,
        .view = matching->view.origin,
        .groups = needs_groups(query) ? &matching->groups : NULL,
        .hide_protected =
            call->bearer->kind == ACTOR_CONNECTION && !asks_for_one(query->filter),
        .now = call->now,
    };
}

/* NULL with a fault. */
static json_t *print_person(struct call *call, const struct user_view *view,
                            struct person_facts *facts)
{
    return user_codec_add_reason(call, facts) ? user_codec_print(view, facts) : NULL;
}

gboolean handle_user_collect(struct call *call, const struct list_query *query,
                             ListOrder *order)
{
    struct matching matching;
    struct person_query wanted = wanted_of(call, query, &matching);
    struct person_page page = {0};
    GError *error = NULL;
    wanted.count = call_limits(call)->sorted;
    if (!person_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    gboolean good = list_query_fits(call, list_order_count(order) + page.total);
    for (guint i = 0; good && i < page.people->len; i++) {
        json_t *user = print_person(call, &matching.view, page.people->pdata[i]);
        good = user != NULL;
        if (good) {
            list_query_take(query, order, user);
        }
    }
    person_page_clear(&page);
    return good;
}

static gboolean answer_in_memory(struct call *call, const struct list_query *query)
{
    g_autoptr(ListOrder) order = list_query_order(query);
    g_autofree char *next = NULL;
    if (!handle_user_collect(call, query, order)) {
        return FALSE;
    }
    json_t *page = list_query_cut(call, query, order, &next);
    return list_query_answer_page(call, query, list_order_count(order), next, page);
}

/* What a cursor says, in the store's words. Borrows from it. */
static struct person_after after_of(const struct list_query *query)
{
    struct person_after after = {.place = json_integer_value(json_array_get(query->after, 0))};
    const char *name = json_string_value(json_array_get(query->after, 1));
    after.key = json_string_value(json_array_get(query->after, 0));
    after.id = name != NULL && strchr(name, '/') != NULL ? strchr(name, '/') + 1 : "";
    if (after.key != NULL) {
        clock_parse(after.key, &after.time);
    }
    return after;
}

/* Where the page after this one begins; NULL: it is the last. The caller frees. */
static char *next_of(struct call *call, const struct list_query *query,
                     const struct person_page *page, const json_t *users)
{
    size_t count = json_array_size(users);
    if (!query->by_cursor || page->is_last || count == 0) {
        return NULL;
    }
    if (!query->sorts) {
        return list_query_cursor(call, query, json_pack("[I]", (json_int_t)page->place));
    }
    g_autoptr(ListOrder) order = list_query_order(query);
    list_order_add(order, json_array_get(users, count - 1), &query->sort_by);
    return list_query_cursor(call, query, list_order_place(order, 0));
}

static gboolean answer_page(struct call *call, const struct list_query *query,
                            const struct person_query *wanted)
{
    const struct user_view view = user_codec_reader(call);
    struct person_page page = {0};
    GError *error = NULL;
    if (!person_list(call->session, wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    json_t *users = json_array();
    gboolean good = TRUE;
    for (guint i = 0; good && i < page.people->len; i++) {
        json_t *user = print_person(call, &view, page.people->pdata[i]);
        good = user != NULL && json_array_append_new(users, user) == 0;
    }
    g_autofree char *next = good ? next_of(call, query, &page, users) : NULL;
    gint64 total = page.total;
    person_page_clear(&page);
    if (!good) {
        json_decref(users);
        return FALSE;
    }
    return list_query_answer_page(call, query, total, next, users);
}

static gboolean answer_list(struct call *call, const struct list_query *query)
{
    struct matching matching;
    struct person_query wanted = wanted_of(call, query, &matching);
    const struct person_after after = after_of(query);
    wanted.order = order_of(query);
    /* Of somebody else's person a connection sees the name that it gave (link.h). */
    if (wanted.view != NULL && wanted.order == PERSON_ORDER_DISPLAY_NAME) {
        wanted.order = PERSON_ORDER_PLACE;
    }
    wanted.descending = query->descending;
    wanted.by_cursor = query->by_cursor;
    wanted.after = query->after != NULL ? &after : NULL;
    wanted.start = query->page.start_index - 1;
    wanted.count = query->page.count;
    /* What SQL cannot sort, or not find, is put in order here. */
    gboolean is_left =
        query->sorts && (wanted.order == PERSON_ORDER_PLACE || !person_list_sorts(&wanted));
    return is_left ? answer_in_memory(call, query) : answer_page(call, query, &wanted);
}

gboolean handle_user_list(struct call *call)
{
    gboolean known = FALSE;
    if (!entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct list_query query;
    gboolean good =
        list_query_read(call, &schema_tables_user, &query) && answer_list(call, &query);
    list_query_clear(&query);
    return good;
}
