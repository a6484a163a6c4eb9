#include "scim/server/handle_role.h"

#include <string.h>

#include "scim/organization/organization.h"
#include "scim/organization/project.h"
#include "scim/organization/role_tally.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/list_query.h"
#include "scim/server/role_codec.h"

/* From the highest down, as those of a project are. */
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

/* What the resources are made of. */
struct roles {
    const struct call *call;
    struct role_tally tally;
    json_t *all;
};

/* The id is the value, with a dot for the slash: it stands in a path. */
static json_t *print(const struct call *call, const char *type, const char *value,
                     const char *display)
{
    g_autofree char *id = g_strdelimit(g_strdup(value), "/", '.');
    g_autofree char *location = g_strdup_printf("%s/Roles/%s", call->base, id);
    json_t *meta = json_pack("{s:s, s:s}", "resourceType", "Role", "location", location);
    return json_pack("{s:[s], s:s, s:o, s:s, s:s, s:s, s:b}", "schemas", SCIM_URN_ROLE, "id",
                     id, "meta", meta, "value", value, "type", type, "display", display,
                     "supported", 1);
}

/* `permitted` negative: as many as there are. */
static void set_totals(json_t *role, gint64 used, gint64 permitted)
{
    json_object_set_new(role, "limitedAssignmentsPermitted", json_boolean(permitted >= 0));
    if (permitted >= 0) {
        json_object_set_new(role, "totalAssignmentsPermitted", json_integer(permitted));
    }
    json_object_set_new(role, "totalAssignmentsUsed", json_integer(used));
}

/* A role gives all that the one below it gives. */
static void set_contains(const struct call *call, json_t *role, const char *value,
                         const char *display)
{
    g_autofree char *id = g_strdelimit(g_strdup(value), "/", '.');
    g_autofree char *location = g_strdup_printf("%s/Roles/%s", call->base, id);
    json_object_set_new(
        role, "contains",
        json_pack("[{s:s, s:s, s:s}]", "value", value, "$ref", location, "display", display));
}

static void add_organization_roles(struct roles *roles, const struct organization *home,
                                   gint64 hidden)
{
    for (size_t i = 0; i < G_N_ELEMENTS(organization_roles); i++) {
        enum organization_role role = organization_roles[i].role;
        json_t *resource = print(roles->call, "organization", organization_role_name(role),
                                 organization_roles[i].display);
        /* Every seat makes a member: this is where the cap shows. */
        if (role == ORGANIZATION_ROLE_MEMBER) {
            set_totals(resource, home->seats_used - hidden, home->seats);
        } else {
            set_totals(resource, roles->tally.roles[role], -1);
            set_contains(roles->call, resource,
                         organization_role_name(organization_roles[i + 1].role),
                         organization_roles[i + 1].display);
        }
        json_array_append_new(roles->all, resource);
    }
}

static void add_project_roles(struct roles *roles, const char *project)
{
    for (size_t i = 0; i < G_N_ELEMENTS(project_roles); i++) {
        g_autofree char *value = role_codec_name(project, project_roles[i]);
        g_autofree char *display =
            g_strdup_printf("%s: %s", project, project_role_name(project_roles[i]));
        json_t *resource = print(roles->call, "project", value, display);
        set_totals(resource, role_tally_of(&roles->tally, project, project_roles[i]), -1);
        if (i + 1 < G_N_ELEMENTS(project_roles)) {
            g_autofree char *below = role_codec_name(project, project_roles[i + 1]);
            g_autofree char *name =
                g_strdup_printf("%s: %s", project, project_role_name(project_roles[i + 1]));
            set_contains(roles->call, resource, below, name);
        }
        json_array_append_new(roles->all, resource);
    }
}

/* Providers do not count whom they do not see: protected owners. *hidden: the seats of those. */
static gboolean read_tally(struct call *call, struct role_tally *tally, gint64 *hidden)
{
    GError *error = NULL;
    struct role_tally everybody = {0};
    gboolean spares = call->bearer->kind == ACTOR_CONNECTION;
    gboolean good =
        role_tally_read(call->session, call->organization, call->now, spares, tally, &error) &&
        (!spares || role_tally_read(call->session, call->organization, call->now, FALSE,
                                    &everybody, &error));
    *hidden = spares ? everybody.seats - tally->seats : 0;
    role_tally_clear(&everybody);
    return good || call_store_failed(call, error);
}

/* FALSE with a fault; `home` and `projects` are the caller's either way. */
static gboolean read_home(struct call *call, Organization **home, GPtrArray **projects)
{
    GError *error = NULL;
    if (!organization_read(call->session, call->organization, call->now, home, &error) ||
        (*projects = project_names(call->session, call->organization, &error)) == NULL) {
        return call_store_failed(call, error);
    }
    return *home != NULL || call_missing(call);
}

json_t *handle_role_all(struct call *call)
{
    struct roles roles = {.call = call};
    gint64 hidden = 0;
    g_autoptr(Organization) home = NULL;
    g_autoptr(GPtrArray) projects = NULL;
    if (read_home(call, &home, &projects) && home != NULL &&
        read_tally(call, &roles.tally, &hidden)) {
        roles.all = json_array();
        add_organization_roles(&roles, home, hidden);
        for (guint i = 0; projects != NULL && i < projects->len; i++) {
            const struct project *project = g_ptr_array_index(projects, i);
            add_project_roles(&roles, project->name);
        }
    }
    role_tally_clear(&roles.tally);
    return roles.all;
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
