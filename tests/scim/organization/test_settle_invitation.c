#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/outbox.h"
#include "scim/organization/settle_invitation.h"
#include "tests/scim/organization/stage.h"

static struct stage *mailing_stage(void)
{
    struct stage *stage = stage_open(10);
    stage->judge.sends_mail = TRUE;
    return stage;
}

static gint64 waiting(struct stage *stage)
{
    gint64 count = -1;
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'",
                             STORE_NOTHING, 0, &count, NULL));
    return count;
}

/* The token of the only mail that waits. */
static char *mailed_token(struct stage *stage)
{
    struct store_rows *rows =
        store_query(stage->session, "SELECT token FROM outbox WHERE state = 'waiting'",
                    STORE_NOTHING, TRUE);
    assert_true(store_next(rows));
    char *token = g_strdup(store_text_at(rows, 0));
    assert_false(store_next(rows));
    assert_true(store_end(rows, NULL));
    return token;
}

static enum verdict_kind answer(struct stage *stage, enum act_kind kind, const char *token)
{
    const struct actor system = actor_system(NULL);
    const struct act act = {.kind = kind, .token = token};
    return stage_do(stage, &system, &act);
}

static enum verdict_kind on(struct stage *stage, const struct actor *actor, enum act_kind kind,
                            const char *id)
{
    const struct act act = {.kind = kind, .id = id};
    return stage_do(stage, actor, &act);
}

static char *reason_of(struct stage *stage, const char *person)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, person);
    return g_strdup(facts->reason);
}

static void with_mail_the_link_waits_in_the_outbox_and_is_shown_to_nobody(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage();
    struct outbox_delivery delivery;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_null(stage->verdict.token);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_true(
        outbox_read(stage->session, "acme", stage->verdict.invitation, &delivery, NULL));
    assert_int_equal(delivery.state, OUTBOX_WAITING);
    outbox_delivery_clear(&delivery);
    g_autofree char *reason = reason_of(stage, bob);
    assert_null(reason);
    g_autofree char *token = mailed_token(stage);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, token), VERDICT_DONE);
    stage_close(stage);
}

static void what_is_refused_mails_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    stage->judge.sends_mail = TRUE;
    const struct person_draft draft = {.user_name = "bob@example.com"};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    const struct actor dana = stage_person(stage->dana);
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_REFUSED);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    assert_int_equal(waiting(stage), 0);
    stage_close(stage);
}

static void R60_a_new_link_takes_the_place_of_the_one_that_waits(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage();
    const struct actor dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    g_autofree char *first = mailed_token(stage);
    assert_int_equal(on(stage, &dana, ACT_INVITATION_RESEND, invitation), VERDICT_DONE);
    assert_null(stage->verdict.token);
    g_autofree char *second = mailed_token(stage);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_READ_ONLY);
    g_autofree char *third = mailed_token(stage);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, first), VERDICT_NOT_FOUND);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, second), VERDICT_NOT_FOUND);
    assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, third), VERDICT_DONE);
    stage_close(stage);
}

/* How an invitation ends before its mail has left. */
enum end { ACCEPTED, DECLINED, REVOKED, REMOVED, SUSPENDED, DROPPED, EXPIRED, ENDS };

static enum verdict_kind end_by(struct stage *stage, const char *bob, const char *invitation,
                                const char *token, enum end end)
{
    const struct actor dana = stage_person(stage->dana), corp = stage_sync("directory:corp");
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &dana, grants);
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    draft.active = FALSE;
    switch (end) {
    case ACCEPTED:
        return answer(stage, ACT_INVITATION_ACCEPT, token);
    case DECLINED:
        return answer(stage, ACT_INVITATION_DECLINE, token);
    case REVOKED:
        return on(stage, &dana, ACT_INVITATION_REVOKE, invitation);
    case REMOVED:
        return on(stage, &dana, ACT_PERSON_REMOVE, bob);
    case DROPPED:
        return on(stage, &corp, ACT_PERSON_REMOVE, bob);
    case SUSPENDED:
        return stage_do(stage, &dana, &edit);
    case EXPIRED:
    case ENDS:
        break;
    }
    gint64 next;
    stage->now += 48 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    return VERDICT_DONE;
}

