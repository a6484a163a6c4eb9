#include "scim/protocol/resource_check.h"

#include <string.h>

#include "scim/protocol/attribute_reference.h"
#include "scim/protocol/attribute_value.h"
#include "scim/protocol/body.h"

/* A body on its way to a clean resource. */
struct intake {
    const struct resource_type *type;
    json_t *clean;
    const json_t *stored; /* NULL for POST */
    GHashTable *listed;   /* the URNs of what `schemas` names, as we spell them */
    struct tolerance_use *use;
    struct fault *fault;
};

/* Tolerances 8 and 12: one that is not of this type, one that stands there twice, or under a name
 * of SCIM 1. */
static void take_schema(const struct intake *intake, const struct schema *schema,
                        const json_t *urn)
{
    if (schema == NULL || g_hash_table_contains(intake->listed, schema->urn)) {
        tolerance_note(intake->use, TOLERANCE_UNKNOWN);
        return;
    }
    g_hash_table_add(intake->listed, g_strdup(schema->urn));
    if (schema_is_former(schema, json_string_value(urn), json_string_length(urn)))
        tolerance_note(intake->use, TOLERANCE_SCIM_1);
}

/* RFC 7643 3: not empty, and the core schema of the type among them. */
static gboolean check_schemas(const struct intake *intake, json_t *body)
{
    gboolean core = FALSE;
    size_t index = 0;
    const json_t *urn = NULL;
    const json_t *schemas = body_member(body, "schemas");
    if (!json_is_array(schemas))
        return fault_set(intake->fault, FAULT_INVALID_SYNTAX,
                         "'schemas' must be an array of URNs");
    json_array_foreach(schemas, index, urn)
    {
        if (!json_is_string(urn))
            return fault_set(intake->fault, FAULT_INVALID_SYNTAX,
                             "'schemas' must hold texts only");
        const struct schema *schema =
            schema_of_type(intake->type, json_string_value(urn), json_string_length(urn));
        core = core || schema == intake->type->schema;
        take_schema(intake, schema, urn);
    }
    if (!core)
        return fault_set(intake->fault, FAULT_INVALID_SYNTAX, "'schemas' does not name '%s'",
                         intake->type->schema->urn);
    return TRUE;
}

static json_t *home_of(json_t *resource, const char *container)
{
    if (container == NULL)
        return resource;
    json_t *home = json_object_get(resource, container);
    if (home == NULL) {
        home = json_object();
        json_object_set_new(resource, container, home);
    }
    return home;
}

/* Tolerance 10: ignored by RFC 7644 3.3 and 3.5.1; who sends back what was read says nothing. */
static void pass_over(const struct intake *intake, const char *container,
                      const struct schema_attribute *attribute, const json_t *value)
{
    const json_t *home =
        container != NULL ? json_object_get(intake->stored, container) : intake->stored;
    const json_t *old = json_object_get(home, attribute->name);
    gboolean says_nothing =
        json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0);
    /* What `schemas` says has been counted by itself. */
    gboolean is_schemas = strcmp(attribute->name, "schemas") == 0;
    if (!is_schemas && !says_nothing && !json_equal(old, value))
        tolerance_note(intake->use, TOLERANCE_READ_ONLY);
}

static gboolean take_attribute(const struct intake *intake, const char *container,
                               const struct schema_attribute *attribute, json_t *value)
{
    json_t *clean = NULL;
    if (attribute->mutability == SCHEMA_READ_ONLY) {
        pass_over(intake, container, attribute, value);
        return TRUE;
    }
    json_t *home = home_of(intake->clean, container);
    if (json_object_get(home, attribute->name) != NULL)
        return fault_set(intake->fault, FAULT_INVALID_SYNTAX, "'%s' is there twice",
                         attribute->name);
    if (!attribute_value_check(attribute, value, intake->use, &clean, intake->fault))
        return FALSE;
    if (clean != NULL)
        json_object_set_new(home, attribute->name, clean);
    return TRUE;
}

