#include "scim/server/group_member_form.h"

#include <glib.h>

#include "scim/protocol/body.h"

#define MEMBERS "members"

static json_t *form_of_one(json_t *member, struct tolerance_use *use)
{
    if (json_is_string(member)) {
        tolerance_note(use, TOLERANCE_UNKNOWN);
        return json_pack("{s:O}", "value", member);
    }
    const char *name = body_name(member, "displayName");
    if (name == NULL || body_name(member, "display") != NULL) {
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
    const char *name = body_name(resource, MEMBERS);
    if (name == NULL) {
        return json_incref(resource);
    }
    json_t *formed = json_copy(resource);
    json_object_set_new(formed, name, group_member_form(json_object_get(resource, name), use));
    return formed;
}
