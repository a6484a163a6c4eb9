#include "scim/protocol/bulk_reference.h"

#include <string.h>

#define PREFIX     "bulkId:"
#define URN_PREFIX "urn:"

/* What stands before and behind a reference inside a longer text. */
struct border {
    char before;
    const char *behind; /* one of these, or the end */
};

static const struct border in_path = {'/', "/?"};
static const struct border in_text = {'"', "\""};

/* The next reference at or behind *at: *at becomes where its prefix begins, *length that of the
 * name behind it. */
static gboolean find_next(const char *text, const struct border *border, size_t *at,
                          size_t *length)
{
    const char *found = text + *at;
    while ((found = strstr(found, PREFIX)) != NULL) {
        if (found > text && found[-1] == border->before) {
            *at = (size_t)(found - text);
            *length = strcspn(found + strlen(PREFIX), border->behind);
            return TRUE;
        }
        found += strlen(PREFIX);
    }
    return FALSE;
}

static gboolean is_whole(const char *text, const struct border *border)
{
    return border == &in_text && g_str_has_prefix(text, PREFIX);
}

/* Who wants to know of a reference. */
struct finder {
    void (*found)(void *context, const char *name);
    void *context;
};

static void each_in_text(const char *text, const struct border *border,
                         const struct finder *finder)
{
    size_t at = 0;
    size_t length;
    if (is_whole(text, border)) {
        finder->found(finder->context, text + strlen(PREFIX));
        return;
    }
    while (find_next(text, border, &at, &length)) {
        at += strlen(PREFIX);
        g_autofree char *name = g_strndup(text + at, length);
        finder->found(finder->context, name);
        at += length;
    }
}

static void each_in_value(json_t *value, const struct finder *finder)
{
    const char *name;
    json_t *member;
    if (json_is_string(value))
        each_in_text(json_string_value(value), &in_text, finder);
    for (size_t i = 0; i < json_array_size(value); i++)
        each_in_value(json_array_get(value, i), finder);
    json_object_foreach(value, name, member)
    {
        each_in_value(member, finder);
    }
}

void bulk_reference_each(const char *path, json_t *data,
                         void (*found)(void *context, const char *name), void *context)
{
    const struct finder finder = {found, context};
    if (path != NULL)
        each_in_text(path, &in_path, &finder);
    if (data != NULL)
        each_in_value(data, &finder);
}

static const char *id_of(const char *name, GHashTable *ids, struct fault *fault)
{
    const char *id = g_hash_table_lookup(ids, name);
    if (id == NULL)
        fault_set(fault, FAULT_INVALID_VALUE,
                  "it refers to a bulkId that stands for nothing: no operation has it, or the "
                  "one that has it was not carried out");
    return id;
}

static char *resolve_text(const char *text, const struct border *border, GHashTable *ids,
                          struct fault *fault)
{
    if (is_whole(text, border))
        return g_strdup(id_of(text + strlen(PREFIX), ids, fault));
    g_autoptr(GString) resolved = g_string_new(NULL);
    size_t done = 0;
    size_t at = 0;
    size_t length;
    while (find_next(text, border, &at, &length)) {
        g_autofree char *name = g_strndup(text + at + strlen(PREFIX), length);
        const char *id = id_of(name, ids, fault);
        if (id == NULL)
            return NULL;
        g_string_append_len(resolved, text + done, (gssize)(at - done));
        g_string_append(resolved, id);
        at += strlen(PREFIX) + length;
        done = at;
    }
    g_string_append(resolved, text + done);
    return g_string_free(g_steal_pointer(&resolved), FALSE);
}

char *bulk_reference_resolve_path(const char *path, GHashTable *ids, struct fault *fault)
{
    return resolve_text(path, &in_path, ids, fault);
}

static json_t *resolve_string(json_t *value, GHashTable *ids, struct fault *fault)
{
    g_autofree char *text = resolve_text(json_string_value(value), &in_text, ids, fault);
    return text != NULL ? json_string(text) : NULL;
}

static json_t *resolve_array(json_t *array, GHashTable *ids, struct fault *fault)
{
    json_t *resolved = json_array();
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *element = bulk_reference_resolve(json_array_get(array, i), ids, fault);
        if (element == NULL) {
            json_decref(resolved);
            return NULL;
        }
        json_array_append_new(resolved, element);
    }
    return resolved;
}

static json_t *resolve_object(json_t *object, GHashTable *ids, struct fault *fault)
{
    json_t *resolved = json_object();
    const char *name;
    json_t *member;
    json_object_foreach(object, name, member)
    {
        json_t *value = bulk_reference_resolve(member, ids, fault);
        if (value == NULL) {
            json_decref(resolved);
            return NULL;
        }
        json_object_set_new(resolved, name, value);
    }
    return resolved;
}

json_t *bulk_reference_resolve(json_t *data, GHashTable *ids, struct fault *fault)
{
    if (json_is_string(data))
        return resolve_string(data, ids, fault);
    if (json_is_array(data))
        return resolve_array(data, ids, fault);
    if (json_is_object(data))
        return resolve_object(data, ids, fault);
    return json_incref(data);
}

static void look_up(void *context, const char *name)
{
    GHashTable **ids = context;
    if (*ids != NULL && !g_hash_table_contains(*ids, name))
        *ids = NULL;
}

static gboolean all_known(const json_t *string, GHashTable *ids)
{
    GHashTable *known = ids;
    const struct finder finder = {look_up, &known};
    each_in_text(json_string_value(string), &in_text, &finder);
    return known != NULL;
}

static json_t *prune(json_t *value, GHashTable *ids, gboolean is_resource);

static json_t *prune_array(json_t *array, GHashTable *ids)
{
    json_t *pruned = json_array();
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *element = prune(json_array_get(array, i), ids, FALSE);
        if (element != NULL)
            json_array_append_new(pruned, element);
    }
    return pruned;
}

/* A complex value without the reference in it would say something else: it goes as a whole. The
 * resource and its extensions only lose the attribute. */
static json_t *prune_object(json_t *object, GHashTable *ids, gboolean is_resource)
{
    json_t *pruned = json_object();
    const char *name;
    json_t *member;
    json_object_foreach(object, name, member)
    {
        gboolean is_extension =
            is_resource && g_ascii_strncasecmp(name, URN_PREFIX, strlen(URN_PREFIX)) == 0;
        json_t *value = prune(member, ids, is_extension);
        if (value != NULL) {
            json_object_set_new(pruned, name, value);
        } else if (!is_resource) {
            json_decref(pruned);
            return NULL;
        }
    }
    return pruned;
}

/* NULL: it refers to what is not there. */
static json_t *prune(json_t *value, GHashTable *ids, gboolean is_resource)
{
    if (json_is_string(value) && !all_known(value, ids))
        return NULL;
    if (json_is_array(value))
        return prune_array(value, ids);
    if (json_is_object(value))
        return prune_object(value, ids, is_resource);
    return json_incref(value);
}

json_t *bulk_reference_prune(json_t *data, GHashTable *ids, gboolean *pruned)
{
    json_t *left = prune(data, ids, TRUE);
    if (!json_equal(left, data))
        *pruned = TRUE;
    return left;
}
