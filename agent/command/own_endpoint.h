/*
 * Where this config's own endpoint is found: its URL for a sync, its token, the links it mails.
 *
 * The address is the config's `listen`; where that leaves the port open, serve writes what it got
 * to the file `endpoint` in sync.state.
 */
#pragma once

#include "agent/settings/settings.h"

/* The URL to speak to it from this machine, "http://127.0.0.1:8080" or "unix:/run/x.sock". NULL
 * and OUTCOME_RETRY: nobody has started it. The caller frees. */
char *own_endpoint_url(const Settings *settings, GError **error);

/* What public links start with: public_url, else where it listens. The caller frees. */
char *own_endpoint_public_url(const Settings *settings, GError **error);

/* PUBLIC_URL/invitation#TOKEN; the caller frees. */
char *own_endpoint_link(const Settings *settings, const char *token, GError **error);

/* The file with the token that serve keeps for syncs. The caller frees. */
char *own_endpoint_token_file(const Settings *settings);

/* Makes sync.state where it is missing, mode 0700. OUTCOME_SETTINGS. */
gboolean own_endpoint_make_state(const Settings *settings, GError **error);

/* For serve: tells others where it listens, and that it does no more. */
gboolean own_endpoint_announce(const Settings *settings, const char *url, GError **error);
void own_endpoint_withdraw(const Settings *settings);
