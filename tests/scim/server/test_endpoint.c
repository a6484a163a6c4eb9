#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "tests/scim/server/live_endpoint.h"

#define CLIENTS 20

/* `header_milliseconds` 0: as ever. */
static void start(struct live_endpoint *live, unsigned header_milliseconds)
{
    struct endpoint_options options;
    live_endpoint_options(live, &options);
    options.requests.rate = 0; /* many at once are what is tried here */
    if (header_milliseconds > 0) {
        options.limits.header_milliseconds = header_milliseconds;
    }
    live_endpoint_start(live, &options);
}

static int set_up(void **state)
{
    struct live_endpoint *live = g_new0(struct live_endpoint, 1);
    live_endpoint_open(live);
    start(live, 0);
    *state = live;
    return 0;
}

static int tear_down(void **state)
{
    live_endpoint_close(*state);
    g_free(*state);
    return 0;
}

static void it_answers_over_a_socket_under_its_own_url(void **state)
{
    struct live_endpoint *live = *state;
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", (unsigned)live->port);
    assert_string_equal(endpoint_url(live->endpoint), url);
    struct raw_answer *answer =
        live_endpoint_ask(live, live->fixture.admin, "GET", "/scim/v2/Users?count=1", NULL);
    assert_int_equal(answer->status, 200);
    g_autofree char *type = raw_client_header(answer, "Content-Type");
    assert_string_equal(type, "application/scim+json");
    g_autofree char *location = g_strconcat("\"location\":\"", url, "/scim/v2/Users/", NULL);
    assert_non_null(strstr(answer->body->str, location));
    raw_client_free(answer);
    answer = raw_client_ask(live->port, "GET", "/scim/v2/Users", NULL, NULL);
    g_autofree char *challenge = raw_client_header(answer, "WWW-Authenticate");
    assert_int_equal(answer->status, 401);
    assert_non_null(challenge);
    raw_client_free(answer);
    answer = raw_client_ask(live->port, "HEAD", "/healthz", NULL, NULL);
    assert_int_equal(answer->status, 200);
    raw_client_free(answer);
}

struct racer {
    struct live_endpoint *live;
    const char *method, *target, *body;
    unsigned status;
    gboolean names_seat_cap;
};

static gpointer race(gpointer data)
{
    struct racer *racer = data;
    struct raw_answer *answer = live_endpoint_ask(racer->live, racer->live->fixture.admin,
                                                  racer->method, racer->target, racer->body);
    racer->status = answer->status;
    racer->names_seat_cap = strstr(answer->body->str, "\"rule\":\"seat-cap\"") != NULL;
    raw_client_free(answer);
    return NULL;
}

/* All at once; how many got each status is for the caller to count. */
static void race_all(struct racer *racers, size_t count)
{
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    for (size_t i = 0; i < count; i++) {
        g_ptr_array_add(threads, g_thread_new("racer", race, &racers[i]));
    }
    for (size_t i = 0; i < count; i++) {
        g_thread_join(threads->pdata[i]);
    }
}

static void raise_to_hundred_seats(struct server_fixture *fixture)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    static const struct organization_draft acme = {
        .name = "acme", .seats = 100, .owners = owners};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &acme});
}

static char *user_body(int number)
{
    return g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                           "\"userName\":\"u%d@example.com\"}",
                           number);
}

static void of_twenty_clients_at_the_last_seat_exactly_one_wins(void **state)
{
    struct live_endpoint *live = *state;
    raise_to_hundred_seats(&live->fixture);
    for (int i = 0; i < 97; i++) { /* with the two owners 99 of 100 */
        g_autofree char *body = user_body(i);
        struct raw_answer *answer =
            live_endpoint_ask(live, live->fixture.admin, "POST", "/scim/v2/Users", body);
        assert_int_equal(answer->status, 201);
        raw_client_free(answer);
    }
    struct racer racers[CLIENTS];
    char *bodies[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        bodies[i] = user_body(1000 + i);
        racers[i] = (struct racer){live, "POST", "/scim/v2/Users", bodies[i], 0, FALSE};
    }
    race_all(racers, CLIENTS);
    unsigned created = 0, refused = 0;
    for (int i = 0; i < CLIENTS; i++) {
        created += racers[i].status == 201;
        refused += racers[i].status == 403 && racers[i].names_seat_cap;
        g_free(bodies[i]);
    }
    assert_int_equal(created, 1);
    assert_int_equal(refused, CLIENTS - 1);
    struct raw_answer *answer =
        live_endpoint_ask(live, live->fixture.admin, "GET", "/scim/v2/Roles/member", NULL);
    assert_non_null(strstr(answer->body->str, "\"totalAssignmentsUsed\":100"));
    raw_client_free(answer);
}

