/* Every route of the table with every token that is no good for it: nothing is answered, nothing
 * changes. The routes are the table itself, so that a new one is tried by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/route.h"
#include "tests/scim/server/server_fixture.h"
#include "tests/scim/server/store_digest.h"

#define URN  "urn:ietf:params:scim:"
#define OURS "urn:rolecall:params:scim:schemas:1.0:"
#define GOOD "rc_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
#define PATCH(path, value)                                                                     \
    "{\"schemas\":[\"" URN "api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"replace\","  \
    "\"path\":\"" path "\",\"value\":" value "}]}"
#define USER(more)  "{\"schemas\":[\"" URN "schemas:core:2.0:User\"]," more "}"
#define GROUP(more) "{\"schemas\":[\"" URN "schemas:core:2.0:Group\"]," more "}"
#define OPERATION   "{\"method\":\"%s\",\"path\":\"%s\",\"bulkId\":\"a\",\"data\":%s}"
#define BULK(one)                                                                              \
    "{\"schemas\":[\"" URN "api:messages:2.0:BulkRequest\"],\"Operations\":[" one "]}"

/* What would do something if it were let through. A route that is not here is sent {}. */
static const struct request {
    const char *method, *pattern, *body;
} requests[] = {
    {"POST", "/Users", USER("\"userName\":\"new@example.com\"")},
    {"PUT", "/Users/{}", USER("\"userName\":\"bob@example.com\",\"displayName\":\"Bob\"")},
    {"PATCH", "/Users/{}", PATCH("displayName", "\"Robert\"")},
    {"DELETE", "/Users/{}", NULL},
    {"POST", "/Groups", GROUP("\"displayName\":\"new\"")},
    {"PUT", "/Groups/{}", GROUP("\"displayName\":\"other\"")},
    {"PATCH", "/Groups/{}", PATCH("displayName", "\"another\"")},
    {"DELETE", "/Groups/{}", NULL},
    {"PATCH", "/Me", PATCH("displayName", "\"Carla\"")},
    {"DELETE", "/Me", NULL},
    {"POST", "/Projects", "{\"schemas\":[\"" OURS "Project\"],\"name\":\"lab\"}"},
    {"PATCH", "/Projects/{}", PATCH("displayName", "\"Find\"")},
    {"POST", "/Invitations",
     "{\"schemas\":[\"" OURS "Invitation\"],\"email\":\"also@example.com\"}"},
    {"PATCH", "/Invitations/{}", PATCH("status", "\"pending\"")},
    {"DELETE", "/Invitations/{}", NULL},
    {"DELETE", "/Overrides/{}", NULL},
    {"DELETE", "/Markers/{}", NULL},
    {"POST", "/Bulk",
     BULK("{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":" USER(
         "\"userName\":\"bulk@example.com\"") "}")},
};

/* Ids that are really there, by the beginning of the pattern. */
struct place {
    const char *pattern;
    char *id;
};

struct world {
    struct server_fixture *fixture;
    struct place places[6];
    char *carl; /* the token of an active member */
    GPtrArray *dead;
    guint cells;
};

static const char *body_of(const struct route *route)
{
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (strcmp(requests[i].method, route->method) == 0 &&
            strcmp(requests[i].pattern, route->pattern) == 0) {
            return requests[i].body;
        }
    }
    return route->body == ROUTE_NO_BODY ? NULL : "{}";
}

static char *path_of(const struct world *world, const struct route *route)
{
    const char *id = "member";
    for (size_t i = 0; i < G_N_ELEMENTS(world->places); i++) {
        if (g_str_has_prefix(route->pattern, world->places[i].pattern)) {
            id = world->places[i].id;
        }
    }
    g_auto(GStrv) parts = g_strsplit(route->pattern, "{}", -1);
    return g_strjoinv(id, parts);
}

static struct reply visit(const struct world *world, const char *method, const char *target,
                          const char *authorization, const char *body)
{
    Exchange *exchange = exchange_new(method, target);
    if (authorization != NULL) {
        exchange_add_header(exchange, "Authorization", authorization);
    }
    if (body != NULL) {
        exchange_add_header(exchange, "Content-Type", "application/scim+json");
        exchange_add_body(exchange, body, strlen(body), 100000);
    }
    return server_fixture_send(world->fixture, exchange);
}

static char *ask_id(const struct world *world, const char *token, const char *method,
                    const char *target, const char *body, const char *path)
{
    struct reply reply = server_fixture_ask(world->fixture, token, method, target, body);
    char *id = g_strdup(reply_text(&reply, path));
    if (id == NULL) {
        fail_msg("%s %s: %u %.*s", method, target, reply.status,
                 (int)reply.exchange->answer_length, reply.exchange->answer);
    }
    reply_clear(&reply);
    return id;
}

