#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "scim/organization/organization.h"
#include "scim/organization/sweep.h"
#include "tests/scim/organization/stage.h"

static void it_says_when_something_is_due_next(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    gint64 next = -1;
    assert_true(sweep_next(&stage->judge, stage->now, &next, NULL));
    assert_int_equal(next, 0);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_true(sweep_next(&stage->judge, stage->now, &next, NULL));
    assert_int_equal(next, stage->now + 48 * STAGE_HOUR);
    stage_close(stage);
}

static void nothing_due_writes_nothing_and_what_is_due_expires_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 version[3];
    assert_true(store_begin(stage->session, NULL));
    for (int i = 0; i < 3; i++) {
        stage->now = STAGE_START + 48 * STAGE_HOUR - 1 + i;
        assert_true(sweep_organization(&stage->judge, "acme", stage->now, NULL));
        assert_true(store_number(stage->session, "SELECT version FROM organization",
                                 STORE_NOTHING, 0, &version[i], NULL));
    }
    assert_true(store_commit(stage->session, NULL));
    assert_int_equal(version[1], version[0] + 1);
    assert_int_equal(version[2], version[1]);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage_close(stage);
}

static void only_the_organization_asked_for_is_swept(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    gint64 pending = 0;
    assert_true(sweep_organization(&stage->judge, "other", stage->now, NULL));
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM invitation WHERE status = 'pending'",
                             STORE_NOTHING, 0, &pending, NULL));
    assert_int_equal(pending, 1);
    assert_true(store_begin(stage->session, NULL));
    assert_true(sweep_all(&stage->judge, stage->now, NULL));
    assert_true(store_commit(stage->session, NULL));
    stage_close(stage);
}

static char *last_record(struct stage *stage)
{
    struct store_rows *rows =
        store_query(stage->session, "SELECT record FROM audit ORDER BY seq DESC LIMIT 1",
                    STORE_NOTHING, TRUE);
    char *record = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    assert_true(store_end(rows, NULL));
    assert_non_null(record);
    return record;
}

static void I8_time_is_recorded_as_an_actor_and_as_what_stood_before(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    gint64 next;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 50 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    g_autofree char *record = last_record(stage);
    g_autofree char *object = g_strdup_printf("\"object\":\"person:%s\"", bob);
    assert_non_null(strstr(record, "\"action\":\"expire\""));
    assert_non_null(strstr(record, "\"actor\":\"time\""));
    assert_non_null(strstr(record, object));
    const char *before = strstr(record, "\"before\":"), *after = strstr(record, "\"after\":");
    const char *invited = strstr(record, "\"status\":\"invited\"");
    const char *expired = strstr(record, "\"status\":\"expired\"");
    assert_true(after < expired && expired < before && before < invited);
    stage_close(stage);
}

/* Accept, status, list, seat and the state of the organization, a second around the end. */
static void S3_at_48_hours_an_invitation_is_over_in_every_view(void **state)
{
    (void)state;
    for (int seconds = -1; seconds <= 1; seconds++)
        for (int swept = 0; swept < 2; swept++) {
            struct stage *stage = stage_open(10);
            gint64 next;
            gboolean is_over = seconds >= 0;
            g_autofree char *bob =
                stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
            g_autofree char *token = g_strdup(stage->verdict.token);
            g_autofree char *id = g_strdup(stage->verdict.invitation);
            g_autofree char *fresh =
                organization_state(stage->session, "acme", stage->now, NULL);
            stage->now += 48 * STAGE_HOUR + seconds;
            if (swept == 1)
                assert_true(judge_sweep(&stage->judge, &next, NULL));
            g_autofree char *later =
                organization_state(stage->session, "acme", stage->now, NULL);
            g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
            g_autoptr(Invitation) invitation = NULL, found = NULL;
            assert_true(
                invitation_read(stage->session, "acme", id, stage->now, &invitation, NULL));
            assert_true(
                invitation_look_up(stage->session, token, stage->now, &found, NULL, NULL));
            assert_int_equal(strcmp(fresh, later) != 0, is_over);
            assert_int_equal(facts->status, is_over ? PERSON_EXPIRED : PERSON_INVITED);
            assert_int_equal(facts->version, is_over ? 2 : 1);
            assert_int_equal(invitation->status,
                             is_over ? INVITATION_EXPIRED : INVITATION_PENDING);
            assert_int_equal(found == NULL, is_over);
            assert_int_equal(stage_seats_used(stage), is_over ? 2 : 3);
            const struct actor system = actor_system(NULL);
            const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
            assert_int_equal(stage_do(stage, &system, &accept),
                             is_over ? VERDICT_NOT_FOUND : VERDICT_DONE);
            stage_close(stage);
        }
}

