#include "scim/organization/role_tally.h"

/* Who holds a seat (seats.h), of the organization and the time that are bound. The last one says
 * whether protected owners count. */
#define HOLDERS                                                                                \
    " p.organization = ?"                                                                      \
    " AND (p.status = 'active' OR (p.status = 'invited' AND p.expires_at > ?))"                \
    " AND (p.protected = 0 OR p.protected = ?)"

/* A project's name has no slash in it. */
static char *key_of(const char *project, enum project_role role)
{
    return g_strdup_printf("%s/%d", project, (int)role);
}

static gboolean count_roles(StoreSession *session, const struct store_value *values,
                            struct role_tally *tally, GError **error)
{
    struct store_rows *rows = store_query(
        session, "SELECT p.role, COUNT(*) FROM person p WHERE" HOLDERS " GROUP BY p.role",
        values, TRUE);
    while (store_next(rows)) {
        gint64 role = store_int_at(rows, 0);
        if (role >= 0 && role < ROLE_TALLY_ROLES)
            tally->roles[role] = store_int_at(rows, 1);
        tally->seats += store_int_at(rows, 1);
    }
    return store_end(rows, error);
}

static gboolean count_projects(StoreSession *session, const struct store_value *values,
                               struct role_tally *tally, GError **error)
{
    struct store_rows *rows =
        store_query(session,
                    "SELECT e.project, e.role, COUNT(*) FROM person p JOIN person_project e"
                    " ON e.organization = p.organization AND e.person = p.id WHERE" HOLDERS
                    " GROUP BY e.project, e.role",
                    values, TRUE);
    while (store_next(rows)) {
        gint64 *count = g_new(gint64, 1);
        *count = store_int_at(rows, 2);
        g_hash_table_insert(
            tally->projects,
            key_of(store_text_at(rows, 0), (enum project_role)store_int_at(rows, 1)), count);
    }
    return store_end(rows, error);
}

gboolean role_tally_read(StoreSession *session, const char *organization, gint64 now,
                         gboolean spare_protected, struct role_tally *tally, GError **error)
{
    const struct store_value values[] = {store_text(organization),
                                         store_int(now),
                                         store_int(spare_protected ? 0 : 1),
                                         {.kind = STORE_END}};
    *tally = (struct role_tally){
        .projects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    return count_roles(session, values, tally, error) &&
           count_projects(session, values, tally, error);
}

gint64 role_tally_of(const struct role_tally *tally, const char *project,
                     enum project_role role)
{
    g_autofree char *key = key_of(project, role);
    const gint64 *count = g_hash_table_lookup(tally->projects, key);
    return count != NULL ? *count : 0;
}

void role_tally_clear(struct role_tally *tally)
{
    g_clear_pointer(&tally->projects, g_hash_table_unref);
}
