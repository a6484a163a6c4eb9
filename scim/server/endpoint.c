#include "scim/server/endpoint.h"

#include <string.h>

#include "scim/protocol/outcome.h"
#include "scim/server/dispatch.h"
#include "scim/server/listen_socket.h"
#include "scim/server/rate_limit.h"
#include "scim/server/tolerance_tally.h"
#include "scim/store/store_open.h"

#define SWEEP_MILLISECONDS 5000

/* Whose requests are counted at once at most. */
#define RATE_KEYS 10000

/* Requests without a good token, a peer: generous, for behind one address may be a whole company. */
#define STRANGERS_A_SECOND 50
#define STRANGERS_AT_ONCE  200

/* Access tokens, a client: one is good for an hour. */
#define GRANTS_A_SECOND 1
#define GRANTS_AT_ONCE  20

struct endpoint {
    struct endpoint_observer observer;
    void (*committed)(void *context);
    void *committed_context;
    void (*groups_changed)(void *context);
    void *groups_changed_context;
    Store *store;
    struct dispatch dispatch; /* service.url is `url` */
    HttpServer *http;
    struct rate_limit *tokens, *strangers, *grants; /* as call_service has them */
    struct tolerance_tally *tolerances;
    char *url;
    struct request_limits limits;
};

void endpoint_options_default(struct endpoint_options *options)
{
    *options = (struct endpoint_options){
        .judge = {.clock = clock_system(),
                  .random = random_system(),
                  .restore_window = JUDGE_RESTORE_WINDOW},
        .sweep_milliseconds = SWEEP_MILLISECONDS,
    };
    http_server_limits_default(&options->limits);
    options->requests = *request_limits_standard();
}

static const char *level_name(GLogLevelFlags level)
{
    return (level & G_LOG_LEVEL_DEBUG) != 0 ? "7" : (level & G_LOG_LEVEL_INFO) != 0 ? "6" : "4";
}

/* The edge of the server: where nobody listens, GLib's log has it. */
static void speak(void *context, GLogLevelFlags level, const char *line)
{
    const struct endpoint *endpoint = context;
    if (endpoint->observer.log != NULL) {
        endpoint->observer.log(endpoint->observer.context, level, line);
        return;
    }
    const GLogField fields[] = {{"MESSAGE", line, -1},
                                {"PRIORITY", level_name(level), -1},
                                {"GLIB_DOMAIN", G_LOG_DOMAIN, -1}};
    g_log_structured_array(level, fields, G_N_ELEMENTS(fields));
}

static void handle(void *context, Exchange *exchange)
{
    struct endpoint *endpoint = context;
    dispatch_exchange(&endpoint->dispatch, exchange);
}

static size_t body_limit(void *context, Exchange *exchange)
{
    const struct endpoint *endpoint = context;
    return dispatch_body_limit(&endpoint->dispatch, exchange);
}

static void writer_failed(void *context, const GError *error)
{
    struct endpoint *endpoint = context;
    g_autofree char *line = g_strdup_printf("writing: %s", error->message);
    speak(endpoint, G_LOG_LEVEL_WARNING, line);
}

static void writer_clock_was_set(void *context, const char *sentence)
{
    speak(context, G_LOG_LEVEL_WARNING, sentence);
}

static void writer_committed(void *context)
{
    const struct endpoint *endpoint = context;
    if (endpoint->committed != NULL) {
        endpoint->committed(endpoint->committed_context);
    }
}

static void writer_paused(void *context, StoreSession *session, gint64 now)
{
    const struct endpoint *endpoint = context;
    g_autoptr(GError) error = NULL;
    if (!tolerance_tally_flush(endpoint->tolerances, session, now, &error)) {
        writer_failed(context, error);
    }
}

static void writer_groups_changed(void *context)
{
    const struct endpoint *endpoint = context;
    if (endpoint->groups_changed != NULL) {
        endpoint->groups_changed(endpoint->groups_changed_context);
    }
}

/* A bearer token that crosses a network in the clear is everybody's. */
static gboolean check_place(const struct endpoint_options *options, GError **error)
{
    gboolean is_local = FALSE;
    if (!listen_socket_check(options->listen, &is_local, error)) {
        return FALSE;
    }
    if (!is_local && !options->insecure) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "'%s' can be reached from other machines and would carry tokens in the "
                    "clear: listen on 127.0.0.1 or a unix: socket behind a proxy with TLS, or "
                    "say insecure = true",
                    options->listen);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_url(const char *url, GError **error)
{
    g_autoptr(GUri) parsed = url != NULL ? g_uri_parse(url, G_URI_FLAGS_NONE, NULL) : NULL;
    const char *scheme = parsed != NULL ? g_uri_get_scheme(parsed) : NULL;
    gboolean good =
        url == NULL || (scheme != NULL && g_uri_get_query(parsed) == NULL &&
                        g_uri_get_fragment(parsed) == NULL && !g_str_has_suffix(url, "/") &&
                        (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0));
    if (!good) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "public_url '%s' must be an http or https URL without query, fragment or a "
                    "slash at its end",
                    url);
    }
    return good;
}

