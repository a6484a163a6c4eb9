#include "scim/organization/owed.h"

#include <string.h>

#include "scim/protocol/clock.h"

static const char *const names[OWED_COUNT] =
    {[OWED_REMOVE] = "remove", [OWED_SUSPEND] = "suspend", [OWED_ROLE] = "role"};

static void owed_free(gpointer data)
{
    struct owed *owed = data;
    g_free(owed->person);
    g_free(owed->origin);
    g_free(owed);
}

static enum owed_deed parse_deed(const char *name)
{
    for (guint i = 0; i < OWED_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum owed_deed)i;
    return OWED_REMOVE;
}

#define OWED_COLUMNS "SELECT d.person, d.origin, d.deed, d.role, d.since FROM owed d"

/* struct owed; NULL: the store failed. */
static GPtrArray *select_owed(StoreSession *session, const char *sql,
                              const struct store_value *values, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(owed_free);
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    while (store_next(rows)) {
        struct owed *owed = g_new0(struct owed, 1);
        owed->person = g_strdup(store_text_at(rows, 0));
        owed->origin = g_strdup(store_text_at(rows, 1));
        owed->deed = parse_deed(store_text_at(rows, 2));
        owed->role = (enum organization_role)store_int_at(rows, 3);
        owed->since = store_int_at(rows, 4);
        g_ptr_array_add(all, owed);
    }
    return store_end(rows, error) ? g_steal_pointer(&all) : NULL;
}

gboolean owed_put(struct change *change, const struct owed *owed, GError **error)
{
    return store_run(change->session,
                     "INSERT INTO owed (organization, person, origin, deed, role, since)"
                     " VALUES (?, ?, ?, ?, ?, ?)"
                     " ON CONFLICT (organization, person, origin) DO UPDATE SET"
                     " deed = excluded.deed, role = excluded.role, since = excluded.since"
                     " WHERE owed.deed <> excluded.deed OR owed.role <> excluded.role",
                     STORE_BIND(store_text(change->organization), store_text(owed->person),
                                store_text(owed->origin), store_text(names[owed->deed]),
                                store_int(owed->role), store_int(owed->since)),
                     error);
}

GPtrArray *owed_due(StoreSession *session, const char *organization, GError **error)
{
    return select_owed(session,
                       OWED_COLUMNS
                       " JOIN organization o ON o.name = d.organization"
                       " JOIN person p ON p.organization = d.organization AND p.id = d.person"
                       " WHERE d.organization = ?"
                       " AND (o.owners > 1 OR p.status <> 'active' OR p.role <> 3)"
                       " ORDER BY d.since, d.person, d.origin",
                       STORE_BIND(store_text(organization)), error);
}

gboolean owed_forget(struct change *change, const char *person, const char *origin,
                     GError **error)
{
    return store_run(
        change->session,
        "DELETE FROM owed WHERE organization = ? AND person = ? AND origin = ?",
        STORE_BIND(store_text(change->organization), store_text(person), store_text(origin)),
        error);
}

/* What is left of it after the provider's later word `draft`; FALSE: nothing. */
static gboolean heed(struct owed *owed, const struct person_draft *draft)
{
    if (draft->says_roles && draft->role > owed->role)
        owed->role = ORGANIZATION_ROLE_NONE;
    if (draft->says_active && draft->active)
        owed->deed = OWED_ROLE;
    return owed->deed != OWED_ROLE || owed->role != ORGANIZATION_ROLE_NONE;
}

/* struct owed, none or one; NULL: the store failed. */
static GPtrArray *select_one(const struct change *change, const char *person,
                             const char *origin, GError **error)
{
    return select_owed(
        change->session,
        OWED_COLUMNS " WHERE d.organization = ? AND d.person = ? AND d.origin = ?",
        STORE_BIND(store_text(change->organization), store_text(person), store_text(origin)),
        error);
}

gboolean owed_remember(struct change *change, const struct owed *owed,
                       const struct person_draft *draft, GError **error)
{
    struct owed both = *owed;
    g_autoptr(GPtrArray) all = select_one(change, owed->person, owed->origin, error);
    if (all == NULL)
        return FALSE;
    struct owed *earlier = all->len > 0 ? all->pdata[0] : NULL;
    if (earlier != NULL && (draft == NULL || heed(earlier, draft))) {
        both.deed = MIN(owed->deed, earlier->deed);
        both.role = owed->role != ORGANIZATION_ROLE_NONE ? owed->role : earlier->role;
    }
    return owed_put(change, &both, error);
}

gboolean owed_drop(struct change *change, const struct touched *touched,
                   const struct person_draft *draft, GError **error)
{
    const char *origin = actor_origin(change->actor);
    if (change->actor->kind != ACTOR_CONNECTION)
        return TRUE;
    g_autoptr(GPtrArray) all = select_one(change, touched->id, origin, error);
    if (all == NULL || all->len == 0)
        return all != NULL;
    return draft != NULL && heed(all->pdata[0], draft)
               ? owed_put(change, all->pdata[0], error)
               : owed_forget(change, touched->id, origin, error);
}

gboolean owed_is_leaving(struct change *change, const char *person, const char *origin,
                         gboolean *is_leaving, GError **error)
{
    g_autoptr(GPtrArray) all = select_one(change, person, origin, error);
    *is_leaving =
        all != NULL && all->len > 0 && ((const struct owed *)all->pdata[0])->deed != OWED_ROLE;
    return all != NULL;
}

gboolean owed_reason(StoreSession *session, const char *organization, const char *person,
                     char **reason, GError **error)
{
    static const char *const asked[OWED_COUNT] = {[OWED_REMOVE] = "remove",
                                                  [OWED_SUSPEND] = "deactivate",
                                                  [OWED_ROLE] = "take the role owner from"};
    g_autoptr(GPtrArray) all = select_owed(
        session,
        OWED_COLUMNS " WHERE d.organization = ? AND d.person = ? ORDER BY d.since, d.origin",
        STORE_BIND(store_text(organization), store_text(person)), error);
    *reason = NULL;
    if (all == NULL || all->len == 0)
        return all != NULL;
    const struct owed *first = all->pdata[0];
    g_autofree char *since = clock_print(first->since);
    *reason = g_strdup_printf("\"%s\" asked on %s to %s this only owner: that is done as soon "
                              "as somebody else is an active owner. Make somebody owner.",
                              first->origin, since, asked[first->deed]);
    return TRUE;
}
