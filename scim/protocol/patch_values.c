#include "scim/protocol/patch_values.h"

#include "scim/protocol/attribute_value.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/value_index.h"
#include "scim/protocol/value_pair.h"

#define MAX_UNKEYED 100 /* named without a `value`: they are compared one by one */

static gboolean refuse(const struct patch_values *values, enum fault_type type,
                       const char *what)
{
    return fault_set(values->fault, type, "'%s' %s", values->attribute->name, what);
}

static json_t *stored_values(const struct patch_values *values)
{
    return json_object_get(values->home, values->attribute->name);
}

static gboolean is_multi_immutable(const struct patch_values *values)
{
    return values->attribute->mutability == SCHEMA_IMMUTABLE &&
           json_array_size(stored_values(values)) > 0;
}

/* An array of clean values out of one value or several; NULL: none. */
static gboolean clean_values(const struct patch_values *values, json_t *value, json_t **clean)
{
    json_auto_t *list = NULL;
    if (json_is_array(value) || json_is_null(value))
        list = json_incref(value);
    else
        list = json_pack("[O]", value);
    return attribute_value_check(values->attribute, list, values->use, clean, values->fault);
}

/* RFC 7644 3.5.2: a value that becomes primary takes primary from the others. */
static void settle_primary(json_t *list, const json_t *chosen)
{
    size_t index = 0;
    json_t *stored = NULL;
    if (!json_is_true(json_object_get(chosen, "primary")))
        return;
    json_array_foreach(list, index, stored)
    {
        if (stored != chosen && json_is_true(json_object_get(stored, "primary")))
            json_object_set_new(stored, "primary", json_false());
    }
}

/* What is left: no values is the same as no attribute (RFC 7643 2.5). */
static gboolean settle(const struct patch_values *values, json_t *list)
{
    if (json_array_size(list) > schema_max_values(values->attribute))
        return refuse(values, FAULT_INVALID_VALUE, "would have too many values");
    if (json_array_size(list) > 0)
        return TRUE;
    if (values->attribute->required)
        return refuse(values, FAULT_MUTABILITY, "is required");
    json_object_del(values->home, values->attribute->name);
    return TRUE;
}

/* The value of the same type and value, or the one just appended; NULL with a fault. */
static json_t *add_one(const struct patch_values *values, struct value_index *known,
                       json_t *list, json_t *one)
{
    json_t *twin = value_index_twin(known, one);
    if (twin != NULL) {
        if (!value_pair_merge(values->attribute, twin, one))
            tolerance_note(values->use, TOLERANCE_REPEATED);
        return twin;
    }
    if (!value_index_add(known, one)) {
        refuse(values, FAULT_INVALID_VALUE, "has too many values that are alike");
        return NULL;
    }
    json_array_append(list, one);
    return one;
}

gboolean patch_values_add(const struct patch_values *values, json_t *value)
{
    json_auto_t *clean = NULL;
    if (!clean_values(values, value, &clean))
        return FALSE;
    if (clean == NULL)
        return TRUE;
    json_t *list = stored_values(values);
    gboolean frozen = is_multi_immutable(values);
    size_t index = 0;
    json_t *one = NULL;
    if (list == NULL) {
        list = json_array();
        json_object_set_new(values->home, values->attribute->name, list);
    }
    g_autoptr(ValueIndex) known = value_index_new(values->attribute, list);
    json_array_foreach(clean, index, one)
    {
        if (value_index_find(known, one) != NULL) {
            tolerance_note(values->use, TOLERANCE_REPEATED);
            continue;
        }
        if (frozen)
            return refuse(values, FAULT_MUTABILITY, "can never change");
        json_t *added = add_one(values, known, list, one);
        if (added == NULL)
            return FALSE;
        settle_primary(list, added);
    }
    return settle(values, list);
}

/* What `named` names: keys in a set, and the values without a key. */
static GHashTable *keys_of(const json_t *named, json_t *unkeyed)
{
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(named, index, one)
    {
        const char *key = value_index_key(one);
        if (key != NULL)
            g_hash_table_add(keys, g_strdup(key));
        else
            json_array_append(unkeyed, one);
    }
    return keys;
}

