#include "scim/organization/link.h"

gboolean link_put(StoreSession *session, const struct link_key *key,
                  const struct link_value *value, GError **error)
{
    return store_run(
        session,
        "INSERT INTO link (organization, person, origin, external_id, active, role, attached,"
        " rehearsed, unknown_roles, profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (organization, person, origin) DO UPDATE SET"
        " external_id = excluded.external_id, active = excluded.active,"
        " role = excluded.role, attached = excluded.attached,"
        " rehearsed = excluded.rehearsed, unknown_roles = excluded.unknown_roles,"
        " profile = excluded.profile",
        STORE_BIND(store_text(key->organization), store_text(key->person),
                   store_text(key->origin), store_text(value->external_id),
                   store_int(value->active), store_int(value->role), store_int(value->attached),
                   store_int(value->rehearsed), store_text(value->unknown_roles),
                   store_text(value->profile)),
        error);
}

gboolean link_move(StoreSession *session, const struct link_key *key, const char *origin,
                   const char *external_id, GError **error)
{
    return store_run(session,
                     "UPDATE link SET origin = ?, external_id = ?"
                     " WHERE organization = ? AND person = ? AND origin = ?",
                     STORE_BIND(store_text(origin), store_text(external_id),
                                store_text(key->organization), store_text(key->person),
                                store_text(key->origin)),
                     error);
}

gboolean link_drop(StoreSession *session, const struct link_key *key, GError **error)
{
    return store_run(session,
                     "DELETE FROM link WHERE organization = ? AND person = ? AND origin = ?",
                     STORE_BIND(store_text(key->organization), store_text(key->person),
                                store_text(key->origin)),
                     error);
}

GPtrArray *link_people(StoreSession *session, const char *organization, const char *origin,
                       GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows =
        store_query(session,
                    "SELECT person FROM link WHERE organization = ? AND origin = ?"
                    " ORDER BY seq",
                    STORE_BIND(store_text(organization), store_text(origin)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(people, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&people) : NULL;
}

gboolean link_go_live(StoreSession *session, const char *organization, const char *origin,
                      GError **error)
{
    return store_run(session,
                     "UPDATE link SET rehearsed = 0 WHERE organization = ? AND origin = ?",
                     STORE_BIND(store_text(organization), store_text(origin)), error);
}

gboolean link_put_project(StoreSession *session, const struct link_key *key,
                          const char *project, enum project_role role, GError **error)
{
    if (role == PROJECT_ROLE_NONE)
        return store_run(session,
                         "DELETE FROM link_project WHERE organization = ? AND person = ?"
                         " AND origin = ? AND project = ?",
                         STORE_BIND(store_text(key->organization), store_text(key->person),
                                    store_text(key->origin), store_text(project)),
                         error);
    return store_run(session,
                     "INSERT INTO link_project (organization, person, origin, project, role)"
                     " VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (organization, person, origin, project)"
                     " DO UPDATE SET role = excluded.role",
                     STORE_BIND(store_text(key->organization), store_text(key->person),
                                store_text(key->origin), store_text(project), store_int(role)),
                     error);
}

static gboolean put_override(StoreSession *session, const struct link_key *key,
                             const char *project, gint64 role, GError **error)
{
    return store_run(session,
                     "INSERT INTO override (organization, person, project, role)"
                     " VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (organization, person, project)"
                     " DO UPDATE SET role = excluded.role",
                     STORE_BIND(store_text(key->organization), store_text(key->person),
                                store_text(project), store_int(role)),
                     error);
}

gboolean link_override_put(StoreSession *session, const struct link_key *key,
                           enum organization_role role, GError **error)
{
    if (role == ORGANIZATION_ROLE_NONE)
        return link_override_lift_project(session, key, "", error);
    return put_override(session, key, "", role, error);
}

gboolean link_override_put_project(StoreSession *session, const struct link_key *key,
                                   const char *project, enum project_role role, GError **error)
{
    return put_override(session, key, project, role, error);
}

gboolean link_override_lift_project(StoreSession *session, const struct link_key *key,
                                    const char *project, GError **error)
{
    return store_run(
        session, "DELETE FROM override WHERE organization = ? AND person = ? AND project = ?",
        STORE_BIND(store_text(key->organization), store_text(key->person), store_text(project)),
        error);
}

gboolean link_stand_in_put(StoreSession *session, const struct link_key *key,
                           const char *project, GError **error)
{
    return store_run(
        session,
        "INSERT INTO stand_in (organization, project, person) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        STORE_BIND(store_text(key->organization), store_text(project), store_text(key->person)),
        error);
}

gboolean link_stand_in_drop(StoreSession *session, const struct link_key *key,
                            const char *project, GError **error)
{
    return store_run(
        session, "DELETE FROM stand_in WHERE organization = ? AND project = ? AND person = ?",
        STORE_BIND(store_text(key->organization), store_text(project), store_text(key->person)),
        error);
}
