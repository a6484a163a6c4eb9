#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "scim/organization/judge_invitation.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static enum verdict_kind answer(struct stage *stage, enum act_kind kind, const char *token)
{
    const struct actor system = actor_system(NULL);
    const struct act act = {.kind = kind, .token = token};
    return stage_do(stage, &system, &act);
}

static enum verdict_kind on_invitation(struct stage *stage, const struct actor *actor,
                                       enum act_kind kind, const char *id)
{
    const struct act act = {.kind = kind, .id = id};
    return stage_do(stage, actor, &act);
}

static void S3_an_invitation_is_good_until_its_48th_hour(void **state)
{
    (void)state;

    static const struct {
        gint64 after;
        enum verdict_kind verdict;
    } cases[] = {
        {48 * STAGE_HOUR - 1, VERDICT_DONE},
        {48 * STAGE_HOUR, VERDICT_NOT_FOUND},
        {48 * STAGE_HOUR + 1, VERDICT_NOT_FOUND},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        g_autofree char *bob =
            stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        g_autofree char *token = g_strdup(stage->verdict.token);
        stage->now += cases[i].after;
        enum person_status before = stage_status(stage, bob);
        assert_int_equal(before, i == 0 ? PERSON_INVITED : PERSON_EXPIRED);
        assert_int_equal(stage_seats_used(stage), i == 0 ? 3 : 2);
        assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, token), cases[i].verdict);
        assert_int_equal(stage_status(stage, bob), i == 0 ? PERSON_ACTIVE : PERSON_EXPIRED);
        stage_close(stage);
    }
}

static void every_dead_token_gets_the_same_answer(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *used = g_strdup(stage->verdict.token);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, used), VERDICT_DONE);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *revoked = g_strdup(stage->verdict.token);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_REVOKE, invitation),
                     VERDICT_DONE);
    g_autofree char *amy =
        stage_invite(stage, "amy@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *expired = g_strdup(stage->verdict.token);
    stage->now += 48 * STAGE_HOUR;
    const char *const dead[] = {used,
                                revoked,
                                expired,
                                "",
                                NULL,
                                "short",
                                "0123456789012345678901234567890123456789012"};
    for (size_t i = 0; i < G_N_ELEMENTS(dead); i++)
        for (int kind = ACT_INVITATION_ACCEPT; kind <= ACT_INVITATION_DECLINE; kind++) {
            assert_int_equal(answer(stage, (enum act_kind)kind, dead[i]), VERDICT_NOT_FOUND);
            assert_string_equal(stage->verdict.fault.detail, JUDGE_INVITATION_DEAD);
            assert_int_equal(stage->verdict.fault.status, 404);
        }
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void declining_removes_and_is_remembered(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), operator= stage_operator();
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_RESEND, invitation),
                     VERDICT_DONE);
    g_autofree char *token = g_strdup(stage->verdict.token);
    assert_int_equal(answer(stage, ACT_INVITATION_DECLINE, token), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_DECLINED);
    assert_null(stage_facts(stage, bob));
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    assert_int_equal(markers->len, 1);
    assert_int_equal(((const struct marker *)markers->pdata[0])->kind, MARKER_DECLINED);
    g_autoptr(Invitation) closed = NULL;
    assert_true(invitation_read(stage->session, "acme", invitation, stage->now, &closed, NULL));
    assert_int_equal(closed->status, INVITATION_DECLINED);
    stage_close(stage);
}

static void S6_resending_gives_a_new_link_and_48_new_hours(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *old = g_strdup(stage->verdict.token);
    g_autofree char *id = g_strdup(stage->verdict.invitation);
    stage->now += 47 * STAGE_HOUR;
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_RESEND, id), VERDICT_DONE);
    g_autofree char *new = g_strdup(stage->verdict.token);
    assert_string_equal(stage->verdict.invitation, id);
    stage->now += 47 * STAGE_HOUR;
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, old), VERDICT_NOT_FOUND);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, new), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_RESEND, id),
                     VERDICT_INVALID);
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_REVOKE, id),
                     VERDICT_INVALID);
    assert_int_equal(on_invitation(stage, &operator, ACT_INVITATION_REVOKE, "none"),
                     VERDICT_NOT_FOUND);
    stage_close(stage);
}

/* Whose invitation, into which project; then who may resend and revoke it. */
static void S6_S12_who_may_resend_and_revoke(void **state)
{
    (void)state;

    enum { DANA, BILLING, MEMBER, ADMIN, CORP, OKTA, READER, ACTORS };

    static const struct {
        int inviter;
        const char *project;
        const char *may; /* by actor */
    } cases[] = {
        {DANA, NULL, "y......"},      {BILLING, NULL, "yy....."},  {MEMBER, NULL, "y.y...."},
        {ADMIN, "search", "y..y..."}, {DANA, "search", "y..y..."}, {DANA, "ads", "y......"},
        {CORP, NULL, "y...y.."},      {OKTA, NULL, "y....y."},
    };

    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++)
        for (int a = 0; a < ACTORS; a++)
            for (int kind = ACT_INVITATION_RESEND; kind <= ACT_INVITATION_REVOKE; kind++) {
                struct stage *stage = stage_open(20);
                g_autofree char *billing =
                    stage_member(stage, "b@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
                g_autofree char *member =
                    stage_member(stage, "m@example.com", ORGANIZATION_ROLE_MEMBER);
                g_autofree char *admin =
                    stage_member(stage, "a@example.com", ORGANIZATION_ROLE_MEMBER);
                stage_set_project_role(stage, admin, "search", PROJECT_ROLE_ADMIN);
                const struct actor actors[ACTORS] = {
                    stage_person(stage->dana),
                    stage_person(billing),
                    stage_person(member),
                    stage_person(admin),
                    stage_sync("directory:corp"),
                    stage_provider("scim:okta"),
                    {.kind = ACTOR_READER, .organization = "acme"}};
                const struct project_grant grant = {cases[c].project, PROJECT_ROLE_READ_ONLY};
                const struct person_draft draft = {.user_name = "new@example.com",
                                                   .has_roles = TRUE,
                                                   .projects = &grant,
                                                   .project_count = cases[c].project != NULL};
                const struct act invite = {.kind = ACT_INVITE, .draft = &draft};
                assert_int_equal(stage_do(stage, &actors[cases[c].inviter], &invite),
                                 VERDICT_DONE);
                g_autofree char *id = g_strdup(stage->verdict.invitation);
                enum verdict_kind got =
                    on_invitation(stage, &actors[a], (enum act_kind)kind, id);
                enum verdict_kind wanted =
                    cases[c].may[a] == 'y' ? VERDICT_DONE : VERDICT_REFUSED;
                if (got != wanted)
                    fail_msg("case %zu, actor %d, act %d: %d", c, a, kind, got);
                stage_close(stage);
            }
}

static void accepting_without_a_seat_of_ones_own_is_never_needed(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage_accept(stage);
    assert_int_equal(stage_seats_used(stage), 3);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S3_an_invitation_is_good_until_its_48th_hour),
        cmocka_unit_test(every_dead_token_gets_the_same_answer),
        cmocka_unit_test(declining_removes_and_is_remembered),
        cmocka_unit_test(S6_resending_gives_a_new_link_and_48_new_hours),
        cmocka_unit_test(S6_S12_who_may_resend_and_revoke),
        cmocka_unit_test(accepting_without_a_seat_of_ones_own_is_never_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
