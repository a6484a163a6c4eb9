#include "scim/client/http_request.h"

#include <string.h>

#include <curl/curl.h>

#include "scim/client/http_origin.h"
#include "scim/protocol/outcome.h"

#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS         60000
#define FIRST_FINAL_STATUS 200

struct http_requester {
    CURL *curl;
    struct http_origin origin;
    char *token;
    char *ca_file;
    gint64 connect_timeout_ms;
    gint64 timeout_ms;
    size_t max_answer;
    gboolean (*should_stop)(void *context);
    void *stop_context;
};

/* One send, as curl's callbacks see it. */
struct transfer {
    HttpRequester *door;
    struct http_answer *answer;
    size_t received;
    guint departures; /* how often a connection was about to carry the request */
    gboolean writes;
    gboolean head_ended; /* the empty line behind the head came */
    gboolean too_large;
    gboolean stopped;
    char detail[CURL_ERROR_SIZE];
};

/* How a transfer that curl ended is told. Codes that are not in here are weather: RETRY. */
static const struct {
    CURLcode code;
    enum outcome outcome;
    const char *text;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, OUTCOME_RETRY, "the host's name cannot be resolved"},
    {CURLE_COULDNT_CONNECT, OUTCOME_RETRY, "nothing answers there"},
    {CURLE_OPERATION_TIMEDOUT, OUTCOME_RETRY, "no complete answer in time"},
    {CURLE_GOT_NOTHING, OUTCOME_RETRY, "the connection was closed without an answer"},
    {CURLE_RECV_ERROR, OUTCOME_RETRY, "the connection was lost before the answer"},
    {CURLE_SEND_ERROR, OUTCOME_RETRY, "the connection was lost while sending"},
    {CURLE_PARTIAL_FILE, OUTCOME_RETRY, "the answer broke off"},
    {CURLE_SSL_CONNECT_ERROR, OUTCOME_RETRY, "TLS does not come about"},
    {CURLE_PEER_FAILED_VERIFICATION, OUTCOME_SETTINGS,
     "the server's certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, OUTCOME_SETTINGS, "the CA file cannot be used"},
    {CURLE_URL_MALFORMAT, OUTCOME_SETTINGS, "the URL cannot be used"},
    {CURLE_UNSUPPORTED_PROTOCOL, OUTCOME_BAD_INPUT, "the answer is not HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, OUTCOME_BAD_INPUT, "the answer is not HTTP"},
    {CURLE_OUT_OF_MEMORY, OUTCOME_INTERNAL, "out of memory"},
};

static gboolean within_limit(struct transfer *transfer, size_t more)
{
    if (more > transfer->door->max_answer - transfer->received) {
        transfer->too_large = TRUE;
    } else {
        transfer->received += more;
    }
    return !transfer->too_large;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    (void)size; /* always 1 */
    if (!within_limit(transfer, count)) {
        return 0;
    }
    g_string_append_len(transfer->answer->body, bytes, (gssize)count);
    return count;
}

static void forget_head(struct http_answer *answer)
{
    g_clear_pointer(&answer->content_type, g_free);
    g_clear_pointer(&answer->etag, g_free);
    g_clear_pointer(&answer->location, g_free);
    g_clear_pointer(&answer->retry_after, g_free);
    answer->date = answer->last_modified = 0;
}

/* RFC 9110 5.6.7 */
static void keep_time(gint64 *place, const char *value)
{
    *place = MAX((gint64)curl_getdate(value, NULL), 0);
}

static void keep_field(struct http_answer *answer, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **place;
    } fields[] = {
        {"content-type", &answer->content_type},
        {"etag", &answer->etag},
        {"location", &answer->location},
        {"retry-after", &answer->retry_after},
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (g_ascii_strcasecmp(name, fields[i].name) == 0) {
            g_free(*fields[i].place);
            *fields[i].place = g_strdup(value);
        }
    }
    if (g_ascii_strcasecmp(name, "date") == 0) {
        keep_time(&answer->date, value);
    } else if (g_ascii_strcasecmp(name, "last-modified") == 0) {
        keep_time(&answer->last_modified, value);
    }
}

static size_t take_head(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    (void)size; /* always 1 */
    if (!within_limit(transfer, count)) {
        return 0;
    }
    g_autofree char *line = g_strndup(bytes, count);
    g_strstrip(line);
    if (g_str_has_prefix(line, "HTTP/")) {
        forget_head(transfer->answer); /* what came before was a 1xx */
        transfer->head_ended = FALSE;
        return count;
    }
    transfer->head_ended = transfer->head_ended || line[0] == '\0';
    char *colon = strchr(line, ':');
    if (colon != NULL) {
        *colon = '\0';
        keep_field(transfer->answer, line, g_strstrip(colon + 1));
    }
    return count;
}

