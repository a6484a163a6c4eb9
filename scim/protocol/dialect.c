#include "scim/protocol/dialect.h"

#include <string.h>

#include "scim/protocol/body.h"

/* SCIM 1's name of manager.value. */
static const char old_manager_id[] = "managerId";

gboolean dialect_boolean(const char *text, gboolean *truth)
{
    *truth = g_ascii_strcasecmp(text, "true") == 0;
    return *truth || g_ascii_strcasecmp(text, "false") == 0;
}

static json_t *rename_old_id(json_t *object)
{
    const char *name = body_name(object, old_manager_id);
    if (name == NULL)
        return NULL;
    json_t *renamed = json_copy(object);
    json_object_del(renamed, name);
    if (json_object_get(renamed, "value") == NULL)
        json_object_set(renamed, "value", json_object_get(object, name));
    return renamed;
}

json_t *dialect_manager(const struct schema_attribute *attribute, json_t *value)
{
    if (attribute->multi_valued || attribute->kind != SCHEMA_COMPLEX ||
        schema_value_of(attribute) == NULL)
        return NULL;
    if (dialect_is_empty(value))
        return json_null();
    if (json_is_string(value))
        return json_pack("{s:O}", schema_value_of(attribute)->name, value);
    if (json_is_array(value) && json_array_size(value) == 1 &&
        json_is_object(json_array_get(value, 0)))
        return json_incref(json_array_get(value, 0));
    return json_is_object(value) ? rename_old_id(value) : NULL;
}

gboolean dialect_is_empty(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) == 0;
}

static gboolean is_grammar(const char *text, size_t length)
{
    static const char *const words[] = {"and", "or", "not", "pr", "eq", "ne", "co",
                                        "sw",  "ew", "gt",  "ge", "lt", "le"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strlen(words[i]) == length && g_ascii_strncasecmp(words[i], text, length) == 0)
            return TRUE;
    }
    return FALSE;
}

json_t *dialect_unquoted(const char *text, size_t length)
{
    if (length == 0 || text[0] == '\'' || is_grammar(text, length))
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isgraph(text[i]) || strchr("\"\\()[]{}<>,;`", text[i]) != NULL)
            return NULL;
    }
    return json_stringn(text, length);
}
