/*
 * One mail to one SMTP server through libcurl: STARTTLS or smtps, authentication, absolute time
 * limits, never in clear where TLS is wanted (M02).
 */
#pragma once

#include <glib.h>

struct smtp_options {
    const char *url;       /* "smtps://mail.example.com", "smtp://127.0.0.1:2525" */
    const char *user;      /* NULL: no authentication */
    const char *password;  /* borrowed */
    const char *ca_file;   /* NULL: the system's */
    gboolean allows_clear; /* only for smtp:// on loopback: STARTTLS is not demanded */
    gint64 timeout;        /* seconds for the whole hand-over */
};

enum smtp_result {
    SMTP_TAKEN,    /* 250 after the final dot */
    SMTP_POSTPONE, /* 4xx, no connection, time over, TLS or login failed: try again later */
    SMTP_REFUSED,  /* 5xx for this recipient or this mail */
};

typedef struct smtp Smtp;

/* Options are copied; connects to nothing. OUTCOME_SETTINGS: a URL that is none of the two. */
Smtp *smtp_new(const struct smtp_options *options, GError **error);

/* Wipes the password. */
void smtp_free(Smtp *smtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Smtp, smtp_free)

/* Hands one mail over. *detail (the caller frees) is a sentence for the administrator: the server's
 * words or what failed, on one line, no secret in it; NULL when it was taken. */
enum smtp_result smtp_send(Smtp *smtp, const char *sender, const char *recipient,
                           const GString *mail, char **detail);
