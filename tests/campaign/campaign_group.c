/*
 * Many one-member PATCHes of one group at once, over HTTP: in every round each client adds the member
 * that is its own, then, all together, each takes it out again, in another dialect each time.
 *
 *   campaign_group [CLIENTS [ROUNDS]]        20 and 1000
 *
 * None is lost, none gets a 409, and none a 412, for nobody sends If-Match: after every round the
 * group holds exactly those who were added, and has gone one version up for each of them. Every tenth
 * round the group is deleted and pushed again with all its members.
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

#include "scim/organization/person_facts.h"
#include "scim/server/endpoint.h"
#include "tests/scim/server/raw_client.h"
#include "tests/scim/server/server_fixture.h"
#include "tests/support/invariant_check.h"

#define PATCH_BODY                                                                             \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[%s]}"
#define AGAIN 10 /* rounds between two deaths of the group */

static guint clients_wanted = 20, rounds = 1000;

struct crowd {
    struct server_fixture *fixture;
    guint16 port;
    pthread_barrier_t barrier;
    char **people; /* ids, one a client */
    char *group;
    gint64 version;      /* that the group must have */
    gint failures, told; /* atomic */
};

struct client {
    struct crowd *crowd;
    guint number;
    int socket;
};

static void blame(struct crowd *crowd, const char *what, guint round, const char *got)
{
    if (g_atomic_int_add(&crowd->failures, 1) < 5)
        fprintf(stderr, "round %u: %s: %s\n", round, what, got);
}

/* One request on the client's own connection. */
static struct raw_answer *ask(const struct client *client, const char *method, const char *path,
                              const char *body)
{
    g_autofree char *request =
        g_strdup_printf("%s /scim/v2%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Content-Type: application/scim+json\r\nContent-Length: %zu\r\n\r\n%s",
                        method, path, client->crowd->fixture->provider, strlen(body), body);
    raw_client_send(client->socket, request);
    return raw_client_read(client->socket);
}

static void expect(const struct client *client, struct raw_answer *answer, unsigned status,
                   guint round)
{
    if (answer->status != status) {
        g_autofree char *got = g_strdup_printf("%u %s", answer->status, answer->body->str);
        blame(client->crowd, "a client was not answered as it must be", round, got);
    }
    raw_client_free(answer);
}

static void patch(const struct client *client, gboolean adds, guint round)
{
    static const char *const adding[] = {
        "{\"op\":\"Add\",\"path\":\"members\",\"value\":[{\"$ref\":null,\"value\":\"%s\"}]}",
        "{\"op\":\"add\",\"value\":{\"members\":[{\"value\":\"%s\",\"display\":\"x\"}]}}",
    };
    static const char *const removing[] = {
        "{\"op\":\"Remove\",\"path\":\"members\",\"value\":[{\"$ref\":null,\"value\":\"%s\"}]}",
        "{\"op\":\"remove\",\"path\":\"members[value eq \\\"%s\\\"]\"}",
    };
    const char *shape = (adds ? adding : removing)[(client->number + round) % 2];
    g_auto(GStrv) parts = g_strsplit(shape, "%s", 2);
    g_autofree char *operation = g_strjoinv(client->crowd->people[client->number], parts);
    g_autofree char *body = g_strdup_printf(PATCH_BODY, operation);
    g_autofree char *path = g_strconcat("/Groups/", client->crowd->group, NULL);
    expect(client, ask(client, "PATCH", path, body), 204, round);
}

/* The group as it is: its members counted, everybody of the crowd or nobody. */
static void look(const struct client *client, guint members, guint round)
{
    struct crowd *crowd = client->crowd;
    g_autofree char *path = g_strconcat("/Groups/", crowd->group, NULL);
    struct raw_answer *answer = ask(client, "GET", path, "");
    json_t *group = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    const json_t *are = json_object_get(group, "members");
    g_autofree char *tag = g_strdup_printf("W/\"%" G_GINT64_FORMAT "\"", crowd->version);
    const char *version =
        json_string_value(json_object_get(json_object_get(group, "meta"), "version"));
    for (guint i = 0; i < members; i++)
        if (strstr(answer->body->str, crowd->people[i]) == NULL)
            blame(crowd, "somebody was lost", round, crowd->people[i]);
    if (json_array_size(are) != members || g_strcmp0(version, tag) != 0) {
        g_autofree char *got = g_strdup_printf("%zu of %u members, version %s, not %s",
                                               json_array_size(are), members, version, tag);
        blame(crowd, "the group", round, got);
    }
    json_decref(group);
    expect(client, answer, 200, round);
}

/* Deleted, and pushed again under its name with everybody in it. */
static void bury_and_push(const struct client *client, guint round)
{
    struct crowd *crowd = client->crowd;
    g_autofree char *path = g_strconcat("/Groups/", crowd->group, NULL);
    g_autoptr(GString) members = g_string_new(NULL);
    expect(client, ask(client, "DELETE", path, ""), 204, round);
    for (guint i = 0; i < clients_wanted; i++)
        g_string_append_printf(members, "%s{\"value\":\"%s\"}", i > 0 ? "," : "",
                               crowd->people[i]);
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],"
                        "\"displayName\":\"Crowd\",\"members\":[%s]}",
                        members->str);
    struct raw_answer *answer = ask(client, "POST", "/Groups", body);
    json_t *made = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    g_free(crowd->group);
    crowd->group = g_strdup(json_string_value(json_object_get(made, "id")));
    crowd->version = 1;
    json_decref(made);
    expect(client, answer, 201, round);
}

