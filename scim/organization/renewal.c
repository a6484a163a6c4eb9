#include "scim/organization/renewal.h"

#include "scim/protocol/address.h"
#include "scim/protocol/clock.h"

/* What was recorded by a clock that was wrong binds nobody (CLOCK_AHEAD). */
gboolean renewal_left(StoreSession *session, const struct renewal_case *of, gint64 *left,
                      GError **error)
{
    gint64 used = 0, last = G_MININT64;
    *left = 0;
    if (of->policy == NULL)
        return TRUE;
    struct store_rows *rows = store_query(
        session,
        "SELECT COUNT(*), MAX(at) FROM renewal WHERE organization = ? AND person = ?"
        " AND at > ? AND at <= ?",
        STORE_BIND(store_text(of->organization), store_text(of->person),
                   store_int(of->now - of->policy->per), store_int(of->now + CLOCK_AHEAD)),
        TRUE);
    if (store_next(rows)) {
        used = store_int_at(rows, 0);
        last = used > 0 ? store_int_at(rows, 1) : last;
    }
    if (last < of->now)
        *left = MAX(of->policy->renewals - used, 0);
    return store_end(rows, error);
}

/* The budget is free again when the oldest of the last `renewals` ones leaves the time that counts. */
gboolean renewal_next(StoreSession *session, const struct renewal_case *of, gint64 *next,
                      GError **error)
{
    *next = 0;
    if (of->policy == NULL || of->policy->renewals <= 0)
        return TRUE;
    struct store_rows *rows = store_query(
        session,
        "SELECT at FROM renewal WHERE organization = ? AND person = ? AND at > ?"
        " AND at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?",
        STORE_BIND(store_text(of->organization), store_text(of->person),
                   store_int(of->now - of->policy->per), store_int(of->now + CLOCK_AHEAD),
                   store_int(of->policy->renewals - 1)),
        TRUE);
    *next = store_next(rows) ? store_int_at(rows, 0) + of->policy->per : of->now;
    return store_end(rows, error);
}

gboolean renewal_record(StoreSession *session, const struct renewal_case *of, GError **error)
{
    return store_run(session,
                     "DELETE FROM renewal WHERE organization = ? AND person = ?"
                     " AND (at <= ? OR at > ?)",
                     STORE_BIND(store_text(of->organization), store_text(of->person),
                                store_int(of->now - of->policy->per),
                                store_int(of->now + CLOCK_AHEAD)),
                     error) &&
           store_run(session, "INSERT INTO renewal (organization, person, at) VALUES (?, ?, ?)",
                     STORE_BIND(store_text(of->organization), store_text(of->person),
                                store_int(of->now)),
                     error);
}

/* What the mail server itself refused has no date of another attempt (outbox.h). */
GPtrArray *renewal_candidates(StoreSession *session, const char *organization,
                              char *const *domains, GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows =
        store_query(session,
                    "SELECT p.id, p.address FROM person p"
                    " WHERE p.organization = ? AND p.status = 'expired' AND NOT EXISTS"
                    " (SELECT 1 FROM outbox o WHERE o.organization = p.organization"
                    "  AND o.person = p.id AND o.state = 'undeliverable' AND o.due = 0"
                    "  AND o.address = p.address)"
                    " ORDER BY p.expires_at, p.id",
                    STORE_BIND(store_text(organization)), TRUE);
    while (store_next(rows))
        if (address_in_domains(store_text_at(rows, 1), (const char *const *)domains))
            g_ptr_array_add(people, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&people) : NULL;
}
