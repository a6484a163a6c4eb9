#include "agent/target/scim_field.h"

#include <string.h>

#include "scim/protocol/outcome.h"

static gboolean refuse(const char *name, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "\"%s\" %s", name, why);
    return FALSE;
}

/* The member, or NULL where it is absent or null. */
static json_t *find(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static gboolean has_control(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (g_unichar_iscntrl(g_utf8_get_char(p))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean take_text(const json_t *value, const char *name, const char **text,
                          GError **error)
{
    if (!json_is_string(value)) {
        return refuse(name, "is not a text", error);
    }
    if (json_string_length(value) > SCIM_FIELD_MAX_TEXT) {
        return refuse(name, "is too long", error);
    }
    *text = json_string_value(value);
    return TRUE;
}

gboolean scim_field_text(const json_t *object, const char *name, const char **text,
                         GError **error)
{
    const json_t *value = find(object, name);
    *text = NULL;
    if (value == NULL) {
        return TRUE;
    }
    if (!take_text(value, name, text, error)) {
        return FALSE;
    }
    return !has_control(*text) || refuse(name, "has control characters", error);
}

gboolean scim_field_key(const json_t *object, const char *name, const char **text,
                        GError **error)
{
    if (!scim_field_text(object, name, text, error)) {
        return FALSE;
    }
    return (*text != NULL && (*text)[0] != '\0') || refuse(name, "is missing", error);
}

gboolean scim_field_label(const json_t *object, const char *name, char **text, GError **error)
{
    const json_t *value = find(object, name);
    const char *raw = NULL;
    *text = NULL;
    if (value == NULL) {
        return TRUE;
    }
    if (!take_text(value, name, &raw, error)) {
        return FALSE;
    }
    GString *label = g_string_new(NULL);
    for (const char *p = raw; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(label, g_unichar_iscntrl(c) ? ' ' : c);
    }
    *text = g_string_free(label, FALSE);
    return TRUE;
}

gboolean scim_field_boolean(const json_t *object, const char *name, gboolean *value,
                            GError **error)
{
    const json_t *found = find(object, name);
    if (found != NULL && !json_is_boolean(found)) {
        return refuse(name, "is neither true nor false", error);
    }
    if (found != NULL) {
        *value = json_is_true(found);
    }
    return TRUE;
}

gboolean scim_field_count(const json_t *object, const char *name, guint *value, GError **error)
{
    const json_t *found = find(object, name);
    if (found == NULL) {
        return TRUE;
    }
    if (!json_is_integer(found) || json_integer_value(found) < 0 ||
        json_integer_value(found) > G_MAXINT32) {
        return refuse(name, "is not a usable number", error);
    }
    *value = (guint)json_integer_value(found);
    return TRUE;
}

gboolean scim_field_object(const json_t *object, const char *name, json_t **value,
                           GError **error)
{
    *value = find(object, name);
    return *value == NULL || json_is_object(*value) || refuse(name, "is not an object", error);
}

static gboolean is_list(const json_t *list, gboolean of_texts)
{
    const json_t *element;
    size_t at;
    const char *text;
    json_array_foreach(list, at, element) if (of_texts ? !take_text(element, "", &text, NULL) ||
                                                             has_control(text)
                                                       : !json_is_object(element))
    {
        return FALSE;
    }
    return json_is_array(list);
}

gboolean scim_field_objects(const json_t *object, const char *name, json_t **list,
                            GError **error)
{
    *list = find(object, name);
    return *list == NULL || is_list(*list, FALSE) ||
           refuse(name, "is not a list of objects", error);
}

gboolean scim_field_texts(const json_t *object, const char *name, json_t **list, GError **error)
{
    *list = find(object, name);
    return *list == NULL || is_list(*list, TRUE) ||
           refuse(name, "is not a list of texts", error);
}

gboolean scim_field_role(const char *text, gboolean allow_none, struct scim_field_role *role,
                         GError **error)
{
    const char *slash = strchr(text, '/');
    *role = (struct scim_field_role){0};
    if (slash == NULL) {
        return organization_role_parse(text, &role->organization) ||
               refuse(text, "is no organization role", error);
    }
    size_t length = (size_t)(slash - text);
    if (length == 0 || length >= sizeof(role->project)) {
        return refuse(text, "names no project", error);
    }
    memcpy(role->project, text, length);
    if (!role_scope_name_is_valid(role->project)) {
        return refuse(text, "names no project", error);
    }
    if (allow_none && strcmp(slash + 1, "none") == 0) {
        return TRUE;
    }
    return project_role_parse(slash + 1, &role->in_project) ||
           refuse(text, "is no project role", error);
}
