/*
 * A mail server on loopback that says at each stage of a session what the test wants it to say.
 *
 *   struct scripted_mail_server *server = scripted_mail_server_start();
 *   scripted_mail_server_set(server, SMTP_STAGE_RECIPIENT, 550);
 *   ... smtp://127.0.0.1:server->port ...
 *   scripted_mail_server_stop(server);
 *
 * Each connection is served by a thread of its own. It undoes the dot-stuffing as RFC 5321 4.5.2
 * says, by code of its own.
 */
#pragma once

#include <glib.h>

#include "scim/mail/smtp_reply.h"

/* Instead of a code. */
enum scripted_mail_deed {
    SCRIPTED_MAIL_MUTE = 1,   /* no answer, and nothing closes */
    SCRIPTED_MAIL_WAIT,       /* no answer until something else is set */
    SCRIPTED_MAIL_DROP,       /* the connection closes */
    SCRIPTED_MAIL_DRIBBLE,    /* a reply that never ends, a byte at a time */
    SCRIPTED_MAIL_NONSENSE,   /* a line that is no reply */
    SCRIPTED_MAIL_MANY_LINES, /* the reply that is wanted, on three lines */
    SCRIPTED_MAIL_HALF,       /* "250-and" and the connection closes */
};

struct scripted_mail_server {
    guint16 port;
    struct scripted_mail_state *state; /* private */
};

struct scripted_mail_server *scripted_mail_server_start(void);

/* For what is answered from now on; code 0: the usual one. */
void scripted_mail_server_set(struct scripted_mail_server *server, enum smtp_stage stage,
                              int code);

/* What EHLO offers: "" (nothing) at first; else lines such as "AUTH PLAIN" or "STARTTLS". */
void scripted_mail_server_offer(struct scripted_mail_server *server, const char *extension);

/* How many mails came whole (whatever was answered), and the last one with its envelope. */
guint scripted_mail_server_mails(struct scripted_mail_server *server);
char *scripted_mail_server_last(struct scripted_mail_server *server);

/* All commands since the last call, one a line; the last login is among them. The caller frees. */
char *scripted_mail_server_commands(struct scripted_mail_server *server);

guint scripted_mail_server_connections(struct scripted_mail_server *server);

/* Closes everything and joins the threads; NULL is fine. */
void scripted_mail_server_stop(struct scripted_mail_server *server);
