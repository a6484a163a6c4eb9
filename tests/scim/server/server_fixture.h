/*
 * The whole server without its sockets, on a store of its own, for tests of handlers.
 *
 *   struct server_fixture fixture;
 *   server_fixture_open(&fixture);
 *   struct reply reply = server_fixture_ask(&fixture, fixture.admin, "GET", "/scim/v2/Users", NULL);
 *
 * The store holds "acme" (owners dana@example.com and breakglass@example.com, the latter protected;
 * projects search and ads, admin dana; 10 seats) and "other" (owner olga@other.example).
 */
#pragma once

#include <stdatomic.h>

#include <jansson.h>

#include "scim/organization/judge.h"
#include "scim/server/dispatch.h"

#define FIXTURE_DANA       "dana@example.com"
#define FIXTURE_BREAKGLASS "breakglass@example.com"
#define FIXTURE_NOW        ((gint64)1790000000)

struct server_fixture {
    char *folder, *uri;
    Store *store;
    _Atomic gint64 now;
    struct clock clock;
    struct dispatch dispatch;
    gboolean sends_mail;
    struct renewal_policy renewal; /* where mail is sent: twice in 30 days */
    char *admin, *reader, *provider, *sync, *everywhere; /* tokens; the last for all */
    char *dana;                                          /* an owner's token */
    char *other;                                         /* an admin token of "other" */
};

struct reply {
    unsigned status;
    json_t *json; /* NULL where the answer has no JSON */
    Exchange *exchange;
};

extern const struct audit_key server_fixture_audit_key;

/* How the fixture's writes are judged: its clock, no mail; without a session. */
struct judge server_fixture_judge(struct server_fixture *fixture);

void server_fixture_open(struct server_fixture *fixture);

/* The same where mail is configured: links are in the outbox alone. */
void server_fixture_open_mailing(struct server_fixture *fixture);

void server_fixture_close(struct server_fixture *fixture);

/* The same as functions of cmocka: the state is the fixture. */
int server_fixture_set_up(void **state);
int server_fixture_set_up_mailing(void **state);
int server_fixture_tear_down(void **state);

#define SERVER_FIXTURE_TEST(test)                                                              \
    cmocka_unit_test_setup_teardown(test, server_fixture_set_up, server_fixture_tear_down)
#define SERVER_FIXTURE_TEST_MAILING(test)                                                      \
    cmocka_unit_test_setup_teardown(test, server_fixture_set_up_mailing,                       \
                                    server_fixture_tear_down)

/* Opens the store alone, filled as above: for tests that start a whole endpoint on it. */
void server_fixture_open_store(struct server_fixture *fixture);

/* A further token; `draft` is borrowed. The caller frees. */
char *server_fixture_token(struct server_fixture *fixture, const char *organization,
                           const struct connection_draft *draft);

/* A token that acts as that person. The caller frees. */
char *server_fixture_person_token(struct server_fixture *fixture, const char *organization,
                                  const char *user_name);

/* What an act of the operator shows once: a token, a client's secret. The caller frees. */
char *server_fixture_credential(struct server_fixture *fixture, const char *organization,
                                const struct act *act);

/* One act on the store by the operator; fails the test unless it is done. */
void server_fixture_act(struct server_fixture *fixture, const char *organization,
                        const struct act *act);

/* Sends and waits for the answer. `token` NULL: without one; `body` NULL: none. */
struct reply server_fixture_ask(struct server_fixture *fixture, const char *token,
                                const char *method, const char *target, const char *body);

/* The same with further headers, "Name: value" each, NULL-terminated. */
struct reply server_fixture_ask_with(struct server_fixture *fixture, const char *token,
                                     const char *method, const char *target, const char *body,
                                     const char *const *headers);

/* The same for an exchange made by hand, which it takes. */
struct reply server_fixture_send(struct server_fixture *fixture, Exchange *exchange);

void reply_clear(struct reply *reply);

/* Fails the test, showing the answer, unless it has that status; clears it. */
void reply_expect(struct reply *reply, unsigned status);

/* A text inside, by a path such as "name.givenName" or "emails.0.value"; NULL: not there. */
const char *reply_text(const struct reply *reply, const char *path);
const json_t *reply_value(const struct reply *reply, const char *path);

/* Invites and accepts in one go: the id of an active member. The caller frees. */
char *server_fixture_member(struct server_fixture *fixture, const char *email);

/* The id of the person with that userName, as the admin token finds it. The caller frees. */
char *server_fixture_find(struct server_fixture *fixture, const char *user_name);
