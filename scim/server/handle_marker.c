#include "scim/server/handle_marker.h"

#include <string.h>

#include "scim/organization/marker.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/list_query.h"

#define EVERYBODY ""

/* Which origins' markers the caller sees; NULL with a fault: none. */
static const char *visible_prefix(struct call *call)
{
    if (call->bearer->kind == ACTOR_SYNC) {
        return ORIGIN_DIRECTORY;
    }
    if (call_sees_origins(call)) {
        return EVERYBODY;
    }
    struct refusal refusal = {0};
    refusal_set(&refusal, REFUSAL_PERMISSION, "only an owner sees who must not be invited");
    fault_take_refusal(&call->fault, &refusal);
    return NULL;
}

static json_t *print(const struct call *call, const struct marker *marker)
{
    g_autofree char *location = g_strdup_printf("%s/Markers/%s", call->base, marker->id);
    g_autofree char *since = clock_print(marker->since);
    json_t *meta = json_pack("{s:s, s:s}", "resourceType", "Marker", "location", location);
    return json_pack("{s:[s], s:s, s:s*, s:o, s:s, s:s*, s:s, s:s}", "schemas", SCIM_URN_MARKER,
                     "id", marker->id, "externalId", marker->external_id, "meta", meta,
                     "origin", marker->origin, "userName", marker->user_name, "kind",
                     marker_kind_name(marker->kind), "since", since);
}

json_t *handle_marker_all(struct call *call)
{
    const char *prefix = visible_prefix(call);
    if (prefix == NULL) {
        return NULL;
    }
    GError *error = NULL;
    g_autoptr(GPtrArray) markers =
        marker_list(call->session, call->organization, prefix, &error);
    if (markers == NULL) {
        call_store_failed(call, error);
        return NULL;
    }
    json_t *all = json_array();
    for (guint i = 0; i < markers->len; i++) {
        json_array_append_new(all, print(call, g_ptr_array_index(markers, i)));
    }
    return all;
}

gboolean handle_marker_list(struct call *call)
{
    return list_query_serve(call, &schema_tables_marker, handle_marker_all);
}

/* One that the caller sees, or NULL with a fault. */
static Marker *find(struct call *call)
{
    const char *prefix = visible_prefix(call);
    g_autoptr(Marker) marker = NULL;
    GError *error = NULL;
    if (prefix == NULL) {
        return NULL;
    }
    if (!marker_read(call->session, call->organization, call->captured[0], &marker, &error)) {
        call_store_failed(call, error);
        return NULL;
    }
    if (marker == NULL || !g_str_has_prefix(marker->origin, prefix)) {
        call_missing(call);
        return NULL;
    }
    return g_steal_pointer(&marker);
}

gboolean handle_marker_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_marker);
    g_autoptr(Marker) marker = projection != NULL ? find(call) : NULL;
    if (marker == NULL) {
        return FALSE;
    }
    json_t *resource = print(call, marker);
    json_t *shown = projection_apply(projection, resource);
    json_decref(resource);
    return call_answer(call, 200, shown);
}

gboolean handle_marker_lift(struct call *call)
{
    g_autoptr(Marker) marker = find(call);
    if (marker == NULL) {
        return FALSE;
    }
    const struct act act = {.kind = ACT_MARKER_LIFT, .id = marker->id};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict) && call_answer_empty(call, 204);
    verdict_clear(&verdict);
    return good;
}
