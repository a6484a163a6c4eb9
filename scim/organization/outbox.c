#include "scim/organization/outbox.h"

#include <string.h>

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)

/* Waits after the first, second ... attempt; the last one stays. */
static const gint64 waits[] = {1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE};

#define LONGEST_WAIT (15 * MINUTE)

/* When a waiting mail is given up: nobody wants a link with minutes left. */
#define TOO_LATE                                                                               \
    "(expires_at - CASE WHEN expires_at - created < 14400 THEN (expires_at - created) / 4"     \
    " ELSE 3600 END)"

/* A date that lies further ahead than any wait was written by a clock that was ahead (T01). */
#define IS_DUE "(due <= ?1 OR due > ?1 + 900)"

G_STATIC_ASSERT(HOUR == 3600 && 4 * HOUR == 14400 && LONGEST_WAIT == 900);

#define TIME_RAN_OUT "it could not be delivered before its time ran out"

const char *outbox_state_name(enum outbox_state state)
{
    switch (state) {
    case OUTBOX_NONE:
        return "none";
    case OUTBOX_WAITING:
        return "waiting";
    case OUTBOX_SENT:
        return "sent";
    case OUTBOX_UNDELIVERABLE:
        return "undeliverable";
    }
    return "none";
}

gboolean outbox_put(StoreSession *session, const struct outbox_row *row, GError **error)
{
    return store_run(session, "DELETE FROM outbox WHERE organization = ? AND invitation = ?",
                     STORE_BIND(store_text(row->organization), store_text(row->invitation)),
                     error) &&
           store_run(session,
                     "INSERT INTO outbox (organization, id, invitation, person, address, token,"
                     " state, created, expires_at, due)"
                     " VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)",
                     STORE_BIND(store_text(row->organization), store_text(row->id),
                                store_text(row->invitation), store_text(row->person),
                                store_text(row->address), store_text(row->token),
                                store_int(row->created), store_int(row->expires_at),
                                store_int(row->created)),
                     error);
}

gboolean outbox_withdraw(StoreSession *session, const char *organization, const char *person,
                         GError **error)
{
    return store_run(
        session,
        "DELETE FROM outbox WHERE organization = ? AND person = ? AND state = 'waiting'",
        STORE_BIND(store_text(organization), store_text(person)), error);
}

gboolean outbox_forget(StoreSession *session, GError **error)
{
    return store_run(
        session,
        "DELETE FROM outbox WHERE NOT EXISTS (SELECT 1 FROM invitation i"
        " WHERE i.organization = outbox.organization AND i.id = outbox.invitation)",
        STORE_NOTHING, error);
}

static enum outbox_state parse_state(const char *name)
{
    for (enum outbox_state state = OUTBOX_WAITING; state <= OUTBOX_UNDELIVERABLE; state++)
        if (strcmp(name, outbox_state_name(state)) == 0)
            return state;
    return OUTBOX_NONE;
}

/* `due` is 0 where the server refused: see settle(). */
gboolean outbox_read(StoreSession *session, const char *organization, const char *invitation,
                     struct outbox_delivery *delivery, GError **error)
{
    struct store_rows *rows =
        store_query(session,
                    "SELECT state, detail, attempts, attempted_at, due FROM outbox"
                    " WHERE organization = ? AND invitation = ?",
                    STORE_BIND(store_text(organization), store_text(invitation)), TRUE);
    *delivery = (struct outbox_delivery){.state = OUTBOX_NONE};
    if (store_next(rows)) {
        delivery->state = parse_state(store_text_at(rows, 0));
        delivery->detail = g_strdup(store_text_at(rows, 1));
        delivery->attempts = store_int_at(rows, 2);
        delivery->attempted_at = store_int_at(rows, 3);
        delivery->is_refused =
            delivery->state == OUTBOX_UNDELIVERABLE && store_int_at(rows, 4) == 0;
    }
    return store_end(rows, error);
}

void outbox_delivery_clear(struct outbox_delivery *delivery)
{
    g_free(delivery->detail);
    *delivery = (struct outbox_delivery){0};
}

static gboolean finish(StoreSession *session, gboolean good, GError **error)
{
    if (good)
        return store_commit(session, error);
    store_rollback(session);
    return FALSE;
}

