#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/endpoint.h"
#include "tests/rules/rules_story.h"
#include "tests/scim/server/raw_client.h"
#include "tests/support/invariant_check.h"

#define G       HOME_GLOBEX
#define DAY     ((gint64)24 * 3600)
#define CLIENTS 200
#define SEATS   100
#define ROUNDS  3

/* S5: a path takes a seat while there is one, and then no other; who takes none is never hindered. */
static void one_seat(void **state, enum rules_actor actor, const char *method,
                     const char *first, unsigned status, const char *second)
{
    story_leave_free(state, G, 1);
    gint64 before = story_seats(state, G);
    story_done(state, G, actor, method, first, status);
    assert_int_equal(story_seats(state, G), before + 1);
    story_refused(state, G, BY_DANA, "POST", second, "seat-cap");
}

static void no_seat(void **state, enum rules_actor actor, const char *method, const char *rest)
{
    story_leave_free(state, G, 0);
    story_refused(state, G, actor, method, rest, "seat-cap");
}

static void needs_none(void **state, enum rules_actor actor, const char *method,
                       const char *rest, unsigned status)
{
    story_leave_free(state, G, 0);
    gint64 before = story_seats(state, G);
    story_done(state, G, actor, method, rest, status);
    assert_int_equal(story_seats(state, G), before);
}

#define FIRST(how)  how "'n1@example.com'"
#define SECOND      "/Users 'userName':'n2@example.com'"
#define USERS       "/Users 'userName':"
#define INVITATIONS "/Invitations 'email':"
#define BULK(who)                                                                              \
    "/Bulk " STORY_BULK("POST", "/Users", "{" STORY_USER_SCHEMA ",'userName':'" who "'}")
#define REACTIVATE  "/Users/{sam} " STORY_SET("active", "true")
#define RESEND(who) "/Invitations/{!" who "} " STORY_SET("status", "'pending'")
#define PUT_ACTIVE                                                                             \
    "/Users/{sam} "                                                                            \
    "'userName':'sam@example.com','emails':[{'value':'sam@example.com','type':'work','"        \
    "primary':true}],'active':true"

#define S5_TEST(name, ...)                                                                     \
    static void name(void **state)                                                             \
    {                                                                                          \
        __VA_ARGS__;                                                                           \
    }

S5_TEST(S5_the_last_seat_by_POST_Users,
        one_seat(state, BY_MIA, "POST", FIRST(USERS), 201, SECOND))
S5_TEST(S5_the_last_seat_by_POST_Invitations,
        one_seat(state, BY_MIA, "POST", FIRST(INVITATIONS), 201, SECOND))
S5_TEST(S5_the_last_seat_by_Bulk,
        one_seat(state, BY_DANA, "POST", BULK("n1@example.com"), 201, SECOND))
S5_TEST(S5_the_last_seat_by_a_sync,
        one_seat(state, BY_CORP, "POST", FIRST(USERS) ",'externalId':'n1'", 201, SECOND))
S5_TEST(S5_the_last_seat_by_a_provider,
        one_seat(state, BY_OKTA, "POST", FIRST(USERS) ",'externalId':'n1'", 201, SECOND))
S5_TEST(S5_the_last_seat_by_reactivating_with_PATCH,
        one_seat(state, BY_DANA, "PATCH", REACTIVATE, 200, SECOND))
S5_TEST(S5_the_last_seat_by_reactivating_with_PUT,
        one_seat(state, BY_DANA, "PUT", PUT_ACTIVE, 200, SECOND))
S5_TEST(S5_the_last_seat_by_a_syncs_reactivation,
        one_seat(state, BY_CORP, "PATCH", "/Users/{cade} " STORY_SET("active", "true"), 200,
                 SECOND))
S5_TEST(S5_the_last_seat_by_resending_an_expired_one,
        one_seat(state, BY_DANA, "PATCH", RESEND("exa"), 200, SECOND))
