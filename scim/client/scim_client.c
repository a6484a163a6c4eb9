#include "scim/client/scim_client.h"

#include <string.h>

#include "scim/client/http_origin.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

#define MAX_DETAIL 400

struct scim_client {
    HttpRequester *door;
    char *base_path;
    struct retry_policy policy;
    const struct retry_waiter *waiter;
    const struct random_source *random;
    int last_status;
};

/* What each status from 300 on means for whoever asked. Others: by their hundred. */
static const struct {
    int status;
    enum outcome outcome;
} meanings[] = {
    {401, OUTCOME_DENIED},
    {412, OUTCOME_CONFLICT},
    {429, OUTCOME_RETRY},
    {503, OUTCOME_RETRY},
};

ScimClient *scim_client_open(const struct scim_client_settings *settings, GError **error)
{
    const char *base_path = settings->base_path != NULL ? settings->base_path : "";
    if (base_path[0] != '\0' &&
        (!http_origin_path_is_valid(base_path) || strchr(base_path, '?') != NULL)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "base path \"%s\" cannot be used",
                    base_path);
        return NULL;
    }
    HttpRequester *door = http_request_open(&settings->http, error);
    if (door == NULL) {
        return NULL;
    }
    ScimClient *client = g_new0(ScimClient, 1);
    client->door = door;
    client->base_path = g_strdup(base_path);
    client->policy = settings->policy != NULL ? *settings->policy : retry_usual;
    client->waiter = settings->waiter;
    client->random = settings->random;
    return client;
}

/* The other side's words go into our messages: one line, nothing that a terminal obeys (R25).
 */
static void tame_detail(struct fault *fault)
{
    if (fault->detail == NULL) {
        return;
    }
    char *tame = g_utf8_make_valid(fault->detail, -1);
    for (char *p = tame; *p != '\0'; p = g_utf8_next_char(p)) {
        if (g_unichar_iscntrl(g_utf8_get_char(p))) {
            memset(p, ' ', (size_t)(g_utf8_next_char(p) - p));
        }
    }
    if (g_utf8_strlen(tame, -1) > MAX_DETAIL) {
        *g_utf8_offset_to_pointer(tame, MAX_DETAIL) = '\0';
    }
    g_free(fault->detail);
    fault->detail = tame;
}

static gboolean claims_json(const struct http_answer *answer)
{
    if (answer->content_type == NULL) {
        return FALSE;
    }
    g_auto(GStrv) parts = g_strsplit(answer->content_type, ";", 2);
    g_strstrip(parts[0]);
    return g_ascii_strcasecmp(parts[0], SCIM_MEDIA_TYPE) == 0 ||
           g_ascii_strcasecmp(parts[0], "application/json") == 0;
}

static json_t *parse_object(const GString *text)
{
    json_t *value = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(value)) {
        return value;
    }
    json_decref(value);
    return NULL;
}

static enum outcome meaning_of(const struct scim_reply *reply, gboolean writes)
{
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (meanings[i].status == reply->status) {
            return meanings[i].outcome;
        }
    }
    if (reply->status == 403) {
        return reply->fault.refusal.rule != REFUSAL_NONE ? OUTCOME_REFUSED : OUTCOME_DENIED;
    }
    if (reply->status >= 500) {
        return writes ? OUTCOME_UNCERTAIN : OUTCOME_RETRY;
    }
    return reply->status < 400 ? OUTCOME_SETTINGS : OUTCOME_BAD_INPUT;
}

static gboolean tell_status(const struct scim_call *call, const struct scim_reply *reply,
                            GError **error)
{
    const char *detail = reply->fault.detail;
    g_autofree char *redirect =
        reply->status < 400
            ? g_strdup_printf("the endpoint redirects to \"%s\": set its URL to that",
                              reply->location != NULL ? reply->location : "?")
            : NULL;
    if (redirect != NULL) {
        detail = redirect;
    }
    g_set_error(error, OUTCOME, (gint)meaning_of(reply, http_request_writes(call->method)),
                "%s \"%s\" was answered with %d%s%s", call->method, call->path, reply->status,
                detail != NULL ? ": " : "", detail != NULL ? detail : "");
    return FALSE;
}

/* A body of a 2xx that cannot be what was asked for. */
static gboolean tell_unusable(const struct scim_call *call, const struct http_answer *answer,
                              GError **error)
{
    gboolean is_json = claims_json(answer);
    enum outcome outcome = is_json ? OUTCOME_BAD_INPUT : OUTCOME_SETTINGS;
    if (http_request_writes(call->method)) {
        outcome = OUTCOME_UNCERTAIN;
    }
    const char *type = answer->content_type != NULL ? answer->content_type : "no content type";
    g_set_error(error, OUTCOME, (gint)outcome,
                is_json
                    ? "%s \"%s\" was answered with %s that is not one JSON object"
                    : "%s \"%s\" was answered with %s, which is not SCIM: is the URL right?",
                call->method, call->path, type);
    return FALSE;
}