/* Owners see it at the invitation, and at the person when nothing was delivered. */
static gboolean bump(StoreSession *session, const char *organization, const char *invitation,
                     enum outbox_state state, GError **error)
{
    return store_run(session,
                     "UPDATE invitation SET version = version + 1"
                     " WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(organization), store_text(invitation)), error) &&
           (state != OUTBOX_UNDELIVERABLE ||
            store_run(session,
                      "UPDATE person SET version = version + 1 WHERE organization = ?1 AND id ="
                      " (SELECT person FROM invitation WHERE organization = ?1 AND id = ?2)",
                      STORE_BIND(store_text(organization), store_text(invitation)), error)) &&
           store_run(session, "UPDATE organization SET version = version + 1 WHERE name = ?",
                     STORE_BIND(store_text(organization)), error);
}

struct overdue {
    char *organization, *id, *invitation;
};

static void overdue_clear(gpointer data)
{
    struct overdue *overdue = data;
    g_free(overdue->organization);
    g_free(overdue->id);
    g_free(overdue->invitation);
}

static gboolean give_up_overdue(StoreSession *session, gint64 now, gint64 *given_up,
                                GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct overdue));
    g_array_set_clear_func(all, overdue_clear);
    struct store_rows *rows = store_query(session,
                                          "SELECT organization, id, invitation FROM outbox"
                                          " WHERE state = 'waiting' AND " TOO_LATE " <= ?1",
                                          STORE_BIND(store_int(now)), TRUE);
    while (store_next(rows)) {
        const struct overdue overdue = {.organization = g_strdup(store_text_at(rows, 0)),
                                        .id = g_strdup(store_text_at(rows, 1)),
                                        .invitation = g_strdup(store_text_at(rows, 2))};
        g_array_append_val(all, overdue);
    }
    gboolean good = store_end(rows, error);
    *given_up = all->len;
    for (guint i = 0; good && i < all->len; i++) {
        const struct overdue *overdue = &g_array_index(all, struct overdue, i);
        good = store_run(session,
                         "UPDATE outbox SET state = 'undeliverable', token = NULL,"
                         " detail = CASE WHEN detail IS NULL THEN '" TIME_RAN_OUT "'"
                         " ELSE '" TIME_RAN_OUT "; the last attempt: ' || detail END"
                         " WHERE organization = ? AND id = ?",
                         STORE_BIND(store_text(overdue->organization), store_text(overdue->id)),
                         error) &&
               bump(session, overdue->organization, overdue->invitation, OUTBOX_UNDELIVERABLE,
                    error);
    }
    return good;
}

/* A link that opens nothing any more is mailed to nobody, whoever forgot to withdraw it. */
static gboolean drop_closed(StoreSession *session, GError **error)
{
    return store_run(session,
                     "DELETE FROM outbox WHERE state = 'waiting' AND NOT EXISTS"
                     " (SELECT 1 FROM invitation i WHERE i.organization = outbox.organization"
                     "  AND i.id = outbox.invitation AND i.status = 'pending')",
                     STORE_NOTHING, error);
}

static gboolean take_due(StoreSession *session, gint64 now, struct outbox_message *message,
                         gboolean *found, GError **error)
{
    g_autofree char *person = NULL, *invited_by = NULL;
    struct store_rows *rows = store_query(
        session,
        "SELECT o.organization, o.id, o.invitation, o.address, o.token, o.created,"
        " o.expires_at, o.attempts, o.person, i.invited_by"
        " FROM outbox o JOIN invitation i"
        " ON i.organization = o.organization AND i.id = o.invitation"
        " WHERE o.state = 'waiting' AND " IS_DUE
        " ORDER BY CASE WHEN o.due > ?1 THEN ?1 ELSE o.due END, o.created, o.organization, o.id"
        " LIMIT 1",
        STORE_BIND(store_int(now)), TRUE);
    *found = store_next(rows);
    if (*found) {
        message->organization = g_strdup(store_text_at(rows, 0));
        message->id = g_strdup(store_text_at(rows, 1));
        message->invitation = g_strdup(store_text_at(rows, 2));
        message->address = g_strdup(store_text_at(rows, 3));
        message->token = g_strdup(store_text_at(rows, 4));
        message->created = store_int_at(rows, 5);
        message->expires_at = store_int_at(rows, 6);
        message->attempts = store_int_at(rows, 7);
        person = g_strdup(store_text_at(rows, 8));
        invited_by = g_strdup(store_text_at(rows, 9));
    }
    return store_end(rows, error) &&
           (!*found || outbox_message_read(session, message, person, invited_by, error));
}