S5_TEST(S5_the_last_seat_by_inviting_an_expired_one_again,
        one_seat(state, BY_DANA, "POST", INVITATIONS "'exa@example.com'", 200, SECOND))
S5_TEST(S5_no_seat_by_POST_Users, no_seat(state, BY_DANA, "POST", FIRST(USERS)))
S5_TEST(S5_no_seat_by_POST_Invitations, no_seat(state, BY_DANA, "POST", FIRST(INVITATIONS)))
S5_TEST(S5_no_seat_by_Bulk, no_seat(state, BY_DANA, "POST", BULK("n1@example.com")))
S5_TEST(S5_no_seat_for_a_project_invitation,
        no_seat(state, BY_PIA, "POST",
                FIRST(INVITATIONS) ",'roles':[{'value':'search/admin'}]"))
S5_TEST(S5_no_seat_by_a_sync,
        no_seat(state, BY_CORP, "POST", FIRST(USERS) ",'externalId':'n1'"))
S5_TEST(S5_no_seat_by_a_provider,
        no_seat(state, BY_OKTA, "POST", FIRST(USERS) ",'externalId':'n1'"))
S5_TEST(S5_no_seat_by_reactivating_with_PATCH, no_seat(state, BY_DANA, "PATCH", REACTIVATE))
S5_TEST(S5_no_seat_by_reactivating_with_PUT, no_seat(state, BY_DANA, "PUT", PUT_ACTIVE))
S5_TEST(S5_no_seat_by_reactivating_in_a_Bulk,
        no_seat(state, BY_DANA, "POST",
                "/Bulk " STORY_BULK("PATCH", "/Users/{sam}",
                                    STORY_PATCH(STORY_SET("active", "true")))))
S5_TEST(S5_no_seat_by_a_syncs_reactivation,
        no_seat(state, BY_CORP, "PATCH", "/Users/{cade} " STORY_SET("active", "true")))
S5_TEST(S5_no_seat_by_resending_an_expired_one, no_seat(state, BY_DANA, "PATCH", RESEND("exa")))
S5_TEST(S5_no_seat_by_inviting_an_expired_one_again,
        no_seat(state, BY_DANA, "POST", INVITATIONS "'exa@example.com'"))
S5_TEST(S5_a_pending_one_keeps_its_seat_when_resent,
        needs_none(state, BY_DANA, "PATCH", RESEND("pat"), 200))
S5_TEST(S5_a_pending_one_keeps_its_seat_when_reissued,
        needs_none(state, BY_DANA, "PATCH", "/Users/{pat} " STORY_ROLE("owner"), 200))
S5_TEST(S5_a_member_needs_no_seat_for_a_project,
        needs_none(state, BY_PIA, "POST",
                   INVITATIONS "'mel@example.com','roles':[{'value':'search/admin'}]", 200))

static void S5_accepting_takes_no_second_seat(void **state)
{
    g_autofree char *token = story_token(state, G, "pat");
    story_leave_free(state, G, 0);
    gint64 before = story_seats(state, G);
    assert_int_equal(story_answer(state, token, "accept"), 200);
    assert_int_equal(story_seats(state, G), before);
}

static void S5_the_refusal_names_the_cap_and_the_seats_held(void **state)
{
    story_leave_free(state, G, 0);
    struct reply reply =
        story_ask(state, G, BY_CONSOLE, "GET", "/Roles?filter=value%20eq%20%22member%22", 200);
    gint64 cap =
        json_integer_value(reply_value(&reply, "Resources.0.totalAssignmentsPermitted"));
    assert_int_equal(
        json_integer_value(reply_value(&reply, "Resources.0.totalAssignmentsUsed")), cap);
    assert_int_equal(cap, story_seats(state, G));
    reply_clear(&reply);
}

