/*
 * The clock and the random source, both handed in.
 *
 * Nothing in rolecall asks the machine for the time or for chance on its own: it takes one of
 * these, so that a test owns both. Time is UTC seconds since 1970 in 64 bits, everywhere.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

struct clock {
    gint64 (*now)(void *context); /* UTC seconds since 1970 */
    void *context;
};

struct random_source {
    void (*fill)(void *context, guint8 *bytes,
                 size_t count); /* never fails: ends the process instead */
    void *context;
};

/* The machine's wall clock. Static: never freed. */
const struct clock *clock_system(void);

/* Seconds since the machine started, those in which it slept included: nobody can set it, so it
 * witnesses whether somebody set the wall clock. Static. */
const struct clock *clock_witness(void);

/* getrandom(2). Static. */
const struct random_source *random_system(void);

/* What is dated further ahead than this, in seconds, was written while the wall clock was wrong
 * (T01). */
#define CLOCK_AHEAD ((gint64)24 * 3600)

gint64 clock_now(const struct clock *clock);

/* Seconds as the dateTime of RFC 7643 2.3.5, "2026-11-22T01:47:12Z". The caller frees. */
char *clock_print(gint64 seconds);

/* Reads what clock_print() wrote, or any RFC 3339 dateTime with a zone. */
gboolean clock_parse(const char *text, gint64 *seconds);

/* `count` random bytes as lower-case hexadecimal, or as unpadded base64url. The caller frees.
 */
char *random_hex(const struct random_source *random, size_t count);
char *random_base64url(const struct random_source *random, size_t count);
