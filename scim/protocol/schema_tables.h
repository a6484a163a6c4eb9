/*
 * The resource types this service knows, each with its schemas: data, nothing else.
 *
 * `password` is in none of them: it is dropped where it is sent. What is readOnly here is
 * filled in by the server alone.
 */
#pragma once

#include "scim/protocol/schema.h"

/* RFC 7643 4.1 with the enterprise extension (4.3) and Membership (membership.h). */
extern const struct resource_type schema_tables_user;
extern const struct resource_type schema_tables_group; /* RFC 7643 4.2 with PushedGroup */
extern const struct resource_type schema_tables_project;
extern const struct resource_type schema_tables_invitation;
extern const struct resource_type schema_tables_role;
extern const struct resource_type schema_tables_marker;
extern const struct resource_type schema_tables_override;

/* All resource types and all schemas, in the order discovery lists them; NULL-terminated. */
extern const struct resource_type *const schema_tables_types[];
extern const struct schema *const schema_tables_schemas[];
