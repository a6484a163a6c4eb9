#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_target.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

struct fixture {
    struct scripted_server *server;
    struct target *target;
};

static struct fixture open_fixture(void)
{
    static const struct retry_policy policy = {
        .first_ms = 1, .cap_ms = 1, .budget_ms = 1000, .attempts = 3};
    struct fixture fixture = {.server = scripted_server_start(NULL)};
    const struct scim_target_settings settings = {
        .http = {.url = fixture.server->url, .token = "t", .timeout_ms = 20000},
        .by_organization = TRUE,
        .policy = &policy,
        .waiter = &scripted_endpoint_waiter,
        .random = &scripted_endpoint_random,
    };
    fixture.target = scim_target_new(&settings, NULL);
    assert_non_null(fixture.target);
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    fixture->target->free(fixture->target);
    scripted_server_stop(fixture->server);
}

static void expect_outcome(const GError *error, enum outcome outcome)
{
    assert_non_null(error);
    if ((enum outcome)error->code != outcome)
        print_error("%s\n", error->message);
    assert_string_equal(outcome_name((enum outcome)error->code), outcome_name(outcome));
}

static void a_state_that_moved_is_read_again(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *person = scripted_endpoint_person("p1", 3, "\"member\"");
    g_autoptr(GError) error = NULL;
    scripted_server_answer(fixture.server, 500, NULL, "{}"); /* waited out below this */
    scripted_endpoint_list(fixture.server, NULL, 1,
                           "{\"id\":\"member\",\"value\":\"member\",\"type\":\"organization\","
                           "\"totalAssignmentsUsed\":1}");
    scripted_endpoint_list(fixture.server, "W/\"1\"", 2, person);
    scripted_endpoint_list(fixture.server, "W/\"2\"", 2, person);
    scripted_endpoint_state(fixture.server, 1, person);
    g_autoptr(Actual) actual = fixture.target->read(fixture.target, "acme", &error);
    if (actual == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(actual->person_count, 1);
    assert_int_equal(scripted_server_count(fixture.server), 10);
    close_fixture(&fixture);
}

static void a_reading_that_fails_says_why(void **state)
{
    (void)state;

    static const struct {
        int status;
        guint times;
        enum outcome outcome;
    } cases[] = {
        {401, 1, OUTCOME_DENIED}, {404, 1, OUTCOME_REFUSED},   {302, 1, OUTCOME_SETTINGS},
        {503, 3, OUTCOME_RETRY},  {400, 1, OUTCOME_BAD_INPUT},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fixture fixture = open_fixture();
        g_autoptr(GError) error = NULL;
        for (guint j = 0; j < cases[i].times; j++)
            scripted_server_answer(fixture.server, cases[i].status, NULL, "{}");
        assert_null(fixture.target->read(fixture.target, "acme", &error));
        expect_outcome(error, cases[i].outcome);
        assert_true(g_str_has_prefix(error->message, "organization \"acme\": "));
        assert_int_equal(scripted_server_count(fixture.server), cases[i].times);
        close_fixture(&fixture);
    }
}

static void a_state_that_never_rests_is_given_up(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *person = scripted_endpoint_person("p1", 3, "\"member\"");
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < 5; i++) {
        scripted_endpoint_list(
            fixture.server, NULL, 1,
            "{\"id\":\"member\",\"value\":\"member\",\"type\":\"organization\","
            "\"totalAssignmentsUsed\":1}");
        scripted_endpoint_list(fixture.server, "W/\"1\"", 2, person);
        scripted_endpoint_list(fixture.server, "W/\"2\"", 2, person);
    }
    assert_null(fixture.target->read(fixture.target, "acme", &error));
    expect_outcome(error, OUTCOME_CONFLICT);
    assert_int_equal(scripted_server_count(fixture.server), 15);
    close_fixture(&fixture);
}

static void nobody_there_is_a_matter_of_later(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autoptr(GError) error = NULL;
    scripted_server_stop(fixture.server);
    assert_null(fixture.target->read(fixture.target, "acme", &error));
    expect_outcome(error, OUTCOME_RETRY);
    fixture.target->free(fixture.target);
}

