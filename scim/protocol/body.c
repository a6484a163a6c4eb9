#include "scim/protocol/body.h"

#include <stdlib.h>

/* Where in the text a fault is, for people. */
struct position {
    size_t line;
    size_t column;
};

static struct position position_of(const char *bytes, size_t offset)
{
    struct position position = {.line = 1, .column = 1};
    for (size_t i = 0; i < offset; i++) {
        position.column++;
        if (bytes[i] == '\n')
            position = (struct position){.line = position.line + 1, .column = 1};
    }
    return position;
}

static gboolean refuse(struct fault *fault, const char *bytes, size_t offset, const char *what)
{
    struct position at = position_of(bytes, offset);
    return fault_set(fault, FAULT_INVALID_SYNTAX, "the body %s (line %zu, column %zu)", what,
                     at.line, at.column);
}

/* Depth and size are settled on the bytes, before a parser builds anything (R28). */
static gboolean is_within_limits(const char *bytes, size_t length, size_t max_nodes,
                                 const struct request_limits *limits, struct fault *fault)
{
    size_t depth = 0;
    size_t nodes = 1;
    gboolean in_string = FALSE;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = FALSE;
            continue;
        }
        if (c == '"')
            in_string = TRUE;
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && depth > 0)
            depth--;
        if (c == '{' || c == '[' || c == ',')
            nodes++;
        if (depth > limits->json_depth) {
            g_autofree char *what =
                g_strdup_printf("is nested deeper than %zu levels", limits->json_depth);
            return refuse(fault, bytes, i, what);
        }
        if (nodes > max_nodes) {
            g_autofree char *what = g_strdup_printf("has more than %zu values", max_nodes);
            return refuse(fault, bytes, i, what);
        }
    }
    return TRUE;
}

/* jansson's own text quotes the input, so only its code is used (R25). */
static const char *reason_of(enum json_error_code code)
{
    if (code == json_error_duplicate_key)
        return "names the same attribute twice";
    if (code == json_error_invalid_utf8)
        return "is not valid UTF-8";
    if (code == json_error_null_character || code == json_error_null_byte_in_key)
        return "has a NUL character in a text";
    if (code == json_error_end_of_input_expected)
        return "goes on behind its end";
    if (code == json_error_premature_end_of_input)
        return "ends too early";
    if (code == json_error_numeric_overflow)
        return "has a number that is too big";
    return "is not valid JSON";
}

json_t *body_parse(const char *bytes, size_t length, size_t max_bytes,
                   const struct request_limits *limits, struct fault *fault)
{
    if (limits == NULL)
        limits = request_limits_standard();
    if (length > max_bytes) {
        fault_set_status(fault, 413, "the body has more than %zu bytes", max_bytes);
        return NULL;
    }
    const size_t max_nodes = MAX(BODY_MAX_NODES, max_bytes / BODY_NODE_BYTES);
    if (!is_within_limits(bytes, length, max_nodes, limits, fault))
        return NULL;
    json_error_t error;
    json_t *body = json_loadb(length > 0 ? bytes : "", length,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (body == NULL) {
        size_t offset = error.position > 0 ? (size_t)error.position : 0;
        refuse(fault, bytes, MIN(offset, length), reason_of(json_error_code(&error)));
        return NULL;
    }
    if (!json_is_object(body)) {
        fault_set(fault, FAULT_INVALID_SYNTAX, "the body is not a JSON object");
        json_decref(body);
        return NULL;
    }
    return body;
}

const char *body_name(json_t *object, const char *wanted)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        if (g_ascii_strcasecmp(name, wanted) == 0)
            return name;
    }
    return NULL;
}

json_t *body_member(json_t *object, const char *wanted)
{
    const char *name = body_name(object, wanted);
    return name != NULL ? json_object_get(object, name) : NULL;
}

json_t *body_value(json_t *object, const char *wanted)
{
    json_t *value = body_member(object, wanted);
    return json_is_null(value) ? NULL : value;
}

gboolean body_is_message(json_t *message, const char *urn)
{
    const json_t *schemas = body_member(message, "schemas");
    for (size_t i = 0; i < json_array_size(schemas); i++) {
        const char *named = json_string_value(json_array_get(schemas, i));
        if (named != NULL && g_ascii_strcasecmp(named, urn) == 0)
            return TRUE;
    }
    return FALSE;
}

char *body_print(const json_t *value)
{
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (dumped == NULL)
        return NULL;
    char *text = g_strdup(dumped); /* jansson's memory is not GLib's */
    free(dumped);
    return text;
}
