/*
 * A mail as bytes: RFC 5322 headers, a plain text and an HTML alternative, all lines ended by CRLF
 * and short, everything not ASCII encoded (RFC 2047, quoted-printable). Pure.
 *
 * Nothing that came from outside reaches a header, the HTML or a line's start raw: every name goes
 * through harmless_name_clean() (R57, R58), and the boundary can stand nowhere in an encoded body.
 */
#pragma once

#include <glib.h>

#include "scim/mail/mail_sender.h"

/* Borrowed. */
struct mail_message {
    const struct mail_sender *from;
    const char *to;              /* an address that passed address_is_usable() */
    const char *id;              /* letters and digits; the same for every attempt (R64) */
    const char *url;             /* public URL: the link is <url>/invitation#<token> */
    const char *token;           /* letters, digits, '-' and '_' */
    const char *organization;    /* display name */
    const char *inviter;         /* display name; NULL: none known */
    const char *inviter_address; /* NULL: none; shown as it is only if it is a usable address */
    const GPtrArray *roles;      /* char * */
    gint64 date, expires_at;     /* UTC seconds */
};

/* The whole mail without dot-stuffing: the same bytes for the same message. The caller wipes and
 * frees it: the token is in it. */
GString *mail_message_print(const struct mail_message *message);