static void a_marker_is_cleared_in_the_name_of_its_origin(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    const char *row = "{\"id\":\"m1\",\"origin\":\"directory:corp\",\"kind\":\"left\"}";
    g_autoptr(GError) error = NULL;
    scripted_endpoint_list(fixture.server, NULL, 1, row);
    scripted_server_say(fixture.server, SCRIPTED_KEEP, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_true(fixture.target->clear_marker(fixture.target, "acme", "m1", NULL));
    const char *request = scripted_server_request(fixture.server, 1);
    assert_true(
        g_str_has_prefix(request, "DELETE /organizations/acme/scim/v2/Markers/m1 HTTP"));
    assert_non_null(strstr(request, "\r\nRolecall-Origin: directory:corp\r\n"));

    scripted_server_answer(fixture.server, 404, NULL, "{}"); /* gone meanwhile */
    assert_true(fixture.target->clear_marker(fixture.target, "acme", "m1", NULL));
    scripted_endpoint_list(fixture.server, NULL, 0, ""); /* never heard of */
    assert_true(fixture.target->clear_marker(fixture.target, "acme", "m2", NULL));

    scripted_endpoint_list(fixture.server, NULL, 1, row);
    scripted_server_answer(fixture.server, 401, NULL, "{}");
    assert_false(fixture.target->clear_marker(fixture.target, "acme", "m1", &error));
    expect_outcome(error, OUTCOME_DENIED);
    assert_non_null(strstr(error->message, "marker \"m1\""));
    g_clear_error(&error);
    scripted_server_answer(fixture.server, 401, NULL, "{}");
    assert_false(fixture.target->clear_marker(fixture.target, "acme", "m2", &error));
    expect_outcome(error, OUTCOME_DENIED);
    close_fixture(&fixture);
}

static void a_version_is_read_anew(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *person = scripted_endpoint_person("p1", 4, "");
    g_autoptr(GError) error = NULL;
    scripted_server_answer(fixture.server, 200, NULL, person);
    g_autofree char *version = fixture.target->read_version(fixture.target, "acme", "p1", NULL);
    assert_string_equal(version, "W/\"4\"");
    scripted_server_answer(fixture.server, 404, NULL, "{}");
    assert_null(fixture.target->read_version(fixture.target, "acme", "p1", &error));
    expect_outcome(error, OUTCOME_CONFLICT);
    g_clear_error(&error);
    scripted_server_answer(fixture.server, 200, NULL, "{\"id\":\"p1\"}");
    assert_null(fixture.target->read_version(fixture.target, "acme", "p1", &error));
    expect_outcome(error, OUTCOME_BAD_INPUT);
    close_fixture(&fixture);
}

static void a_base_url_of_its_own_is_taken_as_it_is(void **state)
{
    (void)state;
    struct scripted_server *server = scripted_server_start(NULL);
    g_autofree char *url = g_strconcat(server->url, "/tenant/v2", NULL);
    const struct scim_target_settings settings = {.http = {.url = url, .timeout_ms = 20000},
                                                  .waiter = &scripted_endpoint_waiter,
                                                  .random = &scripted_endpoint_random};
    struct target *target = scim_target_new(&settings, NULL);
    scripted_server_answer(server, 401, NULL, "{}");
    assert_null(target->read(target, "acme", NULL));
    assert_true(g_str_has_prefix(scripted_server_request(server, 0), "GET /tenant/v2/Roles?"));
    target->free(target);
    scripted_server_stop(server);
}

static void settings_that_cannot_work_give_no_target(void **state)
{
    (void)state;
    const struct scim_target_settings settings = {
        .http = {.url = "ftp://example.net", .token = "t"}};
    g_autoptr(GError) error = NULL;
    assert_null(scim_target_new(&settings, &error));
    expect_outcome(error, OUTCOME_SETTINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_that_moved_is_read_again),
        cmocka_unit_test(a_reading_that_fails_says_why),
        cmocka_unit_test(a_state_that_never_rests_is_given_up),
        cmocka_unit_test(nobody_there_is_a_matter_of_later),
        cmocka_unit_test(a_marker_is_cleared_in_the_name_of_its_origin),
        cmocka_unit_test(a_version_is_read_anew),
        cmocka_unit_test(a_base_url_of_its_own_is_taken_as_it_is),
        cmocka_unit_test(settings_that_cannot_work_give_no_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
