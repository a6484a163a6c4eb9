#include "scim/organization/sweep.h"

#include "scim/organization/admission.h"
#include "scim/organization/attempt.h"
#include "scim/organization/departed.h"
#include "scim/organization/invitation.h"
#include "scim/organization/judge_owed.h"
#include "scim/organization/organization.h"
#include "scim/organization/outbox.h"
#include "scim/organization/settle.h"
#include "scim/protocol/outcome.h"

/* One act of time in one organization: a change like any other. *refused is why it was not done,
 * or NULL. */
static gboolean tick(const struct judge *judge, const char *organization, attempt_act act,
                     const void *context, char **refused, GError **error)
{
    struct verdict verdict = {0};
    const struct actor time = actor_time(organization);
    struct change change = change_prepare(judge, &time, organization, &verdict);
    gboolean ok = attempt(&change, act, context, error);
    *refused = ok && !verdict_is_good(&verdict) ? g_strdup(verdict.fault.detail) : NULL;
    verdict_clear(&verdict);
    return ok;
}

static gboolean expire(struct change *change, const void *context, GError **error)
{
    const GPtrArray *due = context;
    struct touched *touched;
    if (!change_begin(change, error))
        return FALSE;
    for (guint i = 0; i < due->len; i++)
        if (!change_touch_due(change, due->pdata[i], &touched, error))
            return FALSE;
    return settle(change, error);
}

static gboolean expire_all(const struct judge *judge, const char *organization,
                           const GPtrArray *due, GError **error)
{
    g_autofree char *refused = NULL;
    if (due->len == 0)
        return TRUE;
    if (!tick(judge, organization, expire, due, &refused, error))
        return FALSE;
    if (refused != NULL)
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "organization \"%s\": what is over cannot be expired: %s", organization,
                    refused);
    return refused == NULL;
}

/* People of a query over the table person. NULL: the store failed. */
static GPtrArray *find_due(StoreSession *session, const char *sql,
                           const struct store_value *values, GError **error)
{
    g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    while (store_next(rows))
        g_ptr_array_add(due, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&due) : NULL;
}

gboolean sweep_follow(const struct judge *judge, const char *organization, GError **error)
{
    return judge_owed_settle(judge, organization, error) &&
           admission_of_waiting(judge, organization, error);
}

gboolean sweep_organization(const struct judge *judge, const char *organization, gint64 now,
                            GError **error)
{
    if (judge->time_is_frozen)
        return TRUE;
    g_autoptr(GPtrArray) due =
        find_due(judge->session,
                 "SELECT id FROM person WHERE organization = ? AND status = 'invited'"
                 " AND expires_at <= ? ORDER BY expires_at, id",
                 STORE_BIND(store_text(organization), store_int(now)), error);
    return due != NULL && expire_all(judge, organization, due, error) &&
           (due->len == 0 || sweep_follow(judge, organization, error));
}

/* What a clock that was ahead has sent (T01) would be good for as long as that: it is over once time
 * is believed again. */
static gboolean expire_ahead(const struct judge *judge, const char *organization, gint64 now,
                             GError **error)
{
    g_autoptr(GPtrArray) due =
        find_due(judge->session,
                 "SELECT p.id FROM person p JOIN invitation i"
                 " ON i.organization = p.organization AND i.person = p.id"
                 " WHERE p.organization = ? AND p.status = 'invited'"
                 " AND i.status = 'pending' AND i.sent_at > ? ORDER BY p.expires_at, p.id",
                 STORE_BIND(store_text(organization), store_int(now + CLOCK_AHEAD)), error);
    return due != NULL && expire_all(judge, organization, due, error);
}

/* Whoever cannot be renewed (no seat, no budget) stays as they are. */
static gboolean renew(struct change *change, const void *context, GError **error)
{
    const char *person = context;
    const struct renewal_case renewal = {.organization = change->organization,
                                         .person = person,
                                         .policy = change->judge->renewal,
                                         .now = change->now};
    struct touched *touched;
    gint64 left = 0;
    if (!change_begin(change, error) ||
        !renewal_left(change->session, &renewal, &left, error) ||
        !change_touch(change, person, &touched, error))
        return FALSE;
    touched->renew = left > 0 && change->home->seats_used < change->home->seats;
    touched->resend = touched->renew;
    return settle(change, error);
}