static void S5_somebody_restored_needs_a_seat(void **state)
{
    const char *const back = "/Users 'userName':'olaf@example.com','externalId':'anchor-olaf'";
    story_done(state, G, BY_OKTA, "DELETE", "/Users/{olaf}", 204);
    story_leave_free(state, G, 0);
    story_refused(state, G, BY_OKTA, "POST", back, "seat-cap");
    story_leave_free(state, G, 1);
    story_done(state, G, BY_OKTA, "POST", back, 201);
    story_expect(state, G, "olaf", "active 1 sent 2");
    story_refused(state, G, BY_DANA, "POST", SECOND, "seat-cap");
}

static void S5_an_expired_invitation_gives_its_seat_back(void **state)
{
    story_leave_free(state, G, 0);
    story_refused(state, G, BY_DANA, "POST", FIRST(USERS), "seat-cap");
    story_wait(state, 2 * DAY);
    story_done(state, G, BY_DANA, "POST", FIRST(USERS), 201);
    story_expect(state, G, "pat", "expired 1 sent 1");
}

/* The endpoint renews with a seat and not without: mail is configured, the clock does it. */
static void sweep(void **state)
{
    struct server_fixture *server = &story_world(state)->server;
    const struct renewal_policy policy = {.renewals = 3, .per = 30 * DAY};
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session = store_session_open(server->store, STORE_WRITE, &error);
    struct judge judge = server_fixture_judge(server);
    gint64 next = 0;
    judge.session = session;
    judge.sends_mail = TRUE;
    judge.renewal = &policy;
    if (!judge_sweep(&judge, &next, &error))
        fail_msg("%s", error->message);
}

static void S5_a_renewal_needs_a_seat(void **state)
{
    story_leave_free(state, G, 0);
    story_leave_free(state, HOME_SOLO, 0);
    gint64 before = story_seats(state, G);
    sweep(state);
    assert_int_equal(story_seats(state, G), before);
    story_leave_free(state, G, 1);
    sweep(state);
    assert_int_equal(story_seats(state, G), before + 1);
    story_refused(state, G, BY_DANA, "POST", SECOND, "seat-cap");
}

/* The ways by which a client may go for the last seat. */
enum way { BY_USERS, BY_INVITATIONS, BY_BULK, BY_SYNC, BY_RETURN, WAYS };

struct race {
    guint16 port;
    const char *admin, *sync;
    char *returning; /* the id of somebody suspended */
    GMutex lock;
    GCond start;
    gboolean is_open;
    guint round;
    gint won, capped, other; /* atomic */
};

struct runner {
    struct race *race;
    guint number;
};

static char *request_of(const struct runner *runner, const char **method, char **target)
{
    /* Whoever was revoked after a round is not invited by a sync again: new names. */
    guint n = runner->race->round * CLIENTS + runner->number;
    *method = "POST";
    *target = g_strdup("/scim/v2/Users");
    switch ((enum way)(n % WAYS)) {
    case BY_USERS:
    case BY_SYNC:
        return g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                               "\"userName\":\"r%u@example.com\",\"externalId\":\"r%u\"}",
                               n, n);
    case BY_INVITATIONS:
        g_free(*target);
        *target = g_strdup("/scim/v2/Invitations");
        return g_strdup_printf("{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:"
                               "Invitation\"],\"email\":\"r%u@example.com\"}",
                               n);
    case BY_BULK:
        g_free(*target);
        *target = g_strdup("/scim/v2/Bulk");
        return g_strdup_printf(
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],"
            "\"Operations\":[{\"method\":\"POST\",\"path\":\"/"
            "Users\",\"bulkId\":\"b\",\"data\":"
            "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
            "\"userName\":\"r%u@example.com\"}}]}",
            n);
    case BY_RETURN:
    case WAYS:
        break;
    }
    g_free(*target);
    *method = "PATCH";
    *target = g_strconcat("/scim/v2/Users/", runner->race->returning, NULL);
    return g_strdup("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],"
                    "\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":true},"
                    "{\"op\":\"replace\",\"path\":\"title\",\"value\":\"Dr\"}]}");
}

