#include "scim/server/handle_discovery.h"

#include "scim/protocol/discovery.h"
#include "scim/protocol/list_response.h"

/* A filter on discovery is forbidden, everything else in the query is ignored (RFC 7644 4). */
static gboolean check_filter(struct call *call)
{
    return exchange_query(call->exchange, "filter") == NULL ||
           fault_set_status(&call->fault, 403, "discovery cannot be filtered");
}

/* What is advertised is what is enforced (R29). */
static struct discovery_limits limits_of(const struct call *call)
{
    const struct request_limits *request = call_limits(call);
    return (struct discovery_limits){.filter_results = request->page,
                                     .default_page =
                                         MIN(LIST_RESPONSE_DEFAULT_COUNT, request->page),
                                     .cursor_seconds = CURSOR_TIMEOUT,
                                     .request = request,
                                     .bulk_operations = request->bulk_operations,
                                     .bulk_bytes = (gint64)request->bulk_body,
                                     .sort = TRUE,
                                     .client_credentials = TRUE,
                                     .strict = call->bearer != NULL && call->bearer->is_strict};
}

gboolean handle_discovery_config(struct call *call)
{
    const struct discovery_limits limits = limits_of(call);
    return check_filter(call) &&
           call_answer(call, 200, discovery_service_provider_config(call->base, &limits));
}

gboolean handle_discovery_types(struct call *call)
{
    return check_filter(call) && call_answer(call, 200, discovery_resource_types(call->base));
}

gboolean handle_discovery_schemas(struct call *call)
{
    return check_filter(call) && call_answer(call, 200, discovery_schemas(call->base));
}

static gboolean answer_one(struct call *call, json_t *one)
{
    return one != NULL ? call_answer(call, 200, one) : call_missing(call);
}

gboolean handle_discovery_type(struct call *call)
{
    return check_filter(call) &&
           answer_one(call, discovery_resource_type(call->base, call->captured[0]));
}

gboolean handle_discovery_schema(struct call *call)
{
    return check_filter(call) &&
           answer_one(call, discovery_schema(call->base, call->captured[0]));
}
