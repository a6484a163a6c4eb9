#include "scim/server/client_credentials.h"

#include <string.h>

#define SCHEME "Basic "

static void forget(char *text)
{
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
        g_free(text);
    }
}

void client_credentials_clear(struct client_credentials *credentials)
{
    forget(credentials->id);
    forget(credentials->secret);
    *credentials = (struct client_credentials){0};
}

/* Base64 of "id:secret", each as in a form (RFC 6749 2.3.1). */
static gboolean read_basic(const char *field, struct client_credentials *credentials)
{
    gsize length = 0;
    if (g_ascii_strncasecmp(field, SCHEME, strlen(SCHEME)) != 0) {
        return FALSE;
    }
    g_autofree guchar *bytes = g_base64_decode(field + strlen(SCHEME), &length);
    const guchar *colon = bytes != NULL ? memchr(bytes, ':', length) : NULL;
    if (colon != NULL) {
        size_t id_length = (size_t)(colon - bytes);
        credentials->id = exchange_decode((const char *)bytes, id_length, TRUE);
        credentials->secret =
            exchange_decode((const char *)colon + 1, length - id_length - 1, TRUE);
    }
    if (bytes != NULL) {
        explicit_bzero(bytes, length);
    }
    return credentials->id != NULL && credentials->secret != NULL;
}

enum client_credentials_form client_credentials_read(const Exchange *exchange,
                                                     GHashTable *fields,
                                                     struct client_credentials *credentials)
{
    const char *field = exchange_header(exchange, "Authorization");
    const char *id = g_hash_table_lookup(fields, "client_id");
    const char *secret = g_hash_table_lookup(fields, "client_secret");
    *credentials = (struct client_credentials){0};
    if (field != NULL) {
        if (exchange_header_is_repeated(exchange, "Authorization") || secret != NULL) {
            return CLIENT_CREDENTIALS_BROKEN;
        }
        if (!read_basic(field, credentials)) {
            client_credentials_clear(credentials);
            return CLIENT_CREDENTIALS_STRANGE;
        }
        /* A client_id beside it that says the same is told by some, and harmless. */
        if (id == NULL || strcmp(id, credentials->id) == 0) {
            return CLIENT_CREDENTIALS_BASIC;
        }
        client_credentials_clear(credentials);
        return CLIENT_CREDENTIALS_BROKEN;
    }
    if (id == NULL && secret == NULL) {
        return CLIENT_CREDENTIALS_NONE;
    }
    credentials->id = g_strdup(id != NULL ? id : "");
    credentials->secret = g_strdup(secret != NULL ? secret : "");
    return CLIENT_CREDENTIALS_BODY;
}
