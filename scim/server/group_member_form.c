#include "scim/server/group_member_form.h"

#include <glib.h>

#define MEMBERS "members"

static const char *key_of(json_t *object, const char *wanted)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (g_ascii_strcasecmp(name, wanted) == 0) {
            return name;
        }
    }
    return NULL;
}

static json_t *form_of_one(json_t *member, struct tolerance_use *use)
{
    if (json_is_string(member)) {
        tolerance_note(use, TOLERANCE_UNKNOWN);
        return json_pack("{s:O}", "value", member);
    }
    const char *name = key_of(member, "displayName");
    if (name == NULL || key_of(member, "display") != NULL) {
        return json_incref(member);
    }
    tolerance_note(use, TOLERANCE_UNKNOWN);
    json_t *formed = json_copy(member);
    json_object_set(formed, "display", json_object_get(member, name));
    json_object_del(formed, name);
    return formed;
}

json_t *group_member_form(json_t *value, struct tolerance_use *use)
{
    if (!json_is_array(value)) {
        return value != NULL ? form_of_one(value, use) : NULL;
    }
    json_t *formed = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_array_append_new(formed, form_of_one(json_array_get(value, i), use));
    }
    return formed;
}

json_t *group_member_form_of_resource(json_t *resource, struct tolerance_use *use)
{
    const char *name = key_of(resource, MEMBERS);
    if (name == NULL) {
        return json_incref(resource);
    }
    json_t *formed = json_copy(resource);
    json_object_set_new(formed, name, group_member_form(json_object_get(resource, name), use));
    return formed;
}
