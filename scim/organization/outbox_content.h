/*
 * What a mail of the outbox says besides its link: who invites, to what, as what. Read when the mail
 * is taken, so that a display name changed meanwhile is the new one.
 */
#pragma once

#include "scim/organization/outbox.h"

/* Fills organization_name, inviter, inviter_address and roles of a message whose organization is
 * set. `invited_by` is the invitation's label. */
gboolean outbox_content_read(StoreSession *session, struct outbox_message *message,
                             const char *person, const char *invited_by, GError **error);
