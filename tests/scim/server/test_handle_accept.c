#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_accept.h"
#include "tests/scim/server/server_fixture.h"

static int set_up(void **state)
{
    struct server_fixture *fixture = g_new0(struct server_fixture, 1);
    server_fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    server_fixture_close(*state);
    g_free(*state);
    return 0;
}

static const char *const form_type[] = {"Content-Type: application/x-www-form-urlencoded",
                                        NULL};

static struct reply post(struct server_fixture *fixture, const char *form)
{
    return server_fixture_ask_with(fixture, NULL, "POST", "/invitation", form, form_type);
}

/* Invites and gives the token of the link. The caller frees. */
static char *invite(struct server_fixture *fixture, const char *email)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                        "\"email\":\"%s\",\"roles\":[{\"value\":\"search/read-only\"}]}",
                        email);
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Invitations", body);
    char *token = g_strdup(strchr(reply_text(&reply, "link"), '#') + 1);
    reply_expect(&reply, 201);
    return token;
}

static void expect_status(struct server_fixture *fixture, const char *user_name,
                          const char *status)
{
    g_autofree char *id = server_fixture_find(fixture, user_name);
    if (status == NULL) {
        assert_null(id);
        return;
    }
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    assert_string_equal(reply_text(&reply, "Membership.status"), status);
    reply_clear(&reply);
}

static void expect_guarded(const struct reply *reply)
{
    const char *policy = exchange_answer_header(reply->exchange, "Content-Security-Policy");
    assert_non_null(strstr(policy, "default-src 'none'"));
    assert_null(strstr(policy, "unsafe-inline"));
    assert_string_equal(exchange_answer_header(reply->exchange, "Referrer-Policy"),
                        "no-referrer");
    assert_string_equal(exchange_answer_header(reply->exchange, "Cache-Control"), "no-store");
}

static void the_page_its_script_and_its_style_come_from_our_own_path(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *target, *type;
    } cases[] = {{"/invitation", "text/html; charset=utf-8"},
                 {"/invitation/page.js", "text/javascript; charset=utf-8"},
                 {"/invitation/page.css", "text/css; charset=utf-8"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = server_fixture_ask(fixture, NULL, "GET", cases[i].target, NULL);
        assert_string_equal(exchange_answer_header(reply.exchange, "Content-Type"),
                            cases[i].type);
        expect_guarded(&reply);
        reply_expect(&reply, 200);
    }
}

static void accepting_makes_a_member_and_works_once(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *look = g_strconcat("token=", token, NULL);
    g_autofree char *form = g_strconcat(look, "&answer=accept", NULL);
    struct reply reply = post(fixture, look);
    expect_guarded(&reply);
    assert_non_null(strstr(reply.exchange->answer, "Acme Inc."));
    assert_non_null(strstr(reply.exchange->answer, FIXTURE_DANA));
    assert_non_null(strstr(reply.exchange->answer, "read-only in search"));
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", "invited");
    reply = post(fixture, form);
    expect_guarded(&reply);
    assert_non_null(strstr(reply.exchange->answer, "Acme Inc."));
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", "active");
    reply = post(fixture, form);
    reply_expect(&reply, 410);
}

static void declining_is_possible_and_remembered(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *form = g_strdup_printf("token=%s&answer=decline", token);
    struct reply reply = post(fixture, form);
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", NULL);
    reply = post(fixture, form);
    reply_expect(&reply, 410);
}

/* R60: expired, used, revoked, replaced and unknown tokens look the same, byte by byte. */
static void every_dead_token_gets_the_same_bytes(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *used = invite(fixture, "used@example.com");
    g_autofree char *replaced = invite(fixture, "replaced@example.com");
    g_autofree char *expired = invite(fixture, "expired@example.com");
    g_autofree char *use = g_strdup_printf("token=%s&answer=accept", used);
    struct reply reply = post(fixture, use);
    reply_expect(&reply, 200);
    g_autofree char *id = server_fixture_find(fixture, "replaced@example.com");
    struct reply again =
        server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Invitations",
                           "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                           "\"email\":\"replaced@example.com\"}");
    reply_expect(&again, 200);
    g_autofree char *almost = g_strdup(expired);
    almost[0] = almost[0] == 'A' ? 'B' : 'A';
    atomic_fetch_add(&fixture->now, 48 * 3600);
    const char *const tokens[] = {
        used,
        replaced,
        expired,
        almost,
        "",
        "x",
        "%27%20OR%201=1--",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    static const char *const answers[] = {"", "&answer=accept", "&answer=decline"};
    g_autofree char *expected = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(answers); j++) {
            g_autofree char *form = g_strconcat("token=", tokens[i], answers[j], NULL);
            reply = post(fixture, form);
            g_autofree char *bytes =
                g_strndup(reply.exchange->answer, reply.exchange->answer_length);
            expect_guarded(&reply);
            reply_expect(&reply, 410);
            if (expected == NULL) {
                expected = g_strdup(bytes);
            }
            assert_string_equal(bytes, expected);
        }
    }
    reply = post(fixture, "answer=accept");
    reply_expect(&reply, 410);
}

static void no_get_has_an_effect(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *target = g_strdup_printf("/invitation?token=%s&answer=accept", token);
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", target, NULL);
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", "invited");
}

static void a_form_that_says_something_else_is_a_400(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const forms[] = {"token=a&answer=perhaps", "token=a&token=b",
                                        "token=%zz"};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct reply reply = post(fixture, forms[i]);
        reply_expect(&reply, 400);
    }
    static const char *const json_type[] = {"Content-Type: application/json", NULL};
    struct reply reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation",
                                                 "{\"token\":\"a\"}", json_type);
    reply_expect(&reply, 415);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            the_page_its_script_and_its_style_come_from_our_own_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(accepting_makes_a_member_and_works_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(declining_is_possible_and_remembered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_dead_token_gets_the_same_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_get_has_an_effect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_form_that_says_something_else_is_a_400, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