/* Takes away what has one of the keys of `named`, and what equals one of `named` without a key. */
static gboolean remove_named(const struct patch_values *values, json_t *list,
                             const json_t *named)
{
    json_auto_t *unkeyed = json_array();
    g_autoptr(GHashTable) keys = keys_of(named, unkeyed);
    if (json_array_size(unkeyed) > MAX_UNKEYED)
        return refuse(values, FAULT_INVALID_VALUE, "has too many values without a 'value'");
    const size_t before = json_array_size(list);
    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *stored = json_array_get(list, i);
        const char *key = value_index_key(stored);
        gboolean gone = key != NULL && g_hash_table_contains(keys, key);
        for (size_t j = 0; !gone && j < json_array_size(unkeyed); j++)
            gone = json_equal(stored, json_array_get(unkeyed, j)) != 0;
        if (gone)
            json_array_remove(list, i);
    }
    if (json_array_size(list) == before)
        tolerance_note(values->use, TOLERANCE_REPEATED);
    return settle(values, list);
}

gboolean patch_values_remove(const struct patch_values *values, json_t *value)
{
    json_t *list = stored_values(values);
    gboolean names = value != NULL && !json_is_null(value);
    if (names)
        tolerance_note(values->use, TOLERANCE_REMOVE_VALUE);
    if (list == NULL) {
        tolerance_note(values->use, TOLERANCE_REPEATED);
        return TRUE;
    }
    if (is_multi_immutable(values))
        return refuse(values, FAULT_MUTABILITY, "can never change");
    if (!names) {
        json_array_clear(list);
        return settle(values, list);
    }
    json_auto_t *named = json_is_array(value) ? json_incref(value) : json_pack("[O]", value);
    return remove_named(values, list, named);
}

gboolean patch_values_replace(const struct patch_values *values, json_t *value)
{
    json_auto_t *clean = NULL;
    if (!clean_values(values, value, &clean))
        return FALSE;
    json_t *list = stored_values(values);
    if (is_multi_immutable(values) && !json_equal(list, clean))
        return refuse(values, FAULT_MUTABILITY, "can never change");
    if (clean == NULL)
        return list == NULL || patch_values_remove(values, NULL);
    json_object_set(values->home, values->attribute->name, clean);
    return TRUE;
}

gboolean patch_values_write(const struct patch_values *values, json_t *one,
                            const struct schema_attribute *sub, json_t *clean)
{
    json_t *old = json_object_get(one, sub->name);
    if (old != NULL && (clean == NULL || !json_equal(old, clean)) &&
        (sub->mutability == SCHEMA_IMMUTABLE || sub->mutability == SCHEMA_READ_ONLY))
        return fault_set(values->fault, FAULT_MUTABILITY, "'%s.%s' can never change",
                         values->attribute->name, sub->name);
    if (clean != NULL)
        return json_object_set(one, sub->name, clean) == 0;
    if (old != NULL && sub->required)
        return fault_set(values->fault, FAULT_MUTABILITY, "'%s.%s' is required",
                         values->attribute->name, sub->name);
    json_object_del(one, sub->name);
    return TRUE;
}

gboolean patch_values_merge(const struct patch_values *values, json_t *one, json_t *parts)
{
    const struct schema_attribute *sub = values->attribute->sub;
    for (; sub != NULL && sub->name != NULL; sub++) {
        json_t *part = json_object_get(parts, sub->name);
        if (part != NULL &&
            !patch_values_write(values, one, sub, json_is_null(part) ? NULL : part))
            return FALSE;
    }
    return TRUE;
}

/* Writes the eq terms of a filter into a new value: FALSE where it has anything but eq and
 * `and`. */
static gboolean write_terms(const struct filter_node *node, json_t *one)
{
    if (node->kind == FILTER_AND)
        return write_terms(node->left, one) && write_terms(node->right, one);
    if (node->kind != FILTER_COMPARE || node->comparison != FILTER_EQ ||
        node->reference.sub == NULL || node->reference.sub->mutability == SCHEMA_READ_ONLY)
        return FALSE;
    const char *name = node->reference.sub->name;
    if (json_object_get(one, name) != NULL)
        return FALSE;
    if (node->value.kind == FILTER_TEXT)
        return json_object_set_new(one, name, json_string(node->value.literal)) == 0;
    if (node->value.kind == FILTER_BOOLEAN)
        return json_object_set_new(one, name, json_boolean(node->value.boolean)) == 0;
    return FALSE;
}

