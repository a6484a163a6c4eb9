/*
 * Times as a mail tells them: to programs (RFC 5322 3.3) and to people. English, whatever the
 * locale; UTC. Pure.
 */
#pragma once

#include <glib.h>

/* "Tue, 24 Nov 2026 05:03:07 +0000". The caller frees. */
char *mail_date_print(gint64 seconds);

/* "Tuesday, 24 November 2026, 05:03 UTC". The caller frees. */
char *mail_date_words(gint64 seconds);

/* "48 hours", "90 minutes", "7 days": rounded down to a unit of which there are at least two; days
 * from four on. The caller frees. */
char *mail_date_duration(gint64 seconds);
