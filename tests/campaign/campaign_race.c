/*
 * Many at once, on a store file: two owners demote each other, leave, remove each other, round after
 * round, each pair of threads in an organization of its own; then as many clients as there are threads
 * go for the last of 100 seats over HTTP.
 *
 *   campaign_race [THREADS [ROUNDS]]        200 and 1000; a tenth of the rounds for the seats
 *
 * After every round there is an owner, one of the two got what they asked for, and the other one a
 * refusal; of the clients exactly one got the seat.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scim/organization/organization.h"
#include "scim/organization/person_facts.h"
#include "scim/server/endpoint.h"
#include "scim/server/writer.h"
#include "scim/store/store_open.h"
#include "tests/scim/server/raw_client.h"
#include "tests/scim/server/server_fixture.h"
#include "tests/support/invariant_check.h"

#define SEATS 100

static guint threads = 200, rounds = 1000;

/* An act on its way through the writer, or through a session of its own. */
struct errand {
    struct write_job job;
    const struct actor *actor;
    const struct act *act;
    struct verdict verdict;
    GMutex lock;
    GCond changed;
    gboolean is_over;
    char *failure;
};

struct arena {
    struct server_fixture *fixture;
    Writer *writer; /* NULL: everybody has a session of their own */
    gint failures;  /* atomic */
    gint refusals[REFUSAL_MAX_ROLE + 1];
};

struct pair;

/* One of the two owners, on a thread of their own. */
struct owner {
    struct pair *pair;
    guint number;
    const char *address;
    char *id;
    enum verdict_kind got;
    enum refusal_rule rule;
};

struct pair {
    struct arena *arena;
    char *organization;
    pthread_barrier_t barrier;
    struct owner owners[2];
    StoreSession *sessions[2]; /* without a writer: one each */
};

