#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_state.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

struct fixture {
    struct scripted_server *server;
    ScimClient *client;
    struct scim_state_index index;
};

static struct fixture open_fixture(void)
{
    struct fixture fixture = {.server = scripted_server_start(NULL)};
    fixture.client = scripted_endpoint_client(fixture.server);
    fixture.index = scim_state_index_new();
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    scim_state_index_clear(&fixture->index);
    scim_client_close(fixture->client);
    scripted_server_stop(fixture->server);
}

static char *two_people(void)
{
    g_autofree char *one = scripted_endpoint_person("p1", 3, "\"member\",\"search/admin\"");
    g_autofree char *other = scripted_endpoint_person("p2", 4, "\"member\"");
    return g_strconcat(one, ",", other, NULL);
}

static void a_quiet_organization_is_read_whole(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *users = two_people();
    g_autoptr(GError) error = NULL;
    scripted_endpoint_state(fixture.server, 2, users);
    g_autoptr(Actual) actual = scim_state_read(fixture.client, "acme", &fixture.index, &error);
    if (actual == NULL)
        fail_msg("%s", error->message);
    assert_string_equal(actual->organization, "acme");
    assert_int_equal(actual->cap, 100);
    assert_int_equal(actual->seats_used, 7);
    assert_int_equal(actual->person_count, 2);
    assert_int_equal(actual->project_count, 1);
    assert_string_equal(actual->projects[0].id, "j1");
    assert_string_equal(actual->projects[0].version, "W/\"5\"");
    assert_int_equal(actual->projects[0].admin_count, 1); /* only who is there and active */
    assert_string_equal(actual->projects[0].admins[0], "p1");
    assert_int_equal(actual->marker_count, 1);
    assert_string_equal(actual->markers[0].kind, "left");
    assert_string_equal(actual->markers[0].external_id, "a-9");
    assert_string_equal(g_hash_table_lookup(fixture.index.project_ids, "search"), "j1");
    assert_string_equal(g_hash_table_lookup(fixture.index.marker_origins, "m1"),
                        "directory:corp");
    static const char *const expected[] = {
        "GET /Roles?startIndex=1&count=1000",
        "GET /Users?excludedAttributes=groups&startIndex=1&count=1000",
        "GET /Projects?startIndex=1&count=1000",
        "GET /Markers?startIndex=1&count=1000",
        "GET /Roles?startIndex=1&count=1000",
        "GET /Users?excludedAttributes=groups&startIndex=1&count=1000",
    };
    assert_int_equal(scripted_server_count(fixture.server), G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *request = scripted_endpoint_request(fixture.server, i);
        assert_string_equal(request, expected[i]);
    }
    assert_non_null(
        strstr(scripted_server_request(fixture.server, 5), "\r\nIf-None-Match: W/\"u\"\r\n"));
    close_fixture(&fixture);
}

#define ROLE(id, rest)                                                                         \
    "{\"id\":\"" id "\",\"value\":\"" id "\",\"type\":\"organization\"" rest "}"
#define SEATS(cap, used)                                                                       \
    ROLE("member", ",\"totalAssignmentsPermitted\":" cap ",\"totalAssignmentsUsed\":" used)
#define PROJECT(id, name, rest)                                                                \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"meta\":{\"version\":\"v\"}" rest "}"

/* What differs from a quiet reading; NULL rows are the usual ones. */
struct variant {
    const char *roles, *users, *projects, *markers, *roles_again;
    const char *users_etag, *etag_again;
    enum outcome outcome;
    const char *why;
};

static guint rows_in(const char *rows)
{
    json_auto_t *list = json_loads(rows, 0, NULL);
    return (guint)json_array_size(list);
}

static void say(struct scripted_server *server, const char *etag, const char *rows)
{
    g_autofree char *list = g_strconcat("[", rows, "]", NULL);
    scripted_endpoint_list(server, etag, rows_in(list), rows);
}