static void count(struct race *race, const struct raw_answer *answer)
{
    gboolean capped = strstr(answer->body->str, "\"rule\":\"seat-cap\"") != NULL &&
                      strstr(answer->body->str, "\"limit\":100") != NULL;
    gboolean good = !capped && (answer->status == 200 || answer->status == 201);
    gint *counter = good ? &race->won : &race->other;
    if (capped)
        counter = &race->capped;
    g_atomic_int_inc(counter);
    if (!capped && !good)
        g_printerr("# %u %s\n", answer->status, answer->body->str);
}

static void wait_for_start(struct race *race)
{
    g_mutex_lock(&race->lock);
    while (!race->is_open)
        g_cond_wait(&race->start, &race->lock);
    g_mutex_unlock(&race->lock);
}

static gpointer run(gpointer data)
{
    const struct runner *runner = data;
    struct race *race = runner->race;
    const char *method;
    char *target;
    g_autofree char *body = request_of(runner, &method, &target);
    gboolean is_sync = runner->number % WAYS == BY_SYNC;
    g_autofree char *headers =
        g_strdup_printf("Authorization: Bearer %s\r\nContent-Type: application/scim+json\r\n%s",
                        is_sync ? race->sync : race->admin,
                        is_sync ? "Rolecall-Origin: directory:corp\r\n" : "");
    wait_for_start(race);
    struct raw_answer *answer = raw_client_ask(race->port, method, target, headers, body);
    count(race, answer);
    raw_client_free(answer);
    g_free(target);
    return NULL;
}

static void ask(const struct race *race, const char *method, const char *target,
                const char *body)
{
    g_autofree char *headers = g_strdup_printf(
        "Authorization: Bearer %s\r\nContent-Type: application/scim+json\r\n", race->admin);
    struct raw_answer *answer = raw_client_ask(race->port, method, target, headers, body);
    if (answer->status >= 300)
        fail_msg("%s %s: %u %s", method, target, answer->status, answer->body->str);
    raw_client_free(answer);
}

/* 99 of 100: dana and breakglass are there, 97 are invited; one more was, and is suspended now. */
static void fill(struct server_fixture *fixture, struct race *race)
{
    static const char *const owners[] = {FIXTURE_DANA, NULL};
    const struct organization_draft draft = {.name = "acme", .seats = SEATS, .owners = owners};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft});
    race->returning = server_fixture_member(fixture, "sam@example.com");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", race->returning, NULL);
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "PATCH", target,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{"
        "\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}");
    reply_expect(&reply, 200);
    for (guint i = 2; i < SEATS - 1; i++) {
        g_autofree char *body =
            g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                            "\"userName\":\"f%u@example.com\"}",
                            i);
        reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users", body);
        reply_expect(&reply, 201);
    }
}

/* The seat is free again, whoever got it. */
static void make_room(struct server_fixture *fixture, const struct race *race)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", race->returning, NULL);
    ask(race, "PATCH", target,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{"
        "\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}");
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "GET", "/scim/v2/Users?filter=userName%20sw%20%22r%22", NULL);
    const char *id = reply_text(&reply, "Resources.0.id");
    if (id != NULL) {
        g_autofree char *winner = g_strconcat("/scim/v2/Users/", id, NULL);
        ask(race, "DELETE", winner, NULL);
    }
    reply_clear(&reply);
}

static void go(struct race *race)
{
    GThread *threads[CLIENTS];
    struct runner runners[CLIENTS];
    race->is_open = FALSE;
    for (guint i = 0; i < CLIENTS; i++) {
        runners[i] = (struct runner){race, i};
        threads[i] = g_thread_new("client", run, &runners[i]);
    }
    g_mutex_lock(&race->lock);
    race->is_open = TRUE;
    g_cond_broadcast(&race->start);
    g_mutex_unlock(&race->lock);
    for (guint i = 0; i < CLIENTS; i++)
        g_thread_join(threads[i]);
}

/* One seat is won once. Where it is somebody's return, all who asked for that return are answered
 * well: the later ones find them active. */
