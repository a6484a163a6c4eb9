/*
 * SCIM requests over HTTP: JSON in, JSON out, refusals read back into what they were.
 *
 *     struct scim_call call = {.method = "PATCH", .path = "/Users/42", .body = patch,
 *                              .if_match = "W/\"7\""};
 *     struct scim_reply reply = {0};
 *     if (!scim_client_send(client, &call, &reply, &error))
 *         ... reply.status, reply.fault.refusal ...
 *     scim_reply_clear(&reply);
 *
 * What may be repeated is repeated here, with the waits of retry.h: reads after every passing
 * failure, writes only when the other side surely did nothing. An uncertain write is never sent
 * again: whoever asked for it looks first (N09, N10).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/client/http_request.h"
#include "scim/client/retry.h"
#include "scim/protocol/fault.h"

/* What is needed to speak to one base URL. Texts are copied, the policy too; `random` and
 * `waiter` are borrowed and outlive the client. */
struct scim_client_settings {
    struct http_settings http;
    const char *base_path; /* behind http.url: "/organizations/acme/scim/v2"; NULL: none */
    const struct retry_policy *policy; /* NULL: retry_usual */
    const struct retry_waiter *waiter;
    const struct random_source *random;
};

struct scim_call {
    const char *method;         /* GET, POST, PUT, PATCH or DELETE */
    const char *path;           /* behind the base: "/Users?count=1", percent-encoded already */
    const json_t *body;         /* or NULL */
    const char *if_match;       /* an ETag as it came, or NULL */
    const char *if_none_match;  /* likewise */
    const char *const *headers; /* more of them, "Name: value", NULL-terminated; or NULL */
};

/* What came back. Zero it before the first use. */
struct scim_reply {
    int status;     /* 0: there was no answer */
    json_t *body;   /* owned; NULL where the answer had none */
    char *etag;     /* of the header, owned, or NULL */
    char *location; /* owned, or NULL */
    /* Of the headers, UTC seconds by the other side's clock; 0: none. */
    gint64 date, last_modified;
    /* From status 400 on, as far as the other side told. Its refusal has a rule only for a 403
     * with our machine form; detail is one printable line. */
    struct fault fault;
};

typedef struct scim_client ScimClient;

/* Nothing is sent yet. Errors as http_request_open(), and SETTINGS for an unusable base
 * path. */
ScimClient *scim_client_open(const struct scim_client_settings *settings, GError **error);

/* Sends a call, repeats it where that is safe, and clears and fills `reply`, on failure as far
 * as there was an answer. TRUE for 2xx and for 304. Errors beside those of http_request_send():
 *   DENIED     401; 403 without our machine form
 *   REFUSED    403 with it: reply->fault.refusal says which rule
 *   CONFLICT   412
 *   BAD_INPUT  400, 404, 409, 413 and the like: reply->status and reply->fault say more; or an
 *              answer to a read that is not one JSON object
 *   RETRY      429 and 503 when the retries are used up; any 5xx to a read
 *   UNCERTAIN  another 5xx, or an unusable 2xx answer, to a write
 *   SETTINGS   a redirect, or an answer that is no SCIM at all: the URL is probably wrong */
gboolean scim_client_send(ScimClient *client, const struct scim_call *call,
                          struct scim_reply *reply, GError **error);

/* The status of the last answer, 0 if there was none: for those who see only the error. */
int scim_client_last_status(const ScimClient *client);

/* One text as a path segment or query value, percent-encoded (RFC 3986 2.1). The caller
 * frees. */
char *scim_client_escape(const char *text);

void scim_reply_clear(struct scim_reply *reply);

void scim_client_close(ScimClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScimClient, scim_client_close)
