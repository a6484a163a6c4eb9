#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_write.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

#define LOST                                                                                   \
    {                                                                                          \
        .status = -1                                                                           \
    }
#define NO_CONTENT                                                                             \
    {                                                                                          \
        .status = 204                                                                          \
    }
#define SHOW(code, as)                                                                         \
    {                                                                                          \
        .status = (code), .shape = (as)                                                        \
    }
#define ROW(as)                                                                                \
    {                                                                                          \
        .status = 200, .shape = (as), .list = TRUE                                             \
    }
#define SAY(code, text)                                                                        \
    {                                                                                          \
        .status = (code), .body = (text)                                                       \
    }
#define REFUSAL_BODY                                                                           \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"403\","       \
    "\"detail\":"                                                                              \
    "\"all 100 seats are "                                                                     \
    "taken\",\"urn:rolecall:params:scim:api:messages:1.0:Refusal\":{\"rule\":"                 \
    "\"seat-cap\",\"limit\":100,\"used\":100}}"

struct fixture {
    struct scripted_server *server;
    struct scim_place *place;
};

static struct fixture open_fixture(void)
{
    static const struct retry_policy policy = {
        .first_ms = 1, .cap_ms = 1, .budget_ms = 1000, .attempts = 3};
    struct fixture fixture = {.server = scripted_server_start(NULL)};
    const struct scim_client_settings settings = {
        .http = {.url = fixture.server->url, .token = "t", .timeout_ms = 20000},
        .policy = &policy,
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

static void expect_outcome(const GError *error, enum outcome outcome)
{
    assert_non_null(error);
    if ((enum outcome)error->code != outcome)
        print_error("%s\n", error->message);
    assert_string_equal(outcome_name((enum outcome)error->code), outcome_name(outcome));
}

static const struct plan_step suspend = {.kind = PLAN_SUSPEND,
                                         .organization = "acme",
                                         .origin = "directory:corp",
                                         .external_id = "a-p1",
                                         .user_name = "p1@example.com"};
static const struct plan_step leave = {.kind = PLAN_REMOVE,
                                       .organization = "acme",
                                       .origin = "directory:corp",
                                       .external_id = "a-p1",
                                       .user_name = "p1@example.com"};
static const struct plan_step invite = {.kind = PLAN_INVITE,
                                        .organization = "acme",
                                        .origin = "directory:corp",
                                        .external_id = "a-p1",
                                        .user_name = "p1@example.com",
                                        .organization_to = ORGANIZATION_ROLE_MEMBER,
                                        .profile = {{"p1@example.com"}}};
static struct plan_role_change search_admin = {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN};
static const struct plan_step stand_in = {.kind = PLAN_SET_PROJECT_ROLE,
                                          .flags = PLAN_STAND_IN,
                                          .organization = "acme",
                                          .origin = "directory:corp",
                                          .external_id = "",
                                          .user_name = "p1@example.com",
                                          .projects = &search_admin,
                                          .project_count = 1};
static const struct plan_step retitle = {.kind = PLAN_UPDATE_PROFILE,
                                         .organization = "acme",
                                         .origin = "directory:corp",
                                         .external_id = "a-p1",
                                         .user_name = "p1@example.com",
                                         .profile_mask = 1U << PROFILE_TITLE,
                                         .profile = {{[PROFILE_TITLE] = "Lead"}}};

/* p1 as the endpoint may show them. */
enum shape { THERE, SUSPENDED, UNLINKED, STANDS_IN, SOMEBODY_ELSE };

static char *shape_of(enum shape shape)
{
    static const char *const insides[] = {
        [THERE] = "\"origins\":[{\"value\":\"directory:corp\",\"externalId\":\"a-p1\","
                  "\"active\":true}]",
        [SUSPENDED] = "\"origins\":[{\"value\":\"directory:corp\",\"externalId\":\"a-p1\","
                      "\"active\":false}]",
        [UNLINKED] = "\"origins\":[{\"value\":\"manual\",\"active\":true}]",
        [STANDS_IN] = "\"origins\":[{\"value\":\"manual\"}],\"standsIn\":[\"search\"]",
        [SOMEBODY_ELSE] = "\"origins\":[]",
    };
    return g_strdup_printf(
        "{\"id\":\"%s\",\"userName\":\"u\",\"meta\":{\"version\":\"W/\\\"4\\\"\"},"
        "\"" MEMBERSHIP_URN "\":{\"status\":\"active\",%s}}",
        shape == SOMEBODY_ELSE ? "p2" : "p1", insides[shape]);
}

/* One answer: a status with p1 in a shape, or with a body of its own. */
struct said {
    int status; /* 0: no more answers; -1: the connection is lost */
    enum shape shape;
    const char *body; /* instead of the shape */
    gboolean list;    /* the shape is the only row of a list */
};

static void say(struct scripted_server *server, const struct said *said)
{
    g_autofree char *person = shape_of(said->shape);
    if (said->status < 0)
        scripted_server_say(server, SCRIPTED_CLOSE, "");
    else if (said->status == 204)
        scripted_server_say(server, SCRIPTED_KEEP, "HTTP/1.1 204 No Content\r\n\r\n");
    else if (said->list)
        scripted_endpoint_list(server, NULL, 1, person);
    else
        scripted_server_answer(server, said->status, NULL,
                               said->body != NULL ? said->body : person);
}

static const struct carried {
    const struct plan_step *step;
    struct said said[4];
    enum target_end end;
    gint outcome; /* -1: no error */
    const char *person, *version;
} carried[] = {
    /* the answer shows the effect, or a read does */
    {&suspend, {SHOW(200, SUSPENDED)}, TARGET_DONE, -1, "p1", "W/\"4\""},
    {&suspend, {NO_CONTENT, SHOW(200, SUSPENDED)}, TARGET_DONE, -1, "p1", "W/\"4\""},
    {&suspend,
     {SHOW(200, SOMEBODY_ELSE), SHOW(200, SUSPENDED)},
     TARGET_DONE,
     -1,
     "p1",
     "W/\"4\""},
    {&suspend, {NO_CONTENT, SAY(401, "{}")}, TARGET_DONE, -1, NULL, NULL},
    {&suspend, {SHOW(200, THERE)}, TARGET_NOT_DONE, OUTCOME_BAD_INPUT, NULL, NULL},
    {&suspend, {NO_CONTENT, SHOW(200, THERE)}, TARGET_NOT_DONE, OUTCOME_BAD_INPUT, NULL, NULL},
    {&leave, {NO_CONTENT, SAY(404, "{}")}, TARGET_DONE, -1, NULL, NULL},
    {&leave, {NO_CONTENT, SHOW(200, UNLINKED)}, TARGET_DONE, -1, "p1", "W/\"4\""},
    {&leave, {NO_CONTENT, SHOW(200, THERE)}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&leave, {NO_CONTENT, SAY(401, "{}")}, TARGET_DONE, -1, NULL, NULL},
    {&invite, {SHOW(201, THERE)}, TARGET_DONE, -1, "p1", "W/\"4\""},
    {&invite, {NO_CONTENT, ROW(THERE)}, TARGET_DONE, -1, "p1", "W/\"4\""},
    {&invite, {SHOW(201, UNLINKED)}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&invite, {NO_CONTENT, SAY(401, "{}")}, TARGET_UNCERTAIN, OUTCOME_DENIED, NULL, NULL},
    {&stand_in,
     {SAY(200,
          "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
          "\"totalResults\":"
          "1,"
          "\"Resources\":[{\"id\":\"j1\",\"name\":\"search\",\"meta\":{\"version\":\"v\"}}]}"),
      SAY(200, "{\"id\":\"p1\"}"), SHOW(200, STANDS_IN)},
     TARGET_DONE,
     -1,
     "p1",
     "W/\"4\""},
    {&stand_in,
     {SAY(200, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
               "\"totalResults\":"
               "0}")},
     TARGET_NOT_DONE,
     OUTCOME_CONFLICT,
     NULL,
     NULL},
    /* it said no */
    {&suspend, {SAY(412, "{}")}, TARGET_NOT_DONE, OUTCOME_CONFLICT, NULL, NULL},
    {&suspend, {SAY(404, "{}")}, TARGET_NOT_DONE, OUTCOME_CONFLICT, NULL, NULL},
    {&suspend, {SAY(400, "{}")}, TARGET_NOT_DONE, OUTCOME_BAD_INPUT, NULL, NULL},
    {&suspend, {SAY(401, "{}")}, TARGET_NOT_DONE, OUTCOME_DENIED, NULL, NULL},
    {&suspend, {SAY(403, "{}")}, TARGET_NOT_DONE, OUTCOME_DENIED, NULL, NULL},
    {&suspend, {SAY(301, "{}")}, TARGET_NOT_DONE, OUTCOME_SETTINGS, NULL, NULL},
    {&invite, {SAY(409, "{}")}, TARGET_NOT_DONE, OUTCOME_REFUSED, NULL, NULL},
    {&invite, {SAY(403, REFUSAL_BODY)}, TARGET_NOT_DONE, -1, NULL, NULL},
    {&invite,
     {SAY(503, "{}"), SAY(429, "{}"), SAY(503, "{}")},
     TARGET_NOT_DONE,
     OUTCOME_RETRY,
     NULL,
     NULL},
    {&invite,
     {SAY(503, "{}"), SAY(429, "{}"), SHOW(201, THERE)},
     TARGET_DONE,
     -1,
     "p1",
     "W/\"4\""},
    /* it said nothing that could be understood */
    {&invite, {LOST}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&leave, {LOST}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&suspend, {SAY(500, "{}")}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&suspend, {SAY(502, "{}")}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
    {&suspend, {SAY(200, "[]")}, TARGET_UNCERTAIN, OUTCOME_UNCERTAIN, NULL, NULL},
};

static void a_write_has_three_ends(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(carried); i++) {
        struct fixture fixture = open_fixture();
        const struct plan_step *step = carried[i].step;
        const struct target_write write = {.step = step,
                                           .person = step->kind == PLAN_INVITE ? NULL : "p1",
                                           .base = step->kind == PLAN_INVITE ? NULL : "W/\"3\"",
                                           .run = "r1"};
        struct target_result result = {0};
        g_autoptr(GError) error = NULL;
        guint answers = 0;
        for (; answers < 4 && carried[i].said[answers].status != 0; answers++)
            say(fixture.server, &carried[i].said[answers]);
        enum target_end end = scim_write_carry_out(fixture.place, &write, &result, &error);
        if (end != carried[i].end)
            print_error("case %u: %s\n", i, error != NULL ? error->message : "no error");
        assert_int_equal(end, carried[i].end);
        if (carried[i].outcome >= 0)
            expect_outcome(error, (enum outcome)carried[i].outcome);
        else
            assert_null(error);
        assert_int_equal(g_strcmp0(result.person, carried[i].person), 0);
        assert_int_equal(g_strcmp0(result.version, carried[i].version), 0);
        assert_int_equal(result.refusal.rule != REFUSAL_NONE,
                         end == TARGET_NOT_DONE && carried[i].outcome < 0);
        assert_int_equal(scripted_server_count(fixture.server), answers);
        target_result_clear(&result);
        close_fixture(&fixture);
    }
}

static void a_refusal_comes_back_with_its_numbers(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    const struct target_write write = {.step = &invite};
    struct target_result result = {0};
    scripted_server_answer(fixture.server, 403, NULL, REFUSAL_BODY);
    assert_int_equal(scim_write_carry_out(fixture.place, &write, &result, NULL),
                     TARGET_NOT_DONE);
    assert_int_equal(result.refusal.rule, REFUSAL_SEAT_CAP);
    assert_int_equal(result.refusal.limit, 100);
    assert_int_equal(result.refusal.used, 100);
    assert_string_equal(result.refusal.detail, "all 100 seats are taken");
    target_result_clear(&result);
    close_fixture(&fixture);
}

static void a_step_that_cannot_be_sent_is_not_done(void **state)
{
    (void)state;
    struct fixture fixture = open_fixture();
    const struct target_write write = {.step = &suspend};
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    assert_int_equal(scim_write_carry_out(fixture.place, &write, &result, &error),
                     TARGET_NOT_DONE);
    expect_outcome(error, OUTCOME_BAD_INPUT);
    assert_int_equal(scripted_server_connections(fixture.server), 0);
    close_fixture(&fixture);
}

static const struct {
    const struct plan_step *step;
    const char *base;
    struct said said[3];
    enum target_past past;
    gint outcome;
    const char *person;
} looked[] = {
    {&suspend, "W/\"3\"", {SHOW(200, SUSPENDED)}, TARGET_HAPPENED, -1, "p1"},
    {&suspend, "W/\"3\"", {SHOW(200, THERE)}, TARGET_DID_NOT, -1, NULL},
    {&suspend, "W/\"3\"", {SAY(404, "{}")}, TARGET_DID_NOT, -1, NULL},
    {&suspend, "W/\"3\"", {SAY(401, "{}")}, TARGET_CANNOT_TELL, OUTCOME_DENIED, NULL},
    {&suspend,
     "W/\"3\"",
     {SHOW(200, SOMEBODY_ELSE)},
     TARGET_CANNOT_TELL,
     OUTCOME_BAD_INPUT,
     NULL},
    {&leave, "W/\"3\"", {SAY(404, "{}")}, TARGET_HAPPENED, -1, NULL},
    {&leave, "W/\"3\"", {SHOW(200, UNLINKED)}, TARGET_HAPPENED, -1, "p1"},
    {&leave, "W/\"3\"", {SHOW(200, THERE)}, TARGET_DID_NOT, -1, NULL},
    {&retitle, "W/\"4\"", {SHOW(200, THERE)}, TARGET_DID_NOT, -1, NULL},
    {&retitle, "W/\"3\"", {SHOW(200, THERE)}, TARGET_CANNOT_TELL, OUTCOME_UNCERTAIN, NULL},
    {&stand_in, NULL, {SHOW(200, STANDS_IN)}, TARGET_HAPPENED, -1, "p1"},
    {&stand_in, NULL, {SHOW(200, THERE)}, TARGET_DID_NOT, -1, NULL},
    {&invite, NULL, {ROW(THERE)}, TARGET_HAPPENED, -1, "p1"},
    {&invite, NULL, {ROW(UNLINKED), ROW(THERE)}, TARGET_HAPPENED, -1, "p1"},
    {&invite, NULL, {ROW(UNLINKED), ROW(UNLINKED)}, TARGET_DID_NOT, -1, NULL},
    {&invite, NULL, {SAY(401, "{}")}, TARGET_CANNOT_TELL, OUTCOME_DENIED, NULL},
};

static void looking_back_tells_what_happened(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(looked); i++) {
        struct fixture fixture = open_fixture();
        const struct plan_step *step = looked[i].step;
        const struct target_write write = {.step = step,
                                           .person = step->kind == PLAN_INVITE ? NULL : "p1",
                                           .base = looked[i].base};
        struct target_result result = {0};
        g_autoptr(GError) error = NULL;
        for (guint j = 0; j < 3 && looked[i].said[j].status != 0; j++)
            say(fixture.server, &looked[i].said[j]);
        enum target_past past = scim_write_look_back(fixture.place, &write, &result, &error);
        if (past != looked[i].past)
            print_error("case %u: %s\n", i, error != NULL ? error->message : "no error");
        assert_int_equal(past, looked[i].past);
        if (looked[i].outcome >= 0)
            expect_outcome(error, (enum outcome)looked[i].outcome);
        else
            assert_null(error);
        assert_int_equal(g_strcmp0(result.person, looked[i].person), 0);
        for (guint j = 0; j < scripted_server_count(fixture.server); j++)
            assert_true(g_str_has_prefix(scripted_server_request(fixture.server, j), "GET "));
        target_result_clear(&result);
        close_fixture(&fixture);
    }
    struct fixture fixture = open_fixture();
    const struct target_write nobody = {.step = &suspend};
    struct target_result result = {0};
    g_autoptr(GError) error = NULL;
    assert_int_equal(scim_write_look_back(fixture.place, &nobody, &result, &error),
                     TARGET_CANNOT_TELL);
    expect_outcome(error, OUTCOME_BAD_INPUT);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_has_three_ends),
        cmocka_unit_test(a_refusal_comes_back_with_its_numbers),
        cmocka_unit_test(a_step_that_cannot_be_sent_is_not_done),
        cmocka_unit_test(looking_back_tells_what_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
