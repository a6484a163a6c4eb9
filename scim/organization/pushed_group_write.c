#include "scim/organization/pushed_group_write.h"

gboolean pushed_group_write_new(StoreSession *session, const struct pushed_group_row *row,
                                GError **error)
{
    g_autofree char *folded = g_ascii_strdown(row->display_name, -1);
    return store_run(
        session,
        "INSERT INTO pushed_group (organization, id, origin, external_id, display_name,"
        " display_name_folded, created, modified, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
        STORE_BIND(store_text(row->organization), store_text(row->id), store_text(row->origin),
                   store_text(row->external_id), store_text(row->display_name),
                   store_text(folded), store_int(row->created), store_int(row->created)),
        error);
}

gboolean pushed_group_write_names(StoreSession *session, const struct pushed_group_row *row,
                                  GError **error)
{
    g_autofree char *folded = g_ascii_strdown(row->display_name, -1);
    return store_run(session,
                     "UPDATE pushed_group SET display_name = ?, display_name_folded = ?,"
                     " external_id = ? WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(row->display_name), store_text(folded),
                                store_text(row->external_id), store_text(row->organization),
                                store_text(row->id)),
                     error);
}

gboolean pushed_group_write_gone(StoreSession *session, const char *organization,
                                 const char *id, GError **error)
{
    return store_run(session, "DELETE FROM pushed_group WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(organization), store_text(id)), error);
}

gboolean pushed_group_write_bump(StoreSession *session, const char *organization,
                                 const char *id, gint64 now, GError **error)
{
    return store_run(session,
                     "UPDATE pushed_group SET version = version + 1, modified = ?"
                     " WHERE organization = ? AND id = ?",
                     STORE_BIND(store_int(now), store_text(organization), store_text(id)),
                     error);
}

gboolean pushed_group_write_state(StoreSession *session, const char *organization, gint64 now,
                                  GError **error)
{
    return store_run(session,
                     "INSERT INTO pushed_state (organization, version, changed_at)"
                     " VALUES (?, 1, ?) ON CONFLICT (organization) DO UPDATE SET"
                     " version = pushed_state.version + 1, changed_at = excluded.changed_at",
                     STORE_BIND(store_text(organization), store_int(now)), error);
}

gboolean pushed_group_write_without(StoreSession *session, const char *organization,
                                    const char *person, gint64 now, GError **error)
{
    if (!store_run(session,
                   "UPDATE pushed_group SET version = version + 1, modified = ?1"
                   " WHERE organization = ?2 AND id IN (SELECT m.pushed_group"
                   " FROM pushed_member m WHERE m.organization = ?2 AND m.person = ?3)",
                   STORE_BIND(store_int(now), store_text(organization), store_text(person)),
                   error))
        return FALSE;
    return store_changes(session) == 0 ||
           store_run(session,
                     "UPDATE pushed_state SET version = version + 1 WHERE organization = ?",
                     STORE_BIND(store_text(organization)), error);
}

gboolean pushed_member_look(StoreSession *session, const struct pushed_member_key *key,
                            gboolean *is_known, gboolean *is_member, char **display,
                            GError **error)
{
    struct store_rows *rows =
        store_query(session,
                    "SELECT m.person, m.display FROM person p LEFT JOIN pushed_member m"
                    " ON m.organization = p.organization AND m.pushed_group = ?"
                    " AND m.person = p.id WHERE p.organization = ? AND p.id = ?",
                    STORE_BIND(store_text(key->group), store_text(key->organization),
                               store_text(key->person)),
                    TRUE);
    *is_known = store_next(rows);
    *is_member = *is_known && !store_null_at(rows, 0);
    *display = *is_member ? g_strdup(store_text_at(rows, 1)) : NULL;
    return store_end(rows, error);
}

gboolean pushed_member_add(StoreSession *session, const struct pushed_member_key *key,
                           const char *display, GError **error)
{
    return store_run(session,
                     "INSERT INTO pushed_member (organization, pushed_group, person, display)"
                     " VALUES (?, ?, ?, ?)",
                     STORE_BIND(store_text(key->organization), store_text(key->group),
                                store_text(key->person), store_text(display)),
                     error);
}

gboolean pushed_member_rename(StoreSession *session, const struct pushed_member_key *key,
                              const char *display, GError **error)
{
    return store_run(session,
                     "UPDATE pushed_member SET display = ? WHERE organization = ?"
                     " AND pushed_group = ? AND person = ?",
                     STORE_BIND(store_text(display), store_text(key->organization),
                                store_text(key->group), store_text(key->person)),
                     error);
}

gboolean pushed_member_remove(StoreSession *session, const struct pushed_member_key *key,
                              gboolean *removed, GError **error)
{
    gboolean ok = store_run(session,
                            "DELETE FROM pushed_member WHERE organization = ?"
                            " AND pushed_group = ? AND person = ?",
                            STORE_BIND(store_text(key->organization), store_text(key->group),
                                       store_text(key->person)),
                            error);
    *removed = ok && store_changes(session) > 0;
    return ok;
}

GHashTable *pushed_member_table(StoreSession *session, const char *organization,
                                const char *group, GError **error)
{
    g_autoptr(GHashTable) table =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct store_rows *rows = store_query(
        session,
        "SELECT m.person, m.display FROM pushed_member m JOIN person p"
        " ON p.organization = m.organization AND p.id = m.person AND p.protected = 0"
        " WHERE m.organization = ? AND m.pushed_group = ?",
        STORE_BIND(store_text(organization), store_text(group)), TRUE);
    while (store_next(rows))
        g_hash_table_insert(table, g_strdup(store_text_at(rows, 0)),
                            g_strdup(store_text_at(rows, 1)));
    return store_end(rows, error) ? g_steal_pointer(&table) : NULL;
}
