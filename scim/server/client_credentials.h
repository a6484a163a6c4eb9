/*
 * What a client says of itself at the door to access tokens (RFC 6749 2.3.1): by HTTP Basic, or as
 * client_id and client_secret in the body; never both, never in the query.
 *
 *   struct client_credentials credentials;
 *   enum client_credentials_form form = client_credentials_read(exchange, fields, &credentials);
 *   ... client_credentials_clear(&credentials);
 */
#pragma once

#include "scim/server/exchange.h"

enum client_credentials_form {
    CLIENT_CREDENTIALS_NONE,  /* no client is named: invalid_client */
    CLIENT_CREDENTIALS_BASIC, /* a wrong one is answered with a challenge (RFC 6749 5.2) */
    CLIENT_CREDENTIALS_BODY,
    CLIENT_CREDENTIALS_STRANGE, /* a header that names no client in this way: invalid_client */
    CLIENT_CREDENTIALS_BROKEN,  /* two ways at once, or a header twice: invalid_request */
};

struct client_credentials {
    char *id, *secret; /* NULL after NONE, STRANGE and BROKEN; as they came otherwise */
};

/* `fields` are those of the form in the body. */
enum client_credentials_form client_credentials_read(const Exchange *exchange,
                                                     GHashTable *fields,
                                                     struct client_credentials *credentials);

/* Wipes and frees the texts. */
void client_credentials_clear(struct client_credentials *credentials);
