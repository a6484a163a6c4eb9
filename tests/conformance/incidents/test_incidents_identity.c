/* Incidents of other servers in which input became an identity, a right or a credential. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scim/server/server_fixture.h"
#include "tests/scim/server/store_digest.h"

#define URN   "urn:ietf:params:scim:schemas:core:2.0:User"
#define USERS "/scim/v2/Users"

/* externalIds at random, a tenth of what the row asks for: each costs a commit. */
#define RANDOM_IDS 1000

static void raise_seats(struct server_fixture *fixture)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    static const struct organization_draft acme = {
        .name = "acme", .seats = 20000, .owners = owners};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &acme});
}

/* `external` is JSON. */
static struct reply push(struct server_fixture *fixture, guint number, const char *external)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"" URN "\"],\"userName\":\"u%u@example.com\","
                        "\"externalId\":%s}",
                        number, external);
    return server_fixture_ask(fixture, fixture->provider, "POST", USERS, body);
}

static gboolean is_new_id(const char *id, GHashTable *known)
{
    return id != NULL && strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32 &&
           g_hash_table_add(known, g_strdup(id));
}

/* Each makes somebody new under an id of ours, or nobody. */
static void expect_stranger(struct server_fixture *fixture, GHashTable *known, guint number,
                            const char *external)
{
    struct reply reply = push(fixture, number, external);
    const char *id = reply_text(&reply, "id");
    gboolean good = reply.status == 201 ? is_new_id(id, known) : reply.status == 400;
    if (!good) {
        fail_msg("externalId %.60s: %u, id %s", external, reply.status, id);
    }
    reply_clear(&reply);
}

static char *quoted(const char *text)
{
    return g_strdup_printf("\"%s\"", text);
}

static void R01_no_externalId_leads_to_anybody_who_was_there(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const hostile[] = {
        "\"\"",
        "\"0\"",
        "\"1\"",
        "\"-1\"",
        "\"1e400\"",
        "1",
        "1e400",
        "null",
        "true",
        "[\"1\"]",
        "{\"a\":1}",
        "\"\\u0000\"",
        "\"1\\u00000\"",
        "\"\\u202e1\"",
        "\"' OR 1=1 --\"",
        "\"%\"",
        "\"../../dana\"",
        "\" 1\"",
        "\"\\ud83d\\ude00\"",
    };
    raise_seats(fixture);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *as_id = quoted(dana), *as_name = quoted(FIXTURE_DANA);
    g_autofree char *filling = g_strnfill(65536, 'x');
    g_autofree char *enormous = quoted(filling);
    g_hash_table_add(known, g_strdup(dana));
    guint number = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        expect_stranger(fixture, known, number++, hostile[i]);
    }
    expect_stranger(fixture, known, number++, as_id);
    expect_stranger(fixture, known, number++, as_name);
    expect_stranger(fixture, known, number++, enormous);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (guint i = 0; i < RANDOM_IDS; i++) {
        g_autofree char *text =
            g_strdup_printf("\"%0*x\"", (int)g_rand_int_range(random, 1, 40),
                            g_rand_int(random) >> g_rand_int_range(random, 0, 31));
        expect_stranger(fixture, known, number++, text);
    }
    /* Texts like these are good externalIds: nobody may be refused for them. */
    assert_true(g_hash_table_size(known) > RANDOM_IDS);
    struct reply reply =
        server_fixture_ask(fixture, fixture->provider, "GET", USERS "/1", NULL);
    reply_expect(&reply, 404);
}

static char *make_bob(struct server_fixture *fixture)
{
    struct reply reply = push(fixture, 1, "\"x-1\"");
    char *id = g_strdup(reply_text(&reply, "id"));
    reply_expect(&reply, 201);
    return id;
}

static void R08_the_path_says_who_and_never_the_body(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = make_bob(fixture);
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = g_strconcat(USERS "/", bob, NULL);
    g_autofree char *put = g_strdup_printf("{\"schemas\":[\"" URN
                                           "\"],\"id\":\"%s\",\"userName\":\"u1@example.com\","
                                           "\"displayName\":\"Owned\"}",
                                           dana);
    g_autofree char *before = store_digest(fixture->store);
    const char *const tokens[] = {fixture->provider, fixture->admin};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        struct reply reply = server_fixture_ask(fixture, tokens[i], "PUT", target, put);
        reply_expect(&reply, 400);
    }
    g_autofree char *after = store_digest(fixture->store);
    assert_string_equal(before, after);
}

static void R13_a_provider_takes_its_link_away_and_nobody_else(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *bob = make_bob(fixture);
    g_autofree char *eve = server_fixture_member(fixture, "eve@example.com");
    g_autofree char *of_bob = g_strconcat(USERS "/", bob, NULL);
    g_autofree char *of_eve = g_strconcat(USERS "/", eve, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->provider, "DELETE", of_eve, NULL);
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "origin");
    reply_expect(&reply, 403);
    reply = server_fixture_ask(fixture, fixture->admin, "GET", of_eve, NULL);
    assert_string_equal(reply_text(&reply, "Membership.status"), "active");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->provider, "DELETE", of_bob, NULL);
    reply_expect(&reply, 204);
}

