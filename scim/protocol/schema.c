#include "scim/protocol/schema.h"

#include <string.h>

#include "scim/protocol/membership.h"

static const char *const kind_names[] = {
    [SCHEMA_STRING] = "string",       [SCHEMA_BOOLEAN] = "boolean",
    [SCHEMA_DECIMAL] = "decimal",     [SCHEMA_INTEGER] = "integer",
    [SCHEMA_DATE_TIME] = "dateTime",  [SCHEMA_BINARY] = "binary",
    [SCHEMA_REFERENCE] = "reference", [SCHEMA_COMPLEX] = "complex",
};

static const char *const mutability_names[] = {
    [SCHEMA_READ_WRITE] = "readWrite",
    [SCHEMA_READ_ONLY] = "readOnly",
    [SCHEMA_IMMUTABLE] = "immutable",
    [SCHEMA_WRITE_ONLY] = "writeOnly",
};

static const char *const returned_names[] = {
    [SCHEMA_RETURNED_DEFAULT] = "default",
    [SCHEMA_RETURNED_ALWAYS] = "always",
    [SCHEMA_RETURNED_NEVER] = "never",
    [SCHEMA_RETURNED_REQUEST] = "request",
};

static const char *const uniqueness_names[] = {
    [SCHEMA_UNIQUE_NONE] = "none",
    [SCHEMA_UNIQUE_SERVER] = "server",
    [SCHEMA_UNIQUE_GLOBAL] = "global",
};

static const struct schema_attribute meta[] = {
    {.name = "resourceType", .mutability = SCHEMA_READ_ONLY, .case_exact = TRUE},
    {.name = "created", .kind = SCHEMA_DATE_TIME, .mutability = SCHEMA_READ_ONLY},
    {.name = "lastModified", .kind = SCHEMA_DATE_TIME, .mutability = SCHEMA_READ_ONLY},
    {.name = "location",
     .kind = SCHEMA_REFERENCE,
     .mutability = SCHEMA_READ_ONLY,
     .case_exact = TRUE},
    {.name = "version", .mutability = SCHEMA_READ_ONLY, .case_exact = TRUE},
    {.name = NULL},
};

/* RFC 7643 3.1. `schemas` is handled apart wherever a resource is written, never as a value. */
const struct schema_attribute schema_common[] = {
    {.name = "schemas",
     .kind = SCHEMA_REFERENCE,
     .mutability = SCHEMA_READ_ONLY,
     .returned = SCHEMA_RETURNED_ALWAYS,
     .multi_valued = TRUE,
     .required = TRUE},
    {.name = "id",
     .mutability = SCHEMA_READ_ONLY,
     .returned = SCHEMA_RETURNED_ALWAYS,
     .uniqueness = SCHEMA_UNIQUE_SERVER,
     .case_exact = TRUE},
    {.name = "externalId", .case_exact = TRUE},
    {.name = "meta", .kind = SCHEMA_COMPLEX, .mutability = SCHEMA_READ_ONLY, .sub = meta},
    {.name = NULL},
};

static const struct schema_attribute *const external_id = &schema_common[2];

const char *schema_kind_name(enum schema_kind kind)
{
    return kind_names[kind];
}

static gboolean is_spelled(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && g_ascii_strncasecmp(name, text, length) == 0;
}

const struct schema_attribute *schema_find(const struct schema_attribute *attributes,
                                           const char *name, size_t length)
{
    for (; attributes != NULL && attributes->name != NULL; attributes++) {
        if (is_spelled(attributes->name, name, length))
            return attributes;
    }
    return NULL;
}

const struct schema_attribute *schema_find_core(const struct resource_type *type,
                                                const char *name, size_t length)
{
    const struct schema_attribute *found = schema_find(schema_common, name, length);
    if (found == external_id && !type->has_external_id)
        return NULL;
    return found != NULL ? found : schema_find(type->schema->attributes, name, length);
}

