#include "scim/protocol/fault.h"

#include <stdarg.h>
#include <string.h>

#include "scim/protocol/membership.h"

/* RFC 7644 table 9; the statuses that differ from 400 are in 3.3 (uniqueness) and 7.5.2. */
static const struct {
    const char *name;
    int status;
} types[] = {
    [FAULT_UNTYPED] = {NULL, 400},
    [FAULT_INVALID_FILTER] = {"invalidFilter", 400},
    [FAULT_TOO_MANY] = {"tooMany", 400},
    [FAULT_UNIQUENESS] = {"uniqueness", 409},
    [FAULT_MUTABILITY] = {"mutability", 400},
    [FAULT_INVALID_SYNTAX] = {"invalidSyntax", 400},
    [FAULT_INVALID_PATH] = {"invalidPath", 400},
    [FAULT_NO_TARGET] = {"noTarget", 400},
    [FAULT_INVALID_VALUE] = {"invalidValue", 400},
    [FAULT_INVALID_VERSION] = {"invalidVers", 400},
    [FAULT_SENSITIVE] = {"sensitive", 403},
    [FAULT_INVALID_CURSOR] = {"invalidCursor", 400},
    [FAULT_EXPIRED_CURSOR] = {"expiredCursor", 400},
    [FAULT_INVALID_COUNT] = {"invalidCount", 400},
};

const char *fault_type_name(enum fault_type type)
{
    return types[type].name;
}

static void fill(struct fault *fault, int status, enum fault_type type, char *detail)
{
    if (fault_is_set(fault)) {
        g_free(detail);
        return;
    }
    fault->status = status;
    fault->type = type;
    g_free(fault->detail);
    fault->detail = detail;
}

gboolean fault_set(struct fault *fault, enum fault_type type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(fault, types[type].status, type, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    return FALSE;
}

gboolean fault_set_status(struct fault *fault, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(fault, status, FAULT_UNTYPED, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    return FALSE;
}

gboolean fault_take_refusal(struct fault *fault, struct refusal *refusal)
{
    if (fault_is_set(fault)) {
        refusal_clear(refusal);
        return FALSE;
    }
    fill(fault, 403, FAULT_UNTYPED, g_strdup(refusal->detail));
    fault->refusal = *refusal;
    *refusal = (struct refusal){.rule = REFUSAL_NONE};
    return FALSE;
}

gboolean fault_prefix(struct fault *fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *prefix = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *detail = fault->detail;
    fault->detail = g_strconcat(prefix, detail, NULL);
    return FALSE;
}

gboolean fault_is_set(const struct fault *fault)
{
    return fault->status != 0;
}

static json_t *print_refusal(const struct refusal *refusal)
{
    json_t *object = json_object();
    json_object_set_new(object, "rule", json_string(refusal_name(refusal->rule)));
    if (refusal->rule == REFUSAL_SEAT_CAP) {
        json_object_set_new(object, "limit", json_integer(refusal->limit));
        json_object_set_new(object, "used", json_integer(refusal->used));
    }
    if (refusal->projects != NULL) {
        json_t *projects = json_array();
        for (guint i = 0; i < refusal->projects->len; i++)
            json_array_append_new(projects, json_string(refusal->projects->pdata[i]));
        json_object_set_new(object, "projects", projects);
    }
    return object;
}

json_t *fault_print(const struct fault *fault)
{
    json_t *schemas = json_array();
    json_t *error = json_object();
    g_autofree char *status = g_strdup_printf("%d", fault->status);
    json_array_append_new(schemas, json_string(SCIM_URN_ERROR));
    json_object_set_new(error, "schemas", schemas);
    json_object_set_new(error, "status", json_string(status));
    if (fault->type != FAULT_UNTYPED)
        json_object_set_new(error, "scimType", json_string(fault_type_name(fault->type)));
    if (fault->detail != NULL)
        json_object_set_new(error, "detail", json_string(fault->detail));
    if (fault->refusal.rule != REFUSAL_NONE) {
        json_array_append_new(schemas, json_string(REFUSAL_URN));
        json_object_set_new(error, REFUSAL_URN, print_refusal(&fault->refusal));
    }
    return error;
}

static gboolean has_error_schema(const json_t *error)
{
    size_t index = 0;
    const json_t *urn = NULL;
    json_array_foreach(json_object_get(error, "schemas"), index, urn)
    {
        if (json_is_string(urn) &&
            g_ascii_strcasecmp(json_string_value(urn), SCIM_URN_ERROR) == 0)
            return TRUE;
    }
    return FALSE;
}

static void parse_refusal(const json_t *object, struct refusal *refusal)
{
    const char *name = json_string_value(json_object_get(object, "rule"));
    if (name == NULL || !refusal_parse(name, &refusal->rule))
        return;
    refusal->limit = json_integer_value(json_object_get(object, "limit"));
    refusal->used = json_integer_value(json_object_get(object, "used"));
    size_t index = 0;
    const json_t *project = NULL;
    json_array_foreach(json_object_get(object, "projects"), index, project)
    {
        if (!json_is_string(project))
            continue;
        if (refusal->projects == NULL)
            refusal->projects = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(refusal->projects, g_strdup(json_string_value(project)));
    }
}

gboolean fault_parse(const json_t *error, int status, struct fault *fault)
{
    fault_clear(fault);
    fault->status = status;
    if (!has_error_schema(error))
        return FALSE;
    const char *type = json_string_value(json_object_get(error, "scimType"));
    for (size_t i = FAULT_UNTYPED + 1; type != NULL && i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i].name, type) == 0)
            fault->type = (enum fault_type)i;
    }
    fault->detail = g_strdup(json_string_value(json_object_get(error, "detail")));
    parse_refusal(json_object_get(error, REFUSAL_URN), &fault->refusal);
    if (fault->refusal.rule != REFUSAL_NONE)
        fault->refusal.detail = g_strdup(fault->detail);
    return TRUE;
}

void fault_clear(struct fault *fault)
{
    g_free(fault->detail);
    refusal_clear(&fault->refusal);
    *fault = (struct fault){.status = 0};
}
