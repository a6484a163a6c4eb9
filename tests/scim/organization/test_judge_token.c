#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/connection.h"
#include "scim/organization/judge_token.h"
#include "scim/organization/token.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind create(struct stage *stage, const struct actor *actor,
                                const struct connection_draft *draft)
{
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = draft};
    return stage_do(stage, actor, &act);
}

static Bearer *authenticate(struct stage *stage, const char *token)
{
    Bearer *bearer = NULL;
    assert_true(token_authenticate(stage->session, token, stage->now, &bearer, NULL));
    return bearer;
}

static void a_connection_comes_with_a_token_that_is_shown_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {.name = "okta",
                                          .scope = "people",
                                          .personality = "strict",
                                          .patch_answer = 204,
                                          .max_role = ORGANIZATION_ROLE_OWNER,
                                          .adopt = TRUE};
    assert_int_equal(create(stage, &operator, & okta), VERDICT_DONE);
    assert_int_equal(strlen(stage->verdict.token), 3 + 12 + 1 + 43);
    g_autoptr(Bearer) bearer = authenticate(stage, stage->verdict.token);
    assert_int_equal(bearer->kind, ACTOR_CONNECTION);
    assert_string_equal(bearer->origin, "scim:okta");
    assert_string_equal(bearer->organization, "acme");
    assert_true(bearer->is_strict);
    assert_int_equal(bearer->patch_answer, 204);
    assert_int_equal(bearer->max_role, ORGANIZATION_ROLE_OWNER);
    assert_true(bearer->may_adopt);
    assert_int_equal(create(stage, &operator, & okta), VERDICT_TAKEN);
    stage_close(stage);
}

static void two_tokens_live_at_once_and_are_revoked_one_by_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {.name = "okta", .scope = "people"};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    assert_int_equal(create(stage, &operator, & okta), VERDICT_DONE);
    g_autofree char *first = g_strdup(stage->verdict.token);
    g_autofree char *first_id = g_strdup(stage->verdict.id);
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    g_autofree char *second = g_strdup(stage->verdict.token);
    g_autoptr(Bearer) a = authenticate(stage, first);
    g_autoptr(Bearer) b = authenticate(stage, second);
    assert_non_null(a);
    assert_non_null(b);
    const struct act revoke = {.kind = ACT_TOKEN_REVOKE, .id = first_id};
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_NOT_FOUND);
    assert_null(authenticate(stage, first));
    g_autoptr(Bearer) still = authenticate(stage, second);
    assert_non_null(still);
    const struct act unknown = {.kind = ACT_TOKEN_ROTATE, .name = "entra"};
    assert_int_equal(stage_do(stage, &operator, & unknown), VERDICT_NOT_FOUND);
    stage_close(stage);
}

static void
a_third_live_token_of_a_connection_is_refused_with_the_names_of_the_two(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {.name = "okta", .scope = "people"};
    const struct connection_draft entra = {.name = "entra", .scope = "people"};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    const struct act other = {.kind = ACT_TOKEN_ROTATE, .name = "entra"};
    assert_int_equal(create(stage, &operator, & okta), VERDICT_DONE);
    g_autofree char *first = g_strdup(stage->verdict.id);
    assert_int_equal(create(stage, &operator, & entra), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    g_autofree char *second = g_strdup(stage->verdict.id);
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_TAKEN);
    assert_non_null(strstr(stage->verdict.fault.detail, first));
    assert_non_null(strstr(stage->verdict.fault.detail, second));
    assert_null(stage->verdict.token);
    /* Those of another connection do not count, and one that is revoked makes room. */
    assert_int_equal(stage_do(stage, &operator, & other), VERDICT_DONE);
    const struct act revoke = {.kind = ACT_TOKEN_REVOKE, .id = first};
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    stage_close(stage);
}

static void a_token_that_has_ended_makes_room_for_another(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {
        .name = "okta", .scope = "people", .expires_at = stage->now + STAGE_HOUR};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    assert_int_equal(create(stage, &operator, & okta), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    stage->now += STAGE_HOUR - 1;
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_TAKEN);
    stage->now++;
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    stage_close(stage);
}

static void only_sync_and_admin_may_be_for_all_organizations(void **state)
{
    (void)state;
    static const char *const scopes[] = {"read", "people", "sync", "admin"};
    struct stage *stage = stage_open(10);
    const struct actor everywhere = actor_operator(NULL, "operator:test");
    struct actor admin = everywhere;
    admin.kind = ACTOR_ADMIN;
    for (int i = 0; i < 4; i++) {
        const struct connection_draft draft = {.name = scopes[i], .scope = scopes[i]};
        create(stage, &admin, &draft);
        stage_assert_refused(stage, REFUSAL_PERMISSION);
        assert_int_equal(create(stage, &everywhere, &draft),
                         i >= 2 ? VERDICT_DONE : VERDICT_INVALID);
        if (i < 2)
            continue;
        g_autoptr(Bearer) bearer = authenticate(stage, stage->verdict.token);
        assert_null(bearer->organization);
        assert_int_equal(bearer->kind, i == 2 ? ACTOR_SYNC : ACTOR_ADMIN);
    }
    g_autoptr(GPtrArray) all = connection_list(stage->session, NULL, NULL);
    assert_int_equal(all->len, 2);
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "sync"};
    assert_int_equal(stage_do(stage, &everywhere, &rotate), VERDICT_DONE);
    stage_close(stage);
}

