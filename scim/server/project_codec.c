#include "scim/server/project_codec.h"

#include <string.h>

#include "scim/protocol/clock.h"
#include "scim/protocol/membership.h"
#include "scim/server/entity_tag.h"

static json_t *print_member(const char *base, const struct project_member *member)
{
    g_autofree char *reference = g_strdup_printf("%s/Users/%s", base, member->person);
    return json_pack("{s:s, s:s, s:s*, s:s}", "value", member->person, "$ref", reference,
                     "display", member->display_name, "role", project_role_name(member->role));
}

json_t *project_codec_print(const char *base, const struct project *project)
{
    json_t *members = json_array();
    for (guint i = 0; i < project->members->len; i++) {
        json_array_append_new(members,
                              print_member(base, g_ptr_array_index(project->members, i)));
    }
    g_autofree char *location = g_strdup_printf("%s/Projects/%s", base, project->id);
    g_autofree char *version = entity_tag_of_version(project->version);
    g_autofree char *created = clock_print(project->created);
    g_autofree char *modified = clock_print(project->modified);
    json_t *meta =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "resourceType", "Project", "created", created,
                  "lastModified", modified, "location", location, "version", version);
    return json_pack("{s:[s], s:s, s:o, s:s, s:s*, s:o}", "schemas", SCIM_URN_PROJECT, "id",
                     project->id, "meta", meta, "name", project->name, "displayName",
                     project->display_name, "members", members);
}

static guint hash_text(gconstpointer json)
{
    return g_str_hash(json_string_value(json));
}

static gboolean same_text(gconstpointer left, gconstpointer right)
{
    return strcmp(json_string_value(left), json_string_value(right)) == 0;
}

/* The `value` of each member (json_t *, borrowed) -> role, by its last entry; NULL with a
 * fault. */
static GHashTable *read_members(const json_t *resource, struct fault *fault)
{
    g_autoptr(GHashTable) members = g_hash_table_new(hash_text, same_text);
    const json_t *array = json_object_get(resource, "members");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *member = json_array_get(array, i);
        json_t *person = json_object_get(member, "value");
        const char *name = json_string_value(json_object_get(member, "role"));
        enum project_role role = PROJECT_ROLE_NONE;
        if (!json_is_string(person) || name == NULL || !project_role_parse(name, &role)) {
            fault_set(fault, FAULT_INVALID_VALUE,
                      "a member needs 'value', the id of a person, and 'role': admin, "
                      "read-write or read-only");
            return NULL;
        }
        g_hash_table_insert(members, person, GINT_TO_POINTER(role));
    }
    return g_steal_pointer(&members);
}

static void add_grant(GArray *grants, const json_t *person, gpointer role)
{
    const struct member_grant grant = {json_string_value(person),
                                       (enum project_role)GPOINTER_TO_INT(role)};
    g_array_append_val(grants, grant);
}

static gint by_person(gconstpointer left, gconstpointer right)
{
    const struct member_grant *one = left;
    const struct member_grant *other = right;
    return strcmp(one->person, other->person);
}

GArray *project_codec_members(const json_t *before, const json_t *after, struct fault *fault)
{
    g_autoptr(GHashTable) old = read_members(before, fault);
    g_autoptr(GHashTable) new = old != NULL ? read_members(after, fault) : NULL;
    if (new == NULL) {
        return NULL;
    }
    GArray *grants = g_array_new(FALSE, FALSE, sizeof(struct member_grant));
    GHashTableIter iter;
    gpointer person;
    gpointer role;
    g_hash_table_iter_init(&iter, new);
    while (g_hash_table_iter_next(&iter, &person, &role)) {
        if (g_hash_table_lookup(old, person) != role) {
            add_grant(grants, person, role);
        }
    }
    g_hash_table_iter_init(&iter, old);
    while (g_hash_table_iter_next(&iter, &person, NULL)) {
        if (!g_hash_table_contains(new, person)) {
            add_grant(grants, person, GINT_TO_POINTER(PROJECT_ROLE_NONE));
        }
    }
    g_array_sort(grants, by_person);
    return grants;
}
