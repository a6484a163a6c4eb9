/*
 * Invitations, read-only, and the token that opens one.
 *
 * Only SHA-256 of a token is stored (I5); it is 256 random bits as base64url. A person has at
 * most one pending invitation. Closed ones are kept for the restore window.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

enum invitation_status {
    INVITATION_PENDING,
    INVITATION_ACCEPTED,
    INVITATION_DECLINED,
    INVITATION_REVOKED,
    INVITATION_EXPIRED,
};

struct invitation {
    char *id;
    char *person; /* id; the person may be gone when it is closed */
    char *address;
    enum invitation_status status; /* at the time asked for */
    gint64 created, sent_at, expires_at, sent_count, version;
    gint64 modified;  /* when it was last sent or ended; 0: when it was created */
    char *invited_by; /* the label of the actor: "person:<id>", "operator:anna",
                         "directory:corp" */
};

typedef struct invitation Invitation;

/* "pending" ... Never NULL. */
const char *invitation_status_name(enum invitation_status status);
gboolean invitation_status_parse(const char *name, enum invitation_status *status);

void invitation_free(Invitation *invitation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Invitation, invitation_free)

/* Nothing found: TRUE and *invitation NULL. */
gboolean invitation_read(StoreSession *session, const char *organization, const char *id,
                         gint64 now, Invitation **invitation, GError **error);

/* The newest first, closed ones included; of one person, or, with NULL, of all. NULL: the store
 * failed. */
GPtrArray *invitation_list(StoreSession *session, const char *organization, const char *person,
                           gint64 now, GError **error);

/* What the accept page may show before the answer; dead tokens all look the same: TRUE and
 * *invitation NULL. *organization (may be NULL) is the caller's to free. */
gboolean invitation_look_up(StoreSession *session, const char *token, gint64 now,
                            Invitation **invitation, char **organization, GError **error);

/* For the judge's rooms. */
struct invitation_row {
    const char *organization, *id, *person, *address, *token, *invited_by;
    gint64 sent_at, expires_at;
};

gboolean invitation_insert(StoreSession *session, const struct invitation_row *row,
                           GError **error);

/* A new token, address and time for the pending or expired one of that id: the old token is dead. */
gboolean invitation_resend(StoreSession *session, const struct invitation_row *row,
                           GError **error);

/* Ends the open one of a person, if there is one: pending, or over by time and not sent anew. */
gboolean invitation_close(StoreSession *session, const char *organization, const char *person,
                          enum invitation_status status, gint64 now, GError **error);

/* Closed ones that are older than the window are forgotten. */
gboolean invitation_forget(StoreSession *session, gint64 before, GError **error);