static void blame(struct arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void blame(struct arena *arena, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    if (g_atomic_int_add(&arena->failures, 1) < 5)
        fprintf(stderr, "%s\n", text);
}

static void run_errand(struct write_job *job, struct judge *judge)
{
    struct errand *errand = (struct errand *)job;
    g_autoptr(GError) error = NULL;
    if (!judge_write(judge, errand->actor, errand->act, &errand->verdict, &error))
        errand->failure = g_strdup(error->message);
}

static void end_errand(struct write_job *job, const GError *error)
{
    struct errand *errand = (struct errand *)job;
    g_mutex_lock(&errand->lock);
    if (error != NULL && errand->failure == NULL)
        errand->failure = g_strdup(error->message);
    errand->is_over = TRUE;
    g_cond_signal(&errand->changed);
    g_mutex_unlock(&errand->lock);
}

static void go_to_writer(struct arena *arena, struct errand *errand)
{
    g_mutex_init(&errand->lock);
    g_cond_init(&errand->changed);
    errand->job = (struct write_job){.run = run_errand, .done = end_errand};
    writer_submit(arena->writer, &errand->job);
    g_mutex_lock(&errand->lock);
    while (!errand->is_over)
        g_cond_wait(&errand->changed, &errand->lock);
    g_mutex_unlock(&errand->lock);
    g_mutex_clear(&errand->lock);
    g_cond_clear(&errand->changed);
}

static enum verdict_kind act_in(struct pair *pair, guint number, const struct actor *actor,
                                const struct act *act, struct verdict *verdict)
{
    struct arena *arena = pair->arena;
    struct errand errand = {.actor = actor, .act = act};
    if (arena->writer != NULL) {
        go_to_writer(arena, &errand);
    } else {
        struct judge judge = server_fixture_judge(arena->fixture);
        judge.session = pair->sessions[number];
        run_errand(&errand.job, &judge);
    }
    if (errand.failure != NULL)
        blame(arena, "%s: act %d: %s", pair->organization, act->kind, errand.failure);
    g_free(errand.failure);
    *verdict = errand.verdict;
    return verdict->kind;
}

static char *find(struct pair *pair, const char *address)
{
    char *id = NULL;
    g_autoptr(StoreSession) session =
        store_session_open(pair->arena->fixture->store, STORE_READ, NULL);
    if (session == NULL ||
        !person_find_by_user_name(session, pair->organization, address, &id, NULL))
        blame(pair->arena, "%s cannot be found", address);
    return id;
}

/* What an owner does to the other one, or to themselves: another thing each round. */
static void strike(struct owner *owner, guint round)
{
    struct pair *pair = owner->pair;
    const struct owner *other = &pair->owners[1 - owner->number];
    g_autofree char *label = g_strdup_printf("person:%s", owner->id);
    const struct actor actor = {.kind = ACTOR_PERSON,
                                .organization = pair->organization,
                                .person = owner->id,
                                .label = label};
    const struct person_draft member = {.user_name = other->address,
                                        .address = other->address,
                                        .profile = "{}",
                                        .active = TRUE,
                                        .has_roles = TRUE,
                                        .role = ORGANIZATION_ROLE_MEMBER};
    const struct person_draft myself = {.user_name = owner->address,
                                        .address = owner->address,
                                        .profile = "{}",
                                        .active = TRUE,
                                        .has_roles = TRUE,
                                        .role = ORGANIZATION_ROLE_MEMBER};
    const struct act acts[] = {
        {.kind = ACT_PERSON_EDIT, .id = other->id, .draft = &member},
        {.kind = ACT_LEAVE_ORGANIZATION},
        {.kind = ACT_PERSON_EDIT, .id = owner->id, .draft = &myself},
        {.kind = ACT_PERSON_REMOVE, .id = other->id},
    };
    /* Mostly they demote each other; in some rounds the two do different things. */
    guint choice = round % 8 < 4 ? 0 : (round + (round % 16 == 15 ? owner->number : 0)) % 4;
    struct verdict verdict = {0};
    owner->got = act_in(pair, owner->number, &actor, &acts[choice], &verdict);
    owner->rule = verdict.fault.refusal.rule;
    g_atomic_int_inc(&pair->arena->refusals[owner->rule]);
    verdict_clear(&verdict);
}

/* Whoever lost the role or is gone becomes an owner again. */
static void restore(struct pair *pair, struct owner *owner)
{
    const struct actor admin = actor_operator(pair->organization, "operator:test");
    const struct actor system = actor_system(NULL);
    g_autofree char *id = find(pair, owner->address);
    const struct person_draft draft = {.user_name = owner->address,
                                       .address = owner->address,
                                       .profile = "{}",
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_OWNER};
    const struct act act = {
        .kind = id != NULL ? ACT_PERSON_EDIT : ACT_INVITE, .id = id, .draft = &draft};
    struct verdict verdict = {0}, accepted = {0};
    if (act_in(pair, 0, &admin, &act, &verdict) > VERDICT_UNCHANGED)
        blame(pair->arena, "%s is not restored: %s", owner->address, verdict.fault.detail);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = verdict.token};
    if (verdict.token != NULL && act_in(pair, 0, &system, &accept, &accepted) != VERDICT_DONE)
        blame(pair->arena, "%s cannot accept: %s", owner->address, accepted.fault.detail);
    verdict_clear(&verdict);
    verdict_clear(&accepted);
    g_free(owner->id);
    owner->id = find(pair, owner->address);
}

static void judge_round(struct pair *pair, guint round)
{
    const struct owner *one = &pair->owners[0], *other = &pair->owners[1];
    g_autoptr(StoreSession) session =
        store_session_open(pair->arena->fixture->store, STORE_READ, NULL);
    gint64 owners = 0;
    gboolean read = session != NULL &&
                    store_number(session,
                                 "SELECT COUNT(*) FROM person WHERE organization = ?"
                                 " AND status = 'active' AND role = 3",
                                 STORE_BIND(store_text(pair->organization)), 0, &owners, NULL);
    if (!read || owners != 1)
        blame(pair->arena, "%s, round %u: %d owners", pair->organization, round, (int)owners);
    gboolean one_won = one->got == VERDICT_DONE && other->got == VERDICT_REFUSED;
    gboolean other_won = other->got == VERDICT_DONE && one->got == VERDICT_REFUSED;
    if (!one_won && !other_won)
        blame(pair->arena, "%s, round %u: verdicts %d and %d", pair->organization, round,
              one->got, other->got);
}

static gpointer run_owner(gpointer data)
{
    struct owner *owner = data;
    struct pair *pair = owner->pair;
    for (guint round = 0; round < rounds; round++) {
        pthread_barrier_wait(&pair->barrier);
        strike(owner, round);
        pthread_barrier_wait(&pair->barrier);
        if (owner->number == 0) {
            judge_round(pair, round);
            restore(pair, &pair->owners[0]);
            restore(pair, &pair->owners[1]);
        }
    }
    return NULL;
}

