/*
 * What no other machine reaches: where plain text is no danger. Pure.
 */
#pragma once

#include <glib.h>

/* Is this address to listen on, or host of a URL, reachable from this machine only? */
gboolean loopback_is_host(const char *host);

/* The same of the URL's host; FALSE for what is no URL. */
gboolean loopback_is_url(const char *url);
