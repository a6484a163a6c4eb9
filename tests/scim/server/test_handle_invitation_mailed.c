/* Invitations where mail is configured: nobody is shown a link, and owners see what became of the
 * mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/outbox.h"
#include "scim/protocol/membership.h"
#include "tests/scim/server/server_fixture.h"

#define PATCH_OF(name, value)                                                                  \
    "{\"schemas\":[\"" SCIM_URN_PATCH                                                          \
    "\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"" name "\",\"value\":\"" value "\"}]}"
#define ANN "{\"schemas\":[\"" SCIM_URN_INVITATION "\"],\"email\":\"ann@example.com\"}"

/* The path of the invitation of ann@example.com, by that token. */
static char *invite_ann(struct server_fixture *fixture, const char *token)
{
    struct reply reply =
        server_fixture_ask(fixture, token, "POST", "/scim/v2/Invitations", ANN);
    char *target = g_strconcat("/scim/v2/Invitations/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    return target;
}

enum mail_end { MAIL_SENT, MAIL_POSTPONED, MAIL_REFUSED };

/* What a mailer does with the one message that is due. */
static void mail(struct server_fixture *fixture, enum mail_end how)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, &error);
    struct outbox_message message = {0};
    gboolean found = FALSE;
    gint64 next = 0;
    gint64 now = atomic_load(&fixture->now);
    assert_true(outbox_take(session, now, &message, &found, &next, &error));
    assert_true(found);
    switch (how) {
    case MAIL_SENT:
        assert_true(outbox_sent(session, &message, now, &error));
        break;
    case MAIL_POSTPONED:
        assert_true(outbox_postpone(session, &message, now, "450 later", &error));
        break;
    case MAIL_REFUSED:
        assert_true(outbox_give_up(session, &message, now, "550 no such user", &error));
        break;
    }
    outbox_message_clear(&message);
}

/* Every answer about an invitation, to everybody who may have one. */
static void no_answer_carries_a_link(void **state)
{
    struct server_fixture *fixture = *state;
    const char *const tokens[] = {fixture->dana, fixture->admin, fixture->provider,
                                  fixture->sync};
    g_autofree char *target = invite_ann(fixture, fixture->dana);
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        const struct {
            const char *method, *target, *body;
        } asked[] = {{"POST", "/scim/v2/Invitations", ANN},
                     {"PATCH", target, PATCH_OF("status", "pending")},
                     {"GET", target, NULL},
                     {"GET", "/scim/v2/Invitations", NULL}};

        for (size_t j = 0; j < G_N_ELEMENTS(asked); j++) {
            struct reply reply = server_fixture_ask(fixture, tokens[i], asked[j].method,
                                                    asked[j].target, asked[j].body);
            g_autofree char *text =
                g_strndup(reply.exchange->answer, reply.exchange->answer_length);
            assert_null(strstr(text, "\"link\""));
            assert_null(strstr(text, "invitation#"));
            reply_clear(&reply);
        }
    }
}

static struct reply read_one(struct server_fixture *fixture, const char *token,
                             const char *target)
{
    return server_fixture_ask(fixture, token, "GET", target, NULL);
}

static void the_delivery_shows_what_became_of_the_mail(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        enum mail_end end;
        const char *status, *detail;
    } cases[] = {{MAIL_POSTPONED, "waiting", "450 later"},
                 {MAIL_SENT, "sent", NULL},
                 {MAIL_REFUSED, "undeliverable", "550 no such user"}};

    g_autofree char *target = invite_ann(fixture, fixture->dana);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target,
                                                PATCH_OF("status", "pending"));
        assert_string_equal(reply_text(&reply, "delivery.status"), "waiting");
        assert_null(reply_text(&reply, "delivery.attemptedAt"));
        assert_int_equal(json_integer_value(reply_value(&reply, "renewalsLeft")), 2);
        reply_expect(&reply, 200);
        mail(fixture, cases[i].end);
        reply = read_one(fixture, fixture->dana, target);
        assert_string_equal(reply_text(&reply, "delivery.status"), cases[i].status);
        assert_int_equal(g_strcmp0(reply_text(&reply, "delivery.detail"), cases[i].detail), 0);
        assert_int_equal(json_integer_value(reply_value(&reply, "delivery.attempts")), 1);
        assert_non_null(reply_text(&reply, "delivery.attemptedAt"));
        reply_expect(&reply, 200);
    }
}

static void what_the_mail_server_said_is_for_owners_and_whoever_invited(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *target = invite_ann(fixture, fixture->provider);
    mail(fixture, MAIL_REFUSED);

    const struct {
        const char *token;
        gboolean sees;
    } cases[] = {{fixture->dana, TRUE},
                 {fixture->admin, TRUE},
                 {fixture->sync, TRUE},
                 {fixture->reader, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = read_one(fixture, cases[i].token, target);
        assert_string_equal(reply_text(&reply, "delivery.status"), "undeliverable");
        assert_int_equal(reply_text(&reply, "delivery.detail") != NULL, cases[i].sees);
        reply_expect(&reply, 200);
    }
}

/* A tag that a client keeps must not hide it. */
static void owners_see_at_the_person_that_the_mail_did_not_arrive(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *invitation = invite_ann(fixture, fixture->dana);
    g_autofree char *id = server_fixture_find(fixture, "ann@example.com");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply before = read_one(fixture, fixture->dana, target);
    assert_null(reply_text(&before, "Membership.statusReason"));
    g_autofree char *known =
        g_strconcat("If-None-Match: ", exchange_answer_header(before.exchange, "ETag"), NULL);
    reply_clear(&before);
    mail(fixture, MAIL_REFUSED);
    const char *const headers[] = {known, NULL};
    const char *const targets[] = {target, "/scim/v2/Users?filter=userName%20sw%20%22ann%22"};
    static const char *const paths[] = {"Membership.statusReason",
                                        "Resources.0.Membership.statusReason"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply reply =
            server_fixture_ask_with(fixture, fixture->dana, "GET", targets[i], NULL, headers);
        assert_non_null(strstr(reply_text(&reply, paths[i]), "550 no such user"));
        reply_expect(&reply, 200);
        reply = read_one(fixture, fixture->reader, targets[i]);
        assert_null(reply_text(&reply, paths[i]));
        reply_expect(&reply, 200);
    }
}

static void renewals_are_counted_only_while_somebody_may_still_come(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *target = invite_ann(fixture, fixture->dana);
    struct reply reply = server_fixture_ask(fixture, fixture->dana, "PATCH", target,
                                            PATCH_OF("status", "revoked"));
    assert_null(reply_value(&reply, "renewalsLeft"));
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST_MAILING(no_answer_carries_a_link),
        SERVER_FIXTURE_TEST_MAILING(the_delivery_shows_what_became_of_the_mail),
        SERVER_FIXTURE_TEST_MAILING(
            what_the_mail_server_said_is_for_owners_and_whoever_invited),
        SERVER_FIXTURE_TEST_MAILING(owners_see_at_the_person_that_the_mail_did_not_arrive),
        SERVER_FIXTURE_TEST_MAILING(renewals_are_counted_only_while_somebody_may_still_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