static gboolean is_named(const struct schema *schema, const char *urn, size_t length)
{
    if (is_spelled(schema->urn, urn, length))
        return TRUE;
    for (size_t i = 0; schema->former != NULL && schema->former[i] != NULL; i++) {
        if (is_spelled(schema->former[i], urn, length))
            return TRUE;
    }
    return FALSE;
}

const struct schema *schema_of_type(const struct resource_type *type, const char *urn,
                                    size_t length)
{
    if (is_named(type->schema, urn, length))
        return type->schema;
    for (size_t i = 0; type->extensions != NULL && type->extensions[i] != NULL; i++) {
        if (is_named(type->extensions[i], urn, length))
            return type->extensions[i];
    }
    return NULL;
}

gboolean schema_is_former(const struct schema *schema, const char *urn, size_t length)
{
    return !is_spelled(schema->urn, urn, length);
}

const struct schema_attribute *schema_value_of(const struct schema_attribute *attribute)
{
    return schema_find(attribute->sub, "value", strlen("value"));
}

size_t schema_max_values(const struct schema_attribute *attribute)
{
    return attribute->max_values > 0 ? attribute->max_values : SCHEMA_MAX_VALUES;
}

static json_t *print_names(const char *const *names)
{
    json_t *array = json_array();
    for (size_t i = 0; names[i] != NULL; i++)
        json_array_append_new(array, json_string(names[i]));
    return array;
}

static json_t *print_attributes(const struct schema_attribute *attributes)
{
    json_t *array = json_array();
    for (; attributes->name != NULL; attributes++) {
        json_t *entry = json_pack("{s:s, s:s, s:b, s:s, s:b}", "name", attributes->name, "type",
                                  schema_kind_name(attributes->kind), "multiValued",
                                  attributes->multi_valued, "description",
                                  attributes->description != NULL ? attributes->description
                                                                  : attributes->name,
                                  "required", attributes->required);
        if (attributes->sub != NULL)
            json_object_set_new(entry, "subAttributes", print_attributes(attributes->sub));
        else
            json_object_set_new(entry, "caseExact", json_boolean(attributes->case_exact));
        if (attributes->canonical_values != NULL)
            json_object_set_new(entry, "canonicalValues",
                                print_names(attributes->canonical_values));
        if (attributes->reference_types != NULL)
            json_object_set_new(entry, "referenceTypes",
                                print_names(attributes->reference_types));
        json_object_set_new(entry, "mutability",
                            json_string(mutability_names[attributes->mutability]));
        json_object_set_new(entry, "returned",
                            json_string(returned_names[attributes->returned]));
        json_object_set_new(entry, "uniqueness",
                            json_string(uniqueness_names[attributes->uniqueness]));
        json_array_append_new(array, entry);
    }
    return array;
}

static json_t *print_meta(const char *base, const char *type, const char *endpoint,
                          const char *id)
{
    g_autofree char *location = g_strdup_printf("%s/%s/%s", base, endpoint, id);
    return json_pack("{s:s, s:s}", "resourceType", type, "location", location);
}

json_t *schema_print(const struct schema *schema, const char *base)
{
    return json_pack("{s:[s], s:s, s:s, s:s, s:o, s:o}", "schemas", SCIM_URN_SCHEMA, "id",
                     schema->urn, "name", schema->name, "description", schema->description,
                     "attributes", print_attributes(schema->attributes), "meta",
                     print_meta(base, "Schema", "Schemas", schema->urn));
}

json_t *schema_print_type(const struct resource_type *type, const char *base)
{
    json_t *extensions = json_array();
    for (size_t i = 0; type->extensions != NULL && type->extensions[i] != NULL; i++) {
        json_array_append_new(extensions, json_pack("{s:s, s:b}", "schema",
                                                    type->extensions[i]->urn, "required", 0));
    }
    return json_pack("{s:[s], s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "schemas",
                     SCIM_URN_RESOURCE_TYPE, "id", type->name, "name", type->name, "endpoint",
                     type->endpoint, "description", type->description, "schema",
                     type->schema->urn, "schemaExtensions", extensions, "meta",
                     print_meta(base, "ResourceType", "ResourceTypes", type->name));
}