static gboolean open_store(struct endpoint *endpoint, const struct endpoint_options *options,
                           GError **error)
{
    endpoint->store = store_open(options->store, error);
    if (endpoint->store == NULL) {
        return FALSE;
    }
    const struct writer_options writing = {.store = endpoint->store,
                                           .judge = options->judge,
                                           .sweep_milliseconds = options->sweep_milliseconds,
                                           .witness = options->witness,
                                           .failed = writer_failed,
                                           .clock_was_set = writer_clock_was_set,
                                           .committed = writer_committed,
                                           .paused = writer_paused,
                                           .groups_changed = writer_groups_changed,
                                           .context = endpoint};
    endpoint->dispatch.readers = session_pool_new(endpoint->store);
    endpoint->dispatch.writer = writer_start(&writing, error);
    return endpoint->dispatch.writer != NULL;
}

/* Before the writer starts, which writes what is counted. */
static void start_counting(struct endpoint *endpoint, gint64 rate)
{
    struct rate_limit_options options = {.keys = RATE_KEYS, .ticks = rate_limit_ticks};
    endpoint->tolerances = tolerance_tally_new();
    options.per_second = STRANGERS_A_SECOND;
    options.burst = STRANGERS_AT_ONCE;
    endpoint->strangers = rate_limit_new(&options);
    options.per_second = GRANTS_A_SECOND;
    options.burst = GRANTS_AT_ONCE;
    endpoint->grants = rate_limit_new(&options);
    if (rate > 0) {
        options.per_second = options.burst = rate;
        endpoint->tokens = rate_limit_new(&options);
    }
}

static void stop_counting(struct endpoint *endpoint)
{
    tolerance_tally_free(endpoint->tolerances);
    rate_limit_free(endpoint->strangers);
    rate_limit_free(endpoint->grants);
    rate_limit_free(endpoint->tokens);
}

/* The port may be the machine's choice: the URL is known once the socket is bound, and must be
 * before the first request is read. */
static gboolean listen_there(struct endpoint *endpoint, const struct endpoint_options *options,
                             GError **error)
{
    int listening = listen_socket_open(options->listen, error);
    if (listening < 0) {
        return FALSE;
    }
    endpoint->url = options->public_url != NULL
                        ? g_strdup(options->public_url)
                        : listen_socket_url(options->listen, listen_socket_port(listening));
    endpoint->limits = options->requests;
    endpoint->limits.body = options->limits.body;
    endpoint->dispatch.service = (struct call_service){.url = endpoint->url,
                                                       .tokens = endpoint->tokens,
                                                       .strangers = endpoint->strangers,
                                                       .grants = endpoint->grants,
                                                       .tolerances = endpoint->tolerances,
                                                       .clock = options->judge.clock,
                                                       .limits = &endpoint->limits,
                                                       .sends_mail = options->judge.sends_mail,
                                                       .renewal = options->judge.renewal,
                                                       .random = options->judge.random,
                                                       .log = speak,
                                                       .log_context = endpoint};
    cursor_key_fill(&endpoint->dispatch.service.cursors, random_system());
    const struct http_server_options http = {.listen = options->listen,
                                             .socket = listening,
                                             .threads = options->threads,
                                             .limits = options->limits,
                                             .trusted_proxies = options->trusted_proxies,
                                             .handle = handle,
                                             .body_limit = body_limit,
                                             .context = endpoint};
    endpoint->http = http_server_start(&http, error);
    return endpoint->http != NULL;
}

Endpoint *endpoint_start(const struct endpoint_options *options, GError **error)
{
    if (!check_place(options, error) || !check_url(options->public_url, error)) {
        return NULL;
    }
    struct endpoint *endpoint = g_new0(struct endpoint, 1);
    endpoint->observer = options->observer;
    endpoint->committed = options->committed;
    endpoint->committed_context = options->committed_context;
    endpoint->groups_changed = options->groups_changed;
    endpoint->groups_changed_context = options->groups_changed_context;
    start_counting(endpoint, options->requests.rate);
    if (!open_store(endpoint, options, error) || !listen_there(endpoint, options, error)) {
        endpoint_stop(endpoint);
        return NULL;
    }
    g_autofree char *line =
        g_strdup_printf("listening on %s as %s", options->listen, endpoint->url);
    speak(endpoint, G_LOG_LEVEL_INFO, line);
    return endpoint;
}

guint16 endpoint_port(const Endpoint *endpoint)
{
    return http_server_port(endpoint->http);
}

const char *endpoint_url(const Endpoint *endpoint)
{
    return endpoint->url;
}

void endpoint_stop(Endpoint *endpoint)
{
    if (endpoint == NULL) {
        return;
    }
    /* The writer last: what is parked must still be answered. */
    if (endpoint->http != NULL) {
        http_server_stop(endpoint->http);
    }
    if (endpoint->dispatch.writer != NULL) {
        writer_stop(endpoint->dispatch.writer);
    }
    if (endpoint->dispatch.readers != NULL) {
        session_pool_free(endpoint->dispatch.readers);
    }
    if (endpoint->store != NULL) {
        store_close(endpoint->store);
    }
    stop_counting(endpoint);
    g_free(endpoint->url);
    g_free(endpoint);
}
