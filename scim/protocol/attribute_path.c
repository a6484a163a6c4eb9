#include "scim/protocol/attribute_path.h"

#include <string.h>

static gboolean refuse(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_INVALID_PATH, "the path %s", what);
}

/* What follows the name of the attribute: `[filter]`, and perhaps `.sub`. */
static gboolean parse_selection(struct attribute_path *path, const char *text, size_t length,
                                const struct request_limits *limits, struct tolerance_use *use,
                                struct fault *fault)
{
    const struct attribute_reference values = path->reference;
    if (values.sub != NULL || (values.known && values.attribute == NULL) ||
        (values.known && !values.attribute->multi_valued))
        return refuse(fault, "has brackets behind what has no values to choose from");
    path->filter = filter_parse_values(&values, text, length, limits, use, fault);
    if (path->filter == NULL)
        return FALSE;
    size_t used = path->filter->length;
    const char *rest = text + used + 1;
    size_t rest_length = length - used - 1;
    if (rest_length == 0)
        return TRUE;
    if (rest[0] != '.' ||
        !attribute_reference_parse_sub(&values, rest + 1, rest_length - 1, &path->reference))
        return refuse(fault, "goes on behind its ']' with something that is no sub-attribute");
    if (values.known && !path->reference.known)
        tolerance_note_unknown(use, rest + 1, rest_length - 1);
    return TRUE;
}

struct attribute_path *attribute_path_parse(const struct resource_type *type, const char *text,
                                            size_t length, const struct request_limits *limits,
                                            struct tolerance_use *use, struct fault *fault)
{
    if (limits == NULL)
        limits = request_limits_standard();
    if (length > limits->path) {
        fault_set(fault, FAULT_INVALID_PATH, "the path is longer than %zu bytes", limits->path);
        return NULL;
    }
    g_autoptr(AttributePath) path = g_new0(struct attribute_path, 1);
    const char *bracket = memchr(text, '[', length);
    size_t name = bracket != NULL ? (size_t)(bracket - text) : length;
    if (!attribute_reference_parse(type, text, name, &path->reference)) {
        refuse(fault, "does not begin with the name of an attribute");
        return NULL;
    }
    if (path->reference.is_former)
        tolerance_note(use, TOLERANCE_SCIM_1);
    if (!path->reference.known)
        tolerance_note_unknown(use, text, name);
    if (bracket != NULL &&
        !parse_selection(path, bracket + 1, length - name - 1, limits, use, fault))
        return NULL;
    return g_steal_pointer(&path);
}

void attribute_path_free(struct attribute_path *path)
{
    if (path == NULL)
        return;
    filter_free(path->filter);
    g_free(path);
}
