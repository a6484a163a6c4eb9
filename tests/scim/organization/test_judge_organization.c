#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_organization.h"
#include "scim/organization/organization.h"
#include "scim/organization/project.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind ensure(struct stage *stage, const struct organization_draft *draft)
{
    const struct act act = {.kind = ACT_ORGANIZATION_ENSURE, .organization = draft};
    const struct actor system = actor_system(draft->name);
    return stage_do(stage, &system, &act);
}

static const char *const example[] = {"example.com", NULL};
static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
static const char *const vera[] = {"vera@example.com", NULL};

static struct organization_draft acme(void)
{
    return (struct organization_draft){
        .name = "acme", .domains = example, .owners = owners, .protected = vera};
}

static Organization *read_acme(struct stage *stage)
{
    Organization *home = NULL;
    assert_true(organization_read(stage->session, "acme", stage->now, &home, NULL));
    return home;
}

static void what_the_config_says_again_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct organization_draft draft = acme();
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void a_missing_organization_is_made_with_owners_and_projects(void **state)
{
    (void)state;
    static const char *const admins[] = {"b@other.org", NULL};
    static const char *const people[] = {"a@other.org", "b@other.org", NULL};
    const struct project_draft projects[] = {{.name = "x", .admins = admins}, {.name = "y"}};
    const struct organization_draft draft = {
        .name = "other", .owners = people, .projects = projects, .project_count = 2};
    struct stage *stage = stage_open(10);
    assert_int_equal(ensure(stage, &draft), VERDICT_DONE);
    assert_string_equal(stage->verdict.id, "other");
    g_autoptr(Organization) home = NULL;
    assert_true(organization_read(stage->session, "other", stage->now, &home, NULL));
    assert_int_equal(home->seats, ORGANIZATION_SEATS);
    assert_int_equal(home->invitation_lifetime, ORGANIZATION_INVITATION_LIFETIME);
    assert_int_equal(home->owners, 2);
    assert_int_equal(home->seats_used, 2);
    g_autoptr(GPtrArray) made = project_list(stage->session, "other", stage->now, NULL);
    assert_int_equal(made->len, 2);
    for (guint i = 0; i < 2; i++)
        assert_int_equal(((const struct project *)made->pdata[i])->admins, 1);
    const struct act again = {.kind = ACT_ORGANIZATION_CREATE, .organization = &draft};
    const struct actor operator= actor_operator("other", "operator:test");
    assert_int_equal(stage_do(stage, &operator, & again), VERDICT_TAKEN);
    stage_close(stage);
}

static void limits_domains_names_and_protection_follow_the_config(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct organization_draft draft = acme();
    static const char *const domains[] = {"example.com", "example.org", NULL};
    const struct project_draft projects[] = {{.name = "search", .display_name = "Search!"},
                                             {.name = "maps"}};
    draft.seats = 50;
    draft.invitation_lifetime = 3600;
    draft.display_name = "Acme Inc.";
    draft.domains = domains;
    draft.protected = NULL;
    draft.projects = projects;
    draft.project_count = 2;
    assert_int_equal(ensure(stage, &draft), VERDICT_DONE);
    g_autoptr(Organization) home = read_acme(stage);
    assert_int_equal(home->seats, 50);
    assert_int_equal(home->invitation_lifetime, 3600);
    assert_string_equal(home->display_name, "Acme Inc.");
    assert_int_equal(g_strv_length(home->domains), 2);
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    assert_false(facts->protected);
    g_autoptr(Project) search = NULL;
    assert_true(
        project_read_by_name(stage->session, "acme", "search", stage->now, &search, NULL));
    assert_string_equal(search->display_name, "Search!");
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.org", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autoptr(PersonFacts) pending = stage_facts(stage, bob);
    assert_int_equal(pending->expires_at, stage->now + 3600);
    stage_close(stage);
}

static void nobody_is_taken_away_and_a_demoted_owner_stays_demoted(void **state)
{
    (void)state;
    static const char *const only[] = {"vera@example.com", NULL};
    struct stage *stage = stage_open(10);
    struct organization_draft draft = acme();
    draft.owners = only;
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    struct project_grant grants[4];
    const struct actor operator= stage_operator();
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    struct person_draft demote = stage_draft(facts, &operator, grants);
    demote.role = ORGANIZATION_ROLE_MEMBER;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = stage->vera, .draft = &demote};
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
    draft = acme();
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void an_owner_who_left_stays_away_though_the_config_still_names_them(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct organization_draft draft = acme();
    g_autofree char *amy = stage_member(stage, "amy@example.com", ORGANIZATION_ROLE_OWNER);
    const char *projects[] = {"search", "ads"};
    for (gsize i = 0; i < G_N_ELEMENTS(projects); i++)
        stage_set_project_role(stage, amy, projects[i], PROJECT_ROLE_ADMIN);
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    const struct actor dana = stage_person(stage->dana);
    assert_int_equal(stage_do(stage, &dana, &leave), VERDICT_DONE);
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    g_autoptr(Organization) home = read_acme(stage);
    assert_int_equal(home->owners, 2); /* Vera and Amy */
    /* an owner's invitation is the way back */
    g_autofree char *again =
        stage_invite(stage, "dana@example.com", ORGANIZATION_ROLE_OWNER, NULL);
    assert_int_equal(stage_status(stage, again), PERSON_INVITED);
    assert_int_equal(ensure(stage, &draft), VERDICT_UNCHANGED);
    stage_close(stage);
}

