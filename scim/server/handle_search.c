#include "scim/server/handle_search.h"

#include <string.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/group_codec.h"
#include "scim/server/handle_group.h"
#include "scim/server/handle_invitation.h"
#include "scim/server/handle_marker.h"
#include "scim/server/handle_override.h"
#include "scim/server/handle_project.h"
#include "scim/server/handle_role.h"
#include "scim/server/handle_user.h"
#include "scim/server/list_query.h"

#define FORBIDDEN 403

/* In the order in which they are shown. What may be many is found by the store. */
static const struct {
    const struct resource_type *type;
    gboolean (*collect)(struct call *call, const struct list_query *query, ListOrder *order);
    json_t *(*read)(struct call *call); /* all of them, where there is no collect */
    gboolean hides; /* from providers and readers, as its list does (route.c) */
} sources[] = {
    {&schema_tables_user, handle_user_collect, NULL, FALSE},
    {&schema_tables_group, handle_group_collect, NULL, FALSE},
    {&schema_tables_project, NULL, handle_project_all, FALSE},
    {&schema_tables_role, NULL, handle_role_all, FALSE},
    {&schema_tables_invitation, NULL, handle_invitation_all, FALSE},
    {&schema_tables_marker, NULL, handle_marker_all, TRUE},
    {&schema_tables_override, NULL, handle_override_all, TRUE},
};

#define SOURCES G_N_ELEMENTS(sources)

/* The same question, put to each type. */
struct search {
    struct list_query queries[SOURCES];
};

static void search_clear(struct search *search)
{
    for (size_t i = 0; i < SOURCES; i++) {
        list_query_clear(&search->queries[i]);
    }
}

/* An attribute that none of the types has is unknown: what the type that knows most of them does not
 * know. */
static gboolean read_queries(struct call *call, struct search *search)
{
    const struct tolerance_use before = call->tolerances;
    struct tolerance_use least = before;
    gboolean good = TRUE;
    for (size_t i = 0; good && i < SOURCES; i++) {
        call->tolerances = before;
        call->tolerances.is_strict = FALSE;
        good = list_query_read(call, sources[i].type, &search->queries[i]);
        if (i == 0 ||
            call->tolerances.count[TOLERANCE_UNKNOWN] < least.count[TOLERANCE_UNKNOWN]) {
            least = call->tolerances;
        }
    }
    call->tolerances = least;
    call->tolerances.is_strict = before.is_strict;
    return good && call_check_strictness(call);
}

static gboolean collect_all(struct call *call, const struct list_query *query,
                            json_t *(*read)(struct call *call), ListOrder *order)
{
    json_t *all = read(call);
    if (all == NULL) {
        gboolean is_refused = call->fault.status == FORBIDDEN;
        if (is_refused) {
            fault_clear(&call->fault);
        }
        return is_refused;
    }
    size_t i;
    json_t *resource;
    json_array_foreach(all, i, resource)
    {
        list_query_add(query, order, json_incref(resource));
    }
    json_decref(all);
    return list_query_fits(call, list_order_count(order));
}

static gboolean collect(struct call *call, const struct search *search, ListOrder *order)
{
    gboolean good = TRUE;
    enum actor_kind caller = call->bearer->kind;
    gboolean is_outside = caller == ACTOR_CONNECTION || caller == ACTOR_READER;
    for (size_t i = 0; good && i < SOURCES; i++) {
        const struct list_query *query = &search->queries[i];
        /* Whoever may not list a type by itself does not find it here either. */
        if (!sources[i].hides || !is_outside) {
            good = sources[i].collect != NULL
                       ? sources[i].collect(call, query, order)
                       : collect_all(call, query, sources[i].read, order);
        }
    }
    return good;
}

/* Each as its own type shows it. */
static json_t *show(const struct search *search, json_t *resource)
{
    const char *name =
        json_string_value(json_object_get(json_object_get(resource, "meta"), "resourceType"));
    for (size_t i = 0; i < SOURCES; i++) {
        if (g_strcmp0(name, sources[i].type->name) == 0) {
            return projection_apply(search->queries[i].projection, resource);
        }
    }
    return json_incref(resource);
}

static const Projection *projection_of(const struct search *search,
                                       const struct resource_type *type)
{
    size_t i = 0;
    while (i < SOURCES - 1 && sources[i].type != type) {
        i++;
    }
    return search->queries[i].projection;
}

static gboolean answer(struct call *call, const struct search *search)
{
    const struct list_query *query = &search->queries[0];
    g_autoptr(ListOrder) order = list_query_order(query);
    g_autofree char *next = NULL;
    if (!collect(call, search, order)) {
        return FALSE;
    }
    json_t *page = list_query_cut(call, query, order, &next);
    if (!group_codec_fill(call, projection_of(search, &schema_tables_group), page)) {
        json_decref(page);
        return FALSE;
    }
    json_t *shown = json_array();
    size_t i;
    json_t *resource;
    json_array_foreach(page, i, resource)
    {
        json_array_append_new(shown, show(search, resource));
    }
    json_decref(page);
    return list_query_answer_shown(call, query, list_order_count(order), next, shown);
}

gboolean handle_search(struct call *call)
{
    gboolean known = FALSE;
    if (!entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct search search = {0};
    gboolean good = read_queries(call, &search) && answer(call, &search);
    search_clear(&search);
    return good;
}