static void what_is_due_is_expired_though_the_act_itself_is_refused(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    const struct act nobody = {.kind = ACT_PERSON_REMOVE, .id = "nobody"};
    assert_int_equal(stage_do(stage, &dana, &nobody), VERDICT_NOT_FOUND);
    gint64 expired = 0;
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM person WHERE status = 'expired'",
                             STORE_NOTHING, 0, &expired, NULL));
    assert_int_equal(expired, 2);
    stage_close(stage);
}

/* T01: a clock that cannot be believed takes nobody's seat, and lets nobody in. */
static void T01_while_time_is_frozen_nothing_is_over_and_nothing_over_is_accepted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    gint64 next;
    const struct actor dana = stage_person(stage->dana), system = actor_system(NULL);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *token = g_strdup(stage->verdict.token);
    g_autofree char *id = g_strdup(stage->verdict.invitation);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    stage->now += 3650 * 24 * STAGE_HOUR;
    stage->judge.time_is_frozen = TRUE;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_do(stage, &system, &accept), VERDICT_NOT_FOUND);
    /* the seat is still theirs */
    const struct person_draft draft = {.user_name = "eve@example.com"};
    const struct act invite = {.kind = ACT_INVITE, .draft = &draft};
    assert_int_equal(stage_do(stage, &dana, &invite), VERDICT_REFUSED);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    /* the clock is right again, an hour after the invitation */
    stage->now = STAGE_START + STAGE_HOUR;
    stage->judge.time_is_frozen = FALSE;
    assert_int_equal(stage_do(stage, &system, &accept), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    stage_close(stage);
}

static void T01_while_time_is_frozen_people_go_on_working_and_seats_stay_counted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(4);
    gint64 next;
    const struct actor dana = stage_person(stage->dana), system = actor_system(NULL);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *id = g_strdup(stage->verdict.invitation);
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 3650 * 24 * STAGE_HOUR;
    stage->judge.time_is_frozen = TRUE;
    const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = id};
    assert_int_equal(stage_do(stage, &dana, &resend), VERDICT_DONE);
    g_autofree char *token = g_strdup(stage->verdict.token);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    assert_int_equal(stage_do(stage, &system, &accept), VERDICT_DONE);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = eve};
    assert_int_equal(stage_do(stage, &dana, &remove), VERDICT_DONE);
    stage->judge.time_is_frozen = FALSE;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_seats_used(stage), 3);
    stage_close(stage);
}

static void T01_what_a_clock_that_was_ahead_has_sent_is_over_when_time_is_right(void **state)
{
    (void)state;
    struct stage *stage = stage_open(4);
    gint64 next;
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now = STAGE_START + 24 * STAGE_HOUR + 1;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 ahead = stage->now;
    stage->now = STAGE_START;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_int_equal(stage_status(stage, eve), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 3);
    /* A clock that is corrected by little harms nobody. */
    stage->now = STAGE_START - 24 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_status(stage, eve), PERSON_INVITED);
    stage->now = ahead;
    stage_close(stage);
}

/* T05: 64 bits everywhere. */
static void T05_invitations_expire_in_far_years_too(void **state)
{
    (void)state;
    static const gint64 starts[] = {
        G_MAXINT32 - STAGE_HOUR,          /* 2038 */
        (gint64)G_MAXUINT32 - STAGE_HOUR, /* 2106 */
        253402300800 - STAGE_HOUR,        /* the year 10000 */
        253402300800 + 1000 * STAGE_HOUR,
    };
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        struct stage *stage = stage_open(10);
        gint64 next;
        stage->now = starts[i];
        g_autofree char *bob =
            stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        stage->now = starts[i] + 48 * STAGE_HOUR - 1;
        assert_true(judge_sweep(&stage->judge, &next, NULL));
        assert_int_equal(next, starts[i] + 48 * STAGE_HOUR);
        assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
        stage->now = next;
        assert_true(judge_sweep(&stage->judge, &next, NULL));
        assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
        assert_int_equal(stage_seats_used(stage), 2);
        stage_close(stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_when_something_is_due_next),
        cmocka_unit_test(nothing_due_writes_nothing_and_what_is_due_expires_once),
        cmocka_unit_test(I8_time_is_recorded_as_an_actor_and_as_what_stood_before),
        cmocka_unit_test(S3_at_48_hours_an_invitation_is_over_in_every_view),
        cmocka_unit_test(what_is_due_is_expired_though_the_act_itself_is_refused),
        cmocka_unit_test(T01_while_time_is_frozen_nothing_is_over_and_nothing_over_is_accepted),
        cmocka_unit_test(T01_while_time_is_frozen_people_go_on_working_and_seats_stay_counted),
        cmocka_unit_test(T01_what_a_clock_that_was_ahead_has_sent_is_over_when_time_is_right),
        cmocka_unit_test(T05_invitations_expire_in_far_years_too),
        cmocka_unit_test(only_the_organization_asked_for_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
