/*
 * One HTTP request and its answer: the only door to libcurl.
 *
 *     g_autoptr(HttpRequester) door = http_request_open(&settings, &error);
 *     struct http_answer answer = {0};
 *     if (http_request_send(door, &call, &answer, &error)) ... answer.status, answer.body ...
 *     http_answer_clear(&answer);
 *
 * One requester keeps one connection open and is used by one thread. It follows no redirect,
 * takes no content coding, uses no proxy of the environment, speaks http and https only and
 * never logs. A request leaves this machine at most once if it writes: what curl would send
 * again by itself on a connection that died is stopped and told as uncertain.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#define HTTP_REQUEST_MAX_ANSWER 16777216

/* Where to, and how long. Every text is copied by http_request_open(). */
struct http_settings {
    const char *url; /* "https://scim.example.net/v2", "unix:/run/x.sock"; see http_origin.h */
    const char *token;   /* bearer token or NULL; the copy is wiped by http_request_close() */
    const char *ca_file; /* PEM of the authorities to trust, or NULL for the system's */
    gint64 connect_timeout_ms; /* name, connection and TLS; 0 = 10 s */
    gint64 timeout_ms;         /* the whole request from the call to the last byte; 0 = 60 s */
    size_t max_answer; /* head and body together, in bytes; 0 = HTTP_REQUEST_MAX_ANSWER */
    gboolean insecure; /* allows http:// off loopback: the token would travel in the clear */
    /* Asked at least once a second while waiting; or NULL. */
    gboolean (*should_stop)(void *context);
    void *stop_context;
};

struct http_call {
    const char *method; /* "GET", "POST" ... */
    const char *path;   /* behind the url: "/Users?count=1000", percent-encoded already */
    const char *const *headers; /* "Name: value", NULL-terminated; or NULL for none */
    const char *body;           /* or NULL for none */
    size_t body_length;
};

/* An answer whatever its status. Zero it before the first use; texts are owned or NULL. */
struct http_answer {
    int status; /* 200, 404 ... */
    char *content_type;
    char *etag;
    char *location;
    char *retry_after;
    gint64 date, last_modified; /* UTC seconds; 0: not told */
    GString *body;              /* may hold NUL bytes */
};

typedef struct http_requester HttpRequester;

/* Checks the settings and makes a requester; nothing is sent. Error SETTINGS: the url, the
 * token or the CA file cannot be used; INTERNAL: libcurl does not start. */
HttpRequester *http_request_open(const struct http_settings *settings, GError **error);

/* Replaces the token by a newer one (copied, the old one wiped). FALSE with SETTINGS if it has
 * characters that no bearer token has (RFC 6750 2.1). */
gboolean http_request_set_token(HttpRequester *door, const char *token, GError **error);

/* Sends one request and waits for the whole answer; `answer` is cleared first. TRUE for every
 * complete answer, an error status and a redirect included. Errors:
 *   RETRY        surely nothing reached the other side (name, connection), or a read was cut
 *   UNCERTAIN    a request that writes may have been carried out: time ran out, the connection
 *                was lost or the answer was unusable after the request was on its way
 *   SETTINGS     certificate not trusted, CA file unusable, path or header not fit to be sent
 *   BAD_INPUT    the answer to a read is too large or is not HTTP
 *   INTERRUPTED  should_stop() said so, while nothing was under way or during a read */
gboolean http_request_send(HttpRequester *door, const struct http_call *call,
                           struct http_answer *answer, GError **error);

/* Does a method change something on the other side? All but GET and HEAD do. */
gboolean http_request_writes(const char *method);

void http_answer_clear(struct http_answer *answer);

/* Closes the connection and wipes the token; NULL is allowed. */
void http_request_close(HttpRequester *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRequester, http_request_close)
