#include "scim/server/http_server.h"

#include <string.h>

#include <microhttpd.h>

#include "scim/protocol/outcome.h"
#include "scim/protocol/request_limits.h"
#include "scim/server/deadline_watch.h"
#include "scim/server/forwarded_for.h"
#include "scim/server/listen_socket.h"

#define HTTP_BAD_REQUEST 400

/* What is read of a body beyond its limit before the connection is cut. */
#define OVERRUN_BYTES 16384

/* How often a stop that has run out of patience shuts what is still open. */
#define CUT_MICROSECONDS ((gint64)50000)

struct http_server {
    struct http_server_options options;
    char *listen;
    char **trusted; /* proxies */
    int socket;
    struct MHD_Daemon *daemon;
    struct deadline_watch *watch;
    GMutex lock;
    GCond quiet;
    unsigned under_way; /* requests whose headers are read and whose answer is not yet */
    gboolean stopping;
};

enum request_state {
    REQUEST_HEADERS, /* the request line is there */
    REQUEST_BODY,
    REQUEST_PARKED,
    REQUEST_ANSWERED, /* the answer is libmicrohttpd's */
};

/* One request; dies in completed(). */
struct request {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct deadline_entry *deadline; /* of its connection */
    char *target;
    Exchange *exchange; /* NULL until the headers are read */
    enum request_state state;
    size_t body_received;
    size_t body_limit;       /* what it may have, */
    gboolean limit_is_known; /* for good: its route was asked */
    gboolean is_broken; /* its borders are in doubt (N03): 400 and the end of the connection */
};

void http_server_limits_default(struct http_server_limits *limits)
{
    *limits = (struct http_server_limits){
        .connections = 12000,
        .connections_per_address = 0,
        .connection_memory = 32768,
        .body = BODY_MAX_BYTES,
        .idle_seconds = 10,
        .header_milliseconds = 5000,
        .body_milliseconds = 30000,
        .answer_milliseconds = 30000,
        .stop_milliseconds = 10000,
    };
}

static void park(void *context)
{
    struct request *request = context;
    request->state = REQUEST_PARKED;
    deadline_entry_set(request->deadline, 0);
    MHD_suspend_connection(request->connection);
}

static void ready(void *context)
{
    struct request *request = context;
    MHD_resume_connection(request->connection);
}

/* A token (RFC 9110 5.6.2): libmicrohttpd lets a blank before the colon pass as part of the name,
 * where a proxy in front may read a length (N03, RFC 9112 5.1). */
static gboolean is_header_name(const char *name, size_t length)
{
    static const char characters[] = "!#$%&'*+-.^_`|~" G_CSET_DIGITS G_CSET_a_2_z G_CSET_A_2_Z;
    return length > 0 && strspn(name, characters) == length;
}

static enum MHD_Result read_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_length, const char *value, size_t value_length)
{
    (void)kind;
    struct request *request = context;
    const char *text = value != NULL ? value : "";
    if (!is_header_name(name, name_length) || strlen(text) != value_length ||
        !g_utf8_validate_len(text, value_length, NULL)) {
        request->is_broken = TRUE;
        return MHD_NO;
    }
    exchange_add_header(request->exchange, name, text);
    return MHD_YES;
}

/* Two ways to tell where a request ends are one too many, and one that nobody here knows is none
 * (N03). */
static gboolean borders_are_clear(const Exchange *exchange)
{
    const char *coding = exchange_header(exchange, "Transfer-Encoding");
    return (coding == NULL || g_ascii_strcasecmp(coding, "chunked") == 0) &&
           !(coding != NULL && exchange_header(exchange, "Content-Length") != NULL) &&
           !exchange_header_is_repeated(exchange, "Content-Length") &&
           !exchange_header_is_repeated(exchange, "Transfer-Encoding") &&
           !exchange_header_is_repeated(exchange, "Host");
}

/* Few requests need more than the usual: only then the route is asked. */
static gboolean is_too_long(struct request *request, guint64 length)
{
    const struct http_server_options *options = &request->server->options;
    if (length > request->body_limit && !request->limit_is_known &&
        options->body_limit != NULL) {
        request->body_limit = options->body_limit(options->context, request->exchange);
    }
    request->limit_is_known = request->limit_is_known || length > options->limits.body;
    return length > request->body_limit;
}

/* Is the body announced longer than it may be? Then it need not come at all (N04). */
static gboolean announces_too_much(struct request *request)
{
    const char *text = exchange_header(request->exchange, "Content-Length");
    guint64 length = 0;
    return text != NULL &&
           (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &length, NULL) ||
            is_too_long(request, length));
}

static void copy_header(gpointer name, gpointer value, gpointer response)
{
    MHD_add_response_header(response, name, value);
}

/* The body of an answer while libmicrohttpd sends it. */
struct sent_body {
    char *bytes;
    size_t length;
};

