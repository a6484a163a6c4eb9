#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/server/http_server.h"
#include "scim/server/listen_socket.h"
#include "tests/scim/server/raw_client.h"

/* A handler that echoes; "/parked" is parked until the test lets it go. */
struct bench {
    HttpServer *server;
    guint16 port;
    GMutex lock;
    GCond changed;
    Exchange *parked;
    unsigned handled;
};

static void answer_text(Exchange *exchange)
{
    if (exchange->body_is_too_long) {
        exchange_answer(exchange, 413, NULL, NULL, 0);
        return;
    }
    GString *text = g_string_new(exchange->path);
    gboolean asks_peer = strcmp(exchange->path, "/peer") == 0;
    g_string_append_printf(text, " %s", asks_peer ? exchange->peer : exchange->body->str);
    exchange_set_header(exchange, "ETag", "W/\"1\"");
    gsize length = text->len;
    exchange_answer(exchange, 200, "text/plain", g_string_free(text, FALSE), length);
}

static void handle(void *context, Exchange *exchange)
{
    struct bench *bench = context;
    g_mutex_lock(&bench->lock);
    bench->handled++;
    if (strcmp(exchange->path, "/parked") == 0) {
        exchange_park(exchange);
        bench->parked = exchange;
    } else {
        answer_text(exchange);
    }
    g_cond_broadcast(&bench->changed);
    g_mutex_unlock(&bench->lock);
}

/* "/long" may have more, as long as it says why. */
static size_t body_limit(void *context, Exchange *exchange)
{
    (void)context;
    return strcmp(exchange->path, "/long") == 0 && exchange_header(exchange, "X-Why") != NULL
               ? 100000
               : 10;
}

static void start_at(struct bench *bench, const char *place,
                     void (*change)(struct http_server_limits *limits))
{
    *bench = (struct bench){0};
    g_mutex_init(&bench->lock);
    g_cond_init(&bench->changed);
    g_autoptr(GError) error = NULL;
    struct http_server_options options = {.listen = place,
                                          .socket = listen_socket_open(place, &error),
                                          .threads = 2,
                                          .handle = handle,
                                          .body_limit = body_limit,
                                          .context = bench};
    assert_true(options.socket >= 0);
    http_server_limits_default(&options.limits);
    options.limits.body = 1000;
    if (change != NULL) {
        change(&options.limits);
    }
    bench->server = http_server_start(&options, &error);
    assert_non_null(bench->server);
    bench->port = http_server_port(bench->server);
}

static void start(struct bench *bench, void (*change)(struct http_server_limits *limits))
{
    start_at(bench, "127.0.0.1:0", change);
}

static void stop(struct bench *bench)
{
    http_server_stop(bench->server);
    g_mutex_clear(&bench->lock);
    g_cond_clear(&bench->changed);
}

static void expect(struct bench *bench, const char *request, unsigned status, const char *body)
{
    int connection = raw_client_connect(bench->port);
    raw_client_send(connection, request);
    struct raw_answer *answer = raw_client_read(connection);
    if (answer->status != status || (body != NULL && strcmp(answer->body->str, body) != 0)) {
        fail_msg("'%.60s' was answered %u '%s'", request, answer->status, answer->body->str);
    }
    raw_client_free(answer);
    close(connection);
}

static void a_request_comes_as_it_was_sent_and_its_answer_goes_back(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    struct raw_answer *answer =
        raw_client_ask(bench.port, "PATCH", "/a%2eb/../c?d=%20", "X-Y: z\r\n", "body");
    assert_int_equal(answer->status, 200);
    assert_string_equal(answer->body->str, "/a%2eb/../c body");
    g_autofree char *tag = raw_client_header(answer, "etag");
    assert_string_equal(tag, "W/\"1\"");
    raw_client_free(answer);
    stop(&bench);
}

