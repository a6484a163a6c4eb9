#include "scim/protocol/value_index.h"

#include "scim/protocol/value_pair.h"

struct value_index {
    const struct schema_attribute *attribute;
    GHashTable *alike; /* key -> GPtrArray of the values that have it */
    GPtrArray *all;
    GHashTable *pairs; /* key of the pair -> the first value of it */
};

const char *value_index_key(const json_t *value)
{
    const json_t *key = json_is_object(value) ? json_object_get(value, "value") : value;
    return json_string_value(key);
}

/* Those that may say what `value` says; NULL: none. One without a key may say less than any. */
static GPtrArray *alike(const struct value_index *index, const json_t *value)
{
    const char *key = value_index_key(value);
    return key != NULL ? g_hash_table_lookup(index->alike, key) : index->all;
}

static void take(struct value_index *index, json_t *value)
{
    const char *key = value_index_key(value);
    GPtrArray *list = alike(index, value);
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(index->alike, g_strdup(key), list);
    }
    if (key != NULL)
        g_ptr_array_add(list, value);
    g_ptr_array_add(index->all, value);
    char *pair = value_pair_key(index->attribute, value);
    if (pair != NULL && !g_hash_table_contains(index->pairs, pair))
        g_hash_table_insert(index->pairs, g_steal_pointer(&pair), value);
    g_free(pair);
}

struct value_index *value_index_new(const struct schema_attribute *attribute, json_t *list)
{
    struct value_index *index = g_new0(struct value_index, 1);
    size_t at = 0;
    json_t *value = NULL;
    index->attribute = attribute;
    index->alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)g_ptr_array_unref);
    index->all = g_ptr_array_new();
    index->pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_array_foreach(list, at, value)
    {
        take(index, value);
    }
    return index;
}

/* Does `stored` say everything that `value` says? */
static gboolean says_all(const json_t *stored, json_t *value)
{
    const char *name = NULL;
    json_t *part = NULL;
    if (!json_is_object(value) || !json_is_object(stored))
        return json_equal(stored, value) != 0;
    json_object_foreach(value, name, part)
    {
        if (!json_equal(json_object_get(stored, name), part))
            return FALSE;
    }
    return TRUE;
}

json_t *value_index_find(const struct value_index *index, json_t *value)
{
    GPtrArray *list = alike(index, value);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        if (says_all(list->pdata[i], value))
            return list->pdata[i];
    }
    return NULL;
}

json_t *value_index_twin(const struct value_index *index, const json_t *value)
{
    g_autofree char *pair = value_pair_key(index->attribute, value);
    return pair != NULL ? g_hash_table_lookup(index->pairs, pair) : NULL;
}

gboolean value_index_add(struct value_index *index, json_t *value)
{
    const GPtrArray *list = alike(index, value);
    if (value_index_key(value) != NULL && list != NULL && list->len >= VALUE_INDEX_MAX_ALIKE)
        return FALSE;
    take(index, value);
    return TRUE;
}

void value_index_free(struct value_index *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->alike);
    g_ptr_array_unref(index->all);
    g_hash_table_unref(index->pairs);
    g_free(index);
}
