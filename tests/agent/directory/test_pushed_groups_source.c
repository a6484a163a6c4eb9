#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/pushed_groups_source.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

#define TEAM                                                                                   \
    "{\"id\":\"g1\",\"displayName\":\"Team\","                                                 \
    "\"urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup\":{\"origin\":\"scim:"       \
    "okta\"}"                                                                                  \
    "}"
#define ANN "{\"id\":\"p1\",\"userName\":\"ann@example.com\"}"
#define BOB "{\"id\":\"p2\",\"userName\":\"bob@example.com\"}"

struct fixture {
    struct scripted_server *server;
    struct source *source;
    Needs *needs;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    fixture->server = scripted_server_start(NULL);
    const struct pushed_groups_settings settings = {
        .name = "okta",
        .connection = "okta",
        .client = {.http = {.url = fixture->server->url, .token = "t", .timeout_ms = 20000},
                   .base_path = "/organizations/acme/scim/v2",
                   .waiter = &scripted_endpoint_waiter,
                   .random = &scripted_endpoint_random},
    };
    fixture->source = pushed_groups_source_new(&settings, NULL);
    assert_non_null(fixture->source);
    fixture->needs = needs_new();
    g_ptr_array_add(fixture->needs->group_names, g_strdup("Team"));
    fixture->needs->all_people = TRUE;
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    fixture->source->free(fixture->source);
    needs_free(fixture->needs);
    scripted_server_stop(fixture->server);
    g_free(fixture);
    return 0;
}

static void say_times(struct scripted_server *server, const char *last_modified)
{
    g_autofree char *head = g_strdup_printf("Date: Sun, 22 Nov 2026 08:00:00 GMT\r\n%s%s%s",
                                            last_modified != NULL ? "Last-Modified: " : "",
                                            last_modified != NULL ? last_modified : "",
                                            last_modified != NULL ? "\r\n" : "");
    scripted_server_answer(
        server, 200, head,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
        "\"totalResults\":1}");
}

/* Groups, their times, the team with ann and somebody gone, and the people. */
static void say_rows(struct scripted_server *server)
{
    scripted_endpoint_list(server, "W/\"g\"", 1, TEAM);
    say_times(server, "Sun, 22 Nov 2026 07:59:00 GMT");
    scripted_server_answer(server, 200, NULL,
                           "{\"id\":\"g1\",\"displayName\":\"Team\",\"members\":"
                           "[{\"value\":\"p1\"},{\"value\":\"gone\"}]}");
    scripted_endpoint_list(server, "W/\"u\"", 2, ANN "," BOB);
}

static Snapshot *read_it(const struct fixture *fixture, GError **error)
{
    return fixture->source->read(fixture->source, fixture->needs, error);
}

static void fails_with(const struct fixture *fixture, enum outcome outcome, const char *text)
{
    g_autoptr(GError) error = NULL;
    assert_null(read_it(fixture, &error));
    assert_true(g_error_matches(error, OUTCOME, (gint)outcome));
    if (strstr(error->message, text) == NULL)
        fail_msg("'%s' is not in: %s", text, error->message);
}

