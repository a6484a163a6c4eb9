/*
 * What the service says of itself (RFC 7644 4): /ServiceProviderConfig, /ResourceTypes,
 * /Schemas.
 *
 * `base` is the URL of the service without a slash at its end. Lists are ListResponses. Limits
 * are handed in by whoever enforces them, so that what is advertised is what holds (R29).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/request_limits.h"

struct discovery_limits {
    gint64 filter_results;  /* rows a page at most */
    gint64 default_page;    /* rows a page when the client does not say */
    gint64 bulk_operations; /* 0: no bulk */
    gint64 bulk_bytes;
    gint64 cursor_seconds; /* how long a cursor lives (RFC 9865 4); 0: no cursor paging */
    const struct request_limits *request; /* under SCIM_URN_LIMITS; NULL: not told */
    gboolean sort;
    gboolean strict; /* of this token: interopProfileConformant is there, and true */
    gboolean client_credentials; /* POST /oauth2/token is served */
};

/* Every sub-key is there even where a feature is not (clients reject the document else). */
json_t *discovery_service_provider_config(const char *base,
                                          const struct discovery_limits *limits);

json_t *discovery_resource_types(const char *base);
json_t *discovery_schemas(const char *base);

/* One of them by name ("User") or by URN; NULL: there is none (404). */
json_t *discovery_resource_type(const char *base, const char *name);
json_t *discovery_schema(const char *base, const char *urn);