/* curl repeats a request by itself when a kept connection turns out to be dead after sending:
 * for a write that would be a second try in the dark, so the second departure is forbidden
 * (N09). */
static int
before_departure(void *context,
                 char *remote, /* NOLINT(readability-non-const-parameter): curl's type */
                 char *local,  /* NOLINT(readability-non-const-parameter): curl's type */
                 int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    transfer->departures++;
    return transfer->writes && transfer->departures > 1 ? CURL_PREREQFUNC_ABORT
                                                        : CURL_PREREQFUNC_OK;
}

static int look_up_from_waiting(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                                curl_off_t d)
{
    struct transfer *transfer = context;
    const HttpRequester *door = transfer->door;
    (void)a, (void)b, (void)c, (void)d;
    transfer->stopped = door->should_stop != NULL && door->should_stop(door->stop_context);
    return transfer->stopped ? 1 : 0;
}

static gboolean refuse(const char *what, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "%s", what);
    return FALSE;
}

static void wipe(char *secret)
{
    if (secret != NULL) {
        explicit_bzero(secret, strlen(secret));
    }
    g_free(secret);
}

gboolean http_request_set_token(HttpRequester *door, const char *token, GError **error)
{
    size_t length = token != NULL ? strlen(token) : 0;
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isalnum(token[i]) && strchr("-._~+/=", token[i]) == NULL) {
            return refuse(
                "the token has characters that no bearer token has; is its file intact?",
                error);
        }
    }
    if (token != NULL && length == 0) {
        return refuse("the token is empty; is its file intact?", error);
    }
    wipe(door->token);
    door->token = g_strdup(token);
    return TRUE;
}

static gpointer start_curl(gpointer unused)
{
    (void)unused;
    return GINT_TO_POINTER(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

/* libcurl would say so only in the middle of a handshake. */
static gboolean holds_certificates(const char *ca_file, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(ca_file, &text, NULL, &failure)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "ca_file \"%s\" cannot be read: %s",
                    ca_file, failure->message);
        return FALSE;
    }
    if (strstr(text, "CERTIFICATE-----") == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "ca_file \"%s\" holds no certificate (PEM)", ca_file);
        return FALSE;
    }
    return TRUE;
}

static gboolean prepare(HttpRequester *door, const struct http_settings *settings,
                        GError **error)
{
    static GOnce curl_started = G_ONCE_INIT;
    if (!http_origin_parse(settings->url, &door->origin, error) ||
        !http_request_set_token(door, settings->token, error)) {
        return FALSE;
    }
    if (door->origin.is_exposed && !settings->insecure) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "url \"%s\": plain http to another machine shows the token to the network; "
                    "use https",
                    settings->url);
        return FALSE;
    }
    if (settings->ca_file != NULL && !holds_certificates(settings->ca_file, error)) {
        return FALSE;
    }
    if (g_once(&curl_started, start_curl, NULL) == NULL ||
        (door->curl = curl_easy_init()) == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "libcurl does not start");
        return FALSE;
    }
    return TRUE;
}

HttpRequester *http_request_open(const struct http_settings *settings, GError **error)
{
    g_autoptr(HttpRequester) door = g_new0(HttpRequester, 1);
    door->ca_file = g_strdup(settings->ca_file);
    door->connect_timeout_ms =
        settings->connect_timeout_ms > 0 ? settings->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    door->timeout_ms = settings->timeout_ms > 0 ? settings->timeout_ms : TIMEOUT_MS;
    door->max_answer =
        settings->max_answer > 0 ? settings->max_answer : HTTP_REQUEST_MAX_ANSWER;
    door->should_stop = settings->should_stop;
    door->stop_context = settings->stop_context;
    return prepare(door, settings, error) ? g_steal_pointer(&door) : NULL;
}

gboolean http_request_writes(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

static gboolean header_is_valid(const char *header)
{
    for (const char *p = header; *p != '\0'; p++) {
        if (g_ascii_iscntrl(*p)) {
            return FALSE;
        }
    }
    return strchr(header, ':') != NULL && header[0] != ':';
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next) {
        explicit_bzero(at->data, strlen(at->data)); /* one of them bears the token */
    }
    curl_slist_free_all(headers);
}

