#include "scim/server/handle_token_grant.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/server/client_credentials.h"
#include "scim/server/rate_limit.h"

#define MEDIA_TYPE "application/json"
#define FORM_BYTES 8192

/* What the IPSIE profile has every provider ask for: whatever the connection has (RFC 6749 3.3: the
 * answer says which scope it is). */
#define EVERY_SCOPE "scim"

#define BAD_REQUEST         400
#define UNAUTHORIZED        401
#define TOO_LONG            413
#define TOO_MANY_REQUESTS   429
#define SERVICE_UNAVAILABLE 503

/* A request that is good so far. */
struct request {
    GHashTable *fields;
    struct client_credentials client;
    enum client_credentials_form form;
};

static void clear(struct request *request)
{
    client_credentials_clear(&request->client);
    g_clear_pointer(&request->fields, g_hash_table_unref);
}

static gboolean answer(struct call *call, unsigned status, json_t *body)
{
    char *text = body_print(body);
    json_decref(body);
    exchange_answer(call->exchange, status, MEDIA_TYPE, text, strlen(text));
    exchange_set_header(call->exchange, "Pragma", "no-cache");
    return TRUE;
}

/* RFC 6749 5.2; the description is ASCII without quotes, as it wants. */
static gboolean refuse(struct call *call, unsigned status, const char *error,
                       const char *description)
{
    return answer(call, status,
                  json_pack("{s:s, s:s}", "error", error, "error_description", description));
}

/* One answer for every client that is none. */
static gboolean refuse_client(struct call *call)
{
    exchange_set_header(call->exchange, "WWW-Authenticate", "Basic realm=\"rolecall\"");
    return refuse(call, UNAUTHORIZED, "invalid_client",
                  "the client id or its secret is not known here");
}

/* Our own trouble, in the form of this place. */
static gboolean refuse_for_store(struct call *call, GError *error)
{
    call_store_failed(call, error);
    unsigned status = (unsigned)call->fault.status;
    fault_clear(&call->fault);
    if (status == SERVICE_UNAVAILABLE) {
        exchange_set_header(call->exchange, "Retry-After", CALL_RETRY_SECONDS);
    }
    return refuse(call, status, "temporarily_unavailable", "nothing happened: try again");
}

static gboolean is_form(const struct call *call)
{
    static const char wanted[] = "application/x-www-form-urlencoded";
    const char *type = exchange_header(call->exchange, "Content-Type");
    size_t length = type != NULL ? strcspn(type, "; \t") : 0;
    return length == strlen(wanted) && g_ascii_strncasecmp(type, wanted, length) == 0;
}

/* No parameter of this request belongs there, least of all a secret (RFC 6749 2.3.1): what was once
 * taken from the query would be in somebody's log. */
static gboolean query_is_clean(const struct call *call)
{
    static const char *const ours[] = {"client_id", "client_secret", "grant_type", "scope"};
    if (call->exchange->query_is_broken) {
        return FALSE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++) {
        if (exchange_query(call->exchange, ours[i]) != NULL) {
            return FALSE;
        }
    }
    return TRUE;
}

/* An empty parameter is one that was not sent (RFC 6749 3.2). */
static const char *field_of(const struct request *request, const char *name)
{
    const char *value = g_hash_table_lookup(request->fields, name);
    return value == NULL || *value == '\0' ? NULL : value;
}

/* FALSE: answered. */
static gboolean read_request(struct call *call, struct request *request)
{
    if (call->exchange->body->len > FORM_BYTES) {
        refuse(call, TOO_LONG, "invalid_request", "the form is longer than is taken here");
        return FALSE;
    }
    request->fields = is_form(call) ? exchange_read_form(call->exchange) : NULL;
    if (request->fields == NULL || !query_is_clean(call)) {
        refuse(call, BAD_REQUEST, "invalid_request",
               "send a form, application/x-www-form-urlencoded, each parameter once, in the "
               "body and not in the URL");
        return FALSE;
    }
    request->form = client_credentials_read(call->exchange, request->fields, &request->client);
    switch (request->form) {
    case CLIENT_CREDENTIALS_NONE:
    case CLIENT_CREDENTIALS_STRANGE:
        refuse_client(call);
        return FALSE;
    case CLIENT_CREDENTIALS_BROKEN:
        refuse(call, BAD_REQUEST, "invalid_request",
               "name the client in one way: Authorization: Basic, or client_id and "
               "client_secret in the body");
        return FALSE;
    case CLIENT_CREDENTIALS_BASIC:
    case CLIENT_CREDENTIALS_BODY:
        break;
    }
    return TRUE;
}

