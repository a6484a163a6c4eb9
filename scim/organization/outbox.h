/*
 * The outbox: mails that wait in the database, written in the transaction of the invitation they
 * carry, so that an acknowledged invitation is mailed at least once (R64, M01).
 *
 * A message holds the link's secret only until the mail server has taken it, or it is given up. The
 * judge's rooms put and withdraw; a mailer takes what is due, hands it over, and settles it. Each
 * function that a mailer calls is a transaction of its own. What owners see of it changes the
 * versions of the invitation and the organization, and of the person when a mail is given up, so
 * that no ETag is stale.
 */
#pragma once

#include <glib.h>

#include "scim/organization/outbox_message.h"
#include "scim/store/store.h"

enum outbox_state {
    OUTBOX_NONE, /* no mail belongs to the invitation */
    OUTBOX_WAITING,
    OUTBOX_SENT,
    OUTBOX_UNDELIVERABLE, /* refused, or its time ran out */
};

/* "waiting" ... Never NULL. */
const char *outbox_state_name(enum outbox_state state);

/* For the judge's rooms, inside their transaction. */
struct outbox_row {
    const char *organization, *id; /* id: change_new_id(); the Message-ID is made of it */
    const char *invitation, *person, *address;
    const char *token; /* what opens the invitation */
    gint64 created, expires_at;
};

/* Takes the place of an older message of that invitation, whose link is dead: also one that waits. */
gboolean outbox_put(StoreSession *session, const struct outbox_row *row, GError **error);

/* The invitation is over: what waits is not sent any more, and goes with its secret. */
gboolean outbox_withdraw(StoreSession *session, const char *organization, const char *person,
                         GError **error);

/* What became of the mail of an invitation: for the Invitation resource. */
struct outbox_delivery {
    enum outbox_state state;
    gboolean is_refused; /* undeliverable by the server's word: another mail is of no use */
    char *detail;        /* the server's last words, or why it was given up; NULL: none */
    gint64 attempts, attempted_at;
};

gboolean outbox_read(StoreSession *session, const char *organization, const char *invitation,
                     struct outbox_delivery *delivery, GError **error);
void outbox_delivery_clear(struct outbox_delivery *delivery);

/* Goes with the invitations: rows whose invitation is forgotten are forgotten too. */
gboolean outbox_forget(StoreSession *session, GError **error);

/* For a mailer (outbox_message.h). */

/* The one that has been due for longest at `now`; *found FALSE: none, and *next is when there is
 * something to do (0: none waits). What can no longer be used in time is given up here: an hour
 * before expiry, or when three quarters of a lifetime under four hours are over. */
gboolean outbox_take(StoreSession *session, gint64 now, struct outbox_message *message,
                     gboolean *found, gint64 *next, GError **error);

/* The server has it: the secret goes, the row stays. A message that was replaced or withdrawn
 * meanwhile is nobody's: TRUE, nothing happens. */
gboolean outbox_sent(StoreSession *session, const struct outbox_message *message, gint64 now,
                     GError **error);

/* No mail goes out for now: the secrets of those that did leave the store's files too. */
gboolean outbox_tidy(StoreSession *session, GError **error);

/* Not now: tried again after a wait that grows (1, 2, 5, 10, 15 minutes and so on), `detail` shown. */
gboolean outbox_postpone(StoreSession *session, const struct outbox_message *message,
                         gint64 now, const char *detail, GError **error);

/* Never: `detail` is shown to owners. */
gboolean outbox_give_up(StoreSession *session, const struct outbox_message *message, gint64 now,
                        const char *detail, GError **error);