/* A person whom the provider made. */
static char *push(const struct world *world, const char *name)
{
    g_autofree char *body = g_strdup_printf(
        USER("\"userName\":\"%s@example.com\",\"externalId\":\"x-%s\",\"active\":true"), name,
        name);
    return ask_id(world, world->fixture->provider, "POST", "/scim/v2/Users", body, "id");
}

static void fill_places(struct world *world)
{
    struct server_fixture *fixture = world->fixture;
    g_autofree char *lee = push(world, "lee"), *kim = push(world, "kim");
    g_autofree char *of_lee = g_strconcat("/scim/v2/Users/", lee, NULL);
    g_autofree char *of_kim = g_strconcat("/scim/v2/Users/", kim, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "DELETE", of_lee, NULL);
    reply_expect(&reply, 204);
    reply = server_fixture_ask(fixture, fixture->admin, "PATCH", of_kim,
                               "{\"schemas\":[\"" URN
                               "api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"add\","
                               "\"path\":\"roles\",\"value\":[{\"type\":\"project\",\"value\":"
                               "\"search/read-only\"}]}]}");
    reply_expect(&reply, 200);
    const struct place places[] = {
        {"/Users/{}", push(world, "bob")},
        {"/Groups/{}", ask_id(world, fixture->provider, "POST", "/scim/v2/Groups",
                              GROUP("\"displayName\":\"team\""), "id")},
        {"/Projects/{}",
         ask_id(world, fixture->admin, "GET", "/scim/v2/Projects", NULL, "Resources.0.id")},
        {"/Invitations/{}",
         ask_id(world, fixture->admin, "POST", "/scim/v2/Invitations",
                "{\"schemas\":[\"" OURS "Invitation\"],\"email\":\"guest@example.com\"}",
                "id")},
        {"/Markers/{}",
         ask_id(world, fixture->admin, "GET", "/scim/v2/Markers", NULL, "Resources.0.id")},
        {"/Overrides/{}",
         ask_id(world, fixture->admin, "GET", "/scim/v2/Overrides", NULL, "Resources.0.id")},
    };
    memcpy(world->places, places, sizeof places);
}

static void add_dead(struct world *world, char *token)
{
    g_ptr_array_add(world->dead, g_strconcat("Bearer ", token, NULL));
    g_free(token);
}

/* A client and one access token of it. */
static char *make_client(struct server_fixture *fixture, const char *name, char **access)
{
    const struct connection_draft draft = {.name = name, .scope = "admin"};
    const struct act create = {.kind = ACT_CLIENT_CREATE, .connection = &draft};
    char *secret = server_fixture_credential(fixture, "acme", &create);
    g_autofree char *id = g_strndup(secret + 3, 12);
    const struct act grant = {
        .kind = ACT_TOKEN_GRANT, .id = id, .token = secret, .expires_at = FIXTURE_NOW + 10};
    *access = server_fixture_credential(fixture, "acme", &grant);
    return secret;
}

static void end_token(struct server_fixture *fixture, const char *token)
{
    g_autofree char *id = g_strndup(token + 3, 12);
    server_fixture_act(fixture, "acme", &(struct act){.kind = ACT_TOKEN_REVOKE, .id = id});
}

static char *token_of_who_is_gone(struct world *world, const char *name, const char *method,
                                  const char *body)
{
    g_autofree char *id = server_fixture_member(world->fixture, name);
    char *token = server_fixture_person_token(world->fixture, "acme", name);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply =
        server_fixture_ask(world->fixture, world->fixture->admin, method, target, body);
    reply_expect(&reply, body == NULL ? 204 : 200);
    return token;
}

/* Whatever ends with the clock ends at FIXTURE_NOW + 10, which the caller sets. */
static void fill_dead(struct world *world)
{
    static const char *const malformed[] = {
        "",
        " ",
        "\t",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "bearer " GOOD,
        "Bearer " GOOD "," GOOD,
        "Bearer  " GOOD,
        "Bearer " GOOD " ",
        GOOD,
    };
    struct server_fixture *fixture = world->fixture;
    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        g_ptr_array_add(world->dead, g_strdup(malformed[i]));
    }
    add_dead(world, g_strdup(GOOD)); /* unknown */
    char *wrong = g_strdup(fixture->admin);
    wrong[58] = wrong[58] == 'A' ? 'B' : 'A';
    add_dead(world, wrong);
    add_dead(world, server_fixture_token(
                        fixture, "acme",
                        &(struct connection_draft){
                            .name = "over", .scope = "admin", .expires_at = FIXTURE_NOW + 10}));
    char *revoked = server_fixture_token(
        fixture, "acme", &(struct connection_draft){.name = "revoked", .scope = "admin"});
    end_token(fixture, revoked);
    add_dead(world, revoked);
    char *expired = NULL, *orphan = NULL;
    add_dead(world, make_client(fixture, "client", &expired)); /* no bearer */
    add_dead(world, expired);
    char *ended = make_client(fixture, "ended", &orphan);
    end_token(fixture, ended);
    add_dead(world, ended);
    add_dead(world, orphan);
    add_dead(world, token_of_who_is_gone(world, "gone@example.com", "DELETE", NULL));
    add_dead(world, token_of_who_is_gone(world, "idle@example.com", "PATCH",
                                         PATCH("active", "false")));
}

