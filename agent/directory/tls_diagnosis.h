/*
 * Why a connection to a server fails, in words: libldap names no cause.
 *
 * A connection and a handshake of our own (GnuTLS) that send no credentials and trust nothing
 * they learn.
 */
#pragma once

#include <glib.h>

struct tls_diagnosis_target {
    const char *host; /* the name or address in the URI: what the certificate must say */
    guint16 port;
    gboolean start_tls;  /* ask for TLS first (RFC 4511 4.14), else TLS from the first byte */
    gboolean plain;      /* no TLS is wanted: only find out whether the server can be reached */
    const char *ca_file; /* PEM of the authorities that are trusted */
    guint timeout;       /* seconds for all of it */
};

/* What is wrong and what to do, one line, such as "its certificate expired on 2026-11-20: have
 * it renewed". *is_tls says whether certificates or TLS itself are at fault (the settings here
 * or there must change) or the server is merely away. Never NULL; the caller frees. */
char *tls_diagnosis(const struct tls_diagnosis_target *target, gboolean *is_tls);