static void one_connection_carries_request_after_request(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    int connection = raw_client_connect(bench.port);
    for (int i = 0; i < 3; i++) {
        raw_client_send(connection,
                        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        struct raw_answer *answer = raw_client_read(connection);
        assert_int_equal(answer->status, 200);
        assert_string_equal(answer->body->str, "/x abcde");
        raw_client_free(answer);
    }
    close(connection);
    stop(&bench);
}

static void a_parked_request_is_answered_from_another_thread(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    int connection = raw_client_connect(bench.port);
    raw_client_send(connection, "GET /parked HTTP/1.1\r\nHost: h\r\n\r\n");
    g_mutex_lock(&bench.lock);
    while (bench.parked == NULL) {
        g_cond_wait(&bench.changed, &bench.lock);
    }
    g_mutex_unlock(&bench.lock);
    expect(&bench, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n", 200, "/other ");
    answer_text(bench.parked);
    exchange_ready(bench.parked);
    struct raw_answer *answer = raw_client_read(connection);
    assert_int_equal(answer->status, 200);
    assert_string_equal(answer->body->str, "/parked ");
    raw_client_free(answer);
    close(connection);
    stop(&bench);
}

/* N03: what could be cut into requests in two ways is not handled at all. */
static void requests_without_a_clear_border_are_refused(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775808\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551617\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX-A: \xff\xfe\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        /* blanks where a proxy in front may read something else (RFC 9112 5.1, 5.2) */
        "GET / HTTP/1.1\r\nHost: h\r\nX-A : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX-A\t: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX(A): b\r\n\r\n",
    };
    struct bench bench;
    start(&bench, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        int connection = raw_client_connect(bench.port);
        raw_client_send(connection, requests[i]);
        struct raw_answer *answer = raw_client_read(connection);
        if (answer->status != 0 && (answer->status < 400 || answer->status > 499)) {
            fail_msg("request %zu was answered %u", i, answer->status);
        }
        raw_client_free(answer);
        assert_true(raw_client_wait_end(connection, 5000));
        close(connection);
    }
    /* The one with a length beyond the limit is asked what to answer; none is carried out. */
    expect(&bench, "GET /alive HTTP/1.1\r\nHost: h\r\n\r\n", 200, "/alive ");
    stop(&bench);
}

static void a_body_is_refused_at_one_byte_too_many(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    g_autofree char *fits = g_strnfill(1000, 'x');
    g_autofree char *too_long = g_strnfill(1001, 'x');
    struct raw_answer *answer = raw_client_ask(bench.port, "POST", "/", NULL, fits);
    assert_int_equal(answer->status, 200);
    raw_client_free(answer);
    answer = raw_client_ask(bench.port, "POST", "/", NULL, too_long);
    assert_int_equal(answer->status, 413);
    raw_client_free(answer);
    g_autofree char *chunked =
        g_strdup_printf("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3e9\r\n%s\r\n0\r\n\r\n",
                        too_long);
    expect(&bench, chunked, 413, NULL);
    stop(&bench);
}

/* A route that takes more is asked only for what is more than usual. */
static void a_longer_body_is_taken_where_its_route_says_so(void **state)
{
    (void)state;

    static const struct {
        const char *path, *header;
        size_t length;
        unsigned status;
    } cases[] = {
        {"/long", "X-Why: y\r\n", 100000, 200},
        {"/long", "X-Why: y\r\n", 100001, 413},
        {"/long", NULL, 1001, 413},
        {"/long", NULL, 1000, 200},
        {"/other", "X-Why: y\r\n", 1001, 413},
        {"/other", "X-Why: y\r\n", 1000, 200},
    };
    struct bench bench;
    start(&bench, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strnfill(cases[i].length, 'x');
        struct raw_answer *answer =
            raw_client_ask(bench.port, "POST", cases[i].path, cases[i].header, body);
        if (answer->status != cases[i].status) {
            fail_msg("case %zu was answered %u", i, answer->status);
        }
        raw_client_free(answer);
        g_autofree char *chunked = g_strdup_printf(
            "POST %s HTTP/1.1\r\nHost: h\r\n%sTransfer-Encoding: chunked\r\n\r\n"
            "%zx\r\n%s\r\n0\r\n\r\n",
            cases[i].path, cases[i].header != NULL ? cases[i].header : "", cases[i].length,
            body);
        expect(&bench, chunked, cases[i].status, NULL);
    }
    stop(&bench);
}

static void behind_a_socket_file_everybody_is_unix(void **state)
{
    (void)state;
    struct bench bench;
    g_autofree char *folder = g_dir_make_tmp("http-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "s", NULL);
    g_autofree char *place = g_strconcat("unix:", path, NULL);
    start_at(&bench, place, NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(
        connect(connection, (const struct sockaddr *)(const void *)&address, sizeof address),
        0);
    raw_client_send(connection, "GET /peer HTTP/1.1\r\nHost: h\r\n\r\n");
    struct raw_answer *answer = raw_client_read(connection);
    assert_string_equal(answer->body->str, "/peer unix");
    raw_client_free(answer);
    close(connection);
    stop(&bench);
    g_rmdir(folder);
}

static void whoever_asks_is_known_by_their_address(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    expect(&bench, "GET /peer HTTP/1.1\r\nHost: h\r\n\r\n", 200, "/peer 127.0.0.1");
    stop(&bench);
}

static void an_endless_body_is_cut_and_its_announcement_suffices(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    expect(&bench, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n", 413,
           NULL);
    int connection = raw_client_connect(bench.port);
    raw_client_send(connection,
                    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    g_autofree char *piece = g_strnfill(4096, 'x');
    g_autofree char *chunk = g_strdup_printf("1000\r\n%s\r\n", piece);
    unsigned sent = 0;
    while (sent < 10000 && raw_client_send(connection, chunk)) {
        sent++;
    }
    assert_true(sent < 10000);
    close(connection);
    stop(&bench);
}

static void headers_beyond_the_memory_of_a_connection_are_refused(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    g_autofree char *filling = g_strnfill(100000, 'a');
    g_autofree char *header =
        g_strdup_printf("GET / HTTP/1.1\r\nHost: h\r\nX: %s\r\n\r\n", filling);
    g_autofree char *target = g_strdup_printf("GET /%s HTTP/1.1\r\nHost: h\r\n\r\n", filling);
    const char *const requests[] = {header, target};
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        int connection = raw_client_connect(bench.port);
        raw_client_send(connection, requests[i]);
        struct raw_answer *answer = raw_client_read(connection);
        assert_true(answer->status == 0 || answer->status == 431 || answer->status == 414 ||
                    answer->status == 413);
        raw_client_free(answer);
        close(connection);
    }
    assert_int_equal(bench.handled, 0);
    stop(&bench);
}

static void be_brief(struct http_server_limits *limits)
{
    limits->header_milliseconds = 300;
    limits->body_milliseconds = 300;
    limits->answer_milliseconds = 300;
    limits->stop_milliseconds = 300;
}

/* A byte every 20 ms: never idle, never done (L8). FALSE when the server had enough of it. */
static gboolean drip(int connection, unsigned milliseconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)milliseconds * 1000;
    while (g_get_monotonic_time() < until) {
        if (!raw_client_send(connection, "x") || raw_client_wait_end(connection, 20)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void R33_a_client_that_drips_is_cut_at_its_deadline(void **state)
{
    (void)state;
    static const char *const beginnings[] = {
        "G",
        "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n",
    };
    struct bench bench;
    start(&bench, be_brief);
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        int connection = raw_client_connect(bench.port);
        gint64 started = g_get_monotonic_time();
        raw_client_send(connection, beginnings[i]);
        assert_false(drip(connection, 10000));
        assert_true(g_get_monotonic_time() - started >= 250 * 1000);
        close(connection);
    }
    assert_int_equal(bench.handled, 0);
    expect(&bench, "GET /good HTTP/1.1\r\nHost: h\r\n\r\n", 200, "/good ");
    stop(&bench);
}

static void be_patient(struct http_server_limits *limits)
{
    limits->header_milliseconds = 300;
    limits->body_milliseconds = 60000;
}

/* A kilobyte a second: a short body has not the time of the longest. */
static void R33_an_announced_body_must_come_at_its_rate(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, be_patient);
    int connection = raw_client_connect(bench.port);
    gint64 started = g_get_monotonic_time();
    raw_client_send(connection, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 512\r\n\r\n");
    assert_false(drip(connection, 30000));
    gint64 elapsed = g_get_monotonic_time() - started;
    assert_in_range(elapsed, 750 * 1000, 20 * G_USEC_PER_SEC);
    close(connection);
    assert_int_equal(bench.handled, 0);
    expect(&bench, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200,
           "/a abc");
    stop(&bench);
}

static gpointer stop_on_a_thread(gpointer data)
{
    http_server_stop(((struct bench *)data)->server);
    return NULL;
}

static void a_stop_lets_what_is_under_way_end(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, NULL);
    int idle = raw_client_connect(bench.port);
    int connection = raw_client_connect(bench.port);
    raw_client_send(connection, "GET /parked HTTP/1.1\r\nHost: h\r\n\r\n");
    g_mutex_lock(&bench.lock);
    while (bench.parked == NULL) {
        g_cond_wait(&bench.changed, &bench.lock);
    }
    g_mutex_unlock(&bench.lock);
    GThread *stopping = g_thread_new("stop", stop_on_a_thread, &bench);
    answer_text(bench.parked);
    exchange_ready(bench.parked);
    struct raw_answer *answer = raw_client_read(connection);
    assert_int_equal(answer->status, 200);
    assert_string_equal(answer->body->str, "/parked ");
    raw_client_free(answer);
    g_thread_join(stopping);
    assert_true(raw_client_wait_end(idle, 5000));
    assert_true(raw_client_wait_end(connection, 5000));
    close(idle);
    close(connection);
    g_mutex_clear(&bench.lock);
    g_cond_clear(&bench.changed);
}

static void a_stop_does_not_wait_for_ever_for_a_slow_client(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, be_brief);
    int connection = raw_client_connect(bench.port);
    raw_client_send(connection, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\nx");
    gint64 started = g_get_monotonic_time();
    stop(&bench);
    assert_true(g_get_monotonic_time() - started < (gint64)5 * G_USEC_PER_SEC);
    assert_true(raw_client_wait_end(connection, 5000));
    close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_comes_as_it_was_sent_and_its_answer_goes_back),
        cmocka_unit_test(one_connection_carries_request_after_request),
        cmocka_unit_test(a_parked_request_is_answered_from_another_thread),
        cmocka_unit_test(requests_without_a_clear_border_are_refused),
        cmocka_unit_test(a_body_is_refused_at_one_byte_too_many),
        cmocka_unit_test(a_longer_body_is_taken_where_its_route_says_so),
        cmocka_unit_test(behind_a_socket_file_everybody_is_unix),
        cmocka_unit_test(whoever_asks_is_known_by_their_address),
        cmocka_unit_test(an_endless_body_is_cut_and_its_announcement_suffices),
        cmocka_unit_test(headers_beyond_the_memory_of_a_connection_are_refused),
        cmocka_unit_test(R33_a_client_that_drips_is_cut_at_its_deadline),
        cmocka_unit_test(R33_an_announced_body_must_come_at_its_rate),
        cmocka_unit_test(a_stop_lets_what_is_under_way_end),
        cmocka_unit_test(a_stop_does_not_wait_for_ever_for_a_slow_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