static struct pair *pair_new(struct arena *arena, guint number)
{
    static const char *const addresses[] = {"anna@example.com", "bert@example.com", NULL};
    struct pair *pair = g_new0(struct pair, 1);
    pair->arena = arena;
    pair->organization =
        g_strdup_printf("pair-%s%u", arena->writer != NULL ? "w" : "s", number);
    const struct organization_draft draft = {.name = pair->organization, .owners = addresses};
    server_fixture_act(arena->fixture, pair->organization,
                       &(struct act){.kind = ACT_ORGANIZATION_CREATE, .organization = &draft});
    pthread_barrier_init(&pair->barrier, NULL, 2);
    for (guint i = 0; i < 2; i++) {
        pair->owners[i] = (struct owner){.pair = pair, .number = i, .address = addresses[i]};
        pair->owners[i].id = find(pair, addresses[i]);
        if (arena->writer == NULL)
            pair->sessions[i] = store_session_open(arena->fixture->store, STORE_WRITE, NULL);
    }
    return pair;
}

static void pair_free(struct pair *pair)
{
    for (guint i = 0; i < 2; i++) {
        g_free(pair->owners[i].id);
        store_session_close(pair->sessions[i]);
    }
    pthread_barrier_destroy(&pair->barrier);
    g_free(pair->organization);
    g_free(pair);
}

static void fight(struct arena *arena, guint pair_count, const char *how)
{
    gint64 begin = g_get_monotonic_time();
    g_autofree struct pair **pairs = g_new(struct pair *, pair_count);
    g_autofree GThread **running = g_new(GThread *, 2 * (gsize)pair_count);
    for (guint i = 0; i < pair_count; i++)
        pairs[i] = pair_new(arena, i);
    for (guint i = 0; i < 2 * pair_count; i++)
        running[i] = g_thread_new("owner", run_owner, &pairs[i / 2]->owners[i % 2]);
    for (guint i = 0; i < 2 * pair_count; i++)
        g_thread_join(running[i]);
    for (guint i = 0; i < pair_count; i++)
        pair_free(pairs[i]);
    print_message("owners, %s: %u threads x %u rounds; refused: last-owner %d, permission %d;"
                  " failures %d; %.1f s\n",
                  how, 2 * pair_count, rounds, arena->refusals[REFUSAL_LAST_OWNER],
                  arena->refusals[REFUSAL_PERMISSION], arena->failures,
                  (double)(g_get_monotonic_time() - begin) / 1e6);
    assert_int_equal(arena->failures, 0);
    gint refused = 0;
    for (guint i = REFUSAL_NONE + 1; i <= REFUSAL_MAX_ROLE; i++)
        refused += arena->refusals[i];
    assert_int_equal(refused, pair_count * rounds);
}

static int set_up(void **state)
{
    struct server_fixture *fixture = g_new0(struct server_fixture, 1);
    server_fixture_open_store(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *broken = invariant_check_at(fixture->uri, fixture->now);
    if (broken != NULL)
        print_error("%s\n", broken);
    server_fixture_close(fixture);
    g_free(fixture);
    return broken == NULL ? 0 : -1;
}

static void I1_two_owners_who_strike_at_once_never_leave_none(void **state)
{
    struct server_fixture *fixture = *state;
    const struct writer_options options = {.store = fixture->store,
                                           .judge = server_fixture_judge(fixture)};
    struct arena arena = {.fixture = fixture, .writer = writer_start(&options, NULL)};
    assert_non_null(arena.writer);
    fight(&arena, MAX(threads / 2, 1), "through the writer");
    writer_stop(arena.writer);
}

/* Several processes may have the store open (the commands next to serve): fewer, for the lock is the
 * database's. */
static void I1_it_holds_through_sessions_of_their_own(void **state)
{
    struct arena arena = {.fixture = *state};
    guint all = rounds;
    rounds = MAX(all / 4, 1);
    fight(&arena, MAX(threads / 10, 2), "a session each");
    rounds = all;
}

/* A client on a connection of its own that goes for the last seat in every round. */
struct client {
    struct server_fixture *fixture;
    guint16 port;
    guint number, rounds;
    pthread_barrier_t *barrier;
    gint *winners, *refused, *failures; /* of the round; atomic */
    char *won;                          /* the invitation, to be revoked */
};

static void ask_for_seat(struct client *client, int socket, guint round)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                        "\"email\":\"c%u-%u@example.com\"}",
                        client->number, round);
    g_autofree char *request = g_strdup_printf(
        "POST /scim/v2/Invitations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/scim+json\r\nContent-Length: %zu\r\n\r\n%s",
        client->fixture->admin, strlen(body), body);
    raw_client_send(socket, request);
    struct raw_answer *answer = raw_client_read(socket);
    json_t *json = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    if (answer->status == 201) {
        g_atomic_int_inc(client->winners);
        client->won = g_strdup(json_string_value(json_object_get(json, "id")));
    } else if (answer->status == 403 && strstr(answer->body->str, "seat-cap") != NULL) {
        g_atomic_int_inc(client->refused);
    } else {
        g_atomic_int_inc(client->failures);
        fprintf(stderr, "client %u, round %u: %u %s\n", client->number, round, answer->status,
                answer->body->str);
    }
    json_decref(json);
    raw_client_free(answer);
}

