#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/client/pager.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/client/client_fixture.h"

#define LIST(total, rows)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"                   \
    "\"totalResults\":" total ",\"Resources\":[" rows "]}"
#define ROW(id) "{\"id\":\"" id "\"}"

/* The ids as they came, in one text. */
static gboolean note_id(void *context, json_t *resource, GError **error)
{
    GString *ids = context;
    (void)error;
    g_string_append(ids, json_string_value(json_object_get(resource, "id")));
    return TRUE;
}

struct page {
    const char *etag, *body;
};

static gboolean read_pages(const struct page *pages, GString *ids, char **etag, char **requests,
                           GError **error)
{
    struct client_fixture *fixture = client_fixture_open();
    const struct pager_sink sink = {.row = note_id, .context = ids};
    guint said = 0;
    for (; pages[said].body != NULL; said++) {
        g_autofree char *head =
            pages[said].etag != NULL ? g_strdup_printf("ETag: %s\r\n", pages[said].etag) : NULL;
        scripted_server_answer(fixture->server, 200, head, pages[said].body);
    }
    gboolean good = pager_read(fixture->client, "/Users", &sink, etag, error);
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < scripted_server_count(fixture->server); i++) {
        const char *request = scripted_server_request(fixture->server, i);
        g_string_append_len(lines, request, strchr(request, '\r') - request);
        g_string_append_c(lines, '\n');
    }
    *requests = g_string_free(lines, FALSE);
    client_fixture_close(fixture);
    return good;
}

static void a_list_is_read_to_its_end(void **state)
{
    (void)state;
    const struct page pages[] = {{"W/\"9\"", LIST("5", ROW("a") "," ROW("b"))},
                                 {"W/\"9\"", LIST("5", ROW("c") "," ROW("d"))},
                                 {"W/\"9\"", LIST("5", ROW("e"))},
                                 {NULL, NULL}};
    g_autoptr(GString) ids = g_string_new(NULL);
    g_autofree char *etag = NULL;
    g_autofree char *requests = NULL;
    assert_true(read_pages(pages, ids, &etag, &requests, NULL));
    assert_string_equal(ids->str, "abcde");
    assert_string_equal(etag, "W/\"9\"");
    assert_string_equal(requests, "GET /scim/v2/Users?startIndex=1&count=1000 HTTP/1.1\n"
                                  "GET /scim/v2/Users?startIndex=3&count=1000 HTTP/1.1\n"
                                  "GET /scim/v2/Users?startIndex=5&count=1000 HTTP/1.1\n");
}

static void an_empty_list_takes_one_request(void **state)
{
    (void)state;
    static const char *const bodies[] = {LIST("0", ""),
                                         "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2."
                                         "0:ListResponse\"],\"totalResults\":0}"};
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
        const struct page pages[] = {{NULL, bodies[i]}, {NULL, NULL}};
        g_autoptr(GString) ids = g_string_new(NULL);
        g_autofree char *etag = NULL;
        g_autofree char *requests = NULL;
        assert_true(read_pages(pages, ids, &etag, &requests, NULL));
        assert_string_equal(ids->str, "");
        assert_null(etag);
    }
}

static void a_list_that_changes_or_lies_is_no_list(void **state)
{
    (void)state;

    static const struct {
        struct page pages[3];
        enum outcome outcome;
        const char *why;
    } cases[] = {
        {{{"\"1\"", LIST("2", ROW("a"))}, {"\"2\"", LIST("2", ROW("b"))}},
         OUTCOME_CONFLICT,
         "changed"},
        {{{"\"1\"", LIST("2", ROW("a"))}, {NULL, LIST("2", ROW("b"))}},
         OUTCOME_CONFLICT,
         "changed"},
        {{{NULL, LIST("2", ROW("a"))}, {"\"1\"", LIST("2", ROW("b"))}},
         OUTCOME_CONFLICT,
         "changed"},
        {{{"\"1\"", LIST("2", ROW("a"))}, {"\"1\"", LIST("3", ROW("b"))}},
         OUTCOME_CONFLICT,
         "changed"},
        {{{"\"1\"", LIST("2", ROW("a"))}, {"\"1\"", LIST("2", ROW("a"))}},
         OUTCOME_CONFLICT,
         "twice"},
        {{{"\"1\"", LIST("2", ROW("a") "," ROW("a"))}}, OUTCOME_CONFLICT, "twice"},
        {{{"\"1\"", LIST("2", ROW("a"))}, {"\"1\"", LIST("2", "")}},
         OUTCOME_BAD_INPUT,
         "fewer rows"},
        {{{"\"1\"", LIST("3", "")}}, OUTCOME_BAD_INPUT, "fewer rows"},
        {{{"\"1\"", LIST("1", ROW("a") "," ROW("b"))}}, OUTCOME_BAD_INPUT, "more rows"},
        {{{"\"1\"", LIST("0", ROW("a"))}}, OUTCOME_BAD_INPUT, "more rows"},
        {{{"\"1\"", LIST("1", "{}")}}, OUTCOME_BAD_INPUT, "no id"},
        {{{"\"1\"", LIST("1", ROW(""))}}, OUTCOME_BAD_INPUT, "no id"},
        {{{"\"1\"", LIST("1", "{\"id\":7}")}}, OUTCOME_BAD_INPUT, "no id"},
        {{{"\"1\"", LIST("1", "7")}}, OUTCOME_BAD_INPUT, "no id"},
        {{{"\"1\"", LIST("-1", "")}}, OUTCOME_BAD_INPUT, "not believable"},
        {{{"\"1\"", LIST("10000001", "")}}, OUTCOME_BAD_INPUT, "not believable"},
        {{{"\"1\"", LIST("\"1\"", ROW("a"))}}, OUTCOME_BAD_INPUT, "no ListResponse"},
        {{{"\"1\"", LIST("1.0", ROW("a"))}}, OUTCOME_BAD_INPUT, "no ListResponse"},
        {{{"\"1\"", "{\"totalResults\":0}"}}, OUTCOME_BAD_INPUT, "no ListResponse"},
        {{{"\"1\"", "{\"schemas\":\"urn\",\"totalResults\":0}"}},
         OUTCOME_BAD_INPUT,
         "no ListResponse"},
        {{{"\"1\"", "{\"schemas\":[\"urn:x\"],\"totalResults\":0}"}},
         OUTCOME_BAD_INPUT,
         "no ListResponse"},
        {{{"\"1\"", "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
                    "\"totalResults\":1,\"Resources\":{}}"}},
         OUTCOME_BAD_INPUT,
         "no ListResponse"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) ids = g_string_new(NULL);
        g_autofree char *etag = NULL;
        g_autofree char *requests = NULL;
        g_autoptr(GError) error = NULL;
        assert_false(read_pages(cases[i].pages, ids, &etag, &requests, &error));
        assert_string_equal(outcome_name((enum outcome)error->code),
                            outcome_name(cases[i].outcome));
        assert_non_null(strstr(error->message, cases[i].why));
        assert_non_null(strstr(error->message, "\"/Users\""));
        assert_null(etag);
    }
}

