#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/handle_override.h"
#include "tests/scim/server/server_fixture.h"

/* Ann came from a directory as a billing-admin who writes in search. */
struct stage {
    struct server_fixture fixture;
    char *ann;
    char *own; /* Ann's token */
};

static void edit(struct stage *stage, const char *id, const char *operations)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    g_autofree char *body = g_strdup_printf(
        "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[%s]}", operations);
    struct reply reply =
        server_fixture_ask(&stage->fixture, stage->fixture.dana, "PATCH", target, body);
    reply_expect(&reply, 200);
}

#define SET_ROLE(role)                                                                         \
    "{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\",\"value\":"    \
    "\"" role "\"}"
#define SET_PROJECT(role)                                                                      \
    "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"type\":\"project\",\"value\":"           \
    "\"search/" role "\"}]}"
#define NO_PROJECT                                                                             \
    "{\"op\":\"remove\",\"path\":\"roles[type eq \\\"project\\\" and value sw "                \
    "\\\"search/\\\"]\"}"

static int set_up(void **state)
{
    static const char *const headers[] = {"Rolecall-Origin: directory:corp", NULL};
    static const char body[] =
        "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"ann@example.com\","
        "\"externalId\":\"x1\",\"roles\":[{\"type\":\"organization\",\"value\":"
        "\"billing-admin\"},{\"type\":\"project\",\"value\":\"search/read-write\"}]}";
    struct stage *stage = g_new0(struct stage, 1);
    struct server_fixture *fixture = &stage->fixture;
    server_fixture_open(fixture);
    struct reply reply = server_fixture_ask_with(fixture, fixture->sync, "POST",
                                                 "/scim/v2/Users", body, headers);
    stage->ann = g_strdup(reply_text(&reply, "id"));
    g_autofree char *target = g_strconcat(
        "/scim/v2/Invitations/", reply_text(&reply, "Membership.invitation.value"), NULL);
    reply_expect(&reply, 201);
    reply = server_fixture_ask(fixture, fixture->admin, "PATCH", target,
                               "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":"
                               "\"replace\",\"path\":\"status\",\"value\":\"pending\"}]}");
    g_autofree char *form =
        g_strdup_printf("token=%s&answer=accept", strchr(reply_text(&reply, "link"), '#') + 1);
    reply_expect(&reply, 200);
    static const char *const form_headers[] = {
        "Content-Type: application/x-www-form-urlencoded", NULL};
    reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation", form, form_headers);
    reply_expect(&reply, 200);
    stage->own = server_fixture_person_token(fixture, "acme", "ann@example.com");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    server_fixture_close(&stage->fixture);
    g_free(stage->ann);
    g_free(stage->own);
    g_free(stage);
    return 0;
}

static struct reply ask(struct stage *stage, const char *token, const char *method,
                        const char *path)
{
    g_autofree char *target = g_strconcat("/scim/v2/Overrides", path, NULL);
    return server_fixture_ask(&stage->fixture, token, method, target, NULL);
}

static gint64 count_all(struct stage *stage)
{
    struct reply reply = ask(stage, stage->fixture.admin, "GET", "");
    gint64 total = json_integer_value(reply_value(&reply, "totalResults"));
    reply_expect(&reply, 200);
    return total;
}

static void an_edit_by_an_owner_is_an_override_and_is_listed(void **state)
{
    struct stage *stage = *state;
    assert_int_equal(count_all(stage), 0);
    edit(stage, stage->ann, SET_ROLE("member") "," NO_PROJECT);
    struct reply reply = ask(stage, stage->fixture.dana, "GET", "");
    g_autofree char *project = g_strconcat(stage->ann, ".search", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 2);
    g_autofree char *own = g_strconcat("organization.", stage->ann, NULL);
    assert_string_equal(reply_text(&reply, "Resources.0.id"), own);
    assert_string_equal(reply_text(&reply, "Resources.0.value"), "member");
    assert_string_equal(reply_text(&reply, "Resources.0.type"), "organization");
    assert_string_equal(reply_text(&reply, "Resources.1.id"), project);
    assert_string_equal(reply_text(&reply, "Resources.1.value"), "search/none");
    assert_string_equal(reply_text(&reply, "Resources.1.person.value"), stage->ann);
    assert_non_null(exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 200);
    reply = ask(stage, stage->fixture.sync, "GET",
                "?filter=type%20eq%20%22project%22&attributes=value");
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 1);
    assert_string_equal(reply_text(&reply, "Resources.0.value"), "search/none");
    assert_null(reply_value(&reply, "Resources.0.type"));
    reply_expect(&reply, 200);
}