static void however_an_invitation_ends_its_mail_is_withdrawn(void **state)
{
    (void)state;
    for (int end = 0; end < ENDS; end++) {
        struct stage *stage = mailing_stage();
        const struct actor corp = stage_sync("directory:corp");
        g_autofree char *bob =
            stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
        g_autofree char *invitation = g_strdup(stage->verdict.invitation);
        g_autofree char *token = mailed_token(stage);
        if (end_by(stage, bob, invitation, token, (enum end)end) != VERDICT_DONE)
            fail_msg("end %d: %s", end, stage->verdict.fault.detail);
        assert_int_equal(waiting(stage), 0);
        assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, token), VERDICT_NOT_FOUND);
        stage_close(stage);
    }
}

static enum verdict_kind let_in(struct stage *stage, const struct actor *actor, char *people[3],
                                enum project_role role)
{
    g_autofree char *search = stage_project(stage, "search");
    struct member_grant members[3];
    for (int i = 0; i < 3; i++)
        members[i] = (struct member_grant){people[i], role};
    const struct act act = {
        .kind = ACT_PROJECT_EDIT, .id = search, .members = members, .member_count = 3};
    return stage_do(stage, actor, &act);
}

static void one_edit_of_a_project_reissues_every_pending_person_in_it(void **state)
{
    (void)state;
    static const char *const names[] = {"a@example.com", "b@example.com", "c@example.com"};
    for (int mails = 0; mails < 2; mails++) {
        struct stage *stage = stage_open(10);
        const struct actor dana = stage_person(stage->dana);
        char *people[3], *tokens[3];
        for (int i = 0; i < 3; i++) {
            people[i] = stage_invite(stage, names[i], ORGANIZATION_ROLE_MEMBER, NULL);
            tokens[i] = g_strdup(stage->verdict.token);
        }
        stage->judge.sends_mail = mails == 1;
        assert_int_equal(let_in(stage, &dana, people, PROJECT_ROLE_READ_ONLY), VERDICT_DONE);
        assert_int_equal(waiting(stage), mails == 1 ? 3 : 0);
        assert_int_equal(stage->verdict.token != NULL, mails == 0);
        for (int i = 0; i < 3; i++) {
            g_autofree char *reason = reason_of(stage, people[i]);
            /* Without mail one link can be shown: of the others it is told that nobody has it. */
            assert_int_equal(reason != NULL, mails == 0 && i > 0);
            assert_int_equal(answer(stage, ACT_INVITATION_ACCEPT, tokens[i]),
                             VERDICT_NOT_FOUND);
        }
        assert_int_equal(stage_seats_used(stage), 5);
        /* The same again writes nothing and mails nothing (I9). */
        assert_int_equal(let_in(stage, &dana, people, PROJECT_ROLE_READ_ONLY),
                         VERDICT_UNCHANGED);
        for (int i = 0; i < 3; i++) {
            g_free(people[i]);
            g_free(tokens[i]);
        }
        stage_close(stage);
    }
}

static void a_link_that_nobody_has_seen_says_so_until_somebody_resends_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), dana = stage_person(stage->dana);
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    assert_null(stage->verdict.token);
    g_autofree char *reason = reason_of(stage, bob);
    assert_non_null(strstr(reason, "resend it"));
    assert_int_equal(on(stage, &dana, ACT_INVITATION_RESEND, invitation), VERDICT_DONE);
    assert_non_null(stage->verdict.token);
    g_autofree char *none = reason_of(stage, bob);
    assert_null(none);
    stage_close(stage);
}

static void only_who_is_asked_for_is_answered_with_a_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "wait");
    const struct actor operator= stage_operator();
    const struct stage_edit finance = {.role = ORGANIZATION_ROLE_BILLING_ADMIN};
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_non_null(stage->verdict.token);
    assert_int_equal(stage_edit(stage, &operator, seat, &finance), VERDICT_DONE);
    assert_non_null(stage->verdict.token);
    g_autofree char *ada =
        stage_linked(stage, &okta, "ada@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    const struct act away = {.kind = ACT_PERSON_REMOVE, .id = seat};
    assert_int_equal(stage_do(stage, &operator, & away), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_null(stage->verdict.token);
    g_autofree char *let_in = reason_of(stage, ada);
    assert_non_null(strstr(let_in, "resend it"));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_mail_the_link_waits_in_the_outbox_and_is_shown_to_nobody),
        cmocka_unit_test(what_is_refused_mails_nothing),
        cmocka_unit_test(R60_a_new_link_takes_the_place_of_the_one_that_waits),
        cmocka_unit_test(however_an_invitation_ends_its_mail_is_withdrawn),
        cmocka_unit_test(one_edit_of_a_project_reissues_every_pending_person_in_it),
        cmocka_unit_test(a_link_that_nobody_has_seen_says_so_until_somebody_resends_it),
        cmocka_unit_test(only_who_is_asked_for_is_answered_with_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