static gboolean refuse_b(void *context, json_t *resource, GError **error)
{
    (void)context;
    if (strcmp(json_string_value(json_object_get(resource, "id")), "b") != 0)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "b is not wanted");
    return FALSE;
}

static void a_row_that_is_refused_ends_the_reading(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    const struct pager_sink sink = {.row = refuse_b, .context = NULL};
    g_autoptr(GError) error = NULL;
    scripted_server_answer(fixture->server, 200, NULL, LIST("3", ROW("a") "," ROW("b")));
    assert_false(pager_read(fixture->client, "/Users", &sink, NULL, &error));
    assert_string_equal(error->message, "b is not wanted");
    assert_int_equal(scripted_server_count(fixture->server), 1);
    client_fixture_close(fixture);
}

static void a_query_is_kept_on_every_page(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    g_autoptr(GString) ids = g_string_new(NULL);
    const struct pager_sink sink = {.row = note_id, .context = ids};
    scripted_server_answer(fixture->server, 200, NULL, LIST("1", ROW("a")));
    assert_true(pager_read(fixture->client, "/Users?filter=x", &sink, NULL, NULL));
    assert_true(
        g_str_has_prefix(scripted_server_request(fixture->server, 0),
                         "GET /scim/v2/Users?filter=x&startIndex=1&count=1000 HTTP/1.1"));
    client_fixture_close(fixture);
}

static void whether_a_list_changed_is_told_by_304_or_by_its_etag(void **state)
{
    (void)state;

    static const struct {
        int status;
        const char *head;
        gboolean unchanged;
    } cases[] = {
        {304, "ETag: W/\"9\"\r\n", TRUE},  {304, NULL, TRUE},  {200, "ETag: W/\"9\"\r\n", TRUE},
        {200, "ETag: W/\"8\"\r\n", FALSE}, {200, NULL, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct client_fixture *fixture = client_fixture_open();
        gboolean unchanged = !cases[i].unchanged;
        if (cases[i].status == 304) {
            g_autofree char *bytes =
                g_strconcat("HTTP/1.1 304 Not Modified\r\n",
                            cases[i].head != NULL ? cases[i].head : "", "\r\n", NULL);
            scripted_server_say(fixture->server, SCRIPTED_KEEP, bytes);
        } else {
            scripted_server_answer(fixture->server, 200, cases[i].head, LIST("0", ""));
        }
        assert_true(pager_is_unchanged(fixture->client, "/Users", "W/\"9\"", &unchanged, NULL));
        assert_int_equal(unchanged, cases[i].unchanged);
        assert_non_null(strstr(scripted_server_request(fixture->server, 0),
                               "\r\nIf-None-Match: W/\"9\"\r\n"));
        client_fixture_close(fixture);
    }
}

static void a_failed_question_tells_nothing(void **state)
{
    (void)state;
    struct client_fixture *fixture = client_fixture_open();
    gboolean unchanged = TRUE;
    g_autoptr(GError) error = NULL;
    scripted_server_answer(fixture->server, 401, NULL, "{}");
    assert_false(pager_is_unchanged(fixture->client, "/Users", "\"1\"", &unchanged, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_DENIED));
    client_fixture_close(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_to_its_end),
        cmocka_unit_test(an_empty_list_takes_one_request),
        cmocka_unit_test(a_list_that_changes_or_lies_is_no_list),
        cmocka_unit_test(a_row_that_is_refused_ends_the_reading),
        cmocka_unit_test(a_query_is_kept_on_every_page),
        cmocka_unit_test(whether_a_list_changed_is_told_by_304_or_by_its_etag),
        cmocka_unit_test(a_failed_question_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