static gboolean renews(const struct judge *judge)
{
    return judge->sends_mail && judge->renewal != NULL && judge->renewal->renewals > 0;
}

/* Ids of those who wait for a renewal: nobody where no seat is free, since whoever waits for one
 * waits for the write that frees it. NULL: the store failed. */
static GPtrArray *find_renewable(const struct judge *judge, const char *organization,
                                 gint64 now, GError **error)
{
    g_autoptr(Organization) home = NULL;
    if (!organization_read(judge->session, organization, now, &home, error))
        return NULL;
    return home != NULL && home->seats_used < home->seats
               ? renewal_candidates(judge->session, organization, home->domains, error)
               : g_ptr_array_new();
}

static gboolean renew_all(const struct judge *judge, const char *organization, gint64 now,
                          GError **error)
{
    g_autoptr(GPtrArray) people = find_renewable(judge, organization, now, error);
    for (guint i = 0; people != NULL && i < people->len; i++) {
        g_autofree char *refused = NULL;
        if (!tick(judge, organization, renew, people->pdata[i], &refused, error))
            return FALSE;
    }
    return people != NULL;
}

static gboolean forget(const struct judge *judge, gint64 now, GError **error)
{
    return departed_forget(judge->session, now, error) &&
           invitation_forget(judge->session, now - judge->restore_window, error) &&
           outbox_forget(judge->session, error);
}

gboolean sweep_all(const struct judge *judge, gint64 now, GError **error)
{
    if (judge->time_is_frozen)
        return TRUE;
    g_autoptr(GPtrArray) names = organization_names(judge->session, error);
    if (names == NULL)
        return FALSE;
    gboolean may_renew = renews(judge) && send_window_is_open(judge->renewal->window, now);
    for (guint i = 0; i < names->len; i++)
        if (!sweep_organization(judge, names->pdata[i], now, error) ||
            !expire_ahead(judge, names->pdata[i], now, error) ||
            !sweep_follow(judge, names->pdata[i], error) ||
            (may_renew && !renew_all(judge, names->pdata[i], now, error)))
            return FALSE;
    return forget(judge, now, error);
}

static void keep_earlier(gint64 *next, gint64 at)
{
    if (at != 0 && (*next == 0 || at < *next))
        *next = at;
}

static gboolean next_renewal(const struct judge *judge, const char *organization, gint64 now,
                             gint64 *next, GError **error)
{
    gint64 first = 0;
    g_autoptr(GPtrArray) people = find_renewable(judge, organization, now, error);
    for (guint i = 0; people != NULL && i < people->len; i++) {
        gint64 at = 0;
        const struct renewal_case renewal = {.organization = organization,
                                             .person = people->pdata[i],
                                             .policy = judge->renewal,
                                             .now = now};
        if (!renewal_next(judge->session, &renewal, &at, error))
            return FALSE;
        keep_earlier(&first, at);
    }
    keep_earlier(next, first == 0 ? 0 : send_window_next(judge->renewal->window, first));
    return people != NULL;
}

gboolean sweep_next(const struct judge *judge, gint64 now, gint64 *next, GError **error)
{
    g_autoptr(GPtrArray) names = NULL;
    if (!store_number(
            judge->session,
            "SELECT COALESCE(MIN(due), 0) FROM ("
            " SELECT MIN(expires_at) AS due FROM person WHERE status = 'invited'"
            " UNION ALL SELECT MIN(until) FROM departed"
            " UNION ALL SELECT MIN(closed_at) + ? FROM invitation WHERE closed_at > 0"
            "  AND NOT EXISTS (SELECT 1 FROM person p WHERE"
            "   p.organization = invitation.organization AND p.id = invitation.person)) AS "
            "dates",
            STORE_BIND(store_int(judge->restore_window)), 0, next, error))
        return FALSE;
    if (!renews(judge))
        return TRUE;
    names = organization_names(judge->session, error);
    for (guint i = 0; names != NULL && i < names->len; i++)
        if (!next_renewal(judge, names->pdata[i], now, next, error))
            return FALSE;
    return names != NULL;
}