static void what_makes_no_sense_is_400(void **state)
{
    (void)state;
    static const struct connection_draft wrong[] = {
        {.name = NULL, .scope = "read"},
        {.name = "Okta", .scope = "read"},
        {.name = "okta", .scope = "everything"},
        {.name = "okta", .scope = NULL},
        {.name = "okta", .scope = "read", .personality = "odd"},
        {.name = "okta", .scope = "read", .at_cap = "explode"},
        {.name = "okta", .scope = "sync", .at_cap = "wait"},
        {.name = "okta", .scope = "admin", .rehearsal = TRUE},
        {.name = "okta", .scope = "read", .patch_answer = 500},
    };
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_int_equal(create(stage, &operator, & wrong[i]), VERDICT_INVALID);
    stage_close(stage);
}

static void owners_and_administrators_make_tokens_and_nobody_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    const struct actor dana = stage_person(stage->dana);
    const struct actor others[] = {stage_person(bob),
                                   stage_sync("directory:corp"),
                                   stage_provider("scim:okta"),
                                   {.kind = ACTOR_READER, .organization = "acme"}};
    const struct connection_draft draft = {.name = "one", .scope = "read"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_equal(create(stage, &others[i], &draft), VERDICT_REFUSED);
    assert_int_equal(create(stage, &dana, &draft), VERDICT_DONE);
    stage_close(stage);
}

/* A token of Bob's, and who he is. */
static char *make_personal(struct stage *stage, const char *person)
{
    const struct actor operator= stage_operator();
    const struct act make = {.kind = ACT_TOKEN_FOR_PERSON, .id = person, .name = "laptop"};
    assert_int_equal(stage_do(stage, &operator, & make), VERDICT_DONE);
    g_autoptr(Bearer) bearer = authenticate(stage, stage->verdict.token);
    assert_int_equal(bearer->kind, ACTOR_PERSON);
    assert_string_equal(bearer->person, person);
    return g_strdup(stage->verdict.token);
}

static void an_id_never_looks_like_an_option(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    for (int i = 0; i < 300; i++) {
        g_autofree char *token = make_personal(stage, stage->dana);
        assert_int_not_equal(token[strlen("rc_")], '-');
        assert_memory_equal(token + strlen("rc_"), stage->verdict.id, 12);
    }
    stage_close(stage);
}

static void set_active(struct stage *stage, const struct actor *actor, const char *person,
                       gboolean active)
{
    struct project_grant grants[4];
    g_autoptr(PersonFacts) facts = stage_facts(stage, person);
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.active = active;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = person, .draft = &draft};
    assert_int_equal(stage_do(stage, actor, &act), VERDICT_DONE);
}

static guint count_tokens(struct stage *stage)
{
    g_autoptr(GPtrArray) tokens = token_list(stage->session, "acme", 0, NULL);
    return tokens->len;
}

static void nobody_gets_no_token(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct act none = {.kind = ACT_TOKEN_FOR_PERSON, .id = "nobody", .name = "x"};
    assert_int_equal(stage_do(stage, &operator, & none), VERDICT_NOT_FOUND);
    stage_close(stage);
}

static void I4_a_persons_token_dies_with_their_removal(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *token = make_personal(stage, bob);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_DONE);
    assert_null(authenticate(stage, token));
    assert_int_equal(count_tokens(stage), 0);
    stage_close(stage);
}

static void I4_a_persons_token_dies_when_they_leave(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *token = make_personal(stage, bob);
    const struct actor self = stage_person(bob);
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    assert_int_equal(stage_do(stage, &self, &leave), VERDICT_DONE);
    assert_null(authenticate(stage, token));
    assert_int_equal(count_tokens(stage), 0);
    stage_close(stage);
}

/* Whoever suspends a person because a token was stolen does not give it back by lifting that. */
static void I4_a_persons_token_dies_with_their_suspension_and_stays_dead(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor actors[] = {stage_operator(), stage_sync("directory:corp")};
    g_autofree char *bob =
        stage_linked(stage, &actors[1], "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(actors); i++) {
        g_autofree char *token = make_personal(stage, bob);
        set_active(stage, &actors[i], bob, FALSE);
        assert_null(authenticate(stage, token));
        assert_int_equal(count_tokens(stage), 0);
        set_active(stage, &actors[i], bob, TRUE);
        assert_null(authenticate(stage, token));
    }
    stage_close(stage);
}

