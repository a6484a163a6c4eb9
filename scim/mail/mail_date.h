/*
 * Times as a mail tells them to programs (RFC 5322 3.3); people read time_words.h. UTC. Pure.
 */
#pragma once

#include <glib.h>

/* "Tue, 24 Nov 2026 05:03:07 +0000". The caller frees. */
char *mail_date_print(gint64 seconds);
