#include "scim/protocol/discovery.h"

#include <string.h>

#include "scim/protocol/list_response.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

/* Where the standard's own words about all this are: a text of ours has no fixed place on the web. */
#define DOCUMENTATION_URL "https://www.rfc-editor.org/info/rfc7644"

static json_t *print_supported(gboolean supported)
{
    return json_pack("{s:b}", "supported", supported);
}

/* How a client may sign in (RFC 7643 5), the preferred way first. */
static const struct scheme {
    const char *type, *name, *description, *specification;
} bearer_scheme = {"oauthbearertoken", "OAuth Bearer Token",
                   "A token of a connection, in the Authorization header.",
                   "https://www.rfc-editor.org/info/rfc6750"},
  client_scheme = {"oauth2", "OAuth 2.0 client credentials",
                   "A client id and secret get a short-lived token at /oauth2/token.",
                   "https://www.rfc-editor.org/info/rfc6749"};

static json_t *print_scheme(const struct scheme *scheme, gboolean primary)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "type", scheme->type, "name",
                     scheme->name, "description", scheme->description, "specUri",
                     scheme->specification, "documentationUri", DOCUMENTATION_URL, "primary",
                     primary);
}

static json_t *print_schemes(const struct discovery_limits *limits)
{
    json_t *schemes = json_pack("[o]", print_scheme(&bearer_scheme, TRUE));
    if (limits->client_credentials)
        json_array_append_new(schemes, print_scheme(&client_scheme, FALSE));
    return schemes;
}

/* RFC 9865 4: how lists are paged. */
static json_t *print_pagination(const struct discovery_limits *limits)
{
    return json_pack("{s:b, s:b, s:s, s:I, s:I, s:I}", "cursor", limits->cursor_seconds > 0,
                     "index", 1, "defaultPaginationMethod", "index", "defaultPageSize",
                     (json_int_t)limits->default_page, "maxPageSize",
                     (json_int_t)limits->filter_results, "cursorTimeout",
                     (json_int_t)limits->cursor_seconds);
}

/* draft-ietf-scim-roles-entitlements; `enabled` is what its first revisions call `supported`.
 * There are no entitlements of ours to choose from. */
static json_t *print_roles_and_entitlements(void)
{
    json_t *roles = json_pack("{s:b, s:b, s:b, s:b, s:b, s:[s, s]}", "supported", 1, "enabled",
                              1, "multipleRolesSupported", 1, "primarySupported", 1,
                              "typeSupported", 1, "types", "organization", "project");
    json_t *entitlements = json_pack("{s:b, s:b, s:b, s:b, s:b, s:[]}", "supported", 0,
                                     "enabled", 0, "multipleEntitlementsSupported", 1,
                                     "primarySupported", 1, "typeSupported", 1, "types");
    return json_pack("{s:o, s:o}", "roles", roles, "entitlements", entitlements);
}

/* What the standard document has no place for: an extension of it. */
static void add_request_limits(json_t *config, const struct request_limits *request)
{
    json_array_append_new(json_object_get(config, "schemas"), json_string(SCIM_URN_LIMITS));
    json_object_set_new(
        config, SCIM_URN_LIMITS,
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "body",
                  (json_int_t)request->body, "jsonDepth", (json_int_t)request->json_depth,
                  "filter", (json_int_t)request->filter, "filterTerms",
                  (json_int_t)request->filter_terms, "filterDepth",
                  (json_int_t)request->filter_depth, "path", (json_int_t)request->path, "page",
                  (json_int_t)request->page, "sorted", (json_int_t)request->sorted, "rate",
                  (json_int_t)request->rate));
}

json_t *discovery_service_provider_config(const char *base,
                                          const struct discovery_limits *limits)
{
    g_autofree char *location = g_strdup_printf("%s/ServiceProviderConfig", base);
    json_t *config = json_pack("{s:[s], s:s}", "schemas", SCIM_URN_PROVIDER_CONFIG,
                               "documentationUri", DOCUMENTATION_URL);
    json_object_set_new(config, "patch", print_supported(TRUE));
    json_object_set_new(config, "bulk",
                        json_pack("{s:b, s:I, s:I}", "supported", limits->bulk_operations > 0,
                                  "maxOperations", (json_int_t)limits->bulk_operations,
                                  "maxPayloadSize", (json_int_t)limits->bulk_bytes));
    json_object_set_new(config, "filter",
                        json_pack("{s:b, s:I}", "supported", 1, "maxResults",
                                  (json_int_t)limits->filter_results));
    json_object_set_new(config, "changePassword", print_supported(FALSE));
    json_object_set_new(config, "sort", print_supported(limits->sort));
    json_object_set_new(config, "etag", print_supported(TRUE));
    json_object_set_new(config, "pagination", print_pagination(limits));
    json_object_set_new(config, "authenticationSchemes", print_schemes(limits));
    json_object_set_new(config, "RolesAndEntitlements", print_roles_and_entitlements());
    if (limits->strict)
        json_object_set_new(config, "interopProfileConformant", json_true());
    json_object_set_new(
        config, "meta",
        json_pack("{s:s, s:s}", "resourceType", "ServiceProviderConfig", "location", location));
    if (limits->request != NULL)
        add_request_limits(config, limits->request);
    return config;
}

json_t *discovery_resource_types(const char *base)
{
    json_t *list = json_array();
    for (size_t i = 0; schema_tables_types[i] != NULL; i++)
        json_array_append_new(list, schema_print_type(schema_tables_types[i], base));
    return list_response_print((gint64)json_array_size(list), 1, list);
}

json_t *discovery_schemas(const char *base)
{
    json_t *list = json_array();
    for (size_t i = 0; schema_tables_schemas[i] != NULL; i++)
        json_array_append_new(list, schema_print(schema_tables_schemas[i], base));
    return list_response_print((gint64)json_array_size(list), 1, list);
}

json_t *discovery_resource_type(const char *base, const char *name)
{
    for (size_t i = 0; schema_tables_types[i] != NULL; i++) {
        if (strcmp(schema_tables_types[i]->name, name) == 0)
            return schema_print_type(schema_tables_types[i], base);
    }
    return NULL;
}

json_t *discovery_schema(const char *base, const char *urn)
{
    for (size_t i = 0; schema_tables_schemas[i] != NULL; i++) {
        if (g_ascii_strcasecmp(schema_tables_schemas[i]->urn, urn) == 0)
            return schema_print(schema_tables_schemas[i], base);
    }
    return NULL;
}
