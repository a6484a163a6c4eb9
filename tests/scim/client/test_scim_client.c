#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/client/scim_client.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/client/client_fixture.h"

#define PLAIN_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n"
#define ERROR_BODY                                                                             \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"%d\",%s}"

static const struct scim_call read_call = {.method = "GET", .path = "/Users/7"};
static const struct scim_call write_call = {.method = "DELETE", .path = "/Users/7"};

static void expect(struct client_fixture *fixture, const struct scim_call *call,
                   struct scim_reply *reply, enum outcome outcome)
{
    g_autoptr(GError) error = NULL;
    assert_false(scim_client_send(fixture->client, call, reply, &error));
    assert_non_null(error);
    assert_string_equal(outcome_name((enum outcome)error->code), outcome_name(outcome));
    assert_null(strchr(error->message, '\n'));
}

static void a_call_becomes_a_scim_request_and_its_answer_a_reply(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    json_auto_t *body = json_pack("{s:s}", "userName", "d\xc3\xa4na");
    const char *const headers[] = {"Rolecall-Origin: directory:corp", NULL};
    const struct scim_call call = {.method = "PATCH",
                                   .path = "/Users/7",
                                   .body = body,
                                   .if_match = "W/\"3\"",
                                   .if_none_match = "W/\"4\"",
                                   .headers = headers};
    struct scim_reply reply = {0};
    scripted_server_answer(fixture->server, 200,
                           "ETag: W/\"5\"\r\nLocation: /scim/v2/Users/7\r\n", "{\"id\":\"7\"}");
    assert_true(scim_client_send(fixture->client, &call, &reply, NULL));
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.etag, "W/\"5\"");
    assert_string_equal(reply.location, "/scim/v2/Users/7");
    assert_string_equal(json_string_value(json_object_get(reply.body, "id")), "7");
    assert_int_equal(scim_client_last_status(fixture->client), 200);

    const char *request = scripted_server_request(fixture->server, 0);
    assert_true(g_str_has_prefix(request, "PATCH /scim/v2/Users/7 HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nAccept: application/scim+json\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/scim+json\r\n"));
    assert_non_null(strstr(request, "\r\nIf-Match: W/\"3\"\r\n"));
    assert_non_null(strstr(request, "\r\nIf-None-Match: W/\"4\"\r\n"));
    assert_non_null(strstr(request, "\r\nRolecall-Origin: directory:corp\r\n"));
    assert_true(g_str_has_suffix(request, "\r\n\r\n{\"userName\":\"d\xc3\xa4na\"}"));
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void nothing_to_say_is_an_answer_too(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    scripted_server_say(fixture->server, SCRIPTED_KEEP, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_true(scim_client_send(fixture->client, &write_call, &reply, NULL));
    assert_int_equal(reply.status, 204);
    assert_null(reply.body);
    scripted_server_say(fixture->server, SCRIPTED_KEEP,
                        "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
    assert_true(scim_client_send(fixture->client, &read_call, &reply, NULL));
    assert_int_equal(reply.status, 304);
    assert_string_equal(reply.etag, "\"1\"");
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void every_status_says_what_to_do_next(void **state)
{
    (void)state;

    static const struct {
        int status;
        enum outcome read, write;
    } cases[] = {
        {301, OUTCOME_SETTINGS, OUTCOME_SETTINGS},
        {308, OUTCOME_SETTINGS, OUTCOME_SETTINGS},
        {400, OUTCOME_BAD_INPUT, OUTCOME_BAD_INPUT},
        {401, OUTCOME_DENIED, OUTCOME_DENIED},
        {403, OUTCOME_DENIED, OUTCOME_DENIED},
        {404, OUTCOME_BAD_INPUT, OUTCOME_BAD_INPUT},
        {409, OUTCOME_BAD_INPUT, OUTCOME_BAD_INPUT},
        {412, OUTCOME_CONFLICT, OUTCOME_CONFLICT},
        {413, OUTCOME_BAD_INPUT, OUTCOME_BAD_INPUT},
        {501, OUTCOME_RETRY, OUTCOME_UNCERTAIN},
        {599, OUTCOME_RETRY, OUTCOME_UNCERTAIN},
    };
    struct client_fixture *fixture = client_fixture_open();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body =
            g_strdup_printf(ERROR_BODY, cases[i].status, "\"detail\":\"because\"");
        struct scim_reply reply = {0};
        scripted_server_answer(fixture->server, cases[i].status, NULL, body);
        expect(fixture, &read_call, &reply, cases[i].read);
        assert_int_equal(reply.status, cases[i].status);
        scripted_server_answer(fixture->server, cases[i].status, NULL, body);
        expect(fixture, &write_call, &reply, cases[i].write);
        if (cases[i].status >= 400)
            assert_string_equal(reply.fault.detail, "because");
        scim_reply_clear(&reply);
    }
    assert_int_equal(scripted_server_count(fixture->server), 2 * G_N_ELEMENTS(cases));
    assert_int_equal(fixture->waits->len, 0);
    client_fixture_close(fixture);
}

static void a_refusal_is_read_back_into_what_it_was(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    g_autofree char *body =
        g_strdup_printf(ERROR_BODY, 403,
                        "\"detail\":\"all 100 seats are taken\",\"" REFUSAL_URN
                        "\":{\"rule\":\"seat-cap\",\"limit\":100,\"used\":100}");
    scripted_server_answer(fixture->server, 403, NULL, body);
    expect(fixture, &write_call, &reply, OUTCOME_REFUSED);
    assert_int_equal(reply.fault.refusal.rule, REFUSAL_SEAT_CAP);
    assert_int_equal(reply.fault.refusal.limit, 100);
    assert_int_equal(reply.fault.refusal.used, 100);
    scim_reply_clear(&reply);
    assert_int_equal(reply.fault.refusal.rule, REFUSAL_NONE);
    client_fixture_close(fixture);
}

static void the_other_sides_words_become_one_printable_line(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    g_autofree char *many = g_strnfill(2000, 'x');
    g_autofree char *detail =
        g_strconcat("\"detail\":\"a\\r\\nb\\u001b[31m\\u009bc", many, "\"", NULL);
    g_autofree char *body = g_strdup_printf(ERROR_BODY, 400, detail);
    scripted_server_answer(fixture->server, 400, NULL, body);
    expect(fixture, &read_call, &reply, OUTCOME_BAD_INPUT);
    assert_true(g_str_has_prefix(reply.fault.detail, "a  b [31m  cxxx"));
    assert_int_equal(strlen(reply.fault.detail), 400);
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void a_passing_failure_is_waited_out(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    scripted_server_answer(fixture->server, 429, "Retry-After: 7\r\n", "{}");
    scripted_server_answer(fixture->server, 503, NULL, "{}");
    scripted_server_say(fixture->server, SCRIPTED_KEEP, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_true(scim_client_send(fixture->client, &write_call, &reply, NULL));
    assert_int_equal(scripted_server_count(fixture->server), 3);
    assert_int_equal(client_fixture_wait(fixture, 0), 7000);
    assert_int_equal(client_fixture_wait(fixture, 1), 1000);

    scripted_server_answer(fixture->server, 500, NULL, "{}");
    scripted_server_answer(fixture->server, 502, NULL, "<html>");
    scripted_server_say(fixture->server, SCRIPTED_CLOSE, "");
    scripted_server_answer(fixture->server, 200, NULL, "{}");
    assert_true(scim_client_send(fixture->client, &read_call, &reply, NULL));
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void patience_ends(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    for (guint i = 0; i < 4; i++)
        scripted_server_answer(fixture->server, 503, NULL, "{}");
    expect(fixture, &write_call, &reply, OUTCOME_RETRY);
    assert_int_equal(scripted_server_count(fixture->server), 4);
    assert_int_equal(fixture->waits->len, 3);

    scripted_server_answer(fixture->server, 429, "Retry-After: 3600\r\n", "{}");
    expect(fixture, &write_call, &reply, OUTCOME_RETRY);
    assert_int_equal(scripted_server_count(fixture->server), 5);

    fixture->stop_at = 4;
    scripted_server_answer(fixture->server, 503, NULL, "{}");
    expect(fixture, &write_call, &reply, OUTCOME_INTERRUPTED);
    assert_int_equal(scripted_server_count(fixture->server), 6);
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void an_uncertain_write_is_never_sent_again(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
        "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Oh\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 504 Oh\r\nContent-Length: 0\r\n\r\n",
        PLAIN_HEAD "<html>",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
    };
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        struct client_fixture *fixture = client_fixture_open();
        struct scim_reply reply = {0};
        scripted_server_say(fixture->server, SCRIPTED_CLOSE, answers[i]);
        expect(fixture, &write_call, &reply, OUTCOME_UNCERTAIN);
        assert_int_equal(scripted_server_count(fixture->server), 1);
        assert_int_equal(fixture->waits->len, 0);
        scim_reply_clear(&reply);
        client_fixture_close(fixture);
    }
}

static void an_answer_to_a_read_is_one_json_object_or_nothing(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "[]",
        "7",
        "{",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "\xff\xfe",
        "{\"\xff\":1}",
        "{\"a\":\"\\ud800\"}",
    };
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
        scripted_server_answer(fixture->server, 200, NULL, bodies[i]);
        expect(fixture, &read_call, &reply, OUTCOME_BAD_INPUT);
        assert_null(reply.body);
    }
    scripted_server_say(fixture->server, SCRIPTED_KEEP, PLAIN_HEAD "<html>");
    expect(fixture, &read_call, &reply, OUTCOME_SETTINGS);
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void a_redirect_says_where_to(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    struct scim_reply reply = {0};
    g_autoptr(GError) error = NULL;
    scripted_server_answer(fixture->server, 301, "Location: https://there.example/v2\r\n",
                           "{}");
    assert_false(scim_client_send(fixture->client, &read_call, &reply, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "redirects to \"https://there.example/v2\""));
    scim_reply_clear(&reply);
    client_fixture_close(fixture);
}

static void a_text_is_escaped_for_a_path(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"abc-1_.~", "abc-1_.~"}, {"a/b", "a%2Fb"}, {"a b?c#d", "a%20b%3Fc%23d"},
        {"\xc3\xa4", "%C3%A4"},   {"..", ".."},     {"a\"b%", "a%22b%25"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *escaped = scim_client_escape(cases[i][0]);
        assert_string_equal(escaped, cases[i][1]);
    }
}

static void a_base_path_that_cannot_stand_in_a_request_is_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"scim", "/a b", "/a?b", "/a\r\nb"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        const struct scim_client_settings settings = {.http = {.url = "http://127.0.0.1"},
                                                      .base_path = paths[i]};
        g_autoptr(GError) error = NULL;
        assert_null(scim_client_open(&settings, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_becomes_a_scim_request_and_its_answer_a_reply),
        cmocka_unit_test(nothing_to_say_is_an_answer_too),
        cmocka_unit_test(every_status_says_what_to_do_next),
        cmocka_unit_test(a_refusal_is_read_back_into_what_it_was),
        cmocka_unit_test(the_other_sides_words_become_one_printable_line),
        cmocka_unit_test(a_passing_failure_is_waited_out),
        cmocka_unit_test(patience_ends),
        cmocka_unit_test(an_uncertain_write_is_never_sent_again),
        cmocka_unit_test(an_answer_to_a_read_is_one_json_object_or_nothing),
        cmocka_unit_test(a_redirect_says_where_to),
        cmocka_unit_test(a_text_is_escaped_for_a_path),
        cmocka_unit_test(a_base_path_that_cannot_stand_in_a_request_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