static void give_back(const struct client *client, int socket)
{
    g_autofree char *request =
        g_strdup_printf("DELETE /scim/v2/Invitations/%s HTTP/1.1\r\nHost: x\r\nAuthorization: "
                        "Bearer %s\r\n\r\n",
                        client->won, client->fixture->admin);
    raw_client_send(socket, request);
    struct raw_answer *answer = raw_client_read(socket);
    if (answer->status != 204)
        g_atomic_int_inc(client->failures);
    raw_client_free(answer);
}

static gpointer run_client(gpointer data)
{
    struct client *client = data;
    int socket = raw_client_connect(client->port);
    for (guint round = 0; round < client->rounds; round++) {
        pthread_barrier_wait(client->barrier);
        ask_for_seat(client, socket, round);
        pthread_barrier_wait(client->barrier);
        if (client->won != NULL)
            give_back(client, socket);
        g_clear_pointer(&client->won, g_free);
    }
    close(socket);
    return NULL;
}

/* 99 of the 100 are taken, by people and by invitations. */
static void fill_seats(struct server_fixture *fixture)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    const struct organization_draft draft = {.name = "acme", .owners = owners, .seats = SEATS};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft});
    for (guint i = 2; i < SEATS - 1; i++) {
        g_autofree char *address = g_strdup_printf("seat%u@example.com", i);
        const struct person_draft person = {.user_name = address};
        server_fixture_act(fixture, "acme",
                           &(struct act){.kind = ACT_INVITE, .draft = &person});
    }
}

static void I3_of_all_clients_at_the_last_seat_exactly_one_wins(void **state)
{
    struct server_fixture *fixture = *state;
    struct endpoint_options options;
    gint winners = 0, refused = 0, failures = 0;
    guint all = MAX(rounds / 10, 10);
    gint64 begin = g_get_monotonic_time();
    pthread_barrier_t barrier;
    fill_seats(fixture);
    endpoint_options_default(&options);
    options.listen = "127.0.0.1:0";
    options.store = fixture->uri;
    options.judge = server_fixture_judge(fixture);
    options.limits.connections = threads + 10;
    options.requests.rate = 0; /* all at once is what is tried here */
    options.limits.connections_per_address = threads + 10;
    Endpoint *endpoint = endpoint_start(&options, NULL);
    assert_non_null(endpoint);
    pthread_barrier_init(&barrier, NULL, threads);
    g_autofree struct client *clients = g_new0(struct client, threads);
    g_autofree GThread **running = g_new(GThread *, threads);
    for (guint i = 0; i < threads; i++) {
        clients[i] = (struct client){.fixture = fixture,
                                     .port = endpoint_port(endpoint),
                                     .number = i,
                                     .rounds = all,
                                     .barrier = &barrier,
                                     .winners = &winners,
                                     .refused = &refused,
                                     .failures = &failures};
        running[i] = g_thread_new("client", run_client, &clients[i]);
    }
    for (guint i = 0; i < threads; i++)
        g_thread_join(running[i]);
    endpoint_stop(endpoint);
    pthread_barrier_destroy(&barrier);
    print_message("seats: %u clients at seat %d of %d x %u rounds: %d got it, %d refused,"
                  " %d failures; %.1f s\n",
                  threads, SEATS, SEATS, all, winners, refused, failures,
                  (double)(g_get_monotonic_time() - begin) / 1e6);
    assert_int_equal(failures, 0);
    assert_int_equal(winners, all);
    assert_int_equal(refused, all * (threads - 1));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(I1_two_owners_who_strike_at_once_never_leave_none,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(I1_it_holds_through_sessions_of_their_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(I3_of_all_clients_at_the_last_seat_exactly_one_wins,
                                        set_up, tear_down),
    };
    if (argc > 1)
        threads = (guint)g_ascii_strtoull(argv[1], NULL, 10);
    if (argc > 2)
        rounds = (guint)g_ascii_strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