static void groups_and_their_members_are_a_snapshot(void **state)
{
    const struct fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    enum source_presence presence = SOURCE_UNKNOWN;
    gint64 changed_at = 0;
    gint64 read_at = 0;
    say_rows(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    g_autoptr(Snapshot) snapshot = read_it(fixture, &error);
    if (snapshot == NULL)
        fail_msg("%s", error->message);
    assert_string_equal(snapshot->directory, "okta");
    assert_int_equal(snapshot->person_count, 1);
    assert_string_equal(snapshot->people[0].anchor, "p1");
    assert_int_equal(snapshot->group_count, 1);
    assert_int_equal(snapshot->groups[0].member_count, 1);
    assert_true(fixture->source->attaches);
    assert_true(fixture->source->changed(fixture->source, &changed_at, &read_at));
    assert_int_equal(read_at - changed_at, 60);
    assert_true(fixture->source->look_up(fixture->source, "p9", &presence, NULL));
    assert_int_equal(presence, SOURCE_PRESENT);
}

static void it_asks_for_groups_without_members_and_people_once(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const expected[] = {
        "GET /Groups?excludedAttributes=members&startIndex=1&count=1000",
        "GET /Groups?excludedAttributes=members&startIndex=1&count=0",
        "GET /Groups/g1",
        "GET /Users?excludedAttributes=groups,roles&startIndex=1&count=1000",
        "GET /Users?excludedAttributes=groups,roles&startIndex=1&count=1000",
        "GET /Groups?excludedAttributes=members&startIndex=1&count=1000",
    };
    say_rows(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    g_autoptr(Snapshot) snapshot = read_it(fixture, NULL);
    assert_non_null(snapshot);
    assert_int_equal(scripted_server_count(fixture->server), G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *request = scripted_endpoint_request(fixture->server, i);
        assert_string_equal(request, expected[i]);
    }
}

static void people_are_not_asked_for_where_no_rule_is_about_them(void **state)
{
    const struct fixture *fixture = *state;
    fixture->needs->all_people = FALSE;
    scripted_endpoint_list(fixture->server, "W/\"g\"", 1, TEAM);
    say_times(fixture->server, "Sun, 22 Nov 2026 07:59:00 GMT");
    scripted_server_answer(fixture->server, 200, NULL,
                           "{\"id\":\"g1\",\"members\":[{\"value\":\"p1\"}]}");
    scripted_endpoint_not_modified(fixture->server);
    g_autoptr(Snapshot) snapshot = read_it(fixture, NULL);
    assert_non_null(snapshot);
    assert_int_equal(snapshot->person_count, 1);
    assert_int_equal(scripted_server_count(fixture->server), 4);
}

static void no_groups_at_all_are_no_error_and_never_changed(void **state)
{
    const struct fixture *fixture = *state;
    gint64 changed_at = 0;
    gint64 read_at = 0;
    scripted_endpoint_list(fixture->server, "W/\"g\"", 0, "");
    say_times(fixture->server, NULL);
    scripted_endpoint_not_modified(fixture->server);
    g_autoptr(Snapshot) snapshot = read_it(fixture, NULL);
    assert_non_null(snapshot);
    assert_int_equal(snapshot->person_count, 0);
    assert_int_equal(snapshot->group_count, 1); /* the one that a rule names */
    assert_false(fixture->source->changed(fixture->source, &changed_at, &read_at));
}

static void what_changes_while_it_is_read_is_read_again(void **state)
{
    const struct fixture *fixture = *state;
    say_rows(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    scripted_endpoint_list(fixture->server, "W/\"g2\"", 1, TEAM);
    scripted_endpoint_list(fixture->server, "W/\"g2\"", 1, TEAM);
    say_times(fixture->server, "Sun, 22 Nov 2026 07:59:59 GMT");
    scripted_server_answer(fixture->server, 404, NULL, "{}"); /* deleted just now */
    say_rows(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    scripted_endpoint_not_modified(fixture->server);
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = read_it(fixture, &error);
    if (snapshot == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(snapshot->person_count, 1);
}

static void what_never_stands_still_is_no_snapshot(void **state)
{
    const struct fixture *fixture = *state;
    for (guint i = 0; i < 6; i++) {
        say_rows(fixture->server);
        scripted_endpoint_list(fixture->server, "W/\"u2\"", 0, "");
    }
    fails_with(fixture, OUTCOME_RETRY, "changed while they were read");
}

static void half_an_answer_is_none(void **state)
{
    const struct fixture *fixture = *state;
    scripted_endpoint_list(fixture->server, "W/\"g\"", 2, TEAM);
    scripted_endpoint_list(fixture->server, "W/\"g\"", 2, "");
    fails_with(fixture, OUTCOME_BAD_INPUT, "directory 'okta': ");
}

static void without_a_tag_or_a_time_it_is_no_endpoint_of_ours(void **state)
{
    const struct fixture *fixture = *state;
    scripted_endpoint_list(fixture->server, NULL, 1, TEAM);
    fails_with(fixture, OUTCOME_BAD_INPUT, "has no ETag");
    scripted_endpoint_list(fixture->server, "W/\"g\"", 1, TEAM);
    say_times(fixture->server, NULL);
    fails_with(fixture, OUTCOME_BAD_INPUT, "Last-Modified");
}

static void a_token_that_is_not_good_is_said(void **state)
{
    const struct fixture *fixture = *state;
    scripted_server_answer(fixture->server, 401, NULL, "{}");
    fails_with(fixture, OUTCOME_DENIED, "401");
}

static void a_group_named_by_a_dn_is_the_configs_mistake(void **state)
{
    const struct fixture *fixture = *state;
    g_ptr_array_add(fixture->needs->group_dns, g_strdup("cn=team,dc=example"));
    fails_with(fixture, OUTCOME_SETTINGS, "use group_matches");
    assert_int_equal(scripted_server_count(fixture->server), 0);
}

static void a_url_that_is_none_is_refused(void **state)
{
    (void)state;
    const struct pushed_groups_settings settings = {
        .name = "okta", .client = {.http = {.url = "gopher://x", .token = "t"}}};
    g_autoptr(GError) error = NULL;
    assert_null(pushed_groups_source_new(&settings, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_true(g_str_has_prefix(error->message, "directory 'okta': "));
}

int main(void)
{
#define ON_A_SERVER(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        ON_A_SERVER(groups_and_their_members_are_a_snapshot),
        ON_A_SERVER(it_asks_for_groups_without_members_and_people_once),
        ON_A_SERVER(people_are_not_asked_for_where_no_rule_is_about_them),
        ON_A_SERVER(no_groups_at_all_are_no_error_and_never_changed),
        ON_A_SERVER(what_changes_while_it_is_read_is_read_again),
        ON_A_SERVER(what_never_stands_still_is_no_snapshot),
        ON_A_SERVER(half_an_answer_is_none),
        ON_A_SERVER(without_a_tag_or_a_time_it_is_no_endpoint_of_ours),
        ON_A_SERVER(a_token_that_is_not_good_is_said),
        ON_A_SERVER(a_group_named_by_a_dn_is_the_configs_mistake),
        cmocka_unit_test(a_url_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
