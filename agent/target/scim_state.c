#include "agent/target/scim_state.h"

#include <string.h>

#include "agent/target/scim_field.h"
#include "agent/target/scim_person.h"
#include "scim/client/pager.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

/* Whoever pushes groups meanwhile changes nobody: without them the list stays as it is. */
#define PEOPLE "/Users?excludedAttributes=groups"

#define MAX_SEATS G_MAXINT32

/* One reading. */
struct reading {
    Actual *actual;     /* NULL: the index alone is wanted */
    GHashTable *active; /* ids of active people, owned */
    struct scim_state_index *index;
    guint cap, used;
    gboolean seats_told;
};

struct scim_state_index scim_state_index_new(void)
{
    return (struct scim_state_index){
        .project_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .marker_origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
}

void scim_state_index_clear(struct scim_state_index *index)
{
    g_clear_pointer(&index->project_ids, g_hash_table_unref);
    g_clear_pointer(&index->marker_origins, g_hash_table_unref);
}

static gboolean refuse(enum outcome outcome, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, (gint)outcome, "%s", why);
    return FALSE;
}

/* The organization role "member" tells the cap and the seats held. */
static gboolean take_role(void *context, json_t *row, GError **error)
{
    struct reading *reading = context;
    guint cap = MAX_SEATS;
    const char *value = NULL;
    const char *type = NULL;
    if (!scim_field_key(row, "value", &value, error) ||
        !scim_field_text(row, "type", &type, error)) {
        return FALSE;
    }
    if (strcmp(value, organization_role_name(ORGANIZATION_ROLE_MEMBER)) != 0 ||
        g_strcmp0(type, "organization") != 0) {
        return TRUE;
    }
    if (!json_is_integer(json_object_get(row, "totalAssignmentsUsed"))) {
        return refuse(OUTCOME_BAD_INPUT, "role \"member\" does not tell the seats held", error);
    }
    reading->seats_told = TRUE;
    reading->cap = cap;
    return scim_field_count(row, "totalAssignmentsPermitted", &reading->cap, error) &&
           scim_field_count(row, "totalAssignmentsUsed", &reading->used, error);
}

static gboolean read_seats(ScimClient *client, struct reading *reading, GError **error)
{
    const struct pager_sink sink = {.row = take_role, .context = reading};
    reading->seats_told = FALSE;
    if (!pager_read(client, "/Roles", &sink, NULL, error)) {
        return FALSE;
    }
    return reading->seats_told ||
           refuse(OUTCOME_BAD_INPUT, "the roles do not tell the seats held", error);
}

static gboolean take_user(void *context, json_t *row, GError **error)
{
    struct reading *reading = context;
    const char *id = json_string_value(json_object_get(row, "id"));
    const json_t *membership = json_object_get(row, SCIM_URN_MEMBERSHIP);
    const char *status = json_string_value(json_object_get(membership, "status"));
    /* Whom nothing but a rehearsal knows makes room for whoever comes for real. */
    if (g_strcmp0(status, actual_status_name(ACTUAL_REHEARSED)) == 0) {
        return TRUE;
    }
    if (!scim_person_add(reading->actual, row, error)) {
        return FALSE;
    }
    if (g_strcmp0(status, actual_status_name(ACTUAL_ACTIVE)) == 0) {
        g_hash_table_add(reading->active, g_strdup(id));
    }
    return TRUE;
}

/* The endpoint lists everybody with a role, invited people too: an admin counts once active. */
static gboolean add_admins(struct reading *reading, const json_t *project, GError **error)
{
    json_t *members = NULL;
    const json_t *member;
    size_t at;
    if (!scim_field_objects(project, "members", &members, error)) {
        return FALSE;
    }
    json_array_foreach(members, at, member)
    {
        const char *person = NULL;
        const char *role = NULL;
        if (!scim_field_key(member, "value", &person, error) ||
            !scim_field_key(member, "role", &role, error)) {
            return FALSE;
        }
        if (strcmp(role, project_role_name(PROJECT_ROLE_ADMIN)) == 0 &&
            g_hash_table_contains(reading->active, person)) {
            actual_add_project_admin(reading->actual, person);
        }
    }
    return TRUE;
}