static int open_world(void **state)
{
    struct world *world = g_new0(struct world, 1);
    world->fixture = g_new0(struct server_fixture, 1);
    server_fixture_open(world->fixture);
    world->dead = g_ptr_array_new_with_free_func(g_free);
    fill_places(world);
    fill_dead(world);
    g_free(server_fixture_member(world->fixture, "carl@example.com"));
    world->carl = server_fixture_person_token(world->fixture, "acme", "carl@example.com");
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(world->places); i++) {
        g_free(world->places[i].id);
    }
    g_ptr_array_unref(world->dead);
    g_free(world->carl);
    server_fixture_close(world->fixture);
    g_free(world->fixture);
    g_free(world);
    return 0;
}

static gboolean is_error(const struct reply *reply, unsigned status)
{
    const char *challenge = exchange_answer_header(reply->exchange, "WWW-Authenticate");
    return reply->status == status && reply_text(reply, "detail") != NULL &&
           g_strcmp0(reply_text(reply, "schemas.0"), URN "api:messages:2.0:Error") == 0 &&
           (challenge != NULL) == (status == 401);
}

/* One cell: the route with that header, alone and, where it writes, as an operation of a bulk
 * request; `status` and nothing changed. */
static void try(struct world *world, const struct route *route, const char *prefix,
                const char *authorization, unsigned status)
{
    g_autofree char *path = path_of(world, route);
    g_autofree char *target = g_strconcat(prefix, path, NULL);
    g_autofree char *before = store_digest(world->fixture->store);
    struct reply reply = visit(world, route->method, target, authorization, body_of(route));
    if (!is_error(&reply, status)) {
        fail_msg("%s %s with '%s': %u, not the Error %u", route->method, target, authorization,
                 reply.status, status);
    }
    reply_clear(&reply);
    world->cells++;
    if (route->effect == ROUTE_WRITES && route->body != ROUTE_BULK) {
        const char *data = body_of(route);
        g_autofree char *bulk =
            g_strdup_printf(BULK(OPERATION), route->method, path, data != NULL ? data : "{}");
        g_autofree char *place = g_strconcat(prefix, "/Bulk", NULL);
        reply = visit(world, "POST", place, authorization, bulk);
        const char *inner = reply_text(&reply, "Operations.0.status");
        g_autofree char *wanted = g_strdup_printf("%u", status);
        if (reply.status != status && g_strcmp0(inner, wanted) != 0) {
            fail_msg("%s %s in bulk with '%s': %u %s", route->method, target, authorization,
                     reply.status, inner);
        }
        reply_clear(&reply);
        world->cells++;
    }
    g_autofree char *after = store_digest(world->fixture->store);
    if (strcmp(before, after) != 0) {
        fail_msg("%s %s with '%s' changed something", route->method, target, authorization);
    }
}

static void
R03_R04_R05_R17_no_route_does_anything_for_a_token_that_is_no_good_for_it(void **state)
{
    struct world *world = *state;
    const struct server_fixture *fixture = world->fixture;

    const struct {
        const char *token;
        unsigned access;
    } bearers[] = {
        {fixture->reader, ROUTE_READER}, {fixture->provider, ROUTE_CONNECTION},
        {fixture->sync, ROUTE_SYNC},     {fixture->admin, ROUTE_ADMIN},
        {world->carl, ROUTE_PERSON},
    };

    atomic_store(&world->fixture->now, FIXTURE_NOW + 10);
    g_autofree char *other = g_strconcat("Bearer ", fixture->other, NULL);
    size_t count = 0;
    guint routes = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].access == ROUTE_OPEN) {
            continue;
        }
        routes++;
        try(world, &table[i], "/scim/v2", NULL, 401);
        for (guint j = 0; j < world->dead->len; j++) {
            try(world, &table[i], "/scim/v2", world->dead->pdata[j], 401);
        }
        try(world, &table[i], "/organizations/acme/scim/v2", other, 404);
        for (size_t j = 0; j < G_N_ELEMENTS(bearers); j++) {
            if ((table[i].access & bearers[j].access) == 0) {
                g_autofree char *field = g_strconcat("Bearer ", bearers[j].token, NULL);
                try(world, &table[i], "/scim/v2", field, 403);
            }
        }
    }
    print_message("%u routes, %u cells\n", routes, world->cells);
    assert_true(routes > 0 && world->cells > routes * world->dead->len);
}

