#include "scim/organization/invitation.h"

#include <string.h>

#define TOKEN_BYTES 43 /* 256 bits as base64url */

static const char *const names[] = {
    [INVITATION_PENDING] = "pending",   [INVITATION_ACCEPTED] = "accepted",
    [INVITATION_DECLINED] = "declined", [INVITATION_REVOKED] = "revoked",
    [INVITATION_EXPIRED] = "expired",
};

const char *invitation_status_name(enum invitation_status status)
{
    return names[status];
}

gboolean invitation_status_parse(const char *name, enum invitation_status *status)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *status = (enum invitation_status)i;
            return TRUE;
        }
    return FALSE;
}

void invitation_free(Invitation *invitation)
{
    if (invitation == NULL)
        return;
    g_free(invitation->id);
    g_free(invitation->person);
    g_free(invitation->address);
    g_free(invitation->invited_by);
    g_free(invitation);
}

static void destroy(gpointer data)
{
    invitation_free(data);
}

#define INVITATION_COLUMNS                                                                     \
    "SELECT id, person, address, status, created, sent_at, expires_at, sent_count, version,"   \
    " invited_by, organization, CASE WHEN closed_at > sent_at THEN closed_at ELSE sent_at END" \
    " FROM invitation"

static Invitation *read_row(struct store_rows *rows, gint64 now)
{
    Invitation *invitation = g_new0(struct invitation, 1);
    invitation->id = g_strdup(store_text_at(rows, 0));
    invitation->person = g_strdup(store_text_at(rows, 1));
    invitation->address = g_strdup(store_text_at(rows, 2));
    invitation_status_parse(store_text_at(rows, 3), &invitation->status);
    invitation->created = store_int_at(rows, 4);
    invitation->sent_at = store_int_at(rows, 5);
    invitation->expires_at = store_int_at(rows, 6);
    invitation->sent_count = store_int_at(rows, 7);
    invitation->version = store_int_at(rows, 8);
    invitation->invited_by = g_strdup(store_text_at(rows, 9));
    invitation->modified = store_int_at(rows, 11);
    if (invitation->status == INVITATION_PENDING && invitation->expires_at <= now) {
        invitation->status = INVITATION_EXPIRED;
        invitation->version++;
        invitation->modified = invitation->expires_at;
    }
    return invitation;
}

gboolean invitation_read(StoreSession *session, const char *organization, const char *id,
                         gint64 now, Invitation **invitation, GError **error)
{
    struct store_rows *rows =
        store_query(session, INVITATION_COLUMNS " WHERE organization = ? AND id = ?",
                    STORE_BIND(store_text(organization), store_text(id)), TRUE);
    *invitation = store_next(rows) ? read_row(rows, now) : NULL;
    return store_end(rows, error);
}

GPtrArray *invitation_list(StoreSession *session, const char *organization, const char *person,
                           gint64 now, GError **error)
{
    g_autoptr(GPtrArray) invitations = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows = store_query(
        session,
        INVITATION_COLUMNS " WHERE organization = ?1 AND (?2 IS NULL OR person = ?2)"
                           " ORDER BY created DESC, id",
        STORE_BIND(store_text(organization), store_text(person)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(invitations, read_row(rows, now));
    return store_end(rows, error) ? g_steal_pointer(&invitations) : NULL;
}

/* The look-up is by digest, so its time tells nothing of the token (R34). */
static void digest_of(const char *token, guint8 digest[32])
{
    gsize length = 32;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)token, -1);
    g_checksum_get_digest(checksum, digest, &length);
}

gboolean invitation_look_up(StoreSession *session, const char *token, gint64 now,
                            Invitation **invitation, char **organization, GError **error)
{
    *invitation = NULL;
    if (organization != NULL)
        *organization = NULL;
    if (token == NULL || strlen(token) != TOKEN_BYTES)
        return TRUE;
    guint8 digest[32];
    digest_of(token, digest);
    struct store_rows *rows =
        store_query(session, INVITATION_COLUMNS " WHERE token_hash = ? AND expires_at > ?",
                    STORE_BIND(store_blob(digest, sizeof digest), store_int(now)), TRUE);
    if (store_next(rows)) {
        *invitation = read_row(rows, now);
        if (organization != NULL)
            *organization = g_strdup(store_text_at(rows, 10));
    }
    return store_end(rows, error);
}

gboolean invitation_insert(StoreSession *session, const struct invitation_row *row,
                           GError **error)
{
    guint8 digest[32];
    digest_of(row->token, digest);
    return store_run(session,
                     "INSERT INTO invitation (organization, id, person, address, token_hash,"
                     " status, sent_at, expires_at, sent_count, invited_by, created)"
                     " VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, 1, ?, ?)",
                     STORE_BIND(store_text(row->organization), store_text(row->id),
                                store_text(row->person), store_text(row->address),
                                store_blob(digest, sizeof digest), store_int(row->sent_at),
                                store_int(row->expires_at), store_text(row->invited_by),
                                store_int(row->sent_at)),
                     error);
}

gboolean invitation_resend(StoreSession *session, const struct invitation_row *row,
                           GError **error)
{
    guint8 digest[32];
    digest_of(row->token, digest);
    return store_run(session,
                     "UPDATE invitation SET token_hash = ?, status = 'pending', address = ?,"
                     " sent_at = ?, expires_at = ?, sent_count = sent_count + 1, closed_at = 0,"
                     " version = version + 1 WHERE organization = ? AND id = ?",
                     STORE_BIND(store_blob(digest, sizeof digest), store_text(row->address),
                                store_int(row->sent_at), store_int(row->expires_at),
                                store_text(row->organization), store_text(row->id)),
                     error);
}

gboolean invitation_close(StoreSession *session, const char *organization, const char *person,
                          enum invitation_status status, gint64 now, GError **error)
{
    return store_run(
        session,
        "UPDATE invitation SET status = ?, token_hash = NULL, closed_at = ?,"
        " version = version + 1"
        " WHERE organization = ? AND person = ? AND status IN ('pending', 'expired')",
        STORE_BIND(store_text(invitation_status_name(status)), store_int(now),
                   store_text(organization), store_text(person)),
        error);
}

gboolean invitation_forget(StoreSession *session, gint64 before, GError **error)
{
    return store_run(session,
                     "DELETE FROM invitation WHERE closed_at > 0 AND closed_at <= ?"
                     " AND NOT EXISTS (SELECT 1 FROM person p WHERE"
                     "  p.organization = invitation.organization AND p.id = invitation.person)",
                     STORE_BIND(store_int(before)), error);
}