static void check_round(const struct race *race, const char *uri)
{
    g_autofree char *broken = invariant_check_at(uri, FIXTURE_NOW);
    if (broken != NULL)
        fail_msg("%s", broken);
    assert_int_equal(race->other, 0);
    assert_int_equal(race->won + race->capped, CLIENTS);
    assert_true(race->won == 1 || race->won == CLIENTS / WAYS);
}

static void S5_of_200_clients_at_99_of_100_seats_one_gets_the_last(void **state)
{
    (void)state;
    struct server_fixture fixture;
    struct race race = {0};
    g_autoptr(GError) error = NULL;
    server_fixture_open(&fixture);
    fill(&fixture, &race);
    struct endpoint_options options;
    endpoint_options_default(&options);
    options.listen = "127.0.0.1:0";
    options.store = fixture.uri;
    options.judge.clock = &fixture.clock;
    options.judge.audit_key = &server_fixture_audit_key;
    options.requests.rate = 0; /* all at once is what is tried here */
    Endpoint *endpoint = endpoint_start(&options, &error);
    if (endpoint == NULL)
        fail_msg("%s", error->message);
    race.port = endpoint_port(endpoint);
    race.admin = fixture.admin;
    race.sync = fixture.sync;
    for (race.round = 0; race.round < ROUNDS; race.round++) {
        race.won = race.capped = race.other = 0;
        go(&race);
        check_round(&race, fixture.uri);
        make_room(&fixture, &race);
    }
    endpoint_stop(endpoint);
    g_free(race.returning);
    server_fixture_close(&fixture);
}

static const struct CMUnitTest tests[] = {
    STORY_TEST(S5_the_last_seat_by_POST_Users),
    STORY_TEST(S5_the_last_seat_by_POST_Invitations),
    STORY_TEST(S5_the_last_seat_by_Bulk),
    STORY_TEST(S5_the_last_seat_by_a_sync),
    STORY_TEST(S5_the_last_seat_by_a_provider),
    STORY_TEST(S5_the_last_seat_by_reactivating_with_PATCH),
    STORY_TEST(S5_the_last_seat_by_reactivating_with_PUT),
    STORY_TEST(S5_the_last_seat_by_a_syncs_reactivation),
    STORY_TEST(S5_the_last_seat_by_resending_an_expired_one),
    STORY_TEST(S5_the_last_seat_by_inviting_an_expired_one_again),
    STORY_TEST(S5_no_seat_by_POST_Users),
    STORY_TEST(S5_no_seat_by_POST_Invitations),
    STORY_TEST(S5_no_seat_by_Bulk),
    STORY_TEST(S5_no_seat_for_a_project_invitation),
    STORY_TEST(S5_no_seat_by_a_sync),
    STORY_TEST(S5_no_seat_by_a_provider),
    STORY_TEST(S5_no_seat_by_reactivating_with_PATCH),
    STORY_TEST(S5_no_seat_by_reactivating_with_PUT),
    STORY_TEST(S5_no_seat_by_reactivating_in_a_Bulk),
    STORY_TEST(S5_no_seat_by_a_syncs_reactivation),
    STORY_TEST(S5_no_seat_by_resending_an_expired_one),
    STORY_TEST(S5_no_seat_by_inviting_an_expired_one_again),
    STORY_TEST(S5_a_pending_one_keeps_its_seat_when_resent),
    STORY_TEST(S5_a_pending_one_keeps_its_seat_when_reissued),
    STORY_TEST(S5_a_member_needs_no_seat_for_a_project),
    STORY_TEST(S5_accepting_takes_no_second_seat),
    STORY_TEST(S5_the_refusal_names_the_cap_and_the_seats_held),
    STORY_TEST(S5_somebody_restored_needs_a_seat),
    STORY_TEST(S5_an_expired_invitation_gives_its_seat_back),
    STORY_TEST(S5_a_renewal_needs_a_seat),
    STORY_TEST(S5_of_200_clients_at_99_of_100_seats_one_gets_the_last),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_open, story_close);
}
