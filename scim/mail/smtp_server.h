/*
 * Where mails are handed over: "smtps://host[:port]" or "smtp://host[:port]", nothing else in it.
 */
#pragma once

#include <glib.h>

/* OUTCOME_SETTINGS: not such a URL, or TLS is not demanded although the host is not this machine by
 * its own name or number. */
gboolean smtp_server_check(const char *url, gboolean allows_clear, GError **error);