static gboolean interpret(const struct scim_call *call, struct http_answer *answer,
                          struct scim_reply *reply, GError **error)
{
    gboolean has_body = answer->body->len > 0;
    reply->status = answer->status;
    reply->etag = g_steal_pointer(&answer->etag);
    reply->location = g_steal_pointer(&answer->location);
    reply->date = answer->date;
    reply->last_modified = answer->last_modified;
    if (has_body && claims_json(answer)) {
        reply->body = parse_object(answer->body);
    }
    if (reply->status >= 400) {
        fault_parse(reply->body, reply->status, &reply->fault);
        tame_detail(&reply->fault);
    }
    if (reply->status >= 300 && reply->status != 304) {
        return tell_status(call, reply, error);
    }
    if (has_body && reply->body == NULL) {
        return tell_unusable(call, answer, error);
    }
    return TRUE;
}

static GPtrArray *make_headers(const struct scim_call *call)
{
    GPtrArray *headers = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(headers, g_strdup("Accept: " SCIM_MEDIA_TYPE));
    if (call->body != NULL) {
        g_ptr_array_add(headers, g_strdup("Content-Type: " SCIM_MEDIA_TYPE));
    }
    if (call->if_match != NULL) {
        g_ptr_array_add(headers, g_strconcat("If-Match: ", call->if_match, NULL));
    }
    if (call->if_none_match != NULL) {
        g_ptr_array_add(headers, g_strconcat("If-None-Match: ", call->if_none_match, NULL));
    }
    for (const char *const *at = call->headers; at != NULL && *at != NULL; at++) {
        g_ptr_array_add(headers, g_strdup(*at));
    }
    g_ptr_array_add(headers, NULL);
    return headers;
}

/* What one send gave beside its reply. */
struct attempt {
    gboolean again; /* it failed in a way that may be repeated */
    char *retry_after;
};

static gboolean send_once(ScimClient *client, const struct scim_call *call,
                          const struct http_call *wire, struct scim_reply *reply,
                          struct attempt *attempt, GError **error)
{
    gboolean writes = http_request_writes(call->method);
    struct http_answer answer = {0};
    GError *failure = NULL;

    scim_reply_clear(reply);
    client->last_status = 0;
    if (!http_request_send(client->door, wire, &answer, &failure)) {
        attempt->again = g_error_matches(failure, OUTCOME, OUTCOME_RETRY);
        g_propagate_error(error, failure);
        return FALSE;
    }
    client->last_status = answer.status;
    attempt->again = retry_is_invited(answer.status, writes);
    attempt->retry_after = g_steal_pointer(&answer.retry_after);
    gboolean good = interpret(call, &answer, reply, error);
    http_answer_clear(&answer);
    return good;
}

/* Is there a next send, and has its time come? `failure` is what the last one ended with. */
static gboolean wait_for_next(ScimClient *client, struct retry *retry,
                              const struct attempt *attempt, GError **failure)
{
    gint64 wait_ms = 0;
    if (!attempt->again || !retry_next(retry, attempt->retry_after, &wait_ms)) {
        return FALSE;
    }
    if (client->waiter->wait(client->waiter->context, wait_ms)) {
        g_clear_error(failure);
        return TRUE;
    }
    (*failure)->code = OUTCOME_INTERRUPTED;
    g_prefix_error(failure, "stopped while waiting to send it again: ");
    return FALSE;
}

static gboolean send_repeatedly(ScimClient *client, const struct scim_call *call,
                                const struct http_call *wire, struct scim_reply *reply,
                                GError **error)
{
    struct retry retry = retry_begin(&client->policy, client->random);
    GError *failure = NULL;
    gboolean good = FALSE;
    gboolean more = TRUE;
    while (!good && more) {
        struct attempt attempt = {0};
        good = send_once(client, call, wire, reply, &attempt, &failure);
        more = !good && wait_for_next(client, &retry, &attempt, &failure);
        g_free(attempt.retry_after);
    }
    if (failure != NULL) {
        g_propagate_error(error, failure);
    }
    return good;
}

gboolean scim_client_send(ScimClient *client, const struct scim_call *call,
                          struct scim_reply *reply, GError **error)
{
    g_autofree char *path = g_strconcat(client->base_path, call->path, NULL);
    g_autoptr(GPtrArray) headers = make_headers(call);
    char *body = call->body != NULL ? json_dumps(call->body, JSON_COMPACT) : NULL;
    const struct http_call wire = {
        .method = call->method,
        .path = path,
        .headers = (const char *const *)headers->pdata,
        .body = body,
        .body_length = body != NULL ? strlen(body) : 0,
    };
    gboolean good = send_repeatedly(client, call, &wire, reply, error);
    free(body);
    return good;
}

int scim_client_last_status(const ScimClient *client)
{
    return client->last_status;
}

char *scim_client_escape(const char *text)
{
    return g_uri_escape_string(text, NULL, FALSE);
}

void scim_reply_clear(struct scim_reply *reply)
{
    json_decref(reply->body);
    g_free(reply->etag);
    g_free(reply->location);
    fault_clear(&reply->fault);
    *reply = (struct scim_reply){0};
}

void scim_client_close(ScimClient *client)
{
    if (client == NULL) {
        return;
    }
    http_request_close(client->door);
    g_free(client->base_path);
    g_free(client);
}