/* One value that the filter chose: changed in its place, or found empty. */
static gboolean change_one(const struct patch_values *values,
                           const struct patch_operation *operation, json_t *list, size_t index,
                           json_t *clean)
{
    const struct schema_attribute *sub = operation->path->reference.sub;
    json_t *one = json_array_get(list, index);
    if (sub != NULL) {
        if (!patch_values_write(values, one, sub, clean))
            return FALSE;
    } else if (operation->verb == PATCH_ADD && json_is_object(one)) {
        if (!patch_values_merge(values, one, clean))
            return FALSE;
    } else {
        json_auto_t *fresh = json_deep_copy(clean);
        json_array_set(list, index, fresh);
    }
    settle_primary(list, json_array_get(list, index));
    return TRUE;
}

/* Tolerance 5: a value made from the filter, then changed like any other. */
static gboolean make_one(const struct patch_values *values,
                         const struct patch_operation *operation, json_t *clean)
{
    json_auto_t *one = json_object();
    const struct schema_attribute *sub = operation->path->reference.sub;
    gboolean allowed = sub != NULL || operation->verb == PATCH_ADD;
    if (!allowed || clean == NULL || !write_terms(operation->path->filter->root, one))
        return refuse(values, FAULT_NO_TARGET,
                      "has no value that the filter of the path matches");
    if (sub != NULL)
        json_object_set(one, sub->name, clean);
    else
        json_object_update(one, clean); /* patch_values_add() drops what is null */
    tolerance_note(values->use, TOLERANCE_VALUE_PATH_ADDS);
    return patch_values_add(values, one);
}

/* The interoperability profile wants a path to choose one value at most. */
static void note_choice(const struct patch_values *values, size_t found)
{
    if (values->use != NULL && found > 1)
        values->use->several_values++;
}

/* What was changed in its place may have become what another one is. */
static gboolean settle_pairs(const struct patch_values *values, json_t *list)
{
    (void)value_pair_collapse(values->attribute, list);
    return settle(values, list);
}

static gboolean remove_selected(const struct patch_values *values,
                                const struct patch_operation *operation, json_t *list)
{
    const struct schema_attribute *sub = operation->path->reference.sub;
    size_t found = 0;
    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *one = json_array_get(list, i);
        if (!filter_match_value(operation->path->filter->root, one))
            continue;
        found++;
        if (is_multi_immutable(values))
            return refuse(values, FAULT_MUTABILITY, "can never change");
        if (sub != NULL && !patch_values_write(values, one, sub, NULL))
            return FALSE;
        if (sub == NULL || json_object_size(one) == 0)
            json_array_remove(list, i);
    }
    note_choice(values, found);
    if (found == 0)
        tolerance_note(values->use, TOLERANCE_REPEATED);
    return list == NULL || settle_pairs(values, list);
}

static gboolean clean_selected(const struct patch_values *values,
                               const struct patch_operation *operation, json_t **clean)
{
    const struct schema_attribute *sub = operation->path->reference.sub;
    json_t *value = operation->value;
    if (sub != NULL)
        return attribute_value_check(sub, value, values->use, clean, values->fault);
    if (json_is_array(value) && json_array_size(value) == 1)
        value = json_array_get(value, 0);
    if (operation->verb == PATCH_ADD && values->attribute->sub != NULL)
        return attribute_value_check_parts(values->attribute, value, values->use, clean,
                                           values->fault);
    return attribute_value_check_one(values->attribute, value, values->use, clean,
                                     values->fault);
}

/* For each value whether the filter chooses it, before any of them changes. The caller frees. */
static gboolean *choose_values(const struct filter *filter, const json_t *list, size_t *found)
{
    gboolean *chosen = g_new0(gboolean, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        chosen[i] = filter_match_value(filter->root, json_array_get(list, i));
        *found += chosen[i] ? 1 : 0;
    }
    return chosen;
}

gboolean patch_values_select(const struct patch_values *values,
                             const struct patch_operation *operation)
{
    json_auto_t *clean = NULL;
    json_t *list = stored_values(values);
    size_t found = 0;
    if (operation->verb == PATCH_REMOVE)
        return remove_selected(values, operation, list);
    if (!clean_selected(values, operation, &clean))
        return FALSE;
    if (clean == NULL)
        return remove_selected(values, operation, list);
    g_autofree gboolean *chosen = choose_values(operation->path->filter, list, &found);
    json_auto_t *kept = is_multi_immutable(values) ? json_deep_copy(list) : NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (chosen[i] && !change_one(values, operation, list, i, clean))
            return FALSE;
    }
    if (kept != NULL && !json_equal(kept, list))
        return refuse(values, FAULT_MUTABILITY, "can never change");
    note_choice(values, found);
    return found > 0 ? settle_pairs(values, list) : make_one(values, operation, clean);
}
