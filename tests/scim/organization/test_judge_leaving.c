/* S9, S10, S15, S16: who leaves, what goes with them, and who cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind leave(struct stage *stage, const char *person)
{
    const struct actor self = stage_person(person);
    const struct act act = {.kind = ACT_LEAVE_ORGANIZATION};
    return stage_do(stage, &self, &act);
}

static enum verdict_kind leave_project(struct stage *stage, const char *person,
                                       const char *project)
{
    const struct actor self = stage_person(person);
    const struct act act = {.kind = ACT_LEAVE_PROJECT, .name = project};
    return stage_do(stage, &self, &act);
}

static gint64 count(struct stage *stage, const char *sql, const char *person)
{
    gint64 number = -1;
    assert_true(
        store_number(stage->session, sql, STORE_BIND(store_text(person)), 0, &number, NULL));
    return number;
}

static void S9_whoever_leaves_loses_everything_in_the_organization(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "SELECT COUNT(*) FROM person WHERE id = ?",
        "SELECT COUNT(*) FROM link WHERE person = ?",
        "SELECT COUNT(*) FROM link_project WHERE person = ?",
        "SELECT COUNT(*) FROM override WHERE person = ?",
        "SELECT COUNT(*) FROM person_project WHERE person = ?",
        "SELECT COUNT(*) FROM token WHERE person = ?",
    };
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_READ_ONLY);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &corp, grants);
    const struct project_grant ads = {"ads", PROJECT_ROLE_READ_WRITE};
    draft.projects = &ads;
    draft.project_count = 1;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_DONE);
    const struct act token = {.kind = ACT_TOKEN_FOR_PERSON, .id = bob, .name = "laptop"};
    assert_int_equal(stage_do(stage, &operator, & token), VERDICT_DONE);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_true(count(stage, rows[i], bob) > 0);
    gint64 seats = stage_seats_used(stage);
    assert_int_equal(leave(stage, bob), VERDICT_DONE);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (count(stage, rows[i], bob) != 0)
            fail_msg("something is left: %s", rows[i]);
    assert_int_equal(stage_seats_used(stage), seats - 1);
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    assert_int_equal(markers->len, 1);
    assert_int_equal(((const Marker *)markers->pdata[0])->kind, MARKER_LEFT);
    stage_close(stage);
}

static char *second_owner(struct stage *stage, enum person_status status)
{
    const struct actor dana = stage_person(stage->dana);
    char *amy = stage_invite(stage, "amy@example.com", ORGANIZATION_ROLE_OWNER, NULL);
    if (status == PERSON_ACTIVE || status == PERSON_SUSPENDED)
        stage_accept(stage);
    if (status == PERSON_EXPIRED)
        stage->now += 48 * STAGE_HOUR;
    if (status == PERSON_SUSPENDED) {
        g_autoptr(PersonFacts) facts = stage_facts(stage, amy);
        struct project_grant grants[4];
        struct person_draft draft = stage_draft(facts, &dana, grants);
        draft.active = FALSE;
        const struct act act = {.kind = ACT_PERSON_EDIT, .id = amy, .draft = &draft};
        assert_int_equal(stage_do(stage, &dana, &act), VERDICT_DONE);
    }
    assert_int_equal(stage_status(stage, amy), status);
    return amy;
}

static enum verdict_kind change_dana(struct stage *stage, const struct actor *actor,
                                     gboolean active, enum organization_role role)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->dana);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.active = active;
    draft.role = role;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = stage->dana, .draft = &draft};
    return stage_do(stage, actor, &act);
}

/* Leave, be removed, be demoted, be suspended: by oneself and by whoever may. */
static enum verdict_kind try_to_lose_dana(struct stage *stage, int way)
{
    const struct actor dana = stage_person(stage->dana), operator= stage_operator();
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = stage->dana};
    switch (way) {
    case 0:
        return leave(stage, stage->dana);
    case 1:
        return stage_do(stage, &dana, &remove);
    case 2:
        return stage_do(stage, &operator, & remove);
    case 3:
        return change_dana(stage, &dana, TRUE, ORGANIZATION_ROLE_MEMBER);
    case 4:
        return change_dana(stage, &operator, TRUE, ORGANIZATION_ROLE_BILLING_ADMIN);
    case 5:
        return change_dana(stage, &operator, FALSE, ORGANIZATION_ROLE_OWNER);
    default:
        return change_dana(stage, &dana, FALSE, ORGANIZATION_ROLE_OWNER);
    }
}