/* Else the matrix would say nothing: what it sends is what a good token is done. */
static void what_the_matrix_sends_does_something_for_a_good_token(void **state)
{
    struct world *world = *state;
    const struct server_fixture *fixture = world->fixture;
    size_t count = 0, tried = 0;
    const struct route *table = route_table(&count);
    for (size_t k = 0; k < G_N_ELEMENTS(requests); k++) {
        for (size_t i = 0; i < count; i++) {
            const struct route *route = &table[i];
            if (strcmp(route->method, requests[k].method) != 0 ||
                strcmp(route->pattern, requests[k].pattern) != 0) {
                continue;
            }
            gboolean is_own = strcmp(route->pattern, "/Me") == 0;
            gboolean is_group = g_str_has_prefix(route->pattern, "/Groups");
            const char *token = is_own                                     ? world->carl
                                : is_group                                 ? fixture->provider
                                : strcmp(route->pattern, "/Projects") == 0 ? fixture->dana
                                                                           : fixture->admin;
            g_autofree char *field = g_strconcat("Bearer ", token, NULL);
            g_autofree char *path = path_of(world, route);
            g_autofree char *target = g_strconcat("/scim/v2", path, NULL);
            g_autofree char *before = store_digest(fixture->store);
            struct reply reply = visit(world, route->method, target, field, requests[k].body);
            g_autofree char *after = store_digest(fixture->store);
            if (reply.status >= 300 || strcmp(before, after) == 0) {
                fail_msg("%s %s: %u %.*s", route->method, target, reply.status,
                         (int)reply.exchange->answer_length, reply.exchange->answer);
            }
            reply_clear(&reply);
            tried++;
        }
    }
    assert_int_equal(tried, G_N_ELEMENTS(requests));
}

/* Another spelling that has a row of its own is tried as that row. */
static gboolean has_row(const char *method, const char *path)
{
    size_t count = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].method, method) == 0 && strcmp(table[i].pattern, path) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void R07_another_spelling_of_a_route_is_no_route(void **state)
{
    struct world *world = *state;

    static const struct {
        const char *before, *after;
    } spellings[] = {
        {"//scim/v2", ""},
        {"/scim//v2", ""},
        {"/scim/v2/", ""},
        {"/SCIM/v2", ""},
        {"/scim/V2", ""},
        {"/scim/v1", ""},
        {"/scim/v2/%2e%2e/v2", ""},
        {"/scim/v2/..", ""},
        {"/scim/v2/.", ""},
        {"/scim;x=1/v2", ""},
        {"/scim/v2;x=1", ""},
        {"/scim%2fv2", ""},
        {"/scim/v2", ";x=1"},
        {"/scim/v2", "."},
        {"/scim/v2", "/"},
        {"/scim/v2", "%20"},
        {"/scim/v2", "%00"},
        {"/scim/v2", "//"},
        {"/scim/v2", "%2e"},
        {"/scim/v2", "/..;/"},
        {"/ORGANIZATIONS/acme/scim/v2", ""},
        {"/organizations/acme//scim/v2", ""},
    };

    g_autofree char *before = store_digest(world->fixture->store);
    size_t count = 0;
    guint tried = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(spellings) && table[i].area == ROUTE_SCIM; j++) {
            const char *token = (table[i].access & ROUTE_ADMIN) != 0 ? world->fixture->admin
                                                                     : world->fixture->provider;
            g_autofree char *field = g_strconcat("Bearer ", token, NULL);
            g_autofree char *path = path_of(world, &table[i]);
            g_autofree char *target =
                g_strconcat(spellings[j].before, path, spellings[j].after, NULL);
            if (g_str_has_prefix(target, "/scim/v2/") &&
                has_row(table[i].method, target + strlen("/scim/v2"))) {
                continue;
            }
            struct reply reply =
                visit(world, table[i].method, target, field, body_of(&table[i]));
            /* 405: with what was added it is the path of a thing that is not there. */
            if (reply.status != 404 && reply.status != 405) {
                fail_msg("%s %s: %u", table[i].method, target, reply.status);
            }
            reply_clear(&reply);
            tried++;
        }
    }
    g_autofree char *after = store_digest(world->fixture->store);
    assert_string_equal(before, after);
    print_message("%u spellings\n", tried);
    assert_true(tried > count);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(R03_R04_R05_R17_no_route_does_anything_for_a_token_that_is_no_good_for_it),
        IN_A_WORLD(what_the_matrix_sends_does_something_for_a_good_token),
        IN_A_WORLD(R07_another_spelling_of_a_route_is_no_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
