#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_override.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind lift(struct stage *stage, const struct actor *actor, const char *id,
                              const char *project)
{
    const struct act act = {.kind = ACT_OVERRIDE_LIFT, .id = id, .name = project};
    return stage_do(stage, actor, &act);
}

/* Bob of the directory is member; an owner makes him billing-admin and gives him "search". */
static char *overridden(struct stage *stage)
{
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    char *bob = stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &dana, grants);
    draft.role = ORGANIZATION_ROLE_BILLING_ADMIN;
    const struct project_grant search = {"search", PROJECT_ROLE_READ_WRITE};
    draft.projects = &search;
    draft.project_count = 1;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &dana, &edit), VERDICT_DONE);
    return bob;
}

static void what_is_not_there_cannot_be_lifted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *bob = overridden(stage);
    assert_int_equal(lift(stage, &operator, stage->dana, NULL), VERDICT_NOT_FOUND);
    assert_non_null(strstr(stage->verdict.fault.detail, "organization role"));
    assert_int_equal(lift(stage, &operator, stage->dana, "search"), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, bob, "ads"), VERDICT_NOT_FOUND);
    assert_non_null(strstr(stage->verdict.fault.detail, "\"ads\""));
    assert_int_equal(lift(stage, &operator, bob, "nowhere"), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, bob, ""), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, "nobody", NULL), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, NULL, NULL), VERDICT_NOT_FOUND);
    stage_close(stage);
}

static void what_the_links_say_counts_again(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = overridden(stage);
    g_autoptr(PersonFacts) before = stage_facts(stage, bob);
    assert_int_equal(before->role, ORGANIZATION_ROLE_BILLING_ADMIN);
    assert_int_equal(lift(stage, &dana, bob, NULL), VERDICT_DONE);
    assert_int_equal(stage->verdict.version, before->version + 1);
    g_autoptr(PersonFacts) between = stage_facts(stage, bob);
    assert_int_equal(between->role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(between->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(project_roles_find(between->projects, "search"), PROJECT_ROLE_READ_WRITE);
    assert_int_equal(lift(stage, &dana, bob, "search"), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(stage, bob);
    assert_int_equal(after->projects->len, 0);
    assert_int_equal(after->overrides->len, 0);
    assert_int_equal(lift(stage, &dana, bob, "search"), VERDICT_NOT_FOUND);
    stage_close(stage);
}

/* By actor: the organization's role, "search", "ads". */
static void who_may_lift_which(void **state)
{
    (void)state;

    enum {
        OWNER,
        BILLING,
        MEMBER,
        ADMIN,
        THEMSELVES,
        OPERATOR,
        TOKEN,
        SYNC,
        PROVIDER,
        READER,
        ACTORS
    };

    static const char *const may[ACTORS] = {
        [OWNER] = "yyy",      [BILLING] = "...",  [MEMBER] = "...", [ADMIN] = ".y.",
        [THEMSELVES] = "...", [OPERATOR] = "yyy", [TOKEN] = "yyy",  [SYNC] = "...",
        [PROVIDER] = "...",   [READER] = "..."};
    static const char *const scopes[] = {NULL, "search", "ads"};
    for (int a = 0; a < ACTORS; a++)
        for (int s = 0; s < 3; s++) {
            struct stage *stage = stage_open(20);
            g_autofree char *bob = overridden(stage);
            g_autofree char *billing =
                stage_member(stage, "b@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
            g_autofree char *member =
                stage_member(stage, "m@example.com", ORGANIZATION_ROLE_MEMBER);
            g_autofree char *admin =
                stage_member(stage, "a@example.com", ORGANIZATION_ROLE_MEMBER);
            stage_set_project_role(stage, admin, "search", PROJECT_ROLE_ADMIN);
            stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_READ_ONLY);
            const struct actor actors[ACTORS] = {
                [OWNER] = stage_person(stage->dana),
                [BILLING] = stage_person(billing),
                [MEMBER] = stage_person(member),
                [ADMIN] = stage_person(admin),
                [THEMSELVES] = stage_person(bob),
                [OPERATOR] = stage_operator(),
                [TOKEN] = {.kind = ACTOR_ADMIN, .organization = "acme"},
                [SYNC] = stage_sync("directory:corp"),
                [PROVIDER] = stage_provider("directory:corp"),
                [READER] = {.kind = ACTOR_READER, .organization = "acme"}};
            enum verdict_kind wanted = may[a][s] == 'y' ? VERDICT_DONE : VERDICT_REFUSED;
            if (lift(stage, &actors[a], bob, scopes[s]) != wanted)
                fail_msg("actor %d, scope %d: %s", a, s, stage->verdict.fault.detail);
            stage_close(stage);
        }
}

static void S10_the_only_owner_by_an_override_keeps_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &operator, grants);
    draft.role = ORGANIZATION_ROLE_OWNER;
    const struct project_grant both[] = {{"search", PROJECT_ROLE_ADMIN},
                                         {"ads", PROJECT_ROLE_ADMIN}};
    draft.projects = both;
    draft.project_count = 2;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &operator, & edit), VERDICT_DONE);
    const char *const others[] = {stage->dana, stage->vera};
    for (int i = 0; i < 2; i++) {
        const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = others[i]};
        assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_DONE);
    }
    assert_int_equal(lift(stage, &operator, bob, NULL), VERDICT_REFUSED);
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    /* S15: nor does the only admin of a project lose it */
    assert_int_equal(lift(stage, &operator, bob, "search"), VERDICT_REFUSED);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    stage_close(stage);
}

static void an_override_of_none_is_lifted_like_any_other(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &corp, grants);
    const struct project_grant search = {"search", PROJECT_ROLE_READ_ONLY};
    draft.projects = &search;
    draft.project_count = 1;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_DONE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_NONE);
    g_autoptr(PersonFacts) without = stage_facts(stage, bob);
    assert_int_equal(without->projects->len, 0);
    assert_int_equal(lift(stage, &dana, bob, "search"), VERDICT_DONE);
    g_autoptr(PersonFacts) with = stage_facts(stage, bob);
    assert_int_equal(project_roles_find(with->projects, "search"), PROJECT_ROLE_READ_ONLY);
    stage_close(stage);
}

static void lifting_one_of_somebody_pending_sends_a_new_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_READ_ONLY);
    g_autofree char *old = g_strdup(stage->verdict.token);
    assert_int_equal(lift(stage, &dana, bob, "search"), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REISSUED);
    assert_non_null(stage->verdict.token);
    assert_string_not_equal(stage->verdict.token, old);
    stage_close(stage);
}

static void a_version_that_stands_no_more_is_412(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob = overridden(stage);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct act act = {.kind = ACT_OVERRIDE_LIFT, .id = bob, .if_match = facts->version + 1};
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_STALE);
    act.if_match = facts->version;
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_DONE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_there_cannot_be_lifted),
        cmocka_unit_test(what_the_links_say_counts_again),
        cmocka_unit_test(who_may_lift_which),
        cmocka_unit_test(S10_the_only_owner_by_an_override_keeps_it),
        cmocka_unit_test(an_override_of_none_is_lifted_like_any_other),
        cmocka_unit_test(lifting_one_of_somebody_pending_sends_a_new_link),
        cmocka_unit_test(a_version_that_stands_no_more_is_412),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
