/*
 * POST /oauth2/token: a client fetches an access token (RFC 6749 4.4, client_credentials).
 *
 * Answers are RFC 6749 5.1 and 5.2 to the letter, JSON of their own and no SCIM. Every wrong client
 * is one and the same invalid_client. Attempts are bounded by client id and peer before anybody
 * looks who that is: 429 with Retry-After.
 */
#pragma once

#include "scim/server/call.h"

/* Looks at form and client on a snapshot, so that what is wrong costs no write. */
gboolean handle_token_grant_look(struct call *call);

/* Makes the access token: 200 { access_token, token_type, expires_in, scope }. */
gboolean handle_token_grant(struct call *call);
