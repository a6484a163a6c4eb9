#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_place.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

struct fixture {
    struct scripted_server *server;
    struct scim_place *place;
};

static struct fixture open_fixture(void)
{
    struct fixture fixture = {.server = scripted_server_start(NULL)};
    const struct scim_client_settings settings = {
        .http = {.url = fixture.server->url, .timeout_ms = 20000},
        .base_path = "/organizations/acme/scim/v2",
        .waiter = &scripted_endpoint_waiter,
        .random = &scripted_endpoint_random,
    };
    fixture.place = scim_place_open(&settings, NULL);
    assert_non_null(fixture.place);
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    scim_place_close(fixture->place);
    scripted_server_stop(fixture->server);
}

static void a_person_is_there_or_nobody_is(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *person = scripted_endpoint_person("p1", 3, "");
    json_t *user = NULL;
    scripted_server_answer(fixture.server, 200, NULL, person);
    assert_true(scim_place_get_person(fixture.place, "p1", &user, NULL));
    assert_string_equal(json_string_value(json_object_get(user, "id")), "p1");
    json_decref(user);
    scripted_server_answer(fixture.server, 404, NULL, "{}");
    assert_true(scim_place_get_person(fixture.place, "../p 1", &user, NULL));
    assert_null(user);
    g_autofree char *request = scripted_endpoint_request(fixture.server, 1);
    assert_string_equal(request, "GET /Users/..%2Fp%201");
    close_fixture(&fixture);
}

static void somebody_else_in_the_answer_is_no_answer(void **state)
{
    (void)state;
    g_autofree char *other = scripted_endpoint_person("p2", 3, "");
    const char *const bodies[] = {other, "{}", "{\"id\":7}", ""};
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
        struct fixture fixture = open_fixture();
        json_t *user = NULL;
        g_autoptr(GError) error = NULL;
        scripted_server_answer(fixture.server, 200, NULL, bodies[i]);
        assert_false(scim_place_get_person(fixture.place, "p1", &user, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        assert_null(user);
        close_fixture(&fixture);
    }
}

static const struct plan_step invite = {.kind = PLAN_INVITE,
                                        .origin = "directory:corp",
                                        .external_id = "a-p1",
                                        .profile = {{"d\"ana@example.com"}}};

static void an_invited_person_is_found_by_anchor_then_by_name(void **state)
{
    (void)state;

    static const struct {
        gboolean by_anchor, by_name;
        guint requests;
    } cases[] = {{TRUE, FALSE, 1}, {FALSE, TRUE, 2}, {FALSE, FALSE, 2}};
    const struct target_write write = {.step = &invite};
    g_autofree char *person = scripted_endpoint_person("p1", 3, "");
    g_autofree char *stranger = scripted_endpoint_person("p2", 3, "");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fixture fixture = open_fixture();
        json_t *user = NULL;
        scripted_endpoint_list(fixture.server, NULL, 1, cases[i].by_anchor ? person : stranger);
        scripted_endpoint_list(fixture.server, NULL, 1, cases[i].by_name ? person : stranger);
        assert_true(scim_place_read_back(fixture.place, &write, &user, NULL));
        assert_int_equal(user != NULL, cases[i].by_anchor || cases[i].by_name);
        assert_int_equal(scripted_server_count(fixture.server), cases[i].requests);
        g_autofree char *first = scripted_endpoint_request(fixture.server, 0);
        assert_string_equal(
            first, "GET /Users?filter=externalId%20eq%20%22a-p1%22&startIndex=1&count=1000");
        if (cases[i].requests == 2) {
            g_autofree char *second = scripted_endpoint_request(fixture.server, 1);
            assert_string_equal(second,
                                "GET /Users?filter=userName%20eq%20%22d%5C%22ana%40example."
                                "com%22&startIndex=1&count=1000");
        }
        json_decref(user);
        close_fixture(&fixture);
    }
}

static void a_search_that_fails_has_found_nobody(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    const struct target_write write = {.step = &invite};
    json_t *user = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *person = scripted_endpoint_person("p1", 3, "");
    scripted_endpoint_list(fixture.server, NULL, 2, person); /* two claimed, one came */
    scripted_server_answer(fixture.server, 401, NULL, "{}");
    assert_false(scim_place_read_back(fixture.place, &write, &user, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_DENIED));
    assert_null(user);
    close_fixture(&fixture);
}

static void a_project_is_known_from_the_reading_or_asked_for(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autoptr(GError) error = NULL;
    const char *rows = "{\"id\":\"j1\",\"name\":\"search\",\"meta\":{\"version\":\"v\"}}";
    scripted_endpoint_list(fixture.server, NULL, 1, rows);
    assert_string_equal(scim_place_find_project(fixture.place, "search", NULL), "j1");
    assert_string_equal(scim_place_find_project(fixture.place, "search", NULL), "j1");
    assert_int_equal(scripted_server_count(fixture.server), 1);
    scripted_endpoint_list(fixture.server, NULL, 1, rows);
    assert_null(scim_place_find_project(fixture.place, "ads", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    assert_non_null(strstr(error->message, "\"ads\""));
    close_fixture(&fixture);
}

static void a_marker_is_known_asked_for_or_gone(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autoptr(GError) error = NULL;
    const char *row = "{\"id\":\"m1\",\"origin\":\"directory:corp\",\"kind\":\"left\"}";
    scripted_endpoint_list(fixture.server, NULL, 1, row);
    assert_string_equal(scim_place_find_marker(fixture.place, "m1", &error), "directory:corp");
    assert_string_equal(scim_place_find_marker(fixture.place, "m1", &error), "directory:corp");
    assert_int_equal(scripted_server_count(fixture.server), 1);
    scripted_endpoint_list(fixture.server, NULL, 0, "");
    assert_null(scim_place_find_marker(fixture.place, "m2", &error));
    assert_null(error);
    scripted_server_answer(fixture.server, 401, NULL, "{}");
    assert_null(scim_place_find_marker(fixture.place, "m2", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_DENIED));
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_there_or_nobody_is),
        cmocka_unit_test(somebody_else_in_the_answer_is_no_answer),
        cmocka_unit_test(an_invited_person_is_found_by_anchor_then_by_name),
        cmocka_unit_test(a_search_that_fails_has_found_nobody),
        cmocka_unit_test(a_project_is_known_from_the_reading_or_asked_for),
        cmocka_unit_test(a_marker_is_known_asked_for_or_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