static gboolean take_project(void *context, json_t *row, GError **error)
{
    struct reading *reading = context;
    const char *id = NULL;
    const char *name = NULL;
    const char *version = scim_person_version(row, error);
    if (version == NULL || !scim_field_key(row, "id", &id, error) ||
        !scim_field_key(row, "name", &name, error)) {
        return FALSE;
    }
    if (!role_scope_name_is_valid(name)) {
        return refuse(OUTCOME_BAD_INPUT, "a project's name is none", error);
    }
    if (!g_hash_table_insert(reading->index->project_ids, g_strdup(name), g_strdup(id))) {
        return refuse(OUTCOME_CONFLICT, "two projects have one name", error);
    }
    if (reading->actual == NULL) {
        return TRUE;
    }
    actual_add_project(reading->actual, id, version, name);
    return add_admins(reading, row, error);
}

static gboolean take_marker(void *context, json_t *row, GError **error)
{
    struct reading *reading = context;
    struct actual_marker marker = {0};
    if (!scim_field_key(row, "id", &marker.id, error) ||
        !scim_field_key(row, "origin", &marker.origin, error) ||
        !scim_field_text(row, "externalId", &marker.external_id, error) ||
        !scim_field_text(row, "userName", &marker.user_name, error) ||
        !scim_field_key(row, "kind", &marker.kind, error)) {
        return FALSE;
    }
    marker.external_id = marker.external_id != NULL ? marker.external_id : "";
    marker.user_name = marker.user_name != NULL ? marker.user_name : "";
    g_hash_table_insert(reading->index->marker_origins, g_strdup(marker.id),
                        g_strdup(marker.origin));
    if (reading->actual != NULL) {
        actual_add_marker(reading->actual, &marker);
    }
    return TRUE;
}

static gboolean read_projects(ScimClient *client, struct reading *reading, GError **error)
{
    const struct pager_sink sink = {.row = take_project, .context = reading};
    g_hash_table_remove_all(reading->index->project_ids);
    return pager_read(client, "/Projects", &sink, NULL, error);
}

static gboolean read_markers(ScimClient *client, struct reading *reading, GError **error)
{
    const struct pager_sink sink = {.row = take_marker, .context = reading};
    g_hash_table_remove_all(reading->index->marker_origins);
    return pager_read(client, "/Markers", &sink, NULL, error);
}

gboolean scim_state_read_projects(ScimClient *client, struct scim_state_index *index,
                                  GError **error)
{
    struct reading reading = {.index = index};
    return read_projects(client, &reading, error);
}

gboolean scim_state_read_markers(ScimClient *client, struct scim_state_index *index,
                                 GError **error)
{
    struct reading reading = {.index = index};
    return read_markers(client, &reading, error);
}

/* Is everything still as it was when the reading began? */
static gboolean check_stillness(ScimClient *client, const struct reading *reading,
                                const char *etag, GError **error)
{
    struct reading again = {.index = reading->index};
    gboolean unchanged = FALSE;
    if (!read_seats(client, &again, error) ||
        !pager_is_unchanged(client, PEOPLE, etag, &unchanged, error)) {
        return FALSE;
    }
    if (!unchanged || again.cap != reading->cap || again.used != reading->used) {
        return refuse(OUTCOME_CONFLICT, "the organization changed while it was read", error);
    }
    return TRUE;
}

static gboolean read_people(ScimClient *client, struct reading *reading, GError **error)
{
    const struct pager_sink sink = {.row = take_user, .context = reading};
    g_autofree char *etag = NULL;
    if (!pager_read(client, PEOPLE, &sink, &etag, error)) {
        return FALSE;
    }
    if (etag == NULL) {
        return refuse(OUTCOME_BAD_INPUT,
                      "the list of people has no ETag: is this a rolecall endpoint?", error);
    }
    return read_projects(client, reading, error) && read_markers(client, reading, error) &&
           check_stillness(client, reading, etag, error);
}

Actual *scim_state_read(ScimClient *client, const char *organization,
                        struct scim_state_index *index, GError **error)
{
    struct reading reading = {.index = index};
    if (!read_seats(client, &reading, error)) {
        return NULL;
    }
    g_autoptr(Actual) actual = actual_new(organization, reading.cap, reading.used);
    reading.actual = actual;
    reading.active = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean good = read_people(client, &reading, error);
    g_hash_table_unref(reading.active);
    return good && actual_seal(actual, error) ? g_steal_pointer(&actual) : NULL;
}
