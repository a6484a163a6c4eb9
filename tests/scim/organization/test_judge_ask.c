/* A dead link offers to ask for a new one: what that does, and what it tells nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_invitation.h"
#include "scim/organization/outbox.h"
#include "tests/scim/organization/stage.h"

#define DAY ((gint64)24 * STAGE_HOUR)

static const struct renewal_policy twice_a_month = {.renewals = 2, .per = 30 * DAY};

static struct stage *mailing_stage(gint64 seats)
{
    struct stage *stage = stage_open(seats);
    stage->judge.sends_mail = TRUE;
    stage->judge.renewal = &twice_a_month;
    return stage;
}

/* Every answer is the same one. */
static void ask(struct stage *stage, const char *address)
{
    const struct actor system = actor_system(NULL);
    const struct person_draft draft = {.address = address};
    const struct act act = {.kind = ACT_INVITATION_ASK, .draft = &draft};
    static const struct verdict same = {0};
    assert_int_equal(stage_do(stage, &system, &act), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, same.event);
    assert_int_equal(stage->verdict.version, same.version);
    assert_null(stage->verdict.id);
    assert_null(stage->verdict.invitation);
    assert_null(stage->verdict.token);
    assert_null(stage->verdict.fault.detail);
    assert_int_equal(stage->verdict.fault.status, same.fault.status);
}

/* Tokens that wait, the newest last; all are handed over. */
static guint hand_over(struct stage *stage, char **token)
{
    guint count = 0;
    gboolean found = TRUE;
    *token = NULL;
    while (found) {
        struct outbox_message message;
        gint64 next;
        assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
        if (found) {
            g_free(*token);
            *token = g_strdup(message.token);
            assert_true(outbox_sent(stage->session, &message, stage->now, NULL));
            count++;
        }
        outbox_message_clear(&message);
    }
    return count;
}

static void assert_mails(struct stage *stage, guint wanted)
{
    g_autofree char *token = NULL;
    assert_int_equal(hand_over(stage, &token), wanted);
}

static enum verdict_kind accept(struct stage *stage, const char *token)
{
    const struct actor system = actor_system(NULL);
    const struct act act = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    return stage_do(stage, &system, &act);
}

static void an_expired_invitation_is_sent_anew_to_the_stored_address(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10);
    g_autofree char *bob =
        stage_invite(stage, "Bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    g_autofree char *old = NULL, *new = NULL;
    assert_int_equal(hand_over(stage, &old), 1);
    stage->now += 48 * STAGE_HOUR;
    ask(stage, "bOB@EXAMPLE.com");
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(hand_over(stage, &new), 1);
    assert_int_equal(accept(stage, old), VERDICT_NOT_FOUND);
    assert_int_equal(accept(stage, new), VERDICT_DONE);
    stage_close(stage);
}

static void only_a_stored_address_of_somebody_who_waits_is_ever_mailed(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10);
    const struct actor okta = stage_provider("scim:okta"), dana = stage_person(stage->dana);
    g_autofree char *held =
        stage_linked(stage, &okta, "eve@elsewhere.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *gone =
        stage_invite(stage, "gone@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = gone};
    assert_int_equal(stage_do(stage, &dana, &remove), VERDICT_DONE);
    static const char *const addresses[] = {"nobody@example.com",
                                            "eve@elsewhere.com",
                                            "gone@example.com",
                                            "dana@example.com",
                                            "",
                                            "not an address",
                                            NULL,
                                            "bob@example.com\r\nBcc: x"};
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
        ask(stage, addresses[i]);
    assert_mails(stage, 0);
    stage_close(stage);
}

static void asking_is_counted_as_a_renewal_and_ends_with_the_budget(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_mails(stage, 1);
    for (int i = 0; i < 1000; i++) {
        stage->now += i < 10 ? 0 : 1;
        ask(stage, "bob@example.com");
    }
    /* Within the same second one at most, in thirty days two. */
    gint64 used = 0;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM renewal", STORE_NOTHING, 0,
                             &used, NULL));
    assert_int_equal(used, 2);
    assert_mails(stage, 1);
    gint64 next;
    stage->now += 48 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_mails(stage, 0);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage_close(stage);
}

static void without_a_free_seat_nothing_is_sent_and_a_pending_one_keeps_its_own(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(3);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_mails(stage, 1);
    ask(stage, "bob@example.com");
    assert_mails(stage, 1);
    stage->now += 48 * STAGE_HOUR;
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_mails(stage, 1);
    ask(stage, "bob@example.com");
    assert_mails(stage, 0);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage_close(stage);
}

static void without_mail_without_renewals_or_in_frozen_time_nothing_is_sent(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct stage *stage = mailing_stage(10);
        g_autofree char *bob =
            stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        assert_mails(stage, 1);
        stage->judge.sends_mail = i != 0;
        stage->judge.renewal = i != 1 ? &twice_a_month : NULL;
        stage->judge.time_is_frozen = i == 2;
        ask(stage, "bob@example.com");
        assert_mails(stage, 0);
        stage_close(stage);
    }
}

static void an_address_in_two_organizations_is_asked_for_in_both(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10);
    static const char *const owners[] = {"olga@example.com", NULL};
    const struct organization_draft globex = {.name = "globex", .owners = owners};
    const struct act found = {.kind = ACT_ORGANIZATION_CREATE, .organization = &globex};
    const struct actor system = actor_system("globex"), operator= actor_operator(
                                                            "globex", "operator:test");
    assert_int_equal(stage_do(stage, &system, &found), VERDICT_DONE);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    const struct person_draft draft = {.user_name = "bob@example.com"};
    const struct act invite = {.kind = ACT_INVITE, .draft = &draft};
    assert_int_equal(stage_do(stage, &operator, & invite), VERDICT_DONE);
    assert_mails(stage, 2);
    stage->now += 48 * STAGE_HOUR;
    ask(stage, "bob@example.com");
    assert_mails(stage, 2);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expired_invitation_is_sent_anew_to_the_stored_address),
        cmocka_unit_test(only_a_stored_address_of_somebody_who_waits_is_ever_mailed),
        cmocka_unit_test(asking_is_counted_as_a_renewal_and_ends_with_the_budget),
        cmocka_unit_test(without_a_free_seat_nothing_is_sent_and_a_pending_one_keeps_its_own),
        cmocka_unit_test(without_mail_without_renewals_or_in_frozen_time_nothing_is_sent),
        cmocka_unit_test(an_address_in_two_organizations_is_asked_for_in_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