/* Between two barriers the first client is alone. */
static void check(const struct client *client, guint members, guint round)
{
    struct crowd *crowd = client->crowd;
    pthread_barrier_wait(&crowd->barrier);
    if (client->number == 0) {
        crowd->version += clients_wanted;
        look(client, members, round);
        if (members > 0 && round % AGAIN == AGAIN - 1) {
            bury_and_push(client, round);
            look(client, members, round);
        }
    }
    pthread_barrier_wait(&crowd->barrier);
}

static gpointer run_client(gpointer data)
{
    struct client *client = data;
    client->socket = raw_client_connect(client->crowd->port);
    for (guint round = 0; round < rounds; round++) {
        patch(client, TRUE, round);
        check(client, clients_wanted, round);
        patch(client, FALSE, round);
        check(client, 0, round);
    }
    close(client->socket);
    return NULL;
}

static void invite_people(struct crowd *crowd)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    const struct organization_draft draft = {
        .name = "acme", .owners = owners, .seats = clients_wanted + 10};
    g_autoptr(StoreSession) session =
        store_session_open(crowd->fixture->store, STORE_READ, NULL);
    server_fixture_act(crowd->fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft});
    crowd->people = g_new0(char *, clients_wanted + 1);
    for (guint i = 0; i < clients_wanted; i++) {
        g_autofree char *address = g_strdup_printf("p%u@example.com", i);
        const struct person_draft person = {.user_name = address};
        server_fixture_act(crowd->fixture, "acme",
                           &(struct act){.kind = ACT_INVITE, .draft = &person});
        assert_true(
            person_find_by_user_name(session, "acme", address, &crowd->people[i], NULL));
    }
}

static void count_change(void *context)
{
    g_atomic_int_inc((gint *)context);
}

static Endpoint *start(struct crowd *crowd)
{
    struct endpoint_options options;
    endpoint_options_default(&options);
    options.listen = "127.0.0.1:0";
    options.store = crowd->fixture->uri;
    options.judge = server_fixture_judge(crowd->fixture);
    options.limits.connections = clients_wanted + 10;
    options.limits.connections_per_address = clients_wanted + 10;
    options.requests.rate = 0; /* all at once is what is tried here */
    options.groups_changed = count_change;
    options.groups_changed_context = &crowd->told;
    return endpoint_start(&options, NULL);
}

static void make_group(struct crowd *crowd)
{
    struct client first = {.crowd = crowd, .socket = raw_client_connect(crowd->port)};
    struct raw_answer *answer =
        ask(&first, "POST", "/Groups",
            "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],"
            "\"displayName\":\"Crowd\"}");
    json_t *made = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    crowd->group = g_strdup(json_string_value(json_object_get(made, "id")));
    crowd->version = 1;
    json_decref(made);
    expect(&first, answer, 201, 0);
    close(first.socket);
}

static void of_many_who_push_one_group_at_once_nobody_is_lost(void **state)
{
    struct server_fixture *fixture = *state;
    struct crowd crowd = {.fixture = fixture};
    const gint64 begin = g_get_monotonic_time();
    invite_people(&crowd);
    Endpoint *endpoint = start(&crowd);
    assert_non_null(endpoint);
    crowd.port = endpoint_port(endpoint);
    make_group(&crowd);
    pthread_barrier_init(&crowd.barrier, NULL, clients_wanted);
    g_autofree struct client *clients = g_new0(struct client, clients_wanted);
    g_autofree GThread **running = g_new(GThread *, clients_wanted);
    for (guint i = 0; i < clients_wanted; i++) {
        clients[i] = (struct client){.crowd = &crowd, .number = i};
        running[i] = g_thread_new("client", run_client, &clients[i]);
    }
    for (guint i = 0; i < clients_wanted; i++)
        g_thread_join(running[i]);
    endpoint_stop(endpoint);
    pthread_barrier_destroy(&crowd.barrier);
    print_message(
        "group: %u clients x %u rounds, %u PATCHes, told of in %d commits; %d failures;"
        " %.1f s\n",
        clients_wanted, rounds, 2 * clients_wanted * rounds, crowd.told, crowd.failures,
        (double)(g_get_monotonic_time() - begin) / 1e6);
    assert_int_equal(crowd.failures, 0);
    assert_true(crowd.told >= (gint)(2 * rounds));
    g_strfreev(crowd.people);
    g_free(crowd.group);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_many_who_push_one_group_at_once_nobody_is_lost,
                                        set_up, tear_down),
    };
    if (argc > 1)
        clients_wanted = (guint)g_ascii_strtoull(argv[1], NULL, 10);
    if (argc > 2)
        rounds = (guint)g_ascii_strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