static void the_token_of_a_service_does_not_die_with_who_made_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {.name = "okta", .scope = "people"};
    g_autofree char *olga = stage_member(stage, "olga@example.com", ORGANIZATION_ROLE_OWNER);
    const struct actor self = stage_person(olga);
    assert_int_equal(create(stage, &self, &okta), VERDICT_DONE);
    g_autofree char *token = g_strdup(stage->verdict.token);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = olga};
    assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_DONE);
    g_autoptr(Bearer) bearer = authenticate(stage, token);
    assert_non_null(bearer);
    stage_close(stage);
}

/* A client of a new connection; its id is the verdict's. */
static char *make_client(struct stage *stage, const char *name, gint64 expires_at)
{
    const struct actor operator= stage_operator();
    const struct connection_draft draft = {
        .name = name, .scope = "people", .expires_at = expires_at};
    const struct act act = {.kind = ACT_CLIENT_CREATE, .connection = &draft};
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
    return g_strdup(stage->verdict.token);
}

static enum verdict_kind fetch(struct stage *stage, const char *id, const char *secret,
                               gint64 expires_at)
{
    const struct actor actor = actor_system("acme");
    const struct act act = {
        .kind = ACT_TOKEN_GRANT, .id = id, .token = secret, .expires_at = expires_at};
    return stage_do(stage, &actor, &act);
}

static gboolean is_alive(struct stage *stage, const char *token)
{
    g_autoptr(Bearer) bearer = authenticate(stage, token);
    return bearer != NULL;
}

static void a_client_opens_nothing_and_what_it_fetches_is_the_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *secret = make_client(stage, "okta", 0);
    g_autofree char *id = g_strdup(stage->verdict.id);
    assert_null(authenticate(stage, secret));
    assert_int_equal(fetch(stage, id, secret, stage->now + 3600), VERDICT_DONE);
    g_autofree char *access = g_strdup(stage->verdict.token);
    g_autoptr(Bearer) bearer = authenticate(stage, access);
    assert_non_null(bearer);
    assert_string_equal(bearer->origin, "scim:okta");
    assert_string_equal(bearer->client, id);
    assert_string_equal(bearer_credential(bearer), id);
    assert_string_not_equal(bearer->token, id);
    /* Nor does an access token fetch another. */
    assert_int_equal(fetch(stage, bearer->token, access, stage->now + 3600), VERDICT_NOT_FOUND);
    stage->now += 3599;
    assert_true(is_alive(stage, access));
    stage->now++;
    assert_false(is_alive(stage, access));
    stage_close(stage);
}

static void
an_access_token_lives_six_hours_at_most_and_never_longer_than_its_client(void **state)
{
    (void)state;

    static const struct {
        gint64 client, wanted, lives; /* seconds from now; 0: never ends */
    } cases[] = {
        {0, 3600, 3600},
        {0, (gint64)30 * 86400, (gint64)6 * 3600},
        {100, 3600, 100},
        {(gint64)30 * 86400, (gint64)30 * 86400, (gint64)6 * 3600},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        gint64 start = stage->now;
        g_autofree char *secret =
            make_client(stage, "okta", cases[i].client == 0 ? 0 : start + cases[i].client);
        g_autofree char *id = g_strdup(stage->verdict.id);
        assert_int_equal(fetch(stage, id, secret, start + cases[i].wanted), VERDICT_DONE);
        g_autofree char *access = g_strdup(stage->verdict.token);
        stage->now = start + cases[i].lives - 1;
        assert_true(is_alive(stage, access));
        stage->now = start + cases[i].lives;
        assert_false(is_alive(stage, access));
        stage_close(stage);
    }
}

static void an_access_token_dies_with_its_client_and_the_other_client_goes_on(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *first = make_client(stage, "okta", 0);
    g_autofree char *first_id = g_strdup(stage->verdict.id);
    const struct act further = {.kind = ACT_CLIENT_CREATE, .name = "okta"};
    assert_int_equal(stage_do(stage, &operator, & further), VERDICT_DONE);
    g_autofree char *second = g_strdup(stage->verdict.token);
    g_autofree char *second_id = g_strdup(stage->verdict.id);
    assert_int_equal(stage_do(stage, &operator, & further), VERDICT_TAKEN);
    /* A bearer token of the same connection is counted apart. */
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    assert_int_equal(stage_do(stage, &operator, & rotate), VERDICT_DONE);
    assert_int_equal(fetch(stage, first_id, first, stage->now + 3600), VERDICT_DONE);
    g_autofree char *a = g_strdup(stage->verdict.token);
    assert_int_equal(fetch(stage, second_id, second, stage->now + 3600), VERDICT_DONE);
    g_autofree char *b = g_strdup(stage->verdict.token);
    const struct act revoke = {.kind = ACT_TOKEN_REVOKE, .id = first_id};
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_DONE);
    assert_false(is_alive(stage, a));
    assert_true(is_alive(stage, b));
    assert_int_equal(fetch(stage, first_id, first, stage->now + 3600), VERDICT_NOT_FOUND);
    gint64 rows = -1;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM token WHERE client = ?",
                             STORE_BIND(store_text(first_id)), -1, &rows, NULL));
    assert_int_equal(rows, 0);
    stage_close(stage);
}

