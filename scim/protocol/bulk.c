#include "scim/protocol/bulk.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/bulk_reference.h"
#include "scim/protocol/membership.h"

static gboolean check_schemas(json_t *message, struct fault *fault)
{
    return body_is_message(message, SCIM_URN_BULK_REQUEST) ||
           fault_set(fault, FAULT_INVALID_SYNTAX, "'schemas' must name %s",
                     SCIM_URN_BULK_REQUEST);
}

/* 0 says the same as nothing: clients send it where no limit was set. */
static gboolean read_fail_on_errors(struct bulk *bulk, struct fault *fault)
{
    const json_t *value = body_value(bulk->message, "failOnErrors");
    bulk->fail_on_errors = json_integer_value(value);
    return ((value == NULL || json_is_integer(value)) && bulk->fail_on_errors >= 0) ||
           fault_set(fault, FAULT_INVALID_VALUE,
                     "'failOnErrors' must be a whole number, 1 or more");
}

static gboolean read_text(struct bulk_operation *operation, json_t *object, const char *name,
                          const char **text)
{
    const json_t *value = body_value(object, name);
    *text = json_string_value(value);
    return value == NULL || *text != NULL ||
           fault_set(&operation->fault, FAULT_INVALID_SYNTAX, "'%s' must be a string", name);
}

static gboolean check_method(struct bulk_operation *operation)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", NULL};
    return (operation->method != NULL && g_strv_contains(methods, operation->method)) ||
           fault_set(&operation->fault, FAULT_INVALID_SYNTAX,
                     "'method' must be POST, PUT, PATCH or DELETE");
}

/* As it would stand in a request line: what does not, would be escaped. */
static gboolean is_path(const char *path)
{
    gboolean good = path != NULL && path[0] == '/';
    for (; good && *path != '\0'; path++)
        good = g_ascii_isgraph(*path);
    return good;
}

static gboolean check_path(struct bulk_operation *operation)
{
    return is_path(operation->path) ||
           fault_set(&operation->fault, FAULT_INVALID_PATH,
                     "'path' must be that of a resource, from the slash on: /Users or "
                     "/Users/<id>");
}

static gboolean check_data(struct bulk_operation *operation)
{
    if (strcmp(operation->method, "DELETE") == 0) {
        operation->data = NULL;
        return TRUE;
    }
    return json_is_object(operation->data) ||
           fault_set(&operation->fault, FAULT_INVALID_SYNTAX,
                     "'data' must be the object that a %s has as its body", operation->method);
}

static gboolean is_creating(const struct bulk_operation *operation)
{
    return operation->method != NULL && strcmp(operation->method, "POST") == 0;
}

/* Only what is created can be referred to. `makers` is name -> index + 1. */
static gboolean check_bulk_id(struct bulk_operation *operation, size_t index,
                              GHashTable *makers)
{
    if (!is_creating(operation))
        return TRUE;
    if (operation->bulk_id == NULL || operation->bulk_id[0] == '\0')
        return fault_set(&operation->fault, FAULT_INVALID_SYNTAX,
                         "a POST needs a 'bulkId', by which its answer is known");
    if (g_hash_table_contains(makers, operation->bulk_id))
        return fault_set(&operation->fault, FAULT_INVALID_VALUE,
                         "this 'bulkId' is that of an earlier operation");
    g_hash_table_insert(makers, g_strdup(operation->bulk_id), GSIZE_TO_POINTER(index + 1));
    return TRUE;
}

static void read_operation(struct bulk_operation *operation, json_t *object, size_t index,
                           GHashTable *makers)
{
    if (!json_is_object(object)) {
        fault_set(&operation->fault, FAULT_INVALID_SYNTAX, "an operation must be an object");
        return;
    }
    operation->data = body_value(object, "data");
    if (read_text(operation, object, "method", &operation->method) &&
        read_text(operation, object, "path", &operation->path) &&
        read_text(operation, object, "bulkId", &operation->bulk_id) &&
        read_text(operation, object, "version", &operation->version) &&
        check_method(operation) && check_path(operation) && check_data(operation)) {
        check_bulk_id(operation, index, makers);
    }
}

struct collecting {
    GHashTable *makers;
    GArray *references;
};

static void collect(void *context, const char *name)
{
    const struct collecting *collecting = context;
    size_t maker = GPOINTER_TO_SIZE(g_hash_table_lookup(collecting->makers, name));
    if (maker != 0) {
        maker--;
        g_array_append_val(collecting->references, maker);
    }
}

static GPtrArray *collect_references(const struct bulk *bulk, GHashTable *makers)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (size_t i = 0; i < bulk->count; i++) {
        const struct bulk_operation *operation = &bulk->operations[i];
        GArray *references = g_array_new(FALSE, FALSE, sizeof(size_t));
        struct collecting collecting = {makers, references};
        if (!fault_is_set(&operation->fault))
            bulk_reference_each(operation->path, operation->data, collect, &collecting);
        g_ptr_array_add(all, references);
    }
    return all;
}

static gboolean read_operations(struct bulk *bulk, gint64 most, struct fault *fault)
{
    const json_t *operations = body_value(bulk->message, "Operations");
    if (json_array_size(operations) == 0)
        return fault_set(fault, FAULT_INVALID_SYNTAX,
                         "'Operations' must be an array with at least one operation");
    if (json_array_size(operations) > (size_t)most)
        return fault_set_status(fault, 413,
                                "the bulk request has %zu operations: that exceeds the "
                                "maxOperations (%" G_GINT64_FORMAT ")",
                                json_array_size(operations), most);
    g_autoptr(GHashTable) makers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bulk->count = json_array_size(operations);
    bulk->operations = g_new0(struct bulk_operation, bulk->count);
    for (size_t i = 0; i < bulk->count; i++)
        read_operation(&bulk->operations[i], json_array_get(operations, i), i, makers);
    g_autoptr(GPtrArray) references = collect_references(bulk, makers);
    bulk->groups = bulk_order(references);
    return TRUE;
}

struct bulk *bulk_parse(json_t *message, const struct request_limits *limits,
                        struct fault *fault)
{
    g_autoptr(Bulk) bulk = g_new0(struct bulk, 1);
    bulk->message = json_incref(message);
    if (limits == NULL)
        limits = request_limits_standard();
    if (!check_schemas(message, fault) || !read_fail_on_errors(bulk, fault) ||
        !read_operations(bulk, limits->bulk_operations, fault))
        return NULL;
    return g_steal_pointer(&bulk);
}

void bulk_free(struct bulk *bulk)
{
    if (bulk == NULL)
        return;
    for (size_t i = 0; i < bulk->count; i++)
        fault_clear(&bulk->operations[i].fault);
    g_free(bulk->operations);
    g_clear_pointer(&bulk->groups, g_ptr_array_unref);
    json_decref(bulk->message);
    g_free(bulk);
}
