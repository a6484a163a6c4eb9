/*
 * A mail of the outbox as a mailer takes it: everything that it says, as it stands when it is taken,
 * so that a display name changed meanwhile is the new one.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

struct outbox_message {
    char *organization, *id, *invitation;
    char *address, *token;
    char *organization_name; /* display name */
    char *inviter;           /* display name of the person who invited; NULL: none known */
    char *inviter_address;   /* NULL with no inviter: an administrator or a service invited */
    GPtrArray *roles;        /* char *: as of struct invitation_words */
    gint64 created, expires_at, attempts;
    gint64
        overdue; /* so many outbox_take() gave up for their age, whether it found one or not */
};

/* Fills organization_name, inviter, inviter_address and roles of a message whose organization is
 * set. `invited_by` is the invitation's label. */
gboolean outbox_message_read(StoreSession *session, struct outbox_message *message,
                             const char *person, const char *invited_by, GError **error);

/* Wipes the token. Safe on a zeroed struct. */
void outbox_message_clear(struct outbox_message *message);