static struct curl_slist *make_headers(const HttpRequester *door, const struct http_call *call)
{
    /* "Expect: 100-continue" would cost a second with servers that do not know it. */
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (door->token != NULL) {
        char *bearer = g_strconcat("Authorization: Bearer ", door->token, NULL);
        headers = curl_slist_append(headers, bearer);
        wipe(bearer);
    }
    for (const char *const *at = call->headers; at != NULL && *at != NULL; at++) {
        headers = curl_slist_append(headers, *at);
    }
    return headers;
}

static void set_connection(const HttpRequester *door, struct transfer *transfer)
{
    CURL *curl = door->curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)door->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)door->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, door->origin.socket);
    if (door->ca_file != NULL) { /* these authorities, and not the system's beside them */
        curl_easy_setopt(curl, CURLOPT_CAINFO, door->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "rolecall/" ROLECALL_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->detail);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, before_departure);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up_from_waiting);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

static void set_request(CURL *curl, const struct http_call *call, const char *url)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    gboolean has_length = call->body != NULL || strcmp(call->method, "POST") == 0;
    if (has_length) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body != NULL ? call->body : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(call->body != NULL ? call->body_length : 0));
    }
    if (strcmp(call->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    }
}

static gboolean tell_failure(const struct transfer *transfer, CURLcode code,
                             const char *request, GError **error)
{
    enum outcome outcome = OUTCOME_RETRY;
    const char *text = curl_easy_strerror(code);
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].code == code) {
            outcome = failures[i].outcome;
            text = failures[i].text;
        }
    }
    if (transfer->stopped) {
        outcome = OUTCOME_INTERRUPTED;
        text = "it was stopped";
    } else if (transfer->too_large) {
        outcome = OUTCOME_BAD_INPUT;
        text = "the answer is too large";
    } else if (transfer->departures > 1 && transfer->writes) {
        text = "the connection was lost before the answer";
    }
    gboolean in_the_dark = transfer->writes && transfer->departures > 0;
    const char *detail = transfer->stopped || transfer->too_large ? "" : transfer->detail;
    g_set_error(error, OUTCOME, (gint)(in_the_dark ? OUTCOME_UNCERTAIN : outcome),
                "%s: %s%s%s%s%s", request, text, detail[0] != '\0' ? " (" : "", detail,
                detail[0] != '\0' ? ")" : "",
                in_the_dark ? "; it may have been carried out" : "");
    return FALSE;
}

static gboolean call_is_valid(const struct http_call *call, GError **error)
{
    if (!http_origin_path_is_valid(call->path)) {
        return refuse("a path is not fit to be sent", error);
    }
    for (const char *const *at = call->headers; at != NULL && *at != NULL; at++) {
        if (!header_is_valid(*at)) {
            return refuse("a header is not fit to be sent", error);
        }
    }
    return TRUE;
}

gboolean http_request_send(HttpRequester *door, const struct http_call *call,
                           struct http_answer *answer, GError **error)
{
    http_answer_clear(answer);
    if (!call_is_valid(call, error)) {
        return FALSE;
    }
    g_autofree char *url = g_strconcat(door->origin.base, call->path, NULL);
    g_autofree char *request = g_strdup_printf("%s \"%s\"", call->method, url);
    struct transfer transfer = {.door = door, .answer = answer};
    struct curl_slist *headers = make_headers(door, call);

    transfer.writes = http_request_writes(call->method);
    answer->body = g_string_new(NULL);
    curl_easy_reset(door->curl); /* keeps the connection */
    set_connection(door, &transfer);
    set_request(door->curl, call, url);
    curl_easy_setopt(door->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(door->curl);
    curl_easy_setopt(door->curl, CURLOPT_HTTPHEADER, NULL);
    free_headers(headers);

    long status = 0;
    curl_easy_getinfo(door->curl, CURLINFO_RESPONSE_CODE, &status);
    /* curl is content with a head that breaks off, and with a 1xx alone. */
    if (code == CURLE_OK && (!transfer.head_ended || status < FIRST_FINAL_STATUS)) {
        code = CURLE_PARTIAL_FILE;
    }
    if (code != CURLE_OK) {
        http_answer_clear(answer);
        return tell_failure(&transfer, code, request, error);
    }
    answer->status = (int)status;
    return TRUE;
}

void http_answer_clear(struct http_answer *answer)
{
    forget_head(answer);
    if (answer->body != NULL) {
        g_string_free(answer->body, TRUE);
    }
    *answer = (struct http_answer){0};
}

void http_request_close(HttpRequester *door)
{
    if (door == NULL) {
        return;
    }
    curl_easy_cleanup(door->curl);
    http_origin_clear(&door->origin);
    wipe(door->token);
    g_free(door->ca_file);
    g_free(door);
}
