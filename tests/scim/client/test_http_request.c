#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/client/http_request.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/client/scripted_server.h"

#define TOKEN      "rc_abc_s3cret"
#define NO_CONTENT "HTTP/1.1 204 No Content\r\n\r\n"

static const struct http_call read_call = {.method = "GET", .path = "/Users"};
static const struct http_call write_call = {.method = "POST",
                                            .path = "/Users",
                                            .body = "{\"a\":1}",
                                            .body_length = 7};

static HttpRequester *open_door(const char *url)
{
    const struct http_settings settings = {
        .url = url, .token = TOKEN, .timeout_ms = 20000, .connect_timeout_ms = 5000};
    g_autoptr(GError) error = NULL;
    HttpRequester *door = http_request_open(&settings, &error);
    assert_null(error);
    assert_non_null(door);
    return door;
}

/* Sends and expects this failure; the message names no secret. */
static void expect_failure(HttpRequester *door, const struct http_call *call,
                           enum outcome outcome)
{
    struct http_answer answer = {0};
    g_autoptr(GError) error = NULL;
    assert_false(http_request_send(door, call, &answer, &error));
    assert_non_null(error);
    if ((enum outcome)error->code != outcome)
        print_error("%s\n", error->message);
    assert_string_equal(outcome_name((enum outcome)error->code), outcome_name(outcome));
    assert_null(strstr(error->message, "s3cret"));
    assert_null(strchr(error->message, '\n'));
    assert_null(answer.body);
    assert_int_equal(answer.status, 0);
}

static void the_answer_comes_back_with_its_head_and_body(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autoptr(HttpRequester) door = open_door(server->url);
    struct http_answer answer = {0};
    scripted_server_say(server, SCRIPTED_KEEP,
                        "HTTP/1.1 100 Continue\r\nETag: \"no\"\r\n\r\n"
                        "HTTP/1.1 503 Later\r\netag: W/\"7\"\r\nRETRY-AFTER:  12 \r\n"
                        "Date: Sun, 22 Nov 2026 08:00:00 GMT\r\n"
                        "Last-Modified: Sun, 22 Nov 2026 07:59:55 GMT\r\n"
                        "Location: /there\r\nContent-Type: text/plain\r\nX: y\r\n"
                        "Content-Length: 5\r\n\r\nhello");
    assert_true(http_request_send(door, &read_call, &answer, NULL));
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.etag, "W/\"7\"");
    assert_int_equal(answer.date, 1795334400);
    assert_int_equal(answer.last_modified, 1795334395);
    assert_string_equal(answer.retry_after, "12");
    assert_string_equal(answer.location, "/there");
    assert_string_equal(answer.content_type, "text/plain");
    assert_string_equal(answer.body->str, "hello");

    scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
    assert_true(http_request_send(door, &read_call, &answer, NULL));
    assert_int_equal(answer.status, 204);
    assert_null(answer.etag); /* nothing of the former answer is left */
    assert_int_equal(answer.date, 0);
    assert_int_equal(answer.last_modified, 0);
    assert_null(answer.retry_after);
    assert_int_equal(answer.body->len, 0);
    http_answer_clear(&answer);
    scripted_server_stop(server);
}

