#include "scim/protocol/value_pair.h"

#include <string.h>

#include "scim/protocol/address.h"

#define SEPARATOR "\x1f"

static char *fold_part(const struct schema_attribute *attribute, const char *name,
                       const json_t *value)
{
    const struct schema_attribute *sub = schema_find(attribute->sub, name, strlen(name));
    const char *text =
        sub != NULL ? json_string_value(json_object_get(value, sub->name)) : NULL;
    if (text == NULL)
        return g_strdup("");
    return sub->case_exact ? g_strdup(text) : address_fold(text);
}

char *value_pair_key(const struct schema_attribute *attribute, const json_t *value)
{
    if (json_string_value(json_object_get(value, "value")) == NULL)
        return NULL;
    g_autofree char *type = fold_part(attribute, "type", value);
    g_autofree char *text = fold_part(attribute, "value", value);
    return g_strconcat(type, SEPARATOR, text, NULL);
}

gboolean value_pair_merge(const struct schema_attribute *attribute, json_t *kept, json_t *other)
{
    gboolean changed = FALSE;
    const char *name = NULL;
    json_t *part = NULL;
    json_object_foreach(other, name, part)
    {
        const struct schema_attribute *sub = schema_find(attribute->sub, name, strlen(name));
        json_t *old = json_object_get(kept, name);
        gboolean fixed = sub == NULL || sub->mutability == SCHEMA_READ_ONLY ||
                         (sub->mutability == SCHEMA_IMMUTABLE && old != NULL);
        gboolean is_pair = strcmp(name, "type") == 0 || strcmp(name, "value") == 0;
        if (fixed || (is_pair && old != NULL) || json_equal(old, part))
            continue;
        json_object_set(kept, name, part);
        changed = TRUE;
    }
    return changed;
}

size_t value_pair_collapse(const struct schema_attribute *attribute, json_t *list)
{
    g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_auto_t *rest = json_array();
    size_t before = json_array_size(list);
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(list, index, one)
    {
        char *key = value_pair_key(attribute, one);
        json_t *kept = key != NULL ? g_hash_table_lookup(pairs, key) : NULL;
        if (kept != NULL)
            (void)value_pair_merge(attribute, kept, one);
        else
            json_array_append(rest, one);
        if (key != NULL && kept == NULL)
            g_hash_table_insert(pairs, g_steal_pointer(&key), one);
        g_free(key);
    }
    if (json_array_size(rest) == before)
        return 0;
    json_array_clear(list);
    json_array_extend(list, rest);
    return before - json_array_size(rest);
}
