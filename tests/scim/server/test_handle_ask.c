#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_ask.h"
#include "tests/scim/server/server_fixture.h"

static const char *const form_type[] = {"Content-Type: application/x-www-form-urlencoded",
                                        NULL};

static struct reply ask(struct server_fixture *fixture, const char *form)
{
    return server_fixture_ask_with(fixture, NULL, "POST", "/invitation/again", form, form_type);
}

static void invite(struct server_fixture *fixture, const char *email)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                        "\"email\":\"%s\"}",
                        email);
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Invitations", body);
    assert_null(reply_text(&reply, "link"));
    reply_expect(&reply, 201);
}

/* How often the invitation of that address was sent. */
static gint64 count_sent(struct server_fixture *fixture, const char *email)
{
    g_autofree char *target =
        g_strdup_printf("/scim/v2/Invitations?filter=email%%20eq%%20%%22%s%%22", email);
    struct reply reply = server_fixture_ask(fixture, fixture->dana, "GET", target, NULL);
    gint64 count = json_integer_value(reply_value(&reply, "Resources.0.sentCount"));
    reply_clear(&reply);
    return count;
}

/* The writer does what is asked after the answer. A write of somebody else that comes later is
 * behind it in the queue: once that is answered, the asking is over. */
static void let_it_be_done(struct server_fixture *fixture)
{
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "DELETE",
                           "/scim/v2/Markers/00000000000000000000000000000000", NULL);
    reply_expect(&reply, 404);
}

static char *print_answer(const struct reply *reply)
{
    return g_strdup_printf("%u %s\n%.*s", reply->status,
                           exchange_answer_header(reply->exchange, "Content-Type"),
                           (int)reply->exchange->answer_length, reply->exchange->answer);
}

/* R61, M08: known or not, expired, pending, a member, well-formed or not. */
static void every_address_gets_the_same_answer(void **state)
{
    struct server_fixture *fixture = *state;
    invite(fixture, "expired@example.com");
    atomic_fetch_add(&fixture->now, 48 * 3600);
    invite(fixture, "pending@example.com");
    static const char *const forms[] = {
        "address=expired@example.com",
        "address=pending@example.com",
        "address=dana%40example.com",
        "address=nobody@example.com",
        "address=nobody",
        "address=%22%3E%3Cscript%3E@example.com",
        "address=a%0d%0aBcc:b@example.com",
        "address=",
        "",
        "other=1",
    };
    g_autofree char *expected = NULL;
    for (int round = 0; round < 4; round++) { /* also when nothing is left of the budget */
        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
            struct reply reply = ask(fixture, forms[i]);
            g_autofree char *answer = print_answer(&reply);
            reply_expect(&reply, 200);
            if (expected == NULL) {
                expected = g_strdup(answer);
            }
            assert_string_equal(answer, expected);
        }
    }
    assert_non_null(strstr(expected, "Look into your mail"));
}

static void an_expired_invitation_is_sent_again_within_the_budget(void **state)
{
    struct server_fixture *fixture = *state;
    invite(fixture, "ann@example.com");
    atomic_fetch_add(&fixture->now, 48 * 3600);
    static const gint64 expected[] = {2, 3, 3, 3}; /* two renewals in 30 days */
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        struct reply reply = ask(fixture, "address=+ann%40example.com+");
        reply_expect(&reply, 200);
        let_it_be_done(fixture);
        assert_int_equal(count_sent(fixture, "ann@example.com"), expected[i]);
        atomic_fetch_add(&fixture->now, 48 * 3600);
    }
}

static void nobody_else_is_touched(void **state)
{
    struct server_fixture *fixture = *state;
    invite(fixture, "ann@example.com");
    invite(fixture, "bob@example.com");
    atomic_fetch_add(&fixture->now, 48 * 3600);
    struct reply reply = ask(fixture, "address=ann%40example.com");
    reply_expect(&reply, 200);
    let_it_be_done(fixture);
    assert_int_equal(count_sent(fixture, "ann@example.com"), 2);
    assert_int_equal(count_sent(fixture, "bob@example.com"), 1);
}

static void a_page_of_another_site_asks_for_nothing(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const foreign[] = {"Content-Type: application/x-www-form-urlencoded",
                                          "Sec-Fetch-Site: cross-site", NULL};
    invite(fixture, "ann@example.com");
    atomic_fetch_add(&fixture->now, 48 * 3600);
    struct reply reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation/again",
                                                 "address=ann@example.com", foreign);
    reply_expect(&reply, 403);
    let_it_be_done(fixture);
    assert_int_equal(count_sent(fixture, "ann@example.com"), 1);
}

static void where_mail_is_sent_the_pages_offer_to_ask(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", "/invitation/again", NULL);
    assert_non_null(strstr(reply.exchange->answer, "type=\"email\""));
    reply_expect(&reply, 200);
    reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation", "token=x", form_type);
    assert_non_null(strstr(reply.exchange->answer, "action=\"invitation/again\""));
    reply_expect(&reply, 410);
}

static void without_mail_they_say_whom_to_ask(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", "/invitation/again", NULL);
    assert_null(strstr(reply.exchange->answer, "<form"));
    assert_non_null(strstr(reply.exchange->answer, "Ask whoever invited you"));
    reply_expect(&reply, 200);
    reply = ask(fixture, "address=ann%40example.com");
    assert_non_null(strstr(reply.exchange->answer, "Ask whoever invited you"));
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST_MAILING(every_address_gets_the_same_answer),
        SERVER_FIXTURE_TEST_MAILING(an_expired_invitation_is_sent_again_within_the_budget),
        SERVER_FIXTURE_TEST_MAILING(nobody_else_is_touched),
        SERVER_FIXTURE_TEST_MAILING(a_page_of_another_site_asks_for_nothing),
        SERVER_FIXTURE_TEST_MAILING(where_mail_is_sent_the_pages_offer_to_ask),
        SERVER_FIXTURE_TEST(without_mail_they_say_whom_to_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
