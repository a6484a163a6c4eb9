#include "scim/organization/audit.h"

#include <string.h>

#include "scim/organization/audit_line.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

static const char *const names[] = {
    [AUDIT_BEGIN] = "begin",     [AUDIT_INVITE] = "invite",   [AUDIT_REISSUE] = "reissue",
    [AUDIT_RESEND] = "resend",   [AUDIT_RENEW] = "renew",     [AUDIT_EXPIRE] = "expire",
    [AUDIT_ACCEPT] = "accept",   [AUDIT_DECLINE] = "decline", [AUDIT_REVOKE] = "revoke",
    [AUDIT_RESTORE] = "restore", [AUDIT_HOLD] = "hold",       [AUDIT_CREATE] = "create",
    [AUDIT_EDIT] = "edit",       [AUDIT_SUSPEND] = "suspend", [AUDIT_REACTIVATE] = "reactivate",
    [AUDIT_SUCCEED] = "succeed", [AUDIT_REMOVE] = "remove",   [AUDIT_LEAVE] = "leave",
    [AUDIT_LIFT] = "lift",       [AUDIT_ROTATE] = "rotate",   [AUDIT_EXPORT] = "export",
    [AUDIT_GRANT] = "grant",
};

const char *audit_action_name(enum audit_action action)
{
    return names[action];
}

gboolean audit_read_head(StoreSession *session, const char *organization,
                         struct audit_head *head, GError **error)
{
    *head = (struct audit_head){0};
    struct store_rows *rows =
        store_query(session, "SELECT seq, hash FROM audit_head WHERE organization = ?",
                    STORE_BIND(store_text(organization)), TRUE);
    gsize length = sizeof head->hash;
    if (store_next(rows)) {
        head->seq = store_int_at(rows, 0);
        const void *hash = store_blob_at(rows, 1, &length);
        if (length == sizeof head->hash)
            memcpy(head->hash, hash, length);
    }
    if (!store_end(rows, error))
        return FALSE;
    if (length == sizeof head->hash)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                "the end of the audit trail of \"%s\" is damaged: run `rolecall audit verify`",
                organization);
    return FALSE;
}

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *valid =
        g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    json_object_set_new(object, name, json_string(valid != NULL ? valid : text));
}

static char *print(const struct audit_record *record, gint64 seq)
{
    json_t *object = json_object();
    g_autofree char *time = clock_print(record->time);
    json_object_set_new(object, "seq", json_integer(seq));
    put_text(object, "time", time);
    put_text(object, "organization", record->organization);
    put_text(object, "actor", record->actor);
    put_text(object, "actorName", record->actor_name);
    put_text(object, "source", record->source);
    put_text(object, "run", record->run);
    put_text(object, "request", record->request);
    put_text(object, "reason", record->reason);
    put_text(object, "action", audit_action_name(record->action));
    put_text(object, "object", record->object);
    if (record->before != NULL)
        json_object_set(object, "before", record->before);
    if (record->after != NULL)
        json_object_set(object, "after", record->after);
    if (record->anchors > 0)
        json_object_set_new(object, "anchors", json_integer(record->anchors));
    char *line = audit_line_print(object);
    json_decref(object);
    return line;
}

static void link_hash(const struct audit_key *key, const char *line, struct audit_head *head)
{
    gsize length = sizeof head->hash;
    const guint64 number = GUINT64_TO_BE((guint64)head->seq);
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes, sizeof key->bytes);
    g_hmac_update(hmac, head->hash, sizeof head->hash);
    g_hmac_update(hmac, (const guchar *)&number, sizeof number);
    g_hmac_update(hmac, (const guchar *)line, (gssize)strlen(line));
    g_hmac_get_digest(hmac, head->hash, &length);
    g_hmac_unref(hmac);
}

static gboolean write_record(StoreSession *session, const char *organization, const char *line,
                             const struct audit_head *head, GError **error)
{
    const struct store_value hash = store_blob(head->hash, sizeof head->hash);
    return store_run(session,
                     "INSERT INTO audit (organization, seq, record, hash) VALUES (?, ?, ?, ?)",
                     STORE_BIND(store_text(organization), store_int(head->seq),
                                store_text(line), hash),
                     error) &&
           store_run(session,
                     "INSERT INTO audit_head (organization, seq, hash) VALUES (?, ?, ?)"
                     " ON CONFLICT (organization) DO UPDATE"
                     " SET seq = excluded.seq, hash = excluded.hash",
                     STORE_BIND(store_text(organization), store_int(head->seq), hash), error);
}

gboolean audit_append(StoreSession *session, const struct audit_key *key,
                      const struct audit_record *record, struct audit_head *head,
                      GError **error)
{
    struct audit_head end;
    if (!store_in_transaction(session)) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "a record of \"%s\" outside the transaction of its change",
                    record->organization);
        return FALSE;
    }
    if (!audit_read_head(session, record->organization, &end, error))
        return FALSE;
    end.seq++;
    g_autofree char *line = print(record, end.seq);
    link_hash(key, line, &end);
    if (!write_record(session, record->organization, line, &end, error)) {
        g_prefix_error(error, "the audit trail of \"%s\": ", record->organization);
        return FALSE;
    }
    if (head != NULL)
        *head = end;
    return TRUE;
}
