#include "scim/protocol/attribute_reference.h"

#include <string.h>

/* ATTRNAME of RFC 7644 figure 1, and "$ref", which figure 1 forgot. */
static gboolean is_name(const char *text, size_t length)
{
    if (length == 0 || (!g_ascii_isalpha(text[0]) && text[0] != '$'))
        return FALSE;
    for (size_t i = 1; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_' && text[i] != '$')
            return FALSE;
    }
    return length > 1 || text[0] != '$';
}

static gboolean is_urn_byte(char c)
{
    return g_ascii_isgraph(c) && strchr("\"\\[]()<>{}|^`", c) == NULL;
}

static gboolean is_urn(const char *text, size_t length)
{
    if (length < strlen("urn:x") || g_ascii_strncasecmp(text, "urn:", 4) != 0)
        return FALSE;
    for (size_t i = 0; i < length; i++) {
        if (!is_urn_byte(text[i]))
            return FALSE;
    }
    return TRUE;
}

/* Without its URN an extension's attribute is meant where the core has none of that name (RFC 7644
 * 3.10: clients only SHOULD qualify it). */
static const struct schema *find_extension(const struct resource_type *type, const char *text,
                                           size_t length)
{
    for (size_t i = 0; type->extensions != NULL && type->extensions[i] != NULL; i++) {
        if (schema_find(type->extensions[i]->attributes, text, length) != NULL)
            return type->extensions[i];
    }
    return NULL;
}

/* Resolves `name` or `name.sub`, which stands behind the URN `schema` (NULL: no URN). */
static gboolean resolve(const struct resource_type *type, const struct schema *schema,
                        const char *text, size_t length, struct attribute_reference *reference)
{
    const char *dot = memchr(text, '.', length);
    size_t name_length = dot != NULL ? (size_t)(dot - text) : length;
    if (!is_name(text, name_length))
        return FALSE;
    if (dot != NULL && !is_name(dot + 1, length - name_length - 1))
        return FALSE;
    if (schema == NULL && schema_find_core(type, text, name_length) == NULL)
        schema = find_extension(type, text, name_length);
    gboolean core = schema == NULL || schema == type->schema;
    const struct schema_attribute *attribute =
        core ? schema_find_core(type, text, name_length)
             : schema_find(schema->attributes, text, name_length);
    if (attribute == NULL)
        return TRUE;
    const struct schema_attribute *sub = NULL;
    if (dot != NULL) {
        sub = schema_find(attribute->sub, dot + 1, length - name_length - 1);
        if (sub == NULL)
            return TRUE;
    }
    *reference = (struct attribute_reference){.known = TRUE,
                                              .container = core ? NULL : schema->urn,
                                              .attribute = attribute,
                                              .sub = sub};
    return TRUE;
}

/* A URN ends at one of its colons, and may itself hold dots: the longest schema of the type
 * that fits in front of a colon is meant. */
gboolean attribute_reference_parse(const struct resource_type *type, const char *text,
                                   size_t length, struct attribute_reference *reference)
{
    *reference = (struct attribute_reference){.known = FALSE};
    if (!is_urn(text, length))
        return resolve(type, NULL, text, length, reference);
    const struct schema *whole = schema_of_type(type, text, length);
    if (whole != NULL) {
        reference->known = whole != type->schema;
        reference->container = reference->known ? whole->urn : NULL;
        reference->is_former = schema_is_former(whole, text, length);
        return TRUE;
    }
    for (size_t i = length; i-- > 0;) {
        if (text[i] != ':')
            continue;
        const struct schema *schema = schema_of_type(type, text, i);
        if (schema == NULL)
            continue;
        gboolean formed = resolve(type, schema, text + i + 1, length - i - 1, reference);
        reference->is_former = schema_is_former(schema, text, i);
        return formed;
    }
    return text[length - 1] != ':';
}

gboolean attribute_reference_parse_sub(const struct attribute_reference *parent,
                                       const char *text, size_t length,
                                       struct attribute_reference *reference)
{
    *reference = (struct attribute_reference){.known = FALSE};
    if (!is_name(text, length))
        return FALSE;
    if (parent->attribute == NULL)
        return TRUE;
    const struct schema_attribute *sub = schema_find(parent->attribute->sub, text, length);
    gboolean itself = parent->attribute->sub == NULL && length == strlen("value") &&
                      g_ascii_strncasecmp(text, "value", length) == 0;
    if (sub == NULL && !itself)
        return TRUE;
    *reference = *parent;
    reference->sub = sub;
    return TRUE;
}

static gboolean is_assigned(const json_t *value)
{
    return value != NULL && !json_is_null(value) &&
           (!json_is_array(value) || json_array_size(value) > 0);
}

json_t *attribute_reference_get(const struct attribute_reference *reference,
                                const json_t *resource)
{
    if (!reference->known)
        return NULL;
    const json_t *home = resource;
    if (reference->container != NULL)
        home = json_object_get(resource, reference->container);
    if (reference->attribute == NULL)
        return reference->container != NULL ? json_object_get(resource, reference->container)
                                            : NULL;
    json_t *value = json_object_get(home, reference->attribute->name);
    return is_assigned(value) ? value : NULL;
}