static void a_named_owner_without_a_seat_is_an_error(void **state)
{
    (void)state;
    static const char *const more[] = {"dana@example.com", "vera@example.com",
                                       "new@example.com", NULL};
    struct stage *stage = stage_open(2);
    struct organization_draft draft = acme();
    draft.owners = more;
    ensure(stage, &draft);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    draft.seats = 3;
    assert_int_equal(ensure(stage, &draft), VERDICT_DONE);
    g_autoptr(Organization) home = read_acme(stage);
    assert_int_equal(home->owners, 3);
    stage_close(stage);
}

static void what_makes_no_sense_is_400(void **state)
{
    (void)state;
    static const char *const nobody[] = {NULL};
    static const char *const stranger[] = {"eve@example.com", NULL};
    static const char *const bad[] = {"not an address", NULL};
    const struct project_draft project = {.name = "x", .admins = stranger};
    const struct organization_draft wrong[] = {
        {.name = "Acme", .owners = owners},
        {.name = NULL, .owners = owners},
        {.name = "other", .owners = nobody},
        {.name = "other", .owners = NULL},
        {.name = "other", .owners = bad},
        {.name = "other", .owners = owners, .seats = -1},
        {.name = "other", .owners = owners, .protected = stranger},
        {.name = "other", .owners = owners, .projects = &project, .project_count = 1},
    };
    struct stage *stage = stage_open(10);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (ensure(stage, &wrong[i]) != VERDICT_INVALID)
            fail_msg("case %zu: %d", i, stage->verdict.kind);
    stage_close(stage);
}

static void the_cap_may_go_below_use_and_use_may_then_only_fall(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct organization_draft draft = acme();
    const struct actor operator= stage_operator();
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    draft.seats = 2;
    assert_int_equal(ensure(stage, &draft), VERDICT_DONE);
    assert_int_equal(stage_seats_used(stage), 4);
    /* A resent invitation keeps its seat. */
    const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = invitation};
    assert_int_equal(stage_do(stage, &operator, & resend), VERDICT_DONE);
    const struct person_draft new = {.user_name = "new@example.com"};
    const struct act invite = {.kind = ACT_INVITE, .draft = &new};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob};
    assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_DONE);
    stage_do(stage, &operator, & invite);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    stage->now += 48 * STAGE_HOUR;
    stage_do(stage, &operator, & invite);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(stage_status(stage, eve), PERSON_EXPIRED);
    stage_close(stage);
}

static void organizations_are_not_made_over_http(void **state)
{
    (void)state;
    const struct organization_draft draft = {.name = "other", .owners = owners};
    const struct act act = {.kind = ACT_ORGANIZATION_CREATE, .organization = &draft};
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    struct actor admin = stage_operator();
    admin.kind = ACTOR_ADMIN;
    stage_do(stage, &dana, &act);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_do(stage, &admin, &act);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_close(stage);
}

static void R17_R18_two_organizations_know_nothing_of_each_other(void **state)
{
    (void)state;
    const struct organization_draft draft = {.name = "other", .owners = owners};
    struct stage *stage = stage_open(10);
    assert_int_equal(ensure(stage, &draft), VERDICT_DONE);
    g_autofree char *twin = NULL;
    assert_true(
        person_find_by_user_name(stage->session, "other", "dana@example.com", &twin, NULL));
    assert_string_not_equal(twin, stage->dana);
    struct actor foreign = stage_person(stage->dana);
    foreign.organization = "other";
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = stage->dana};
    const struct actor operator= actor_operator("other", "operator:test");
    stage_do(stage, &foreign, &leave);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    assert_int_equal(stage_do(stage, &operator, & remove), VERDICT_NOT_FOUND);
    assert_int_equal(stage_status(stage, stage->dana), PERSON_ACTIVE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_config_says_again_writes_nothing),
        cmocka_unit_test(a_missing_organization_is_made_with_owners_and_projects),
        cmocka_unit_test(limits_domains_names_and_protection_follow_the_config),
        cmocka_unit_test(nobody_is_taken_away_and_a_demoted_owner_stays_demoted),
        cmocka_unit_test(an_owner_who_left_stays_away_though_the_config_still_names_them),
        cmocka_unit_test(a_named_owner_without_a_seat_is_an_error),
        cmocka_unit_test(what_makes_no_sense_is_400),
        cmocka_unit_test(the_cap_may_go_below_use_and_use_may_then_only_fall),
        cmocka_unit_test(organizations_are_not_made_over_http),
        cmocka_unit_test(R17_R18_two_organizations_know_nothing_of_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