/* N08: twenty members added at once, none of them lost. */
static void edits_that_arrive_together_are_all_there_afterwards(void **state)
{
    struct live_endpoint *live = *state;
    raise_to_hundred_seats(&live->fixture);
    struct raw_answer *list =
        live_endpoint_ask(live, live->fixture.admin, "GET",
                          "/scim/v2/Projects?filter=name%20eq%20%22search%22", NULL);
    json_t *projects = json_loads(list->body->str, 0, NULL);
    const json_t *project = json_array_get(json_object_get(projects, "Resources"), 0);
    g_autofree char *target = g_strconcat(
        "/scim/v2/Projects/", json_string_value(json_object_get(project, "id")), NULL);
    struct racer racers[CLIENTS];
    char *bodies[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        g_autofree char *user = user_body(i);
        struct raw_answer *created =
            live_endpoint_ask(live, live->fixture.admin, "POST", "/scim/v2/Users", user);
        json_t *person = json_loads(created->body->str, 0, NULL);
        bodies[i] = g_strdup_printf(
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":["
            "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\",\"role\":"
            "\"read-only\"}]}]}",
            json_string_value(json_object_get(person, "id")));
        json_decref(person);
        raw_client_free(created);
        racers[i] = (struct racer){live, "PATCH", target, bodies[i], 0, FALSE};
    }
    race_all(racers, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(racers[i].status, 200);
        g_free(bodies[i]);
    }
    struct raw_answer *after =
        live_endpoint_ask(live, live->fixture.admin, "GET", target, NULL);
    json_t *full = json_loads(after->body->str, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(full, "members")), CLIENTS + 1);
    json_decref(full);
    json_decref(projects);
    raw_client_free(after);
    raw_client_free(list);
}

static const char seats_used[] = "SELECT seats_used FROM organization WHERE name = 'acme'";

static void an_expired_invitation_frees_its_seat_without_any_write_asking(void **state)
{
    struct live_endpoint *live = *state;
    g_autofree char *body = user_body(1);
    struct raw_answer *answer =
        live_endpoint_ask(live, live->fixture.admin, "POST", "/scim/v2/Users", body);
    assert_int_equal(answer->status, 201);
    raw_client_free(answer);
    assert_int_equal(live_endpoint_number(live, seats_used), 3);
    atomic_fetch_add(&live->fixture.now, 48 * 3600);
    live_endpoint_wait(live, seats_used, 2);
}

static void one_that_drips_its_headers_is_cut(void **state)
{
    struct live_endpoint *live = *state;
    start(live, 200);
    int connection = raw_client_connect(live->port);
    raw_client_send(connection, "GET /healthz HTTP/1.1\r\nHost: h\r\nX: ");
    gint64 until = g_get_monotonic_time() + (gint64)20 * G_USEC_PER_SEC;
    gboolean is_cut = FALSE;
    while (!is_cut && g_get_monotonic_time() < until) {
        is_cut = !raw_client_send(connection, "x") || raw_client_wait_end(connection, 20);
    }
    assert_true(is_cut);
    close(connection);
    struct raw_answer *answer = raw_client_ask(live->port, "GET", "/healthz", NULL, NULL);
    assert_int_equal(answer->status, 200);
    raw_client_free(answer);
}

static void an_oversized_body_is_413(void **state)
{
    struct live_endpoint *live = *state;
    g_autofree char *filling = g_strnfill(1048577, ' ');
    struct raw_answer *answer =
        live_endpoint_ask(live, live->fixture.admin, "POST", "/scim/v2/Users", filling);
    assert_int_equal(answer->status, 413);
    raw_client_free(answer);
}

