/*
 * Discovery (RFC 7644 4): readable without a token, never filtered, never written.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_discovery_config(struct call *call);
gboolean handle_discovery_types(struct call *call);
gboolean handle_discovery_type(struct call *call);
gboolean handle_discovery_schemas(struct call *call);
gboolean handle_discovery_schema(struct call *call);
