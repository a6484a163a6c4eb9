#include "scim/protocol/patch.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"

static const char *const verbs[] = {
    [PATCH_ADD] = "add",
    [PATCH_REMOVE] = "remove",
    [PATCH_REPLACE] = "replace",
};

/* A member of the message by its name in any case; FALSE when two spellings of it are there. */
static gboolean find_member(json_t *object, const char *name, json_t **value,
                            struct fault *fault)
{
    const char *key = NULL;
    json_t *member = NULL;
    *value = NULL;
    json_object_foreach(object, key, member)
    {
        if (g_ascii_strcasecmp(key, name) != 0)
            continue;
        if (*value != NULL)
            return fault_set(fault, FAULT_INVALID_SYNTAX, "'%s' is there twice", name);
        *value = member;
    }
    return TRUE;
}

/* Tolerance 1: a verb in whatever case. */
static gboolean parse_verb(const json_t *op, enum patch_verb *verb, struct tolerance_use *use,
                           struct fault *fault)
{
    const char *name = json_string_value(op);
    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(verbs); i++) {
        if (g_ascii_strcasecmp(name, verbs[i]) != 0)
            continue;
        if (strcmp(name, verbs[i]) != 0)
            tolerance_note(use, TOLERANCE_OPERATION_CASE);
        *verb = (enum patch_verb)i;
        return TRUE;
    }
    return fault_set(fault, FAULT_INVALID_SYNTAX, "'op' must be add, remove or replace");
}

/* The profile wants a sub-attribute named behind a filter; of remove it says nothing else than the
 * standard, whose own example removes a member so. */
static void note_whole_value(struct tolerance_use *use)
{
    if (use != NULL)
        use->whole_values++;
}

static gboolean parse_operation(const struct resource_type *type, json_t *object,
                                struct patch_operation *operation,
                                const struct request_limits *limits, struct tolerance_use *use,
                                struct fault *fault)
{
    json_t *op = NULL;
    json_t *path = NULL;
    if (!json_is_object(object))
        return fault_set(fault, FAULT_INVALID_SYNTAX, "it is not an object");
    if (!find_member(object, "op", &op, fault) || !find_member(object, "path", &path, fault) ||
        !find_member(object, "value", &operation->value, fault) ||
        !parse_verb(op, &operation->verb, use, fault))
        return FALSE;
    if (path != NULL && !json_is_null(path)) {
        if (!json_is_string(path))
            return fault_set(fault, FAULT_INVALID_PATH, "the path is not a text");
        operation->path = attribute_path_parse(type, json_string_value(path),
                                               json_string_length(path), limits, use, fault);
        if (operation->path == NULL)
            return FALSE;
    }
    if (operation->verb == PATCH_REMOVE)
        return operation->path != NULL ||
               fault_set(fault, FAULT_NO_TARGET, "remove needs a path");
    if (operation->path == NULL)
        tolerance_note(use, TOLERANCE_PATHLESS);
    else if (operation->path->filter != NULL && operation->path->reference.sub == NULL)
        note_whole_value(use);
    if (operation->value == NULL)
        return fault_set(fault, FAULT_INVALID_VALUE, "it has no value");
    return TRUE;
}

static gboolean parse_operations(const struct resource_type *type, json_t *list,
                                 struct patch *patch, const struct request_limits *limits,
                                 struct tolerance_use *use, struct fault *fault)
{
    if (!json_is_array(list))
        return fault_set(fault, FAULT_INVALID_SYNTAX, "'Operations' must be an array");
    if (json_array_size(list) > PATCH_MAX_OPERATIONS)
        return fault_set_status(fault, 413, "the PATCH has more than %d operations",
                                PATCH_MAX_OPERATIONS);
    if (json_array_size(list) == 0)
        tolerance_note(use, TOLERANCE_EMPTY_OPERATIONS); /* 17: nothing to do */
    patch->operations = g_new0(struct patch_operation, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        patch->count = i + 1;
        if (!parse_operation(type, json_array_get(list, i), &patch->operations[i], limits, use,
                             fault))
            return fault_prefix(fault, "operation %zu: ", i + 1);
    }
    return TRUE;
}

struct patch *patch_parse(const struct resource_type *type, json_t *message,
                          const struct request_limits *limits, struct tolerance_use *use,
                          struct fault *fault)
{
    g_autoptr(Patch) patch = g_new0(struct patch, 1);
    json_t *schemas = NULL;
    json_t *operations = NULL;
    patch->message = json_incref(message);
    if (!find_member(message, "schemas", &schemas, fault) ||
        !find_member(message, "Operations", &operations, fault))
        return NULL;
    if (!body_is_message(message, SCIM_URN_PATCH)) {
        fault_set(fault, FAULT_INVALID_SYNTAX, "'schemas' does not name '%s'", SCIM_URN_PATCH);
        return NULL;
    }
    if (!parse_operations(type, operations, patch, limits, use, fault) ||
        !tolerance_check(use, fault))
        return NULL;
    return g_steal_pointer(&patch);
}

gboolean patch_names(const struct patch *patch, const char *attribute)
{
    for (size_t i = 0; i < patch->count; i++) {
        const struct patch_operation *operation = &patch->operations[i];
        const struct schema_attribute *named =
            operation->path != NULL ? operation->path->reference.attribute : NULL;
        if (operation->path != NULL ? named != NULL && strcmp(named->name, attribute) == 0
                                    : body_name(operation->value, attribute) != NULL)
            return TRUE;
    }
    return FALSE;
}

void patch_free(struct patch *patch)
{
    if (patch == NULL)
        return;
    for (size_t i = 0; i < patch->count; i++)
        attribute_path_free(patch->operations[i].path);
    g_free(patch->operations);
    json_decref(patch->message);
    g_free(patch);
}