static gpointer stop_endpoint(gpointer data)
{
    endpoint_stop(data);
    return NULL;
}

static void a_bulk_request_may_be_longer_than_others_for_who_may_send_one(void **state)
{
    struct live_endpoint *live = *state;
    static const char operation[] =
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":["
        "{\"method\":\"DELETE\",\"path\":\"/Users/x\"}]}";

    const struct {
        const char *token;
        size_t padding;
        unsigned status;
    } cases[] = {{live->fixture.admin, 3 * BODY_MAX_BYTES, 200},
                 {live->fixture.admin, BULK_MAX_BYTES, 413},
                 {live->fixture.reader, BODY_MAX_BYTES, 413},
                 {live->fixture.reader, 1, 403}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *padding = g_strnfill(cases[i].padding, ' ');
        g_autofree char *body = g_strconcat(operation, padding, NULL);
        struct raw_answer *answer =
            live_endpoint_ask(live, cases[i].token, "POST", "/scim/v2/Bulk", body);
        if (answer->status != cases[i].status) {
            fail_msg("case %zu was answered %u %s", i, answer->status, answer->body->str);
        }
        g_autofree char *request = raw_client_header(answer, "request-id");
        assert_int_equal(strlen(request), 16);
        raw_client_free(answer);
    }
}

/* The body is still on its way when the stop comes: it is taken, done and answered. */
static void a_stop_in_mid_request_answers_it(void **state)
{
    struct live_endpoint *live = *state;
    g_autofree char *body = user_body(7);
    g_autofree char *head = g_strdup_printf(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/scim+json\r\nContent-Length: %zu\r\n"
        "Expect: 100-continue\r\n\r\n",
        live->fixture.admin, strlen(body));
    int connection = raw_client_connect(live->port);
    raw_client_send(connection, head);
    struct raw_answer *interim = raw_client_read(connection); /* it is inside now */
    assert_int_equal(interim->status, 100);
    raw_client_free(interim);
    GThread *stopping = g_thread_new("stop", stop_endpoint, live->endpoint);
    live->endpoint = NULL;
    raw_client_send(connection, body);
    struct raw_answer *answer = raw_client_read(connection);
    assert_int_equal(answer->status, 201);
    raw_client_free(answer);
    g_thread_join(stopping);
    close(connection);
    assert_int_equal(live_endpoint_number(live, seats_used), 3);
}

static void what_cannot_be_is_said_before_anything_starts(void **state)
{
    struct live_endpoint *live = *state;

    static const struct {
        const char *listen, *url, *store;
    } cases[] = {
        {"0.0.0.0:0", NULL, NULL},
        {"nowhere", NULL, NULL},
        {"127.0.0.1:0", "console.example.com", NULL},
        {"127.0.0.1:0", "https://console.example.com/", NULL},
        {"127.0.0.1:0", "https://console.example.com?x", NULL},
        {"127.0.0.1:0", "ftp://console.example.com", NULL},
        {"127.0.0.1:0", NULL, "mysql:x"},
        {"127.0.0.1:0", NULL, "sqlite:/nonexistent/folder/x.db"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct endpoint_options options;
        live_endpoint_options(live, &options);
        options.listen = cases[i].listen;
        options.public_url = cases[i].url;
        options.store = cases[i].store != NULL ? cases[i].store : options.store;
        g_autoptr(GError) error = NULL;
        assert_null(endpoint_start(&options, &error));
        if (!g_error_matches(error, OUTCOME, OUTCOME_SETTINGS)) {
            fail_msg("case %zu: %s", i, error->message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers_over_a_socket_under_its_own_url, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_twenty_clients_at_the_last_seat_exactly_one_wins,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(edits_that_arrive_together_are_all_there_afterwards,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_expired_invitation_frees_its_seat_without_any_write_asking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_drips_its_headers_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_oversized_body_is_413, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_bulk_request_may_be_longer_than_others_for_who_may_send_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_in_mid_request_answers_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said_before_anything_starts, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
