/*
 * Reads a mail as a mail program does, and is stricter than any: bare CR or LF, a long line, a byte
 * that is not ASCII, or a part that does not end fails the test.
 */
#pragma once

#include <glib.h>

struct mail_read {
    GHashTable *fields; /* char * lower-case name -> char * decoded value */
    char *boundary;     /* NULL: not multipart */
    GPtrArray *types;   /* char *: Content-Type of each part */
    GPtrArray *texts;   /* char *: decoded text of each part, its lines end with LF */
};

struct mail_read mail_reader_read(const char *bytes, gsize length);
void mail_reader_clear(struct mail_read *mail);

/* "" where there is none. */
const char *mail_reader_field(const struct mail_read *mail, const char *name);

/* The decoded value of a header field whose lines are unfolded. The caller frees. */
char *mail_reader_words(const char *value);

/* Quoted-printable to text, line ends to LF. The caller frees. */
char *mail_reader_body(const char *coded);
