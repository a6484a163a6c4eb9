#include "scim/protocol/patch_apply.h"

#include <string.h>

#include "scim/protocol/attribute_value.h"
#include "scim/protocol/patch_values.h"
#include "scim/protocol/resource_check.h"

/* A resource under change: a copy, so that a fault leaves nothing behind. */
struct change {
    const struct resource_type *type;
    json_t *resource;
    struct tolerance_use *use;
    struct fault *fault;
    gboolean pathless; /* readOnly attributes are let pass, unheard */
};

static const struct attribute_path no_path;

static gboolean refuse(const struct change *change, enum fault_type type,
                       const struct schema_attribute *attribute, const char *what)
{
    return fault_set(change->fault, type, "'%s' %s", attribute->name, what);
}

static json_t *home_of(const struct change *change, const struct attribute_reference *reference)
{
    if (reference->container == NULL)
        return change->resource;
    json_t *home = json_object_get(change->resource, reference->container);
    if (home == NULL) {
        home = json_object();
        json_object_set_new(change->resource, reference->container, home);
    }
    return home;
}

static gboolean unassign(const struct change *change, const struct schema_attribute *attribute,
                         json_t *home)
{
    if (json_object_get(home, attribute->name) == NULL)
        return TRUE;
    if (attribute->required)
        return refuse(change, FAULT_MUTABILITY, attribute, "is required");
    if (attribute->mutability == SCHEMA_IMMUTABLE)
        return refuse(change, FAULT_MUTABILITY, attribute, "can never change");
    json_object_del(home, attribute->name);
    return TRUE;
}

static gboolean change_simple(const struct change *change,
                              const struct patch_operation *operation, json_t *home)
{
    const struct schema_attribute *attribute = operation->path->reference.attribute;
    const json_t *old = json_object_get(home, attribute->name);
    json_auto_t *clean = NULL;
    if (operation->verb == PATCH_REMOVE)
        return unassign(change, attribute, home);
    if (!attribute_value_check(attribute, operation->value, change->use, &clean, change->fault))
        return FALSE;
    if (clean == NULL)
        return unassign(change, attribute, home);
    if (old != NULL && attribute->mutability == SCHEMA_IMMUTABLE && !json_equal(old, clean))
        return refuse(change, FAULT_MUTABILITY, attribute, "can never change");
    json_object_set(home, attribute->name, clean);
    return TRUE;
}

/* The interoperability profile has replace put the whole value in place of the old one: what it
 * does not name goes. */
static void drop_unnamed(const struct schema_attribute *attribute, const json_t *old,
                         json_t *parts)
{
    const struct schema_attribute *sub = attribute->sub;
    for (; sub->name != NULL; sub++) {
        if (sub->mutability != SCHEMA_READ_ONLY && json_object_get(old, sub->name) != NULL &&
            json_object_get(parts, sub->name) == NULL)
            json_object_set_new(parts, sub->name, json_null());
    }
}

/* A bare id is the whole value as well: the `$ref` of another manager must not stay. */
static gboolean replaces_whole(const struct change *change,
                               const struct patch_operation *operation)
{
    return !json_is_object(operation->value) ||
           (operation->verb == PATCH_REPLACE && tolerance_is_strict(change->use));
}

/* A complex attribute with one value: add and replace merge what they name (RFC 7644 3.5.2.3).
 */
static gboolean change_complex(const struct change *change,
                               const struct patch_operation *operation, json_t *home)
{
    const struct schema_attribute *attribute = operation->path->reference.attribute;
    const struct schema_attribute *sub = operation->path->reference.sub;
    gboolean removes = operation->verb == PATCH_REMOVE;
    const struct patch_values values = {attribute, home, change->use, change->fault};
    json_auto_t *clean = NULL;
    if (sub == NULL && (removes || json_is_null(operation->value)))
        return unassign(change, attribute, home);
    if (!removes) {
        gboolean good = sub != NULL
                            ? attribute_value_check(sub, operation->value, change->use, &clean,
                                                    change->fault)
                            : attribute_value_check_parts(attribute, operation->value,
                                                          change->use, &clean, change->fault);
        if (!good)
            return FALSE;
        if (sub == NULL && clean == NULL)
            return unassign(change, attribute, home);
    }
    json_auto_t *one = json_incref(json_object_get(home, attribute->name));
    if (one == NULL)
        one = json_object();
    if (sub == NULL && replaces_whole(change, operation))
        drop_unnamed(attribute, one, clean);
    gboolean done = sub != NULL ? patch_values_write(&values, one, sub, clean)
                                : patch_values_merge(&values, one, clean);
    if (!done)
        return FALSE;
    if (json_object_size(one) == 0)
        return unassign(change, attribute, home);
    json_object_set(home, attribute->name, one);
    return TRUE;
}

static gboolean change_multi_valued(const struct change *change,
                                    const struct patch_operation *operation, json_t *home)
{
    const struct attribute_reference *reference = &operation->path->reference;
    const struct patch_values values = {reference->attribute, home, change->use, change->fault};
    if (operation->path->filter != NULL)
        return patch_values_select(&values, operation);
    if (reference->sub != NULL)
        return fault_set(change->fault, FAULT_INVALID_PATH,
                         "'%s' has several values: choose them with a filter in brackets",
                         reference->attribute->name);
    switch (operation->verb) {
    case PATCH_ADD:
        return patch_values_add(&values, operation->value);
    case PATCH_REMOVE:
        return patch_values_remove(&values, operation->value);
    case PATCH_REPLACE:
        return patch_values_replace(&values, operation->value);
    }
    return FALSE;
}