/* Before anybody looks who the client is: known and unknown ones are counted alike. FALSE:
 * answered. */
static gboolean check_rate(struct call *call, const struct request *request)
{
    const struct call_service *service = call->service;
    const char *peer = call->exchange->peer != NULL ? call->exchange->peer : "";
    g_autofree char *pair = g_strconcat(peer, " ", request->client.id, NULL);
    guint seconds = 0;
    if (rate_limit_take(service->strangers, peer, &seconds) &&
        rate_limit_take(service->grants, pair, &seconds)) {
        return TRUE;
    }
    g_autofree char *text = g_strdup_printf("%u", seconds);
    exchange_set_header(call->exchange, "Retry-After", text);
    refuse(call, TOO_MANY_REQUESTS, "temporarily_unavailable",
           "too many requests for an access token: use the one you have, try again later");
    return FALSE;
}

/* What the connection may is all that can be asked for (RFC 6749 3.3). */
static gboolean check_grant(struct call *call, const struct request *request,
                            const struct bearer *bearer)
{
    const char *type = field_of(request, "grant_type");
    const char *scope = field_of(request, "scope");
    if (type == NULL) {
        refuse(call, BAD_REQUEST, "invalid_request", "grant_type is missing");
    } else if (strcmp(type, "client_credentials") != 0) {
        refuse(call, BAD_REQUEST, "unsupported_grant_type",
               "grant_type is client_credentials here");
    } else if (scope != NULL && strcmp(scope, EVERY_SCOPE) != 0 &&
               strcmp(scope, bearer_scope(bearer)) != 0) {
        refuse(call, BAD_REQUEST, "invalid_scope",
               "ask for no scope, or for that of the connection");
    } else {
        return TRUE;
    }
    return FALSE;
}

/* Whose client it is, in the organization that the path may name. FALSE: answered. */
static gboolean find_client(struct call *call, const struct request *request, Bearer **bearer)
{
    const char *named = call->captured[0];
    GError *error = NULL;
    if (call->session == NULL) {
        refuse_for_store(call, NULL);
        return FALSE;
    }
    if (!token_authenticate_client(call->session, request->client.id, request->client.secret,
                                   call->now, bearer, &error)) {
        refuse_for_store(call, error);
        return FALSE;
    }
    const struct bearer *found = *bearer;
    if (found == NULL || (named != NULL && found->organization != NULL &&
                          strcmp(named, found->organization) != 0)) {
        refuse_client(call);
        return FALSE;
    }
    return TRUE;
}

gboolean handle_token_grant_look(struct call *call)
{
    struct request request = {0};
    g_autoptr(Bearer) bearer = NULL;
    if (read_request(call, &request) && check_rate(call, &request) &&
        find_client(call, &request, &bearer)) {
        check_grant(call, &request, bearer);
    }
    clear(&request);
    return TRUE;
}

static gboolean carry_out(struct call *call, const struct request *request,
                          const struct bearer *bearer)
{
    struct actor actor = bearer_actor(bearer, bearer->organization, NULL, FALSE);
    g_autofree char *reason = g_strconcat("client ", request->client.id, NULL);
    gint64 life = bearer->expires_at == 0
                      ? TOKEN_ACCESS_LIFE
                      : MIN(TOKEN_ACCESS_LIFE, bearer->expires_at - call->now);
    call_sign(call, &actor);
    actor.reason = reason;
    const struct act act = {.kind = ACT_TOKEN_GRANT,
                            .id = request->client.id,
                            .token = request->client.secret,
                            .expires_at = call->now + life};
    struct verdict verdict = {0};
    GError *error = NULL;
    gboolean good = judge_write(call->judge, &actor, &act, &verdict, &error);
    if (!good) {
        refuse_for_store(call, error);
    } else if (!verdict_is_good(&verdict)) {
        refuse_client(call);
    } else {
        answer(call, 200,
               json_pack("{s:s, s:s, s:I, s:s}", "access_token", verdict.token, "token_type",
                         "Bearer", "expires_in", (json_int_t)life, "scope",
                         bearer_scope(bearer)));
    }
    verdict_clear(&verdict);
    return TRUE;
}

gboolean handle_token_grant(struct call *call)
{
    struct request request = {0};
    g_autoptr(Bearer) bearer = NULL;
    if (read_request(call, &request) && find_client(call, &request, &bearer)) {
        carry_out(call, &request, bearer);
    }
    clear(&request);
    return TRUE;
}
