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

static void a_persons_token_dies_with_their_access(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct project_grant grants[4];
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct act make = {.kind = ACT_TOKEN_FOR_PERSON, .id = bob, .name = "bobs"};
    const struct act none = {.kind = ACT_TOKEN_FOR_PERSON, .id = "nobody", .name = "x"};
    assert_int_equal(stage_do(stage, &operator, & none), VERDICT_NOT_FOUND);
    assert_int_equal(stage_do(stage, &operator, & make), VERDICT_DONE);
    g_autofree char *token = g_strdup(stage->verdict.token);
    g_autoptr(Bearer) bearer = authenticate(stage, token);
    assert_int_equal(bearer->kind, ACTOR_PERSON);
    assert_string_equal(bearer->person, bob);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct person_draft draft = stage_draft(facts, &operator, grants);
    draft.active = FALSE;
    const struct act suspend = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &operator, & suspend), VERDICT_DONE);
    assert_null(authenticate(stage, token));
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_DONE);
    assert_null(authenticate(stage, token));
    g_autoptr(GPtrArray) tokens = token_list(stage->session, "acme", stage->now, NULL);
    assert_int_equal(tokens->len, 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_comes_with_a_token_that_is_shown_once),
        cmocka_unit_test(two_tokens_live_at_once_and_are_revoked_one_by_one),
        cmocka_unit_test(only_sync_and_admin_may_be_for_all_organizations),
        cmocka_unit_test(what_makes_no_sense_is_400),
        cmocka_unit_test(owners_and_administrators_make_tokens_and_nobody_else),
        cmocka_unit_test(a_persons_token_dies_with_their_access),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