static gboolean is_read_only(const struct attribute_reference *reference)
{
    return reference->attribute->mutability == SCHEMA_READ_ONLY ||
           (reference->sub != NULL && reference->sub->mutability == SCHEMA_READ_ONLY);
}

/* One attribute, or a part of it. */
static gboolean change_attribute(const struct change *change,
                                 const struct patch_operation *operation)
{
    const struct attribute_reference *reference = &operation->path->reference;
    if (is_read_only(reference)) {
        if (reference->attribute == &schema_common[0])
            return TRUE; /* `schemas` follows the extensions by itself */
        if (!change->pathless)
            return fault_set(change->fault, FAULT_MUTABILITY, "'%s%s%s' is read-only",
                             reference->attribute->name, reference->sub != NULL ? "." : "",
                             reference->sub != NULL ? reference->sub->name : "");
        tolerance_note(change->use, TOLERANCE_READ_ONLY);
        return TRUE;
    }
    json_t *home = home_of(change, reference);
    if (reference->attribute->multi_valued)
        return change_multi_valued(change, operation, home);
    if (reference->attribute->kind == SCHEMA_COMPLEX)
        return change_complex(change, operation, home);
    return change_simple(change, operation, home);
}

static gboolean change_named(const struct change *change,
                             const struct schema_attribute *attribute, const char *container,
                             enum patch_verb verb, json_t *value)
{
    struct attribute_path path = no_path;
    path.reference = (struct attribute_reference){
        .known = TRUE, .container = container, .attribute = attribute};
    const struct patch_operation operation = {.verb = verb, .path = &path, .value = value};
    return change_attribute(change, &operation);
}

/* Everything a client may write in an extension, one after the other. */
static gboolean clear_extension(const struct change *change, const struct schema *schema)
{
    const struct schema_attribute *attribute = schema->attributes;
    const json_t *home = json_object_get(change->resource, schema->urn);
    for (; attribute->name != NULL; attribute++) {
        if (json_object_get(home, attribute->name) != NULL &&
            !change_named(change, attribute, schema->urn, PATCH_REMOVE, NULL))
            return FALSE;
    }
    return TRUE;
}

static gboolean change_extension(const struct change *change, const char *urn,
                                 enum patch_verb verb, json_t *value)
{
    const struct schema *schema = schema_of_type(change->type, urn, strlen(urn));
    const char *name = NULL;
    json_t *part = NULL;
    if (verb == PATCH_REMOVE || json_is_null(value))
        return clear_extension(change, schema);
    if (!json_is_object(value))
        return fault_set(change->fault, FAULT_INVALID_VALUE, "'%s' must be an object", urn);
    json_object_foreach(value, name, part)
    {
        const struct schema_attribute *attribute =
            schema_find(schema->attributes, name, strlen(name));
        if (attribute == NULL)
            tolerance_note_unknown(change->use, name, strlen(name));
        else if (!change_named(change, attribute, schema->urn, verb, part))
            return FALSE;
    }
    return TRUE;
}

static gboolean change_at(const struct change *change, const struct patch_operation *operation)
{
    const struct attribute_reference *reference = &operation->path->reference;
    if (!reference->known)
        return TRUE; /* counted by who read the path */
    if (reference->attribute == NULL)
        return change_extension(change, reference->container, operation->verb,
                                operation->value);
    return change_attribute(change, operation);
}

/* Tolerance 3: a member of a value without path may be a path itself: dotted, with a URN in front,
 * with a filter. patch_parse() has counted the operation. */
static gboolean change_member(const struct change *change, enum patch_verb verb,
                              const char *name, json_t *value)
{
    struct fault ignored = {.status = 0};
    g_autoptr(AttributePath) path =
        attribute_path_parse(change->type, name, strlen(name), NULL, NULL, &ignored);
    fault_clear(&ignored);
    if (path == NULL || !path->reference.known) {
        tolerance_note_unknown(change->use, name, strlen(name));
        return TRUE;
    }
    const struct patch_operation operation = {.verb = verb, .path = path, .value = value};
    return change_at(change, &operation);
}

static gboolean change_resource(struct change *change, const struct patch_operation *operation)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(operation->value))
        return fault_set(change->fault, FAULT_INVALID_VALUE,
                         "without a path the value must be an object");
    change->pathless = TRUE;
    json_object_foreach(operation->value, name, value)
    {
        if (!change_member(change, operation->verb, name, value))
            return FALSE;
    }
    change->pathless = FALSE;
    return TRUE;
}

/* `schemas` says nothing that the rest does not. */
static gboolean is_same_data(json_t *one, const json_t *other)
{
    const char *name = NULL;
    json_t *value = NULL;
    size_t shared = 0;
    json_object_foreach(one, name, value)
    {
        gboolean same =
            strcmp(name, "schemas") == 0 || json_equal(value, json_object_get(other, name));
        if (!same)
            return FALSE;
        shared += json_object_get(other, name) != NULL;
    }
    return shared == json_object_size(other);
}

json_t *patch_apply(const struct resource_type *type, const json_t *resource,
                    const struct patch *patch, struct tolerance_use *use, gboolean *changed,
                    struct fault *fault)
{
    json_auto_t *copy = json_deep_copy(resource);
    struct change change = {.type = type, .resource = copy, .use = use, .fault = fault};
    for (size_t i = 0; i < patch->count; i++) {
        const struct patch_operation *operation = &patch->operations[i];
        gboolean done = operation->path != NULL ? change_at(&change, operation)
                                                : change_resource(&change, operation);
        if (!done) {
            fault_prefix(fault, "operation %zu: ", i + 1);
            return NULL;
        }
    }
    resource_check_schemas(type, copy);
    if (changed != NULL)
        *changed = !is_same_data(copy, resource);
    return g_steal_pointer(&copy);
}