static gboolean take_extension(const struct intake *intake, const struct schema *schema,
                               json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (json_is_null(object))
        return TRUE;
    if (!json_is_object(object))
        return fault_set(intake->fault, FAULT_INVALID_VALUE, "'%s' must be an object",
                         schema->urn);
    if (!g_hash_table_contains(intake->listed, schema->urn))
        tolerance_note(intake->use, TOLERANCE_UNKNOWN);
    json_object_foreach(object, name, value)
    {
        const struct schema_attribute *attribute =
            schema_find(schema->attributes, name, strlen(name));
        if (attribute == NULL)
            tolerance_note_unknown(intake->use, name, strlen(name));
        else if (!take_attribute(intake, schema->urn, attribute, value))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_member(const struct intake *intake, const char *name, json_t *value)
{
    struct attribute_reference reference;
    size_t length = strlen(name);
    if (!attribute_reference_parse(intake->type, name, length, &reference) ||
        !reference.known || reference.sub != NULL) {
        tolerance_note_unknown(intake->use, name, length);
        return TRUE;
    }
    if (reference.is_former)
        tolerance_note(intake->use, TOLERANCE_SCIM_1);
    if (reference.attribute == NULL)
        return take_extension(intake, schema_of_type(intake->type, name, length), value);
    return take_attribute(intake, reference.container, reference.attribute, value);
}

static gboolean check_required(const struct intake *intake)
{
    const struct schema_attribute *attribute = intake->type->schema->attributes;
    for (; attribute->name != NULL; attribute++) {
        if (attribute->required && json_object_get(intake->clean, attribute->name) == NULL)
            return fault_set(intake->fault, FAULT_INVALID_VALUE, "'%s' is required",
                             attribute->name);
    }
    return TRUE;
}

/* RFC 7644 3.5.1, immutable: equal, or left out and kept. */
static gboolean keep_immutable(const struct intake *intake, const char *container,
                               const struct schema_attribute *attribute, const json_t *stored)
{
    for (; attribute->name != NULL; attribute++) {
        json_t *old = json_object_get(stored, attribute->name);
        if (attribute->mutability != SCHEMA_IMMUTABLE || old == NULL)
            continue;
        json_t *home = home_of(intake->clean, container);
        json_t *given = json_object_get(home, attribute->name);
        if (given != NULL && !json_equal(given, old))
            return fault_set(intake->fault, FAULT_MUTABILITY, "'%s' can never change",
                             attribute->name);
        json_object_set(home, attribute->name, old);
    }
    return TRUE;
}

static gboolean keep_all_immutable(const struct intake *intake, const json_t *stored)
{
    const struct schema *const *extension = intake->type->extensions;
    if (!keep_immutable(intake, NULL, intake->type->schema->attributes, stored))
        return FALSE;
    for (; extension != NULL && *extension != NULL; extension++) {
        const json_t *home = json_object_get(stored, (*extension)->urn);
        if (!keep_immutable(intake, (*extension)->urn, (*extension)->attributes, home))
            return FALSE;
    }
    return TRUE;
}

json_t *resource_check(const struct resource_type *type, json_t *body, const json_t *stored,
                       struct tolerance_use *use, struct fault *fault)
{
    json_auto_t *clean = json_object();
    g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const struct intake intake = {.type = type,
                                  .clean = clean,
                                  .stored = stored,
                                  .listed = listed,
                                  .use = use,
                                  .fault = fault};
    const char *name = NULL;
    json_t *value = NULL;
    if (!check_schemas(&intake, body))
        return NULL;
    json_object_set_new(clean, "schemas", json_array());
    json_object_foreach(body, name, value)
    {
        if (!take_member(&intake, name, value))
            return NULL;
    }
    if (!check_required(&intake) || (stored != NULL && !keep_all_immutable(&intake, stored)))
        return NULL;
    resource_check_schemas(type, clean);
    return g_steal_pointer(&clean);
}

gboolean resource_check_id(json_t *body, const char *id, struct fault *fault)
{
    const char *named = json_string_value(body_member(body, "id"));
    return named == NULL || strcmp(named, id) == 0 ||
           fault_set(fault, FAULT_INVALID_VALUE,
                     "the 'id' in the body is not the one in the path");
}

void resource_check_schemas(const struct resource_type *type, json_t *resource)
{
    json_t *schemas = json_array();
    const struct schema *const *extension = type->extensions;
    json_array_append_new(schemas, json_string(type->schema->urn));
    for (; extension != NULL && *extension != NULL; extension++) {
        if (json_object_size(json_object_get(resource, (*extension)->urn)) > 0)
            json_array_append_new(schemas, json_string((*extension)->urn));
        else
            json_object_del(resource, (*extension)->urn);
    }
    json_object_set_new(resource, "schemas", schemas);
}