static void a_request_carries_method_path_headers_token_and_body(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autofree char *url = g_strconcat(server->url, "/base/", NULL);
    g_autoptr(HttpRequester) door = open_door(url);
    struct http_answer answer = {0};
    const char *const headers[] = {"If-Match: W/\"3\"", "Content-Type: application/scim+json",
                                   NULL};
    struct http_call call = write_call;
    call.method = "PATCH";
    call.headers = headers;
    scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
    assert_true(http_request_send(door, &call, &answer, NULL));
    const char *request = scripted_server_request(server, 0);
    assert_true(g_str_has_prefix(request, "PATCH /base/Users HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
    assert_non_null(strstr(request, "\r\nIf-Match: W/\"3\"\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/scim+json\r\n"));
    assert_non_null(strstr(request, "\r\nUser-Agent: rolecall/"));
    assert_null(strcasestr(request, "expect:"));
    assert_null(strcasestr(request, "accept-encoding:"));
    assert_true(g_str_has_suffix(request, "\r\n\r\n{\"a\":1}"));

    scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
    assert_true(http_request_set_token(door, "newer", NULL));
    call = (struct http_call){.method = "DELETE", .path = "/Users/7"};
    assert_true(http_request_send(door, &call, &answer, NULL));
    request = scripted_server_request(server, 1);
    assert_true(g_str_has_prefix(request, "DELETE /base/Users/7 HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "Bearer newer\r\n"));
    assert_true(g_str_has_suffix(request, "\r\n\r\n"));

    scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
    call = (struct http_call){.method = "POST", .path = "/Users"};
    assert_true(http_request_send(door, &call, &answer, NULL));
    assert_non_null(strstr(scripted_server_request(server, 2), "\r\nContent-Length: 0\r\n"));
    assert_int_equal(scripted_server_connections(server), 1);
    http_answer_clear(&answer);
    scripted_server_stop(server);
}

static void a_socket_file_is_as_good_as_a_port(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("rolecall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "http.sock", NULL);
    struct scripted_server *server = scripted_server_start(path);
    g_autoptr(HttpRequester) door = open_door(server->url);
    struct http_answer answer = {0};
    scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
    assert_true(http_request_send(door, &read_call, &answer, NULL));
    assert_int_equal(answer.status, 204);
    assert_non_null(strstr(scripted_server_request(server, 0), "\r\nHost: localhost\r\n"));
    http_answer_clear(&answer);
    scripted_server_stop(server);
    expect_failure(door, &write_call, OUTCOME_RETRY);
    g_rmdir(folder);
}

static void nobody_there_means_nothing_happened(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autoptr(HttpRequester) door = open_door(server->url);
    scripted_server_stop(server);
    expect_failure(door, &read_call, OUTCOME_RETRY);
    expect_failure(door, &write_call, OUTCOME_RETRY);
}

static void a_lost_answer_is_uncertain_for_a_write_and_another_try_for_a_read(void **state)
{
    (void)state;

    static const struct {
        enum scripted_end end;
        const char *bytes;
    } cases[] = {
        {SCRIPTED_SLAM, ""},
        {SCRIPTED_CLOSE, ""},
        {SCRIPTED_RESET, ""},
        {SCRIPTED_CLOSE, "HTTP/1.1 200 OK\r\nContent-Le"},
        {SCRIPTED_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"},
        {SCRIPTED_CLOSE, "HTTP/1.1 100 Continue\r\n\r\n"},
        {SCRIPTED_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"},
        {SCRIPTED_CLOSE, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scripted_server *server = scripted_server_start(NULL);
        g_autoptr(HttpRequester) door = open_door(server->url);
        scripted_server_say(server, cases[i].end, cases[i].bytes);
        expect_failure(door, &write_call, OUTCOME_UNCERTAIN);
        scripted_server_say(server, cases[i].end, cases[i].bytes);
        expect_failure(door, &read_call, OUTCOME_RETRY);
        guint expected = cases[i].end == SCRIPTED_SLAM ? 0 : 2;
        assert_int_equal(scripted_server_count(server), expected);
        scripted_server_stop(server);
    }
}

/* curl would send it again by itself, because the connection had been used before. */
static void a_write_leaves_once_even_on_a_kept_connection_that_dies(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PATCH", "PUT", "DELETE"};
    for (guint i = 0; i < G_N_ELEMENTS(methods); i++) {
        struct scripted_server *server = scripted_server_start(NULL);
        g_autoptr(HttpRequester) door = open_door(server->url);
        struct http_answer answer = {0};
        struct http_call call = write_call;
        call.method = methods[i];
        if (strcmp(methods[i], "DELETE") == 0)
            call.body = NULL;
        scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
        assert_true(http_request_send(door, &read_call, &answer, NULL));
        http_answer_clear(&answer);

        scripted_server_say(server, SCRIPTED_CLOSE, "");
        scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
        expect_failure(door, &call, OUTCOME_UNCERTAIN);
        assert_int_equal(scripted_server_count(server), 2);

        /* A read may be repeated by curl: it ends well. */
        scripted_server_say(server, SCRIPTED_CLOSE, "");
        scripted_server_say(server, SCRIPTED_KEEP, NO_CONTENT);
        assert_true(http_request_send(door, &read_call, &answer, NULL));
        http_answer_clear(&answer);
        assert_true(http_request_send(door, &read_call, &answer, NULL));
        http_answer_clear(&answer);
        scripted_server_stop(server);
    }
}

static void a_mute_server_costs_no_more_than_the_time_allowed(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    const struct http_settings settings = {.url = server->url, .timeout_ms = 100};
    g_autoptr(HttpRequester) door = http_request_open(&settings, NULL);
    gint64 before = g_get_monotonic_time();
    scripted_server_say(server, SCRIPTED_MUTE, "");
    expect_failure(door, &write_call, OUTCOME_UNCERTAIN);
    scripted_server_say(server, SCRIPTED_MUTE, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    expect_failure(door, &write_call, OUTCOME_UNCERTAIN);
    scripted_server_say(server, SCRIPTED_MUTE, "");
    expect_failure(door, &read_call, OUTCOME_RETRY);
    assert_true(g_get_monotonic_time() - before >= 300 * 1000);
    assert_true(g_get_monotonic_time() - before < 10 * G_USEC_PER_SEC);
    scripted_server_stop(server);
}

static void a_redirect_is_an_answer_and_is_not_followed(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autoptr(HttpRequester) door = open_door(server->url);
    struct http_answer answer = {0};
    scripted_server_say(
        server, SCRIPTED_KEEP,
        "HTTP/1.1 307 There\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    assert_true(http_request_send(door, &write_call, &answer, NULL));
    assert_int_equal(answer.status, 307);
    assert_string_equal(answer.location, "/elsewhere");
    assert_int_equal(scripted_server_count(server), 1);
    http_answer_clear(&answer);
    scripted_server_stop(server);
}

static void an_answer_is_taken_up_to_its_limit_and_no_byte_further(void **state)
{
    (void)state;
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n";
    g_autofree char *body = g_strnfill(50, 'x');
    g_autofree char *bytes = g_strconcat(head, body, NULL);
    struct scripted_server *server = scripted_server_start(NULL);
    struct http_settings settings = {.url = server->url, .max_answer = strlen(bytes)};
    struct http_answer answer = {0};
    HttpRequester *door = http_request_open(&settings, NULL);
    scripted_server_say(server, SCRIPTED_KEEP, bytes);
    assert_true(http_request_send(door, &read_call, &answer, NULL));
    assert_int_equal(answer.body->len, 50);
    http_answer_clear(&answer);
    http_request_close(door);

    settings.max_answer--;
    door = http_request_open(&settings, NULL);
    scripted_server_say(server, SCRIPTED_CLOSE, bytes);
    expect_failure(door, &read_call, OUTCOME_BAD_INPUT);
    scripted_server_say(server, SCRIPTED_CLOSE, bytes);
    expect_failure(door, &write_call, OUTCOME_UNCERTAIN);
    http_request_close(door);

    settings.max_answer = 20; /* the head alone is too much */
    door = http_request_open(&settings, NULL);
    scripted_server_say(server, SCRIPTED_CLOSE, bytes);
    expect_failure(door, &read_call, OUTCOME_BAD_INPUT);
    http_request_close(door);
    scripted_server_stop(server);
}

static void what_is_no_http_is_said_to_be_none(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autoptr(HttpRequester) door = open_door(server->url);
    scripted_server_say(server, SCRIPTED_CLOSE, "SSH-2.0-OpenSSH_9.2\r\n");
    expect_failure(door, &read_call, OUTCOME_BAD_INPUT);
    scripted_server_say(server, SCRIPTED_CLOSE, "SSH-2.0-OpenSSH_9.2\r\n");
    expect_failure(door, &write_call, OUTCOME_UNCERTAIN);
    scripted_server_stop(server);
}

static void plain_text_where_tls_was_wanted_sends_nothing(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autofree char *url = g_strconcat("https", strchr(server->url, ':'), NULL);
    const struct http_settings settings = {.url = url, .token = TOKEN, .timeout_ms = 300};
    g_autoptr(HttpRequester) door = http_request_open(&settings, NULL);
    expect_failure(door, &write_call, OUTCOME_RETRY);
    assert_int_equal(scripted_server_count(server), 0);
    scripted_server_stop(server);
}

static void what_cannot_be_sent_is_refused_before_a_connection(void **state)
{
    (void)state;
    static const char *const bad_header[] = {"X: a\r\nY: b", NULL};
    static const char *const nameless[] = {": a", NULL};
    static const char *const no_colon[] = {"X", NULL};
    const struct http_call calls[] = {
        {.method = "GET", .path = "Users"},
        {.method = "GET", .path = "/Users HTTP/1.1\r\nX: y"},
        {.method = "GET", .path = "/Users", .headers = bad_header},
        {.method = "GET", .path = "/Users", .headers = nameless},
        {.method = "GET", .path = "/Users", .headers = no_colon},
    };
    struct scripted_server *server = scripted_server_start(NULL);
    g_autoptr(HttpRequester) door = open_door(server->url);
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++)
        expect_failure(door, &calls[i], OUTCOME_SETTINGS);
    assert_int_equal(scripted_server_connections(server), 0);
    scripted_server_stop(server);
}

static void settings_that_cannot_work_are_refused_at_once(void **state)
{
    (void)state;
    const struct http_settings cases[] = {
        {.url = "ftp://example.net"},
        {.url = "http://scim.example.net", .token = TOKEN},
        {.url = "https://scim.example.net", .token = "a\r\nb"},
        {.url = "https://scim.example.net", .token = "a b"},
        {.url = "https://scim.example.net", .token = ""},
        {.url = "https://scim.example.net", .ca_file = "/does/not/exist.pem"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(http_request_open(&cases[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_null(strstr(error->message, "s3cret"));
    }
    const struct http_settings meant = {.url = "http://scim.example.net", .insecure = TRUE};
    g_autoptr(HttpRequester) door = http_request_open(&meant, NULL);
    assert_non_null(door);
    g_autoptr(GError) error = NULL;
    assert_false(http_request_set_token(door, "a\nb", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
}

static void a_ca_file_that_is_none_is_a_matter_of_settings(void **state)
{
    (void)state;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("rolecall-XXXXXX", &path, NULL);
    assert_true(fd >= 0);
    close(fd);
    const struct http_settings settings = {.url = "https://127.0.0.1", .ca_file = path};
    g_autoptr(GError) error = NULL;
    assert_null(http_request_open(&settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "holds no certificate"));
    g_unlink(path);
}

static gboolean stop_at_once(void *context)
{
    (*(guint *)context)++;
    return TRUE;
}

static void who_waits_can_be_stopped(void **state)
{
    (void)state;
    guint asked = 0;
    struct scripted_server *server = scripted_server_start(NULL);
    const struct http_settings settings = {.url = server->url,
                                           .timeout_ms = 60000,
                                           .should_stop = stop_at_once,
                                           .stop_context = &asked};
    g_autoptr(HttpRequester) door = http_request_open(&settings, NULL);
    struct http_answer answer = {0};
    g_autoptr(GError) error = NULL;
    scripted_server_say(server, SCRIPTED_MUTE, "");
    assert_false(http_request_send(door, &read_call, &answer, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERRUPTED));
    assert_true(asked > 0);
    scripted_server_stop(server);
}

static void only_get_and_head_change_nothing(void **state)
{
    (void)state;
    assert_false(http_request_writes("GET"));
    assert_false(http_request_writes("HEAD"));
    assert_true(http_request_writes("POST"));
    assert_true(http_request_writes("PUT"));
    assert_true(http_request_writes("PATCH"));
    assert_true(http_request_writes("DELETE"));
    assert_true(http_request_writes("get"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_comes_back_with_its_head_and_body),
        cmocka_unit_test(a_request_carries_method_path_headers_token_and_body),
        cmocka_unit_test(a_socket_file_is_as_good_as_a_port),
        cmocka_unit_test(nobody_there_means_nothing_happened),
        cmocka_unit_test(a_lost_answer_is_uncertain_for_a_write_and_another_try_for_a_read),
        cmocka_unit_test(a_write_leaves_once_even_on_a_kept_connection_that_dies),
        cmocka_unit_test(a_mute_server_costs_no_more_than_the_time_allowed),
        cmocka_unit_test(a_redirect_is_an_answer_and_is_not_followed),
        cmocka_unit_test(an_answer_is_taken_up_to_its_limit_and_no_byte_further),
        cmocka_unit_test(what_is_no_http_is_said_to_be_none),
        cmocka_unit_test(plain_text_where_tls_was_wanted_sends_nothing),
        cmocka_unit_test(what_cannot_be_sent_is_refused_before_a_connection),
        cmocka_unit_test(settings_that_cannot_work_are_refused_at_once),
        cmocka_unit_test(a_ca_file_that_is_none_is_a_matter_of_settings),
        cmocka_unit_test(who_waits_can_be_stopped),
        cmocka_unit_test(only_get_and_head_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
