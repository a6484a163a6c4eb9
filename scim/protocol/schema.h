/*
 * What a SCIM attribute, schema and resource type are, and how they are found by name.
 *
 * The tables themselves are in schema_tables.h; filters, PATCH, checks, projection and /Schemas
 * all read the same ones. Names and URNs are compared ASCII-case-blind (RFC 7643 2.1).
 */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#define SCHEMA_MAX_VALUES 1000 /* that one multi-valued attribute may have */

enum schema_kind {
    SCHEMA_STRING,
    SCHEMA_BOOLEAN,
    SCHEMA_DECIMAL,
    SCHEMA_INTEGER,
    SCHEMA_DATE_TIME,
    SCHEMA_BINARY,
    SCHEMA_REFERENCE,
    SCHEMA_COMPLEX,
};

enum schema_mutability {
    SCHEMA_READ_WRITE,
    SCHEMA_READ_ONLY,
    SCHEMA_IMMUTABLE,
    SCHEMA_WRITE_ONLY,
};

enum schema_returned {
    SCHEMA_RETURNED_DEFAULT,
    SCHEMA_RETURNED_ALWAYS,
    SCHEMA_RETURNED_NEVER,
    SCHEMA_RETURNED_REQUEST,
};

enum schema_uniqueness {
    SCHEMA_UNIQUE_NONE,
    SCHEMA_UNIQUE_SERVER,
    SCHEMA_UNIQUE_GLOBAL,
};

/* The characteristics of RFC 7643 7. Zero is each one's default there. */
struct schema_attribute {
    const char *name; /* the one spelling we send */
    const char *description;
    enum schema_kind kind;
    enum schema_mutability mutability;
    enum schema_returned returned;
    enum schema_uniqueness uniqueness;
    gboolean multi_valued;
    gboolean required;
    gboolean case_exact;
    const char *const *canonical_values; /* NULL-terminated, or NULL */
    const char *const *reference_types;  /* NULL-terminated, or NULL */
    size_t max_values;                   /* of a multi-valued one; 0: SCHEMA_MAX_VALUES */
    const struct schema_attribute *sub;  /* of a complex one; ended by one without a name */
};

struct schema {
    const char *urn;
    const char *name;
    const char *description;
    const struct schema_attribute *attributes; /* ended by one without a name */
    const char *const *former; /* what it was called in SCIM 1; NULL-terminated, or NULL */
};

/* A resource type: its core schema and the extensions it may carry, none of them required. */
struct resource_type {
    const char *name;     /* "User", also its id */
    const char *endpoint; /* "/Users" */
    const char *description;
    const struct schema *schema;
    const struct schema *const *extensions; /* NULL-terminated, or NULL */
    gboolean has_external_id;               /* it keeps the id that a client has for it */
};

/* schemas, id and meta, which every resource has, and externalId, which some have (RFC 7643 3.1).
 * Ended like the rest. */
extern const struct schema_attribute schema_common[];

/* "string", "dateTime" ...; never NULL. */
const char *schema_kind_name(enum schema_kind kind);

/* The attribute of that name in a list that ends with one without a name, or NULL. `length`
 * bytes of `name` count. */
const struct schema_attribute *schema_find(const struct schema_attribute *attributes,
                                           const char *name, size_t length);

/* An attribute of the core schema or a common one that the type has, or NULL. */
const struct schema_attribute *schema_find_core(const struct resource_type *type,
                                                const char *name, size_t length);

/* The core schema or an extension of `type` with that URN, or one it had in SCIM 1, or NULL. */
const struct schema *schema_of_type(const struct resource_type *type, const char *urn,
                                    size_t length);

/* Tolerance 12: is `urn`, by which that schema was found, the one of SCIM 1? */
gboolean schema_is_former(const struct schema *schema, const char *urn, size_t length);

/* The sub-attribute that stands for the whole in a filter ("value"), or NULL (RFC 7643 2.4). */
const struct schema_attribute *schema_value_of(const struct schema_attribute *attribute);

/* How many values a multi-valued attribute may have. */
size_t schema_max_values(const struct schema_attribute *attribute);

/* One entry of /Schemas and of /ResourceTypes as JSON, meta.location under `base` (the URL of
 * the service, no slash at its end). New reference. */
json_t *schema_print(const struct schema *schema, const char *base);
json_t *schema_print_type(const struct resource_type *type, const char *base);