/* It may hold a token: the accept page, a link that is shown once. */
static void wipe_sent(void *closure)
{
    struct sent_body *sent = closure;
    explicit_bzero(sent->bytes, sent->length);
    g_free(sent->bytes);
    g_free(sent);
}

static struct MHD_Response *respond(Exchange *exchange)
{
    if (exchange->answer_length == 0) {
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    struct sent_body *sent = g_new(struct sent_body, 1);
    sent->length = exchange->answer_length;
    sent->bytes = g_steal_pointer(&exchange->answer);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        sent->length, sent->bytes, wipe_sent, sent);
    if (response == NULL) {
        wipe_sent(sent);
    }
    return response;
}

static enum MHD_Result send_answer(struct request *request)
{
    Exchange *exchange = request->exchange;
    struct http_server *server = request->server;
    struct MHD_Response *response = respond(exchange);
    if (response == NULL) {
        return MHD_NO;
    }
    g_hash_table_foreach(exchange->answer_headers, copy_header, response);
    g_mutex_lock(&server->lock);
    gboolean stopping = server->stopping;
    g_mutex_unlock(&server->lock);
    if (stopping || request->is_broken || exchange->body_is_too_long) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    request->state = REQUEST_ANSWERED;
    deadline_entry_set(request->deadline, server->options.limits.answer_milliseconds);
    enum MHD_Result result =
        MHD_queue_response(request->connection, exchange->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Answers without looking at the request: its body stays unread. */
static enum MHD_Result refuse(struct request *request, unsigned status)
{
    exchange_answer(request->exchange, status, NULL, NULL, 0);
    return send_answer(request);
}

/* Where the request comes from, for the audit; NULL: the machine does not say. */
static char *address_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info != NULL ? listen_socket_peer(info->client_addr) : NULL;
}

/* Two fields may be of two different writers: then none is believed. */
static char *peer_of(struct request *request)
{
    static const char name[] = "X-Forwarded-For";
    const Exchange *exchange = request->exchange;
    g_autofree char *address = address_of(request->connection);
    return forwarded_for_peer(
        address,
        exchange_header_is_repeated(exchange, name) ? NULL : exchange_header(exchange, name),
        (const char *const *)request->server->trusted);
}

/* Milliseconds for the rest of the request: what nobody announced has all of the time. */
static unsigned time_for_body(const struct request *request)
{
    const struct http_server_limits *limits = &request->server->options.limits;
    const char *text = exchange_header(request->exchange, "Content-Length");
    guint64 length = 0;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &length, NULL)) {
        return limits->body_milliseconds;
    }
    guint64 needed = limits->header_milliseconds + length * 1000 / HTTP_SERVER_BODY_RATE;
    return (unsigned)MIN(needed, limits->body_milliseconds);
}

static enum MHD_Result begin(struct request *request, const char *method)
{
    struct http_server *server = request->server;
    request->exchange = exchange_new(method, request->target);
    request->exchange->hooks = (struct exchange_hooks){park, ready, request};
    request->body_limit = server->options.limits.body;
    request->state = REQUEST_BODY;
    g_mutex_lock(&server->lock);
    server->under_way++;
    g_mutex_unlock(&server->lock);
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, read_header, request);
    deadline_entry_set(request->deadline, time_for_body(request));
    request->exchange->peer = peer_of(request);
    request->is_broken = request->is_broken || !borders_are_clear(request->exchange);
    if (request->is_broken) {
        return refuse(request, HTTP_BAD_REQUEST);
    }
    if (announces_too_much(request)) {
        request->exchange->body_is_too_long = TRUE;
        server->options.handle(server->options.context, request->exchange);
        return send_answer(request);
    }
    return MHD_YES;
}

static enum MHD_Result complete(struct request *request)
{
    struct http_server *server = request->server;
    deadline_entry_set(request->deadline, 0);
    server->options.handle(server->options.context, request->exchange);
    /* A parked one is not looked at again: it may be answered already, on another thread. */
    return request->state == REQUEST_PARKED ? MHD_YES : send_answer(request);
}

/* Without an announced length a body shows only on the way that it is too long: a little more
 * is read, so that a client that stops there gets its 413, then the connection ends. */
