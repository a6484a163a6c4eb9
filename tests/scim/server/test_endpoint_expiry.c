#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scim/server/live_endpoint.h"

#define LIFETIME ((gint64)48 * 3600)

struct live {
    struct live_endpoint at;
    char *invitation, *person, *token;
};

static struct raw_answer *ask(struct live *live, const char *method, const char *target,
                              const char *body)
{
    return live_endpoint_ask(&live->at, live->at.fixture.admin, method, target, body);
}

static char *text_of(const json_t *json, const char *name)
{
    return g_strdup(json_string_value(json_object_get(json, name)));
}

/* `says` is in the answer. */
static void invite(struct live *live, const char *address, const char *says)
{
    g_autofree char *body = g_strdup_printf(
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],\"email\":\"%s\"}",
        address);
    struct raw_answer *answer = ask(live, "POST", "/scim/v2/Invitations", body);
    assert_int_equal(answer->status, 201);
    assert_non_null(strstr(answer->body->str, says));
    json_t *json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    g_autofree char *link = text_of(json, "link");
    g_free(live->invitation);
    g_free(live->person);
    g_free(live->token);
    live->invitation = text_of(json, "id");
    live->person = text_of(json_object_get(json, "person"), "value");
    live->token = g_strdup(strchr(link, '#') + 1);
    json_decref(json);
    raw_client_free(answer);
}

/* `sweep` 0: nobody sweeps, everything must follow from the clock alone. */
static void open_live(struct live *live, unsigned sweep)
{
    struct endpoint_options options;
    *live = (struct live){0};
    live_endpoint_open(&live->at);
    live_endpoint_options(&live->at, &options);
    options.sweep_milliseconds = sweep;
    live_endpoint_start(&live->at, &options);
    invite(live, "bob@example.com", "\"status\":\"pending\"");
}

static void close_live(struct live *live)
{
    live_endpoint_close(&live->at);
    g_free(live->invitation);
    g_free(live->person);
    g_free(live->token);
}

/* A text in the answer to a GET: TRUE if it is there. */
static gboolean says(struct live *live, const char *target, const char *text)
{
    struct raw_answer *answer = ask(live, "GET", target, NULL);
    gboolean is_there = answer->status == 200 && strstr(answer->body->str, text) != NULL;
    raw_client_free(answer);
    return is_there;
}

static char *list_tag(struct live *live)
{
    struct raw_answer *answer = ask(live, "GET", "/scim/v2/Users?count=100", NULL);
    char *tag = raw_client_header(answer, "ETag");
    assert_non_null(tag);
    raw_client_free(answer);
    return tag;
}

static unsigned accept_now(struct live *live)
{
    g_autofree char *form = g_strdup_printf("token=%s&answer=accept", live->token);
    struct raw_answer *answer =
        raw_client_ask(live->at.port, "POST", "/invitation",
                       "Content-Type: application/x-www-form-urlencoded\r\n", form);
    unsigned status = answer->status;
    raw_client_free(answer);
    return status;
}

static const struct {
    gint64 after;
    gboolean is_over;
} moments[] = {{LIFETIME - 1, FALSE}, {LIFETIME, TRUE}, {LIFETIME + 1, TRUE}};

static void look_everywhere(struct live *live, gboolean is_over)
{
    const char *status = is_over ? "\"status\":\"expired\"" : "\"status\":\"invited\"";
    g_autofree char *user = g_strdup_printf("/scim/v2/Users/%s", live->person);
    g_autofree char *invitation = g_strdup_printf("/scim/v2/Invitations/%s", live->invitation);
    assert_true(says(live, user, status));
    assert_true(says(live, "/scim/v2/Users?count=100", status));
    assert_true(
        says(live, invitation, is_over ? "\"status\":\"expired\"" : "\"status\":\"pending\""));
    assert_true(says(live, "/scim/v2/Roles/member",
                     is_over ? "\"totalAssignmentsUsed\":2" : "\"totalAssignmentsUsed\":3"));
}