/* The earlier of the next attempt and the next giving up. */
static gboolean read_next(StoreSession *session, gint64 *next, GError **error)
{
    return store_number(session,
                        "SELECT COALESCE(MIN(CASE WHEN due < " TOO_LATE
                        " THEN due ELSE " TOO_LATE " END), 0)"
                        " FROM outbox WHERE state = 'waiting'",
                        STORE_NOTHING, 0, next, error);
}

/* Looking is for nothing most of the time: then nobody who writes is kept waiting. */
static gboolean has_work(StoreSession *session, gint64 now, gboolean *has, GError **error)
{
    gint64 count = 0;
    gboolean good = store_number(session,
                                 "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"
                                 " AND (" IS_DUE " OR " TOO_LATE " <= ?1)",
                                 STORE_BIND(store_int(now)), 0, &count, error);
    *has = count > 0;
    return good;
}

gboolean outbox_take(StoreSession *session, gint64 now, struct outbox_message *message,
                     gboolean *found, gint64 *next, GError **error)
{
    *message = (struct outbox_message){0};
    *found = FALSE;
    *next = 0;
    gboolean has = FALSE;
    if (!has_work(session, now, &has, error))
        return FALSE;
    if (!has)
        return read_next(session, next, error);
    if (!store_begin(session, error))
        return FALSE;
    gboolean good = drop_closed(session, error) &&
                    give_up_overdue(session, now, &message->overdue, error) &&
                    take_due(session, now, message, found, error) &&
                    (*found || read_next(session, next, error));
    if (finish(session, good, error))
        return TRUE;
    outbox_message_clear(message);
    *found = FALSE;
    return FALSE;
}

/* One end of an attempt. Whoever replaced the row gave it another id, so that it is not found. */
struct settlement {
    enum outbox_state state;
    gint64 due;         /* 0: the last word is the server's */
    const char *detail; /* NULL: none */
};

static gboolean settle(StoreSession *session, const struct outbox_message *message, gint64 now,
                       const struct settlement *settlement, GError **error)
{
    if (!store_begin(session, error))
        return FALSE;
    gboolean good = store_run(
        session,
        "UPDATE outbox SET state = ?1, token = CASE WHEN ?1 = 'waiting' THEN token END,"
        " due = ?2, detail = ?3, attempts = attempts + 1, attempted_at = ?4"
        " WHERE organization = ?5 AND id = ?6 AND state = 'waiting'",
        STORE_BIND(store_text(outbox_state_name(settlement->state)), store_int(settlement->due),
                   store_text(settlement->detail), store_int(now),
                   store_text(message->organization), store_text(message->id)),
        error);
    if (good && store_changes(session) > 0)
        good =
            bump(session, message->organization, message->invitation, settlement->state, error);
    return finish(session, good, error);
}

gboolean outbox_sent(StoreSession *session, const struct outbox_message *message, gint64 now,
                     GError **error)
{
    const struct settlement sent = {.state = OUTBOX_SENT, .due = now};
    return settle(session, message, now, &sent, error);
}

gboolean outbox_postpone(StoreSession *session, const struct outbox_message *message,
                         gint64 now, const char *detail, GError **error)
{
    gsize last = G_N_ELEMENTS(waits) - 1;
    gint64 wait = waits[MIN((gsize)MAX(message->attempts, 0), last)];
    const struct settlement postponed = {
        .state = OUTBOX_WAITING, .due = now + wait, .detail = detail};
    return settle(session, message, now, &postponed, error);
}

gboolean outbox_give_up(StoreSession *session, const struct outbox_message *message, gint64 now,
                        const char *detail, GError **error)
{
    const struct settlement refused = {.state = OUTBOX_UNDELIVERABLE, .detail = detail};
    return settle(session, message, now, &refused, error);
}

gboolean outbox_tidy(StoreSession *session, GError **error)
{
    return store_tidy(session, error);
}