static enum MHD_Result take_body(struct request *request, const char *bytes, size_t *count)
{
    request->body_received += *count;
    is_too_long(request, request->body_received);
    if (!exchange_add_body(request->exchange, bytes, *count, request->body_limit) &&
        request->body_received > request->body_limit + OVERRUN_BYTES) {
        return MHD_NO;
    }
    *count = 0;
    return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's */
static enum MHD_Result take_request(void *context, struct MHD_Connection *connection,
                                    const char *url, const char *method, const char *version,
                                    const char *upload_data, size_t *upload_data_size,
                                    void **request_context)
{
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    struct request *request = *request_context;
    switch (request->state) {
    case REQUEST_HEADERS:
        return begin(request, method);
    case REQUEST_BODY:
        return *upload_data_size > 0 ? take_body(request, upload_data, upload_data_size)
                                     : complete(request);
    case REQUEST_PARKED:
        return send_answer(request);
    case REQUEST_ANSWERED:
        break;
    }
    return MHD_NO;
}

/* The request line is there: the only place at which it can be seen as it was sent. */
static void *read_target(void *context, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct request *request = g_new0(struct request, 1);
    request->server = context;
    request->connection = connection;
    request->deadline = info->socket_context;
    request->target = g_strdup(target);
    return request;
}

/* Until the next request a connection may be silent for the idle time, and then has the time
 * for its headers. */
static unsigned time_to_next(const struct http_server_limits *limits)
{
    return limits->idle_seconds * 1000 + limits->header_milliseconds;
}

static void completed(void *context, struct MHD_Connection *connection, void **request_context,
                      enum MHD_RequestTerminationCode code)
{
    (void)connection;
    (void)code;
    struct http_server *server = context;
    struct request *request = *request_context;
    if (request == NULL) {
        return;
    }
    *request_context = NULL;
    deadline_entry_set(request->deadline, time_to_next(&server->options.limits));
    if (request->exchange != NULL) {
        g_mutex_lock(&server->lock);
        server->under_way--;
        g_cond_broadcast(&server->quiet);
        g_mutex_unlock(&server->lock);
    }
    exchange_free(request->exchange);
    g_free(request->target);
    g_free(request);
}

static void connected(void *context, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = deadline_watch_add(server->watch, info->connect_fd,
                                             server->options.limits.header_milliseconds);
    } else if (*socket_context != NULL) {
        deadline_watch_remove(server->watch, *socket_context);
        *socket_context = NULL;
    }
}

/* Escapes are ours to read (exchange_decode), after the route is found (R07). */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static gboolean start_daemon(struct http_server *server, GError **error)
{
    const struct http_server_limits *limits = &server->options.limits;
    unsigned threads =
        server->options.threads > 0 ? server->options.threads : g_get_num_processors();
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, take_request,
        server, MHD_OPTION_LISTEN_SOCKET, server->socket, MHD_OPTION_THREAD_POOL_SIZE,
        threads > 1 ? threads : 0, MHD_OPTION_CONNECTION_LIMIT,
        MAX(limits->connections, threads), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        limits->connections_per_address, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        limits->connection_memory, MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_seconds,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, connected, server, MHD_OPTION_URI_LOG_CALLBACK,
        read_target, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, server,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot serve on '%s'", server->listen);
        return FALSE;
    }
    return TRUE;
}

static void free_server(struct http_server *server)
{
    deadline_watch_stop(server->watch);
    listen_socket_close(server->listen, server->socket);
    g_mutex_clear(&server->lock);
    g_cond_clear(&server->quiet);
    g_free(server->listen);
    g_strfreev(server->trusted);
    g_free(server);
}

static char **copy_texts(const char *const *texts)
{
    g_autoptr(GStrvBuilder) copies = g_strv_builder_new();
    for (; texts != NULL && *texts != NULL; texts++) {
        g_strv_builder_add(copies, *texts);
    }
    return g_strv_builder_end(copies);
}

HttpServer *http_server_start(const struct http_server_options *options, GError **error)
{
    struct http_server *server = g_new0(struct http_server, 1);
    server->options = *options;
    server->listen = g_strdup(options->listen);
    server->options.listen = server->listen;
    server->trusted = copy_texts(options->trusted_proxies);
    server->options.trusted_proxies = NULL;
    server->socket = options->socket;
    server->watch = deadline_watch_start();
    g_mutex_init(&server->lock);
    g_cond_init(&server->quiet);
    if (!start_daemon(server, error)) {
        free_server(server);
        return NULL;
    }
    return server;
}

guint16 http_server_port(const HttpServer *server)
{
    return listen_socket_port(server->socket);
}

void http_server_stop(HttpServer *server)
{
    MHD_quiesce_daemon(server->daemon);
    gint64 until =
        g_get_monotonic_time() + (gint64)server->options.limits.stop_milliseconds * 1000;
    g_mutex_lock(&server->lock);
    server->stopping = TRUE;
    gboolean in_time = TRUE;
    while (server->under_way > 0) {
        if (in_time) {
            in_time = g_cond_wait_until(&server->quiet, &server->lock, until);
        } else {
            /* What is parked ends by itself; whoever only listens or sends slowly is cut. */
            g_mutex_unlock(&server->lock);
            deadline_watch_expire(server->watch);
            g_mutex_lock(&server->lock);
            if (server->under_way > 0) {
                g_cond_wait_until(&server->quiet, &server->lock,
                                  g_get_monotonic_time() + CUT_MICROSECONDS);
            }
        }
    }
    g_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
    free_server(server);
}