static void try_moment(unsigned sweep, gsize index)
{
    struct live live;
    open_live(&live, sweep);
    g_autofree char *before = list_tag(&live);
    atomic_store(&live.at.fixture.now, FIXTURE_NOW + moments[index].after);
    look_everywhere(&live, moments[index].is_over);
    g_autofree char *after = list_tag(&live);
    assert_int_equal(strcmp(before, after) != 0, moments[index].is_over);
    assert_int_equal(accept_now(&live), moments[index].is_over ? 410 : 200);
    close_live(&live);
}

static void S3_at_48_hours_it_is_over_on_every_path_though_nobody_swept(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(moments); i++) {
        try_moment(0, i);
    }
}

static void S3_at_48_hours_it_is_over_on_every_path_while_somebody_sweeps(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(moments); i++) {
        try_moment(1, i);
    }
}

/* What a reader was told before the sweep stays true after it: the same tag, the same version. */
static void the_sweep_changes_no_tag(void **state)
{
    (void)state;
    struct live live;
    open_live(&live, 0);
    atomic_store(&live.at.fixture.now, FIXTURE_NOW + LIFETIME);
    g_autofree char *before = list_tag(&live);
    g_autofree char *user = g_strdup_printf("/scim/v2/Users/%s", live.person);
    struct raw_answer *answer = ask(&live, "GET", user, NULL);
    g_autofree char *version = raw_client_header(answer, "ETag");
    raw_client_free(answer);
    /* a write that is refused sweeps all the same */
    answer = ask(&live, "DELETE", "/scim/v2/Users/nobody", NULL);
    assert_int_equal(answer->status, 404);
    raw_client_free(answer);
    answer = ask(&live, "GET", user, NULL);
    g_autofree char *version_after = raw_client_header(answer, "ETag");
    raw_client_free(answer);
    g_autofree char *after = list_tag(&live);
    assert_string_equal(version, version_after);
    assert_string_equal(before, after);
    close_live(&live);
}

/* T05: 2038, 2106 and the end of the calendar are moments like any other. */
static void T05_it_is_the_same_in_far_years(void **state)
{
    (void)state;

    static const struct {
        gint64 now;
        const char *expires;
    } cases[] = {
        {G_GINT64_CONSTANT(2147483647) - 3600, "\"expiresAt\":\"2038-01-21T02:14:07Z\""},
        {G_GINT64_CONSTANT(4294967295) - 3600, "\"expiresAt\":\"2106-02-09T05:28:15Z\""},
        {G_GINT64_CONSTANT(253402300799) - LIFETIME, "\"expiresAt\":\"9999-12-31T23:59:59Z\""},
        {G_GINT64_CONSTANT(253402300799) + 86400, "\"expiresAt\":\"9999-12-31T23:59:59Z\""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct live live;
        open_live(&live, 0);
        atomic_store(&live.at.fixture.now, cases[i].now);
        invite(&live, "ann@example.com", cases[i].expires);
        g_autofree char *before = list_tag(&live);
        atomic_store(&live.at.fixture.now, cases[i].now + LIFETIME - 1);
        g_autofree char *still = list_tag(&live);
        assert_string_equal(before, still);
        atomic_store(&live.at.fixture.now, cases[i].now + LIFETIME);
        g_autofree char *after = list_tag(&live);
        assert_string_not_equal(before, after);
        assert_int_equal(accept_now(&live), 410);
        atomic_store(&live.at.fixture.now, cases[i].now + LIFETIME - 1);
        assert_int_equal(accept_now(&live), 200);
        close_live(&live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S3_at_48_hours_it_is_over_on_every_path_though_nobody_swept),
        cmocka_unit_test(S3_at_48_hours_it_is_over_on_every_path_while_somebody_sweeps),
        cmocka_unit_test(the_sweep_changes_no_tag),
        cmocka_unit_test(T05_it_is_the_same_in_far_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
