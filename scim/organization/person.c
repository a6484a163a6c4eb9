#include "scim/organization/person.h"

#include "scim/protocol/address.h"

static char *fold(const char *text)
{
    return text == NULL ? NULL : address_fold(text);
}

gboolean person_insert(StoreSession *session, const struct person_row *row, GError **error)
{
    g_autofree char *user_name = fold(row->user_name);
    g_autofree char *address = fold(row->address);
    g_autofree char *display_name = fold(row->display_name);
    return store_run(
        session,
        "INSERT INTO person (organization, id, user_name, user_name_folded, address,"
        " address_folded, display_name, display_name_folded, profile, status, role, "
        "accepted_at,"
        " created, modified, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'suspended', 0, ?, ?, ?, 0)",
        STORE_BIND(store_text(row->organization), store_text(row->id),
                   store_text(row->user_name), store_text(user_name), store_text(row->address),
                   store_text(address), store_text(row->display_name), store_text(display_name),
                   store_text(row->profile), store_int(row->accepted_at),
                   store_int(row->created), store_int(row->created)),
        error);
}

gboolean person_write(StoreSession *session, const struct person_row *row, GError **error)
{
    g_autofree char *user_name = fold(row->user_name);
    g_autofree char *address = fold(row->address);
    g_autofree char *display_name = fold(row->display_name);
    return store_run(session,
                     "UPDATE person SET user_name = ?, user_name_folded = ?, address = ?,"
                     " address_folded = ?, display_name = ?, display_name_folded = ?,"
                     " profile = ? WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(row->user_name), store_text(user_name),
                                store_text(row->address), store_text(address),
                                store_text(row->display_name), store_text(display_name),
                                store_text(row->profile), store_text(row->organization),
                                store_text(row->id)),
                     error);
}

gboolean person_write_state(StoreSession *session, const char *organization, const char *id,
                            const struct person_state *state, GError **error)
{
    gboolean is_held = person_status_is_held(state->status);
    gboolean is_kind = is_held && state->status != PERSON_HELD;
    return store_run(
        session,
        "UPDATE person SET status = ?, held_as = ?, waiting_since = ?,"
        " reason = ?, role = ?, accepted_at = ?, expires_at = ?"
        " WHERE organization = ? AND id = ?",
        STORE_BIND(store_text(person_status_name(is_held ? PERSON_HELD : state->status)),
                   store_text(is_kind ? person_status_name(state->status) : ""),
                   store_int(state->waiting_since), store_text(state->reason),
                   store_int(state->role), store_int(state->accepted_at),
                   store_int(state->expires_at), store_text(organization), store_text(id)),
        error);
}

gboolean person_write_protected(StoreSession *session, const char *organization, const char *id,
                                gboolean is_protected, GError **error)
{
    return store_run(
        session, "UPDATE person SET protected = ? WHERE organization = ? AND id = ?",
        STORE_BIND(store_int(is_protected), store_text(organization), store_text(id)), error);
}

gboolean person_write_suspended(StoreSession *session, const char *organization, const char *id,
                                gboolean by_owner, GError **error)
{
    return store_run(
        session, "UPDATE person SET owner_suspended = ? WHERE organization = ? AND id = ?",
        STORE_BIND(store_int(by_owner), store_text(organization), store_text(id)), error);
}

gboolean person_write_project(StoreSession *session, const char *organization, const char *id,
                              const char *project, enum project_role role, GError **error)
{
    if (role == PROJECT_ROLE_NONE)
        return store_run(
            session,
            "DELETE FROM person_project WHERE organization = ? AND person = ? AND project = ?",
            STORE_BIND(store_text(organization), store_text(id), store_text(project)), error);
    return store_run(session,
                     "INSERT INTO person_project (organization, person, project, role)"
                     " VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (organization, person, project)"
                     " DO UPDATE SET role = excluded.role",
                     STORE_BIND(store_text(organization), store_text(id), store_text(project),
                                store_int(role)),
                     error);
}

gboolean person_bump(StoreSession *session, const char *organization, const char *id,
                     gint64 now, GError **error)
{
    return store_run(session,
                     "UPDATE person SET version = version + 1, modified = ?"
                     " WHERE organization = ? AND id = ?",
                     STORE_BIND(store_int(now), store_text(organization), store_text(id)),
                     error);
}

gboolean person_delete(StoreSession *session, const char *organization, const char *id,
                       GError **error)
{
    return store_run(session, "DELETE FROM person WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(organization), store_text(id)), error);
}