static void a_lifted_override_lets_the_links_count_again(void **state)
{
    struct stage *stage = *state;
    edit(stage, stage->ann, SET_ROLE("member") "," SET_PROJECT("read-only"));
    g_autofree char *own = g_strconcat("/organization.", stage->ann, NULL);
    g_autofree char *project = g_strconcat("/", stage->ann, ".search", NULL);
    struct reply reply = ask(stage, stage->fixture.admin, "GET", project);
    assert_string_equal(reply_text(&reply, "value"), "search/read-only");
    assert_string_equal(reply_text(&reply, "meta.version"),
                        exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, 200);
    reply = ask(stage, stage->fixture.dana, "DELETE", project);
    reply_expect(&reply, 204);
    reply = ask(stage, stage->fixture.admin, "DELETE", own);
    reply_expect(&reply, 204);
    assert_int_equal(count_all(stage), 0);
    reply = ask(stage, stage->fixture.dana, "DELETE", own);
    reply_expect(&reply, 404);
    reply = server_fixture_ask(&stage->fixture, stage->own, "GET", "/scim/v2/Me", NULL);
    assert_string_equal(reply_text(&reply, "roles.0.value"), "billing-admin");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "search/read-write");
    reply_expect(&reply, 200);
}

static void only_who_may_set_one_may_lift_it(void **state)
{
    struct stage *stage = *state;
    struct server_fixture *fixture = &stage->fixture;
    g_autofree char *pia = server_fixture_member(fixture, "pia@example.com");
    g_autofree char *token = server_fixture_person_token(fixture, "acme", "pia@example.com");
    edit(stage, stage->ann, SET_ROLE("member") "," SET_PROJECT("read-only"));
    g_autofree char *organization = g_strconcat("/organization.", stage->ann, NULL);
    g_autofree char *project = g_strconcat("/", stage->ann, ".search", NULL);
    g_autofree char *absent = g_strconcat("/", stage->ann, ".ads", NULL);

    const struct {
        const char *token, *method, *path;
        unsigned status;
    } cases[] = {
        {fixture->provider, "GET", "", 403},
        {fixture->provider, "GET", project, 403},
        {fixture->provider, "DELETE", project, 403},
        {fixture->sync, "DELETE", project, 403},
        {fixture->reader, "GET", "", 403},
        {fixture->reader, "DELETE", project, 403},
        {stage->own, "DELETE", organization, 403},
        {token, "GET", organization, 200},
        {token, "DELETE", project, 403},
        {NULL, "GET", "", 401},
        {fixture->other, "GET", project, 404},
        {fixture->other, "DELETE", project, 404},
        {fixture->dana, "GET", absent, 404},
        {fixture->dana, "DELETE", absent, 404},
        {fixture->dana, "GET", "/nobody", 404},
        {fixture->dana, "PUT", project, 405},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = ask(stage, cases[i].token, cases[i].method, cases[i].path);
        reply_expect(&reply, cases[i].status);
    }
    assert_int_equal(count_all(stage), 2);
    edit(stage, pia, SET_PROJECT("admin"));
    struct reply reply = ask(stage, token, "DELETE", organization);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "permission");
    reply_expect(&reply, 403);
    reply = ask(stage, token, "DELETE", project);
    reply_expect(&reply, 204);
    assert_int_equal(count_all(stage), 1);
}

static void a_version_that_has_passed_lifts_nothing(void **state)
{
    struct stage *stage = *state;
    edit(stage, stage->ann, SET_ROLE("member"));
    g_autofree char *target = g_strconcat("/scim/v2/Overrides/organization.", stage->ann, NULL);
    static const char *const headers[] = {"If-Match: W/\"1\"", NULL};
    struct reply reply = server_fixture_ask_with(&stage->fixture, stage->fixture.dana, "DELETE",
                                                 target, NULL, headers);
    reply_expect(&reply, 412);
    assert_int_equal(count_all(stage), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_edit_by_an_owner_is_an_override_and_is_listed,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lifted_override_lets_the_links_count_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_who_may_set_one_may_lift_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_that_has_passed_lifts_nothing, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
