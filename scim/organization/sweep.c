#include "scim/organization/sweep.h"

#include "scim/organization/departed.h"
#include "scim/organization/invitation.h"
#include "scim/organization/organization.h"
#include "scim/organization/seats.h"

static gboolean write_counts(StoreSession *session, const char *organization, gint64 expired,
                             GError **error)
{
    gint64 cap = 0;
    struct organization_counts counts;
    if (!organization_read_counts(session, organization, &counts, error) ||
        !store_number(session, "SELECT seats FROM organization WHERE name = ?",
                      STORE_BIND(store_text(organization)), 0, &cap, error))
        return FALSE;
    counts.seats_used -= expired;
    counts.seats_ceiling = seats_ceiling(cap, counts.seats_ceiling, counts.seats_used);
    return organization_write_counts(session, organization, &counts, error);
}

gboolean sweep_organization(StoreSession *session, const char *organization, gint64 now,
                            GError **error)
{
    if (!store_run(session,
                   "UPDATE person SET status = 'expired', version = version + 1,"
                   " modified = expires_at"
                   " WHERE organization = ? AND status = 'invited' AND expires_at <= ?",
                   STORE_BIND(store_text(organization), store_int(now)), error))
        return FALSE;
    gint64 expired = store_changes(session);
    if (expired == 0)
        return TRUE;
    return store_run(session,
                     "UPDATE invitation SET status = 'expired', token_hash = NULL,"
                     " closed_at = expires_at, version = version + 1"
                     " WHERE organization = ? AND status = 'pending' AND expires_at <= ?",
                     STORE_BIND(store_text(organization), store_int(now)), error) &&
           write_counts(session, organization, expired, error);
}

gboolean sweep_all(StoreSession *session, gint64 now, gint64 window, GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(session, error);
    if (names == NULL)
        return FALSE;
    for (guint i = 0; i < names->len; i++)
        if (!sweep_organization(session, names->pdata[i], now, error))
            return FALSE;
    return departed_forget(session, now, error) &&
           invitation_forget(session, now - window, error);
}

gboolean sweep_next(StoreSession *session, gint64 window, gint64 *next, GError **error)
{
    return store_number(
        session,
        "SELECT COALESCE(MIN(due), 0) FROM ("
        " SELECT MIN(expires_at) AS due FROM person WHERE status = 'invited'"
        " UNION ALL SELECT MIN(until) FROM departed"
        " UNION ALL SELECT MIN(closed_at) + ? FROM invitation WHERE closed_at > 0"
        "  AND NOT EXISTS (SELECT 1 FROM person p WHERE"
        "   p.organization = invitation.organization AND p.id = invitation.person)) AS dates",
        STORE_BIND(store_int(window)), 0, next, error);
}