static void S10_only_an_active_second_owner_lets_the_first_one_go(void **state)
{
    (void)state;

    static const enum person_status statuses[] = {PERSON_INVITED, PERSON_EXPIRED,
                                                  PERSON_SUSPENDED, PERSON_ACTIVE};

    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
        for (int way = 0; way < 7; way++) {
            struct stage *stage = stage_open(10);
            g_autofree char *amy = second_owner(stage, statuses[i]);
            g_autofree char *bob =
                stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
            stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
            stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_ADMIN);
            assert_int_equal(leave(stage, stage->vera), VERDICT_DONE);
            enum verdict_kind got = try_to_lose_dana(stage, way);
            if (statuses[i] == PERSON_ACTIVE)
                assert_int_equal(got, VERDICT_DONE);
            else
                stage_assert_refused(stage, REFUSAL_LAST_OWNER);
            stage_close(stage);
        }
}

static void S16_whoever_leaves_a_project_loses_it_and_nothing_else(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *amy =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_BILLING_ADMIN, TRUE);
    char *people[] = {bob, amy};
    for (int i = 0; i < 2; i++) {
        stage_set_project_role(stage, people[i], "search", PROJECT_ROLE_READ_WRITE);
        stage_set_project_role(stage, people[i], "ads", PROJECT_ROLE_READ_ONLY);
        assert_int_equal(leave_project(stage, people[i], "search"), VERDICT_DONE);
        g_autoptr(PersonFacts) facts = stage_facts(stage, people[i]);
        assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_NONE);
        assert_int_equal(project_roles_find(facts->projects, "ads"), PROJECT_ROLE_READ_ONLY);
        assert_int_equal(facts->status, PERSON_ACTIVE);
        assert_int_equal(facts->role,
                         i == 0 ? ORGANIZATION_ROLE_MEMBER : ORGANIZATION_ROLE_BILLING_ADMIN);
        assert_int_equal(leave_project(stage, people[i], "search"), VERDICT_NOT_FOUND);
    }
    stage_close(stage);
}

/* What a directory gives is left by an override, which the directory does not undo. */
static void S16_a_directory_does_not_bring_back_whom_it_put_into_a_project(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *amy =
        stage_linked(stage, &corp, "amy@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, amy);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &corp, grants);
    const struct project_grant search = {"search", PROJECT_ROLE_READ_WRITE};
    draft.projects = &search;
    draft.project_count = 1;
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = amy, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_DONE);
    assert_int_equal(leave_project(stage, amy, "search"), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_UNCHANGED);
    g_autoptr(PersonFacts) after = stage_facts(stage, amy);
    assert_int_equal(after->projects->len, 0);
    stage_close(stage);
}

/* An admin who is invited, expired or suspended is none. */
static void S15_only_an_active_second_admin_lets_the_first_one_go(void **state)
{
    (void)state;

    static const enum person_status statuses[] = {PERSON_INVITED, PERSON_EXPIRED,
                                                  PERSON_SUSPENDED, PERSON_ACTIVE};

    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        struct stage *stage = stage_open(10);
        g_autofree char *amy = second_owner(stage, statuses[i]);
        stage_set_project_role(stage, amy, "search", PROJECT_ROLE_ADMIN);
        stage_set_project_role(stage, amy, "ads", PROJECT_ROLE_ADMIN);
        const struct actor dana = stage_person(stage->dana);
        const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = stage->dana};
        gboolean may = statuses[i] == PERSON_ACTIVE;
        enum verdict_kind got = leave_project(stage, stage->dana, "search");
        assert_int_equal(got, may ? VERDICT_DONE : VERDICT_REFUSED);
        got = stage_do(stage, &dana, &remove);
        if (!may)
            stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
        assert_int_equal(got, may ? VERDICT_DONE : VERDICT_REFUSED);
        stage_close(stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S9_whoever_leaves_loses_everything_in_the_organization),
        cmocka_unit_test(S10_only_an_active_second_owner_lets_the_first_one_go),
        cmocka_unit_test(S16_whoever_leaves_a_project_loses_it_and_nothing_else),
        cmocka_unit_test(S16_a_directory_does_not_bring_back_whom_it_put_into_a_project),
        cmocka_unit_test(S15_only_an_active_second_admin_lets_the_first_one_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
