/*
 * The audit trail: one record a change, written in the transaction of the change (I8), in one
 * chain an organization. The links are keyed: h(n) = HMAC-SHA256(key, h(n-1) || n || record), h(0)
 * all zero; n counts from 1 without a gap. The tables refuse UPDATE and DELETE of records.
 *
 * A record is one line of compact JSON with sorted names:
 *
 *   { "seq": 12, "time": "2026-11-22T01:47:12Z", "organization": "acme", "anchors": 7,
 *     "actor": "person:<id>" | "operator:anna" | "scim:okta" | "directory:corp" | "token:x" |
 *              "time" | "config" | "anybody",     who asked for a new link need not be the person
 *     "actorName": "dana@example.com",            of a person, as they were called
 *     "source": "192.0.2.7" | "unix" | "local",   here and below: where there are any
 *     "run": ..., "request": ..., "reason": ...,
 *     "action": "invite", "object": "person:<id>",
 *     "before": { ... }, "after": { ... } }       absent: did not exist, exists no more
 *
 * "anchors" says how many lines the anchors file was known to hold (audit_anchors.h), so that a file
 * that was cut is seen. What concerns all organizations at once (their connections and tokens) has a
 * chain of its own, AUDIT_EVERYWHERE. before and after of a person are the whole state
 * (audit_person.h), so that one record answers who had what. No record holds a secret: of tokens
 * and invitations their ids.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/audit_key.h"
#include "scim/store/store.h"

/* The chain of what belongs to no organization alone; never the name of one. */
#define AUDIT_EVERYWHERE "*"

#define AUDIT_HASH_BYTES 32

enum audit_action {
    AUDIT_BEGIN, /* the trail begins in an organization that stood before it: one a person */
    AUDIT_INVITE,
    AUDIT_REISSUE, /* a new link because role or address changed */
    AUDIT_RESEND,
    AUDIT_RENEW,
    AUDIT_EXPIRE,
    AUDIT_ACCEPT,
    AUDIT_DECLINE,
    AUDIT_REVOKE,
    AUDIT_RESTORE,
    AUDIT_HOLD,
    AUDIT_CREATE, /* a person active from the start, a project, a connection, an organization */
    AUDIT_EDIT,
    AUDIT_SUSPEND,
    AUDIT_REACTIVATE,
    AUDIT_SUCCEED, /* a stand-in begins or ends */
    AUDIT_REMOVE,
    AUDIT_LEAVE,
    AUDIT_LIFT, /* an override or a marker */
    AUDIT_ROTATE,
    AUDIT_EXPORT, /* the trail was read out */
    AUDIT_GRANT,  /* a client fetched an access token: it ends by itself */
};

/* "invite" ... Never NULL. */
const char *audit_action_name(enum audit_action action);

struct audit_record {
    const char *organization;
    gint64 time;
    const char *actor;
    const char *actor_name, *source, *run, *request, *reason; /* each may be NULL */
    enum audit_action action;
    const char *object;
    json_t *before, *after; /* owned by whoever made the record; NULL: none */
    gint64 anchors;         /* 0: none is known of */
};

/* The end of a chain. */
struct audit_head {
    gint64 seq; /* 0: no record yet */
    guint8 hash[AUDIT_HASH_BYTES];
};

/* Appends one record inside the caller's transaction; *head (may be NULL) is the new end. */
gboolean audit_append(StoreSession *session, const struct audit_key *key,
                      const struct audit_record *record, struct audit_head *head,
                      GError **error);

gboolean audit_read_head(StoreSession *session, const char *organization,
                         struct audit_head *head, GError **error);