static void a_state_that_moves_or_makes_no_sense_is_no_state(void **state)
{
    (void)state;
    static const struct variant variants[] = {
        {.roles = ROLE("owner", ""),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "do not tell the seats"},
        {.roles = ROLE("member", ""),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "does not tell the seats"},
        {.roles = SEATS("\"100\"", "7"),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "Permitted\" is not"},
        {.roles = SEATS("100", "-7"), .outcome = OUTCOME_BAD_INPUT, .why = "Used\" is not"},
        {.roles = "{\"id\":\"x\"}",
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"value\" is missing"},
        {.users = "{\"id\":\"p1\"}", .outcome = OUTCOME_BAD_INPUT, .why = "person \"p1\""},
        {.users_etag = "", .outcome = OUTCOME_BAD_INPUT, .why = "has no ETag"},
        {.projects = "{\"id\":\"j1\"}",
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"version\" is missing"},
        {.projects = PROJECT("j1", "", ""),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"name\" is missing"},
        {.projects = PROJECT("j1", "../x", ""),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "name is none"},
        {.projects = PROJECT("j1", "a", ",\"members\":7"),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"members\" is not a list"},
        {.projects = PROJECT("j1", "a", ",\"members\":[{\"value\":\"p1\"}]"),
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"role\" is missing"},
        {.projects = PROJECT("j1", "a", "") "," PROJECT("j2", "a", ""),
         .outcome = OUTCOME_CONFLICT,
         .why = "two projects have one name"},
        {.markers = "{\"id\":\"m1\"}",
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"origin\" is missing"},
        {.markers = "{\"id\":\"m1\",\"origin\":\"o\",\"kind\":7}",
         .outcome = OUTCOME_BAD_INPUT,
         .why = "\"kind\" is not a text"},
        {.roles_again = SEATS("100", "8"),
         .outcome = OUTCOME_CONFLICT,
         .why = "while it was read"},
        {.roles_again = SEATS("99", "7"),
         .outcome = OUTCOME_CONFLICT,
         .why = "while it was read"},
        {.etag_again = "W/\"v\"", .outcome = OUTCOME_CONFLICT, .why = "while it was read"},
    };
    g_autofree char *people = two_people();
    for (guint i = 0; i < G_N_ELEMENTS(variants); i++) {
        const struct variant *variant = &variants[i];
        const char *seats = SEATS("100", "7");
        const char *etag = variant->users_etag == NULL ? "W/\"u\"" : NULL;
        struct fixture fixture = open_fixture();
        g_autoptr(GError) error = NULL;
        say(fixture.server, NULL, variant->roles != NULL ? variant->roles : seats);
        say(fixture.server, etag, variant->users != NULL ? variant->users : people);
        say(fixture.server, NULL, variant->projects != NULL ? variant->projects : "");
        say(fixture.server, NULL, variant->markers != NULL ? variant->markers : "");
        say(fixture.server, NULL, variant->roles_again != NULL ? variant->roles_again : seats);
        say(fixture.server, variant->etag_again != NULL ? variant->etag_again : "W/\"u\"",
            people);
        if (scim_state_read(fixture.client, "acme", &fixture.index, &error) != NULL)
            fail_msg("\"%s\" was taken", variant->why);
        if (strstr(error->message, variant->why) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error->message, variant->why);
        assert_string_equal(outcome_name((enum outcome)error->code),
                            outcome_name(variant->outcome));
        close_fixture(&fixture);
    }
}

static void a_cap_that_is_not_told_is_none(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    for (guint i = 0; i < 6; i++) {
        if (i == 0 || i == 4)
            say(fixture.server, NULL, ROLE("member", ",\"totalAssignmentsUsed\":7"));
        else
            say(fixture.server, "W/\"u\"", "");
    }
    g_autoptr(Actual) actual = scim_state_read(fixture.client, "acme", &fixture.index, NULL);
    assert_non_null(actual);
    assert_int_equal(actual->cap, G_MAXINT32);
    close_fixture(&fixture);
}

static void two_people_with_one_name_are_not_one_state(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *one = scripted_endpoint_person("p1", 3, "");
    g_autofree char *twin = g_strdup(one);
    memcpy(strstr(twin, "\"p1\""), "\"p2\"", 4);
    g_autofree char *users = g_strconcat(one, ",", twin, NULL);
    g_autoptr(GError) error = NULL;
    scripted_endpoint_state(fixture.server, 2, users);
    assert_null(scim_state_read(fixture.client, "acme", &fixture.index, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    close_fixture(&fixture);
}

static void whom_only_a_rehearsal_knows_is_not_there(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    g_autofree char *real = two_people();
    g_autofree char *third = scripted_endpoint_person("p3", 5, "\"member\"");
    g_autoptr(GString) users = g_string_new(third);
    g_autoptr(GError) error = NULL;
    assert_int_equal(g_string_replace(users, "\"active\",", "\"rehearsed\",", 1), 1);
    g_string_append_printf(users, ",%s", real);
    scripted_endpoint_state(fixture.server, 3, users->str);
    g_autoptr(Actual) actual = scim_state_read(fixture.client, "acme", &fixture.index, &error);
    assert_non_null(actual);
    assert_int_equal(actual->person_count, 2);
    assert_string_not_equal(actual->people[0].id, "p3");
    assert_string_not_equal(actual->people[1].id, "p3");
    close_fixture(&fixture);
}

static void projects_and_markers_can_be_read_alone(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    say(fixture.server, NULL, PROJECT("j7", "ads", ""));
    assert_true(scim_state_read_projects(fixture.client, &fixture.index, NULL));
    assert_string_equal(g_hash_table_lookup(fixture.index.project_ids, "ads"), "j7");
    say(fixture.server, NULL,
        "{\"id\":\"m7\",\"origin\":\"directory:labs\",\"kind\":\"removed\"}");
    assert_true(scim_state_read_markers(fixture.client, &fixture.index, NULL));
    assert_string_equal(g_hash_table_lookup(fixture.index.marker_origins, "m7"),
                        "directory:labs");
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_organization_is_read_whole),
        cmocka_unit_test(a_state_that_moves_or_makes_no_sense_is_no_state),
        cmocka_unit_test(a_cap_that_is_not_told_is_none),
        cmocka_unit_test(two_people_with_one_name_are_not_one_state),
        cmocka_unit_test(whom_only_a_rehearsal_knows_is_not_there),
        cmocka_unit_test(projects_and_markers_can_be_read_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