/* Every column of every table as a key of the body: none is ours to be written by its name. */
static GPtrArray *all_columns(struct server_fixture *fixture)
{
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_READ, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows =
        store_query(session,
                    "SELECT DISTINCT c.name FROM sqlite_master m, pragma_table_info(m.name) c"
                    " WHERE m.type = 'table' ORDER BY 1",
                    STORE_NOTHING, FALSE);
    while (store_next(rows)) {
        g_ptr_array_add(names, g_strdup(store_text_at(rows, 0)));
    }
    assert_true(store_end(rows, NULL));
    return names;
}

static void R14_no_column_is_written_by_its_name(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const values[] = {"\"owner\"", "3", "true"};
    g_autofree char *bob = make_bob(fixture);
    g_autofree char *target = g_strconcat(USERS "/", bob, NULL);
    g_autoptr(GPtrArray) columns = all_columns(fixture);
    g_autofree char *before = store_digest(fixture->store);
    assert_true(columns->len > 60);
    for (guint i = 0; i < columns->len; i++) {
        /* By this short name it is the company of the enterprise extension. */
        if (strcmp(columns->pdata[i], "organization") == 0) {
            continue;
        }
        for (size_t j = 0; j < G_N_ELEMENTS(values); j++) {
            g_autofree char *put =
                g_strdup_printf("{\"schemas\":[\"" URN "\"],\"userName\":\"u1@example.com\","
                                "\"externalId\":\"x-1\",\"%s\":%s}",
                                (const char *)columns->pdata[i], values[j]);
            g_autofree char *patch = g_strdup_printf(
                "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],"
                "\"Operations\":[{\"op\":\"replace\",\"value\":{\"%s\":%s}}]}",
                (const char *)columns->pdata[i], values[j]);
            struct reply reply =
                server_fixture_ask(fixture, fixture->provider, "PUT", target, put);
            assert_true(reply.status == 200 || reply.status == 400);
            reply_clear(&reply);
            reply = server_fixture_ask(fixture, fixture->provider, "PATCH", target, patch);
            assert_true(reply.status == 200 || reply.status == 400);
            reply_clear(&reply);
        }
        g_autofree char *after = store_digest(fixture->store);
        if (strcmp(before, after) != 0) {
            fail_msg("\"%s\" writes", (const char *)columns->pdata[i]);
        }
    }
    struct reply reply = server_fixture_ask(
        fixture, fixture->provider, "PATCH", target,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],"
        "\"Operations\":[{\"op\":\"replace\",\"value\":{\"organization\":\"other\"}}]}");
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, fixture->other, "GET", target, NULL);
    reply_expect(&reply, 404);
    reply = server_fixture_ask(fixture, fixture->provider, "GET", target, NULL);
    reply_expect(&reply, 200);
}

static void R16_a_password_is_dropped_and_nobody_has_a_credential_before_accepting(void **state)
{
    struct server_fixture *fixture = *state;
    static const char body[] = "{\"schemas\":[\"" URN "\"],\"userName\":\"u1@example.com\","
                               "\"password\":\"correct horse battery\"}";
    gint64 tokens = -1, traces = -1;
    struct reply reply = server_fixture_ask(fixture, fixture->provider, "POST", USERS, body);
    assert_null(strstr(reply.exchange->answer, "battery"));
    reply_expect(&reply, 201);
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_READ, NULL);
    assert_true(store_number(session,
                             "SELECT COUNT(*) FROM token t JOIN person p ON p.id = t.person"
                             " WHERE p.user_name = 'u1@example.com'",
                             STORE_NOTHING, -1, &tokens, NULL));
    assert_true(
        store_number(session,
                     "SELECT (SELECT COUNT(*) FROM person WHERE profile LIKE '%battery%')"
                     " + (SELECT COUNT(*) FROM audit WHERE record LIKE '%battery%')",
                     STORE_NOTHING, -1, &traces, NULL));
    assert_int_equal(tokens, 0);
    assert_int_equal(traces, 0);
    reply = server_fixture_ask(fixture, NULL, "GET", "/scim/v2/Schemas", NULL);
    assert_null(strstr(reply.exchange->answer, "\"password\""));
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(R01_no_externalId_leads_to_anybody_who_was_there),
        SERVER_FIXTURE_TEST(R08_the_path_says_who_and_never_the_body),
        SERVER_FIXTURE_TEST(R13_a_provider_takes_its_link_away_and_nobody_else),
        SERVER_FIXTURE_TEST(R14_no_column_is_written_by_its_name),
        SERVER_FIXTURE_TEST(
            R16_a_password_is_dropped_and_nobody_has_a_credential_before_accepting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
