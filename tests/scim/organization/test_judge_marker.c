#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_marker.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static guint markers(struct stage *stage)
{
    g_autoptr(GPtrArray) all = marker_list(stage->session, "acme", "", NULL);
    assert_non_null(all);
    return all->len;
}

static enum verdict_kind invite(struct stage *stage, const struct actor *actor,
                                const char *address, const char *project)
{
    const struct project_grant grant = {project, PROJECT_ROLE_READ_ONLY};
    const struct person_draft draft = {.user_name = address,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER,
                                       .projects = &grant,
                                       .project_count = project != NULL};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    return stage_do(stage, actor, &act);
}

/* Bob of the directory, who left: one marker. */
static void let_bob_leave(struct stage *stage)
{
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct actor self = stage_person(bob);
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    assert_int_equal(stage_do(stage, &self, &leave), VERDICT_DONE);
    assert_int_equal(markers(stage), 1);
}

static void an_owners_invitation_lifts_them_whatever_state_the_person_is_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *mia = stage_member(stage, "mia@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor dana = stage_person(stage->dana), member = stage_person(mia);
    /* nobody of that name is there */
    let_bob_leave(stage);
    assert_int_equal(invite(stage, &dana, "BOB@example.com", NULL), VERDICT_DONE);
    assert_int_equal(markers(stage), 0);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = stage->verdict.id};
    g_autofree char *id = g_strdup(remove.id);
    const struct act removal = {.kind = ACT_PERSON_REMOVE, .id = id};
    assert_int_equal(stage_do(stage, &dana, &removal), VERDICT_DONE);
    /* a member has invited them: that lifts nothing; the owner's word does, pending or active */
    let_bob_leave(stage);
    assert_int_equal(invite(stage, &member, "bob@example.com", NULL), VERDICT_DONE);
    assert_int_equal(markers(stage), 1);
    assert_int_equal(invite(stage, &dana, "bob@example.com", "search"), VERDICT_DONE);
    assert_int_equal(markers(stage), 0);
    stage_close(stage);
}

static void lifting_is_recorded_and_refused_invitations_lift_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2 + 1);
    gint64 lifted = 0;
    const struct actor dana = stage_person(stage->dana);
    let_bob_leave(stage);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_int_equal(invite(stage, &dana, "bob@example.com", NULL), VERDICT_REFUSED);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    assert_int_equal(markers(stage), 1);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = eve};
    assert_int_equal(stage_do(stage, &dana, &remove), VERDICT_DONE);
    assert_int_equal(invite(stage, &dana, "bob@example.com", NULL), VERDICT_DONE);
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM audit WHERE record LIKE '%\"lift\"%'"
                             " AND record LIKE '%\"marker:%'",
                             STORE_NOTHING, 0, &lifted, NULL));
    assert_int_equal(lifted, 1);
    stage_close(stage);
}

static void leaving_the_source_and_entering_it_again_lifts_them(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct actor self = stage_person(bob);
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    assert_int_equal(stage_do(stage, &self, &leave), VERDICT_DONE);
    /* pushed again they are held; unassigned and assigned anew they are invited */
    g_autofree char *held =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_status(stage, held), PERSON_HELD);
    const struct act drop = {.kind = ACT_PERSON_REMOVE, .id = held};
    assert_int_equal(stage_do(stage, &okta, &drop), VERDICT_DONE);
    assert_int_equal(markers(stage), 0);
    g_autofree char *again =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_status(stage, again), PERSON_INVITED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owners_invitation_lifts_them_whatever_state_the_person_is_in),
        cmocka_unit_test(lifting_is_recorded_and_refused_invitations_lift_nothing),
        cmocka_unit_test(leaving_the_source_and_entering_it_again_lifts_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
