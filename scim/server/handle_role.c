#include "scim/server/handle_role.h"

#include <string.h>

#include "scim/organization/organization.h"
#include "scim/organization/project.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/list_query.h"
#include "scim/server/role_codec.h"

static const struct {
    enum organization_role role;
    const char *display;
} organization_roles[] = {
    {ORGANIZATION_ROLE_OWNER, "Owner"},
    {ORGANIZATION_ROLE_BILLING_ADMIN, "Billing admin"},
    {ORGANIZATION_ROLE_MEMBER, "Member"},
};

static const enum project_role project_roles[] = {PROJECT_ROLE_ADMIN, PROJECT_ROLE_READ_WRITE,
                                                  PROJECT_ROLE_READ_ONLY};

/* The id is the value, with a dot for the slash: it stands in a path. */
static json_t *print(const struct call *call, const char *type, const char *value,
                     const char *display, gint64 used)
{
    g_autofree char *id = g_strdelimit(g_strdup(value), "/", '.');
    g_autofree char *location = g_strdup_printf("%s/Roles/%s", call->base, id);
    json_t *meta = json_pack("{s:s, s:s}", "resourceType", "Role", "location", location);
    return json_pack("{s:[s], s:s, s:o, s:s, s:s, s:s, s:I}", "schemas", SCIM_URN_ROLE, "id",
                     id, "meta", meta, "value", value, "type", type, "display", display,
                     "totalAssignmentsUsed", (json_int_t)used);
}

static gboolean add_organization_roles(struct call *call, json_t *all)
{
    g_autoptr(Organization) organization = NULL;
    gint64 counts[ORGANIZATION_ROLE_OWNER + 1] = {0};
    GError *error = NULL;
    if (!organization_read(call->session, call->organization, call->now, &organization,
                           &error) ||
        !organization_role_counts(call->session, call->organization, call->now, counts,
                                  &error)) {
        return call_store_failed(call, error);
    }
    if (organization == NULL) {
        return call_missing(call);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(organization_roles); i++) {
        enum organization_role role = organization_roles[i].role;
        gboolean is_member = role == ORGANIZATION_ROLE_MEMBER;
        /* Every seat makes a member: this is where the cap shows. */
        json_t *resource = print(call, "organization", organization_role_name(role),
                                 organization_roles[i].display,
                                 is_member ? organization->seats_used : counts[role]);
        if (is_member) {
            json_object_set_new(resource, "totalAssignmentsPermitted",
                                json_integer(organization->seats));
        }
        json_array_append_new(all, resource);
    }
    return TRUE;
}

static gint64 count_holders(const struct project *project, enum project_role role)
{
    gint64 count = 0;
    for (guint i = 0; i < project->members->len; i++) {
        const struct project_member *member = g_ptr_array_index(project->members, i);
        count += member->role == role && person_status_holds_seat(member->status);
    }
    return count;
}

static gboolean add_project_roles(struct call *call, json_t *all)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) projects =
        project_list(call->session, call->organization, call->now, &error);
    if (projects == NULL) {
        return call_store_failed(call, error);
    }
    for (guint i = 0; i < projects->len; i++) {
        const struct project *project = g_ptr_array_index(projects, i);
        for (size_t j = 0; j < G_N_ELEMENTS(project_roles); j++) {
            const char *name = project_role_name(project_roles[j]);
            g_autofree char *value = role_codec_name(project->name, project_roles[j]);
            g_autofree char *display = g_strdup_printf("%s: %s", project->name, name);
            json_array_append_new(all, print(call, "project", value, display,
                                             count_holders(project, project_roles[j])));
        }
    }
    return TRUE;
}

json_t *handle_role_all(struct call *call)
{
    json_t *all = json_array();
    if (!add_organization_roles(call, all) || !add_project_roles(call, all)) {
        json_decref(all);
        return NULL;
    }
    return all;
}

gboolean handle_role_list(struct call *call)
{
    return list_query_serve(call, &schema_tables_role, handle_role_all);
}

gboolean handle_role_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_role);
    json_t *all = projection != NULL ? handle_role_all(call) : NULL;
    if (all == NULL) {
        return FALSE;
    }
    gboolean found = FALSE;
    size_t i;
    json_t *role;
    json_array_foreach(all, i, role)
    {
        const char *id = json_string_value(json_object_get(role, "id"));
        if (!found && strcmp(id, call->captured[0]) == 0) {
            found = call_answer(call, 200, projection_apply(projection, role));
        }
    }
    json_decref(all);
    return found || call_missing(call);
}
