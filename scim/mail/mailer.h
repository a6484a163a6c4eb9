/*
 * The mailer: a thread that takes from the outbox what is due and hands it to the mail server.
 *
 *   Mailer *mailer = mailer_start(&options, &error);
 *   mailer_wake(mailer);                      after a commit that may have put something there
 *   mailer_stop(mailer);                      finishes the hand-over under way, then ends
 *
 * What is due is looked for when it is woken, when the next mail is due, and once a minute.
 *
 * At least once: a mail counts as sent when the server said 250 and that is in the database; a crash
 * between the two sends it a second time under the same Message-ID (RFC 1047).
 */
#pragma once

#include <glib.h>

#include "scim/mail/smtp.h"
#include "scim/organization/outbox.h"
#include "scim/protocol/clock.h"

struct mailer_options {
    StoreSession *session; /* a writing one, the mailer's alone until it has stopped */
    const struct clock *clock;
    struct smtp_options smtp;
    const char *from;
    const char *url; /* public URL of the endpoint */
    gint64 rate;     /* hand-overs in any minute at most; 0: no limit (M05) */
    /* The wall clock cannot be believed at the moment: nothing is taken, so nothing is given up for
     * its age (T01). NULL: it always can. On the mailer's thread. */
    gboolean (*time_is_frozen)(void *context);
    /* Told on the mailer's thread: one line, no secret, no link, no address. */
    void (*log)(void *context, GLogLevelFlags level, const char *line);
    void *context;
};

typedef struct mailer Mailer;

/* Options are copied, their texts too. Looks at once. OUTCOME_SETTINGS: the mail server's URL or the
 * sender is none. */
Mailer *mailer_start(const struct mailer_options *options, GError **error);

/* From any thread: look now. */
void mailer_wake(Mailer *mailer);

/* Takes no longer than the hand-over under way may (smtp_options.timeout). The session is the
 * caller's again. NULL is fine. */
void mailer_stop(Mailer *mailer);
