/* Incidents of other servers with tokens, and with what an answer gives away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/route.h"
#include "scim/store/store_open.h"
#include "tests/scim/server/server_fixture.h"

#define URN "urn:ietf:params:scim:schemas:core:2.0:User"

/* Asks the judge as that actor, on the store itself. */
static enum verdict_kind mint(struct server_fixture *fixture, const struct actor *actor)
{
    static const struct connection_draft draft = {.name = "minted", .scope = "admin"};
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, NULL);
    struct judge judge = server_fixture_judge(fixture);
    judge.session = session;
    struct verdict verdict = {0};
    assert_true(judge_write(&judge, actor, &act, &verdict, NULL));
    enum verdict_kind kind = verdict.kind;
    assert_int_equal(verdict.token != NULL, kind == VERDICT_DONE);
    verdict_clear(&verdict);
    return kind;
}

static void R06_only_an_owner_an_admin_token_or_the_operator_mints_a_token(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *member = server_fixture_member(fixture, "carl@example.com");
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);

    const struct {
        struct actor actor;
        enum verdict_kind expected;
    } cases[] = {
        {{.kind = ACTOR_READER, .organization = "acme"}, VERDICT_REFUSED},
        {{.kind = ACTOR_CONNECTION, .organization = "acme", .origin = "scim:okta"},
         VERDICT_REFUSED},
        {{.kind = ACTOR_SYNC, .organization = "acme", .origin = "directory:corp"},
         VERDICT_REFUSED},
        {{.kind = ACTOR_PERSON, .organization = "acme", .person = member}, VERDICT_REFUSED},
        {{.kind = ACTOR_PERSON, .organization = "other", .person = dana}, VERDICT_REFUSED},
        {{.kind = ACTOR_PERSON, .organization = "acme", .person = dana}, VERDICT_DONE},
        {{.kind = ACTOR_ADMIN, .organization = "acme", .label = "token:x"}, VERDICT_TAKEN},
        {{.kind = ACTOR_OPERATOR, .organization = "other", .label = "operator:x"},
         VERDICT_DONE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum verdict_kind kind = mint(fixture, &cases[i].actor);
        if (kind != cases[i].expected) {
            fail_msg("case %zu: %d", i, (int)kind);
        }
    }
    /* Over HTTP nobody does: the one door gives a client what its connection has already. */
    size_t count = 0;
    const struct route *table = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        gboolean is_about_tokens = strcasestr(table[i].pattern, "token") != NULL ||
                                   strcasestr(table[i].pattern, "connection") != NULL;
        assert_true(!is_about_tokens || g_str_has_suffix(table[i].pattern, "/oauth2/token"));
    }
}

/* The answer without what differs anyhow: its id, and the name that was sent. */
static char *scrub(const struct reply *reply, const char *name)
{
    g_autofree char *id = g_strdup(reply_text(reply, "id"));
    GString *text =
        g_string_new_len(reply->exchange->answer, (gssize)reply->exchange->answer_length);
    if (id != NULL) {
        g_string_replace(text, id, "ID", 0);
    }
    g_string_replace(text, name, "NAME", 0);
    const json_t *link = reply_value(reply, "link");
    if (link != NULL) {
        g_string_replace(text, json_string_value(link), "LINK", 0);
    }
    return g_string_free(text, FALSE);
}

static char *invite(struct server_fixture *fixture, const char *token, const char *name)
{
    g_autofree char *body = g_strdup_printf("{\"schemas\":[\"" URN "\"],"
                                            "\"userName\":\"%s@example.com\"}",
                                            name);
    struct reply reply = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", body);
    assert_int_equal(reply.status, 201);
    char *text = scrub(&reply, name);
    reply_clear(&reply);
    return text;
}

static void R19_an_address_that_is_taken_elsewhere_is_answered_like_a_free_one(void **state)
{
    struct server_fixture *fixture = *state;
    const char *const tokens[] = {fixture->provider, fixture->admin};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        g_autofree char *there = g_strdup_printf("elsewhere%zu", i);
        g_autofree char *nowhere = g_strdup_printf("untouched%zu", i);
        g_free(invite(fixture, fixture->other, there));
        g_autofree char *taken = invite(fixture, tokens[i], there);
        g_autofree char *free_one = invite(fixture, tokens[i], nowhere);
        /* The invitation's id is part of some answers, and as much chance as the person's. */
        g_autoptr(GRegex) ids = g_regex_new("[0-9a-f]{32}", G_REGEX_DEFAULT, 0, NULL);
        g_autofree char *a = g_regex_replace_literal(ids, taken, -1, 0, "ID", 0, NULL);
        g_autofree char *b = g_regex_replace_literal(ids, free_one, -1, 0, "ID", 0, NULL);
        assert_string_equal(a, b);
        assert_null(strstr(a, "other"));
    }
}

static void R34_an_unknown_id_and_a_wrong_secret_get_the_same_bytes(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *wrong = g_strdup(fixture->admin);
    wrong[58] = wrong[58] == 'A' ? 'B' : 'A';
    g_autofree char *unknown = g_strdup(fixture->admin);
    unknown[5] = unknown[5] == 'A' ? 'B' : 'A';
    struct reply a = server_fixture_ask(fixture, wrong, "GET", "/scim/v2/Users", NULL);
    struct reply b = server_fixture_ask(fixture, unknown, "GET", "/scim/v2/Users", NULL);
    assert_int_equal(a.exchange->answer_length, b.exchange->answer_length);
    assert_memory_equal(a.exchange->answer, b.exchange->answer, a.exchange->answer_length);
    reply_expect(&a, 401);
    reply_expect(&b, 401);
}

static void R35_a_secret_is_256_bits_of_ours_and_only_its_digest_is_kept(void **state)
{
    struct server_fixture *fixture = *state;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("c%u", i);
        const struct connection_draft draft = {.name = name, .scope = "people"};
        const struct act act = {.kind = i % 2 == 0 ? ACT_CONNECTION_CREATE : ACT_CLIENT_CREATE,
                                .connection = &draft};
        g_autofree char *token = server_fixture_credential(fixture, "acme", &act);
        g_autofree char *padded = g_strconcat(token + 16, "=", NULL);
        g_strdelimit(padded, "-", '+');
        g_strdelimit(padded, "_", '/');
        gsize length = 0;
        g_autofree guchar *secret = g_base64_decode(padded, &length);
        assert_int_equal(length, 32);
        assert_true(g_hash_table_add(seen, g_strdup(token + 16)));
    }
    gint64 rows = -1;
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_READ, NULL);
    assert_true(store_number(session,
                             "SELECT COUNT(*) FROM token WHERE typeof(secret_hash) <> 'blob'"
                             " OR length(secret_hash) <> 32",
                             STORE_NOTHING, -1, &rows, NULL));
    assert_int_equal(rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(R06_only_an_owner_an_admin_token_or_the_operator_mints_a_token),
        SERVER_FIXTURE_TEST(R19_an_address_that_is_taken_elsewhere_is_answered_like_a_free_one),
        SERVER_FIXTURE_TEST(R34_an_unknown_id_and_a_wrong_secret_get_the_same_bytes),
        SERVER_FIXTURE_TEST(R35_a_secret_is_256_bits_of_ours_and_only_its_digest_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
