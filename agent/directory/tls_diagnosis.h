/*
 * Why TLS with a server fails, in words: libldap names no cause.
 *
 * A handshake of our own (GnuTLS) that sends no credentials and trusts nothing it learns.
 */
#pragma once

#include <glib.h>

struct tls_diagnosis_target {
    const char *host; /* the name or address in the URI; what the certificate must say */
    guint16 port;
    gboolean start_tls;  /* ask for TLS first (RFC 4511 4.14), else TLS from the first byte */
    const char *ca_file; /* NULL: the machine's own authorities */
    guint timeout;       /* seconds for all of it */
};

/* What is wrong and what to do, one line, such as "its certificate expired on 2026-11-20: renew
 * it on the server"; "no cause found: ..." when the handshake succeeds after all. Never NULL;
 * the caller frees. */
char *tls_diagnosis(const struct tls_diagnosis_target *target);
