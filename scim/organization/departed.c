#include "scim/organization/departed.h"

#include <jansson.h>

#include "scim/protocol/address.h"
#include "scim/protocol/outcome.h"

static void clear_role(gpointer data)
{
    g_free(((struct project_role_facts *)data)->project);
}

void departed_free(Departed *departed)
{
    if (departed == NULL)
        return;
    g_free(departed->person);
    g_free(departed->user_name);
    if (departed->projects != NULL)
        g_array_unref(departed->projects);
    if (departed->overrides != NULL)
        g_array_unref(departed->overrides);
    g_free(departed);
}

static json_t *print_roles(const GArray *roles)
{
    json_t *object = json_object();
    for (guint i = 0; i < roles->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(roles, struct project_role_facts, i);
        json_object_set_new(object, entry->project, json_integer(entry->role));
    }
    return object;
}

static GArray *parse_roles(json_t *object)
{
    GArray *roles = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    g_array_set_clear_func(roles, clear_role);
    const char *project;
    json_t *role;
    json_object_foreach(object, project, role)
    {
        struct project_role_facts entry = {.project = g_strdup(project),
                                           .role = (enum project_role)json_integer_value(role)};
        g_array_append_val(roles, entry);
    }
    return roles;
}

static char *print_state(const struct person_facts *facts, const struct link_facts *link)
{
    json_t *state = json_pack(
        "{s:I, s:I, s:b, s:i, s:o, s:i, s:o}", "acceptedAt", (json_int_t)facts->joined_at,
        "created", (json_int_t)facts->created, "suspendedByOwner", facts->suspended_by_owner,
        "role", (int)link->role, "projects", print_roles(link->projects), "override",
        (int)facts->override, "overrides", print_roles(facts->overrides));
    char *text = json_dumps(state, JSON_COMPACT);
    json_decref(state);
    return text;
}

gboolean departed_keep(StoreSession *session, const char *organization,
                       const struct person_facts *facts, const char *origin, gint64 until,
                       GError **error)
{
    const struct link_facts *link = person_facts_link(facts, origin);
    g_autofree char *user_name = address_fold(facts->user_name);
    char *state = print_state(facts, link);
    gboolean ok = store_run(
        session,
        "INSERT INTO departed (organization, origin, external_id, user_name_folded, person,"
        " state, until) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (organization, origin, external_id) DO UPDATE SET"
        " user_name_folded = excluded.user_name_folded, person = excluded.person,"
        " state = excluded.state, until = excluded.until",
        STORE_BIND(store_text(organization), store_text(origin), store_text(link->external_id),
                   store_text(user_name), store_text(facts->id), store_text(state),
                   store_int(until)),
        error);
    free(state);
    return ok;
}

static gboolean read_state(const char *text, Departed *departed)
{
    json_t *state = json_loads(text, 0, NULL);
    json_t *projects = NULL, *overrides = NULL;
    json_int_t accepted_at = 0, created = 0;
    int suspended = 0, role = 0, override = 0;
    gboolean ok =
        json_unpack(state, "{s:I, s:I, s:b, s:i, s:o, s:i, s:o}", "acceptedAt", &accepted_at,
                    "created", &created, "suspendedByOwner", &suspended, "role", &role,
                    "projects", &projects, "override", &override, "overrides", &overrides) == 0;
    if (ok) {
        departed->accepted_at = accepted_at;
        departed->created = created;
        departed->suspended_by_owner = suspended != 0;
        departed->role = (enum organization_role)role;
        departed->override = (enum organization_role) override;
        departed->projects = parse_roles(projects);
        departed->overrides = parse_roles(overrides);
    }
    json_decref(state);
    return ok;
}

gboolean departed_find(StoreSession *session, const struct departed_key *key, gint64 now,
                       Departed **departed, GError **error)
{
    struct store_rows *rows =
        store_query(session,
                    "SELECT person, user_name_folded, state FROM departed"
                    " WHERE organization = ? AND origin = ? AND external_id = ? AND until > ?",
                    STORE_BIND(store_text(key->organization), store_text(key->origin),
                               store_text(key->external_id), store_int(now)),
                    TRUE);
    g_autoptr(Departed) found = NULL;
    gboolean is_sound = TRUE;
    if (store_next(rows)) {
        found = g_new0(struct departed, 1);
        found->person = g_strdup(store_text_at(rows, 0));
        found->user_name = g_strdup(store_text_at(rows, 1));
        is_sound = read_state(store_text_at(rows, 2), found);
    }
    if (!store_end(rows, error))
        return FALSE;
    if (!is_sound) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "store: what was kept of the removed person \"%s\" cannot be read",
                    found->person);
        return FALSE;
    }
    *departed = g_steal_pointer(&found);
    return TRUE;
}

gboolean departed_drop(StoreSession *session, const char *organization, const char *person,
                       GError **error)
{
    return store_run(session, "DELETE FROM departed WHERE organization = ? AND person = ?",
                     STORE_BIND(store_text(organization), store_text(person)), error);
}

gboolean departed_forget(StoreSession *session, gint64 now, GError **error)
{
    return store_run(session, "DELETE FROM departed WHERE until <= ?",
                     STORE_BIND(store_int(now)), error);
}
