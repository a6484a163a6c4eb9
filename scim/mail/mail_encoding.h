/*
 * How text travels in a mail: header fields with encoded words (RFC 2047), bodies as
 * quoted-printable (RFC 2045 6.7), text in HTML. Pure.
 */
#pragma once

#include <glib.h>

/* Appends "Name: text" and CRLF. `text` is UTF-8 without any control. It goes raw where it is
 * printable ASCII that fits the line and cannot be mistaken for an encoded word; else as encoded
 * words of whole characters, no line over 76 bytes. */
void mail_encoding_header(GString *mail, const char *name, const char *text);

/* The same for a mailbox: "Name: display <address>". A display of printable ASCII is quoted where
 * it must be; empty or NULL: the address alone. */
void mail_encoding_mailbox(GString *mail, const char *name, const char *display,
                           const char *address);

/* Appends UTF-8 text, whose lines end with LF, as quoted-printable lines of at most 76 bytes that
 * end with CRLF. No line begins with a dot or "From ", and "=_" never occurs: a boundary with it
 * can stand nowhere in the text. */
void mail_encoding_body(GString *mail, const char *text);

/* Appends the text, with what means something in HTML escaped, quotes included. */
void mail_encoding_html(GString *html, const char *text);