static void beyond_the_bound_the_oldest_access_token_goes_and_no_version_moves(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *secret = make_client(stage, "okta", 0);
    g_autofree char *id = g_strdup(stage->verdict.id);
    gint64 version = 0, after = 0, rows = 0;
    static const char *const query = "SELECT version FROM organization WHERE name = 'acme'";
    assert_true(store_number(stage->session, query, STORE_NOTHING, 0, &version, NULL));
    g_autoptr(GPtrArray) fetched = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i <= TOKEN_ACCESS_MAX; i++) {
        assert_int_equal(fetch(stage, id, secret, stage->now + 3600), VERDICT_DONE);
        g_ptr_array_add(fetched, g_strdup(stage->verdict.token));
        stage->now++;
    }
    assert_false(is_alive(stage, fetched->pdata[0]));
    for (guint i = 1; i < fetched->len; i++)
        assert_true(is_alive(stage, fetched->pdata[i]));
    assert_true(store_number(stage->session, query, STORE_NOTHING, 0, &after, NULL));
    assert_int_equal(after, version);
    /* What is over leaves the table with the next one. */
    stage->now += 7200;
    assert_int_equal(fetch(stage, id, secret, stage->now + 3600), VERDICT_DONE);
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM token WHERE client = ?",
                             STORE_BIND(store_text(id)), 0, &rows, NULL));
    assert_int_equal(rows, 1);
    stage_close(stage);
}

static void a_wrong_client_is_granted_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *secret = make_client(stage, "okta", stage->now + 100);
    g_autofree char *id = g_strdup(stage->verdict.id);
    const struct connection_draft draft = {.name = "entra", .scope = "people"};
    assert_int_equal(create(stage, &operator, & draft), VERDICT_DONE);
    g_autofree char *bearer = g_strdup(stage->verdict.token);
    g_autofree char *bearer_id = g_strdup(stage->verdict.id);
    g_autofree char *wrong = g_strdup(secret);
    wrong[58] = wrong[58] == 'A' ? 'B' : 'A';

    const struct {
        const char *id, *secret;
    } cases[] = {
        {NULL, NULL}, {id, NULL},          {NULL, secret},      {id, wrong},       {id, "rc_"},
        {"", ""},     {bearer_id, bearer}, {bearer_id, secret}, {id, secret + 16},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(fetch(stage, cases[i].id, cases[i].secret, stage->now + 3600),
                         VERDICT_NOT_FOUND);
    stage->now += 100;
    assert_int_equal(fetch(stage, id, secret, stage->now + 3600), VERDICT_NOT_FOUND);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_opens_nothing_and_what_it_fetches_is_the_connection),
        cmocka_unit_test(
            an_access_token_lives_six_hours_at_most_and_never_longer_than_its_client),
        cmocka_unit_test(an_access_token_dies_with_its_client_and_the_other_client_goes_on),
        cmocka_unit_test(beyond_the_bound_the_oldest_access_token_goes_and_no_version_moves),
        cmocka_unit_test(a_wrong_client_is_granted_nothing),
        cmocka_unit_test(a_connection_comes_with_a_token_that_is_shown_once),
        cmocka_unit_test(an_id_never_looks_like_an_option),
        cmocka_unit_test(two_tokens_live_at_once_and_are_revoked_one_by_one),
        cmocka_unit_test(only_sync_and_admin_may_be_for_all_organizations),
        cmocka_unit_test(what_makes_no_sense_is_400),
        cmocka_unit_test(owners_and_administrators_make_tokens_and_nobody_else),
        cmocka_unit_test(
            a_third_live_token_of_a_connection_is_refused_with_the_names_of_the_two),
        cmocka_unit_test(a_token_that_has_ended_makes_room_for_another),
        cmocka_unit_test(nobody_gets_no_token),
        cmocka_unit_test(I4_a_persons_token_dies_with_their_removal),
        cmocka_unit_test(I4_a_persons_token_dies_when_they_leave),
        cmocka_unit_test(I4_a_persons_token_dies_with_their_suspension_and_stays_dead),
        cmocka_unit_test(the_token_of_a_service_does_not_die_with_who_made_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
