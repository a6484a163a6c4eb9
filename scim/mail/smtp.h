/*
 * One mail to one SMTP server through libcurl: STARTTLS or smtps, authentication, absolute time
 * limits, never in clear where TLS is wanted (M02).
 *
 *   g_autoptr(Smtp) smtp = smtp_new(&options, &error);
 *   result = smtp_send(smtp, "console@example.com", "bob@example.com", mail, &detail);
 *   smtp_rest(smtp);                          when there is nothing more to send for now
 */
#pragma once

#include <glib.h>

#include "scim/mail/smtp_reply.h"

struct smtp_options {
    const char *url;       /* "smtps://mail.example.com", "smtp://127.0.0.1:2525" */
    const char *user;      /* NULL: no authentication */
    const char *password;  /* borrowed */
    const char *ca_file;   /* NULL: the system's */
    gboolean allows_clear; /* only for smtp:// on loopback: there TLS is not even tried */
    gint64 timeout;        /* seconds for the whole hand-over; 0: a minute */
};

typedef struct smtp Smtp;

/* Options are copied; connects to nothing. OUTCOME_SETTINGS: a URL that is none of the two, TLS not
 * demanded off loopback, or a CA file without a certificate. */
Smtp *smtp_new(const struct smtp_options *options, GError **error);

/* Wipes the password. NULL is fine. */
void smtp_free(Smtp *smtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Smtp, smtp_free)

/* Hands one mail over; sender and recipient are addresses that passed address_is_usable(), the mail
 * ends with CRLF. *detail (the caller frees) is a sentence for the administrator, on one line and
 * without a secret; NULL when the mail was taken. The server's own words stand at its end in quotes,
 * behind ": \"": they may name people, so a log leaves them out. */
enum smtp_result smtp_send(Smtp *smtp, const char *sender, const char *recipient,
                           const GString *mail, char **detail);

/* Says QUIT on the connection that waits for the next mail, and does not wait for an answer. */
void smtp_rest(Smtp *smtp);
