#include "scim/protocol/projection.h"

#include <string.h>

#include "scim/protocol/attribute_reference.h"

enum mode {
    BY_DEFAULT,
    CHOSEN,
    EXCLUDED,
};

struct projection {
    const struct resource_type *type;
    enum mode mode;
    struct attribute_reference named[PROJECTION_MAX_NAMES];
    size_t count;
};

static gboolean take_name(struct projection *projection, const char *name, struct fault *fault)
{
    struct attribute_reference reference;
    if (projection->count == PROJECTION_MAX_NAMES)
        return fault_set(fault, FAULT_INVALID_VALUE, "more than %d attributes are named",
                         PROJECTION_MAX_NAMES);
    if (!attribute_reference_parse(projection->type, name, strlen(name), &reference))
        return fault_set(fault, FAULT_INVALID_VALUE,
                         "a list of attributes has something that is no attribute name");
    if (reference.known)
        projection->named[projection->count++] = reference;
    return TRUE;
}

/* Microsoft's tests name emails[type eq "work"] in `attributes`: what stands in brackets chooses
 * values and is left out of the name; the answer shows them all. What it excludes would be too
 * much: there it is no name. A comma in brackets ends nothing. Gives the bytes that were read. */
static size_t read_name(const char *list, enum mode mode, GString *name)
{
    size_t at = 0;
    gboolean inside = FALSE;
    gboolean quoted = FALSE;
    for (; list[at] != '\0' && (inside || list[at] != ','); at++) {
        if (inside && list[at] == '"' && list[at - 1] != '\\')
            quoted = !quoted;
        if (list[at] == '[')
            inside = TRUE;
        if (!inside || mode != CHOSEN)
            g_string_append_c(name, list[at]);
        if (list[at] == ']' && !quoted)
            inside = FALSE;
    }
    return at;
}

static gboolean take_names(struct projection *projection, const char *list, struct fault *fault)
{
    while (*list != '\0') {
        g_autoptr(GString) name = g_string_new(NULL);
        list += read_name(list, projection->mode, name);
        list += *list == ',' ? 1 : 0;
        g_strstrip(name->str);
        if (name->str[0] != '\0' && !take_name(projection, name->str, fault))
            return FALSE;
    }
    return TRUE;
}

struct projection *projection_parse(const struct resource_type *type, const char *attributes,
                                    const char *excluded, struct fault *fault)
{
    g_autoptr(Projection) projection = g_new0(struct projection, 1);
    projection->type = type;
    if (attributes != NULL && excluded != NULL) {
        fault_set(fault, FAULT_INVALID_VALUE,
                  "'attributes' and 'excludedAttributes' exclude each other");
        return NULL;
    }
    if (attributes != NULL)
        projection->mode = CHOSEN;
    else if (excluded != NULL)
        projection->mode = EXCLUDED;
    const char *list = attributes != NULL ? attributes : excluded;
    if (list != NULL && !take_names(projection, list, fault))
        return NULL;
    return g_steal_pointer(&projection);
}

gboolean projection_is_chosen(const struct projection *projection)
{
    return projection->mode == CHOSEN;
}

static gboolean is_same_home(const struct attribute_reference *reference, const char *container)
{
    return g_strcmp0(reference->container, container) == 0;
}

/* Is the attribute named as a whole, alone or with its extension? */
static gboolean names_whole(const struct projection *projection, const char *container,
                            const struct schema_attribute *attribute)
{
    for (size_t i = 0; i < projection->count; i++) {
        const struct attribute_reference *named = &projection->named[i];
        if (!is_same_home(named, container))
            continue;
        if (named->attribute == NULL || (named->attribute == attribute && named->sub == NULL))
            return TRUE;
    }
    return FALSE;
}

static gboolean names_part(const struct projection *projection,
                           const struct schema_attribute *attribute, const char *sub)
{
    for (size_t i = 0; i < projection->count; i++) {
        const struct attribute_reference *named = &projection->named[i];
        if (named->attribute == attribute && named->sub != NULL &&
            (sub == NULL || strcmp(named->sub->name, sub) == 0))
            return TRUE;
    }
    return FALSE;
}

static json_t *show_parts_of_one(const struct projection *projection,
                                 const struct schema_attribute *attribute, json_t *value)
{
    const char *name = NULL;
    json_t *part = NULL;
    json_t *shown = json_object();
    json_object_foreach(value, name, part)
    {
        if (names_part(projection, attribute, name) == (projection->mode == CHOSEN))
            json_object_set(shown, name, part);
    }
    return shown;
}

/* Only the sub-attributes that are named, or all but those. NULL: nothing is left. */
static json_t *show_parts(const struct projection *projection,
                          const struct schema_attribute *attribute, json_t *value)
{
    if (!json_is_array(value)) {
        json_t *shown = show_parts_of_one(projection, attribute, value);
        if (json_object_size(shown) > 0)
            return shown;
        json_decref(shown);
        return NULL;
    }
    json_t *shown = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *one = show_parts_of_one(projection, attribute, json_array_get(value, i));
        if (json_object_size(one) > 0)
            json_array_append(shown, one);
        json_decref(one);
    }
    return shown;
}

/* New reference, or NULL when nothing of it is shown. */
static json_t *show(const struct projection *projection, const char *container,
                    const struct schema_attribute *attribute, json_t *value)
{
    if (attribute->returned == SCHEMA_RETURNED_ALWAYS)
        return json_incref(value);
    if (attribute->returned == SCHEMA_RETURNED_NEVER)
        return NULL;
    gboolean whole = names_whole(projection, container, attribute);
    gboolean parts = !whole && names_part(projection, attribute, NULL);
    if (projection->mode == CHOSEN && !whole)
        return parts ? show_parts(projection, attribute, value) : NULL;
    if (projection->mode == CHOSEN)
        return json_incref(value);
    if (attribute->returned == SCHEMA_RETURNED_REQUEST || whole)
        return NULL;
    return parts ? show_parts(projection, attribute, value) : json_incref(value);
}

static json_t *show_extension(const struct projection *projection, const struct schema *schema,
                              json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_t *shown = json_object();
    json_object_foreach(object, name, value)
    {
        const struct schema_attribute *attribute =
            schema_find(schema->attributes, name, strlen(name));
        json_t *part =
            attribute != NULL ? show(projection, schema->urn, attribute, value) : NULL;
        if (part != NULL)
            json_object_set_new(shown, name, part);
    }
    if (json_object_size(shown) > 0)
        return shown;
    json_decref(shown);
    return NULL;
}

json_t *projection_apply(const struct projection *projection, json_t *resource)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_t *shown = json_object();
    json_object_foreach(resource, name, value)
    {
        const struct schema_attribute *attribute =
            schema_find_core(projection->type, name, strlen(name));
        const struct schema *extension = schema_of_type(projection->type, name, strlen(name));
        json_t *part = NULL;
        if (attribute != NULL)
            part = show(projection, NULL, attribute, value);
        else if (extension != NULL)
            part = show_extension(projection, extension, value);
        if (part != NULL)
            json_object_set_new(shown, name, part);
    }
    return shown;
}

void projection_free(struct projection *projection)
{
    g_free(projection);
}
