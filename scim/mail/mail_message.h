/*
 * A mail as bytes: RFC 5322 headers, a plain text and an HTML alternative, all lines ended by CRLF
 * and at most 998 bytes, everything not ASCII encoded (RFC 2047, quoted-printable). Pure.
 *
 * Nothing that came from outside reaches a header, the HTML or a line's start raw: names are cut at
 * 64 characters, controls become blanks, what looks like a URL in a name loses its form (R57, R58).
 */
#pragma once

#include <glib.h>

/* Borrowed. */
struct mail_message {
    const char *from; /* "Acme Console <console@example.com>", checked before */
    const char *to;   /* an address that passed address_is_usable() */
    const char *id;   /* stays the same over every attempt (R64) */
    const char *url;  /* public URL: the link is <url>/invitation#<token> */
    const char *token;
    const char *organization;    /* display name */
    const char *inviter;         /* display name; NULL: none known */
    const char *inviter_address; /* NULL: none; shown as it is only if it is a usable address */
    const GPtrArray *roles;      /* char * */
    gint64 date, expires_at;     /* UTC seconds */
};

/* The whole mail without dot-stuffing. The caller wipes and frees: the token is in it. */
GString *mail_message_print(const struct mail_message *message);

/* The bare address of a From, "console@example.com". NULL with OUTCOME_SETTINGS: it is none. */
char *mail_message_address(const char *from, GError **error);
