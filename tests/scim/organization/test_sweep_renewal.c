/* Renewals, as the sweep makes them: a simulated calendar over the real judge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "scim/organization/outbox.h"
#include "scim/organization/sweep.h"
#include "tests/scim/organization/stage.h"

#define DAY ((gint64)24 * STAGE_HOUR)

static const struct renewal_policy twice_a_month = {.renewals = 2, .per = 30 * DAY};

static struct stage *mailing_stage(gint64 seats, const struct renewal_policy *policy)
{
    struct stage *stage = stage_open(seats);
    stage->judge.sends_mail = TRUE;
    stage->judge.renewal = policy;
    return stage;
}

static gint64 sweep(struct stage *stage)
{
    gint64 next = -1;
    g_autoptr(GError) error = NULL;
    if (!judge_sweep(&stage->judge, &next, &error))
        fail_msg("%s", error->message);
    return next;
}

/* Hands everything that waits to the mail server, who takes it, or refuses it for good. */
static guint deliver(struct stage *stage, gboolean is_refused)
{
    guint count = 0;
    gboolean found = TRUE;
    while (found) {
        struct outbox_message message;
        gint64 next = 0;
        assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
        if (found) {
            assert_true(is_refused ? outbox_give_up(stage->session, &message, stage->now,
                                                    "550 no such user", NULL)
                                   : outbox_sent(stage->session, &message, stage->now, NULL));
            count++;
        }
        outbox_message_clear(&message);
    }
    return count;
}

static char *reason_of(struct stage *stage, const char *person)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, person);
    return g_strdup(facts->reason);
}

/* Lives through some days as serve does: sweeps when something is due, mails what waits. */
static guint live(struct stage *stage, gint64 days, guint *sweeps)
{
    guint mails = deliver(stage, FALSE);
    gint64 end = stage->now + days * DAY, next = sweep(stage);
    *sweeps = 1;
    while (next != 0 && next < end) {
        assert_true(next > stage->now);
        stage->now = next;
        next = sweep(stage);
        (*sweeps)++;
        mails += deliver(stage, FALSE);
    }
    stage->now = end;
    return mails;
}

static void
M04_whoever_never_accepts_gets_one_mail_and_two_renewals_in_thirty_days(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    guint sweeps;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    /* day 0 the invitation, 2 and 4 its renewals; then 32 and 34, 62 and 64: 7 in 90 days */
    assert_int_equal(live(stage, 30, &sweeps), 3);
    assert_int_equal(live(stage, 30, &sweeps), 2);
    assert_int_equal(live(stage, 30, &sweeps), 2);
    assert_in_range(sweeps, 1, 8);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

static void M04_a_used_budget_is_told_with_the_day_on_which_it_is_free(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    guint sweeps;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 first_renewal = stage->now + 2 * DAY;
    live(stage, 7, &sweeps);
    g_autofree char *reason = reason_of(stage, bob);
    g_autofree char *day = clock_print(first_renewal + 30 * DAY);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_non_null(reason);
    assert_non_null(strstr(reason, "2 renewals in 30 days"));
    assert_non_null(strstr(reason, day));
    assert_int_equal(sweep(stage), first_renewal + 30 * DAY);
    /* Somebody asks for them: that is no renewal, and nothing more is said. */
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    const struct actor dana = stage_person(stage->dana);
    const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = facts->invitation};
    assert_int_equal(stage_do(stage, &dana, &resend), VERDICT_DONE);
    g_autofree char *nothing = reason_of(stage, bob);
    assert_null(nothing);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void M03_what_was_never_sent_before_it_expired_says_so_and_frees_its_seat(void **state)
{
    (void)state;
    static const struct renewal_policy never = {.renewals = 0, .per = 30 * DAY};
    struct stage *stage = mailing_stage(10, &never);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    /* The mail server does not answer for 49 hours. */
    for (int hour = 0; hour < 49; hour++) {
        struct outbox_message message;
        gboolean found;
        gint64 next;
        assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
        if (found)
            assert_true(outbox_postpone(stage->session, &message, stage->now,
                                        "could not connect to mail.example.com", NULL));
        outbox_message_clear(&message);
        stage->now += STAGE_HOUR;
        sweep(stage);
    }
    g_autofree char *reason = reason_of(stage, bob);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_non_null(strstr(reason, "before it could be sent"));
    assert_non_null(strstr(reason, "could not connect to mail.example.com"));
    assert_int_equal(deliver(stage, FALSE), 0);
    stage_close(stage);
}

static void
M03_where_no_mailer_ran_it_says_so_too_and_is_renewed_within_the_budget(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(2 + 1, &twice_a_month);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    const struct actor dana = stage_person(stage->dana);
    const struct act leave = {.kind = ACT_LEAVE_PROJECT, .name = "nowhere"};
    assert_int_equal(stage_do(stage, &dana, &leave), VERDICT_NOT_FOUND);
    g_autofree char *reason = reason_of(stage, bob);
    assert_non_null(strstr(reason, "no attempt was made"));
    sweep(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(deliver(stage, FALSE), 1);
    stage_close(stage);
}

static void
an_address_that_was_refused_for_good_is_not_tried_again_until_it_changes(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bbo@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(deliver(stage, TRUE), 1);
    stage->now += 48 * STAGE_HOUR;
    assert_int_equal(sweep(stage), 0);
    g_autofree char *reason = reason_of(stage, bob);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_non_null(strstr(reason, "\"bbo@example.com\" was refused: 550 no such user"));
    /* The directory corrects the address. */
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &corp, grants);
    draft.address = "bob@example.com";
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    assert_int_equal(stage_do(stage, &corp, &edit), VERDICT_DONE);
    sweep(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    struct outbox_message message;
    gboolean found;
    gint64 next;
    assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
    assert_true(found);
    assert_string_equal(message.address, "bob@example.com");
    outbox_message_clear(&message);
    stage_close(stage);
}

static void the_oldest_expiry_is_renewed_first_while_seats_are_free(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(5, &twice_a_month);
    char *people[3];
    static const char *const names[] = {"one@example.com", "two@example.com",
                                        "three@example.com"};
    for (guint i = 0; i < 3; i++) {
        people[i] = stage_invite(stage, names[i], ORGANIZATION_ROLE_MEMBER, NULL);
        stage->now += STAGE_HOUR;
    }
    deliver(stage, FALSE);
    stage->now += 48 * STAGE_HOUR;
    const struct act ignored = {.kind = ACT_LEAVE_PROJECT, .name = "nowhere"};
    const struct actor dana = stage_person(stage->dana);
    stage_do(stage, &dana, &ignored);
    assert_int_equal(stage_seats_used(stage), 2);
    /* Two of the three seats are taken by others meanwhile. */
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *fay =
        stage_invite(stage, "fay@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 next = sweep(stage);
    assert_int_equal(stage_status(stage, people[0]), PERSON_INVITED);
    assert_int_equal(stage_status(stage, people[1]), PERSON_EXPIRED);
    assert_int_equal(stage_status(stage, people[2]), PERSON_EXPIRED);
    assert_int_equal(stage_seats_used(stage), 5);
    /* Nobody polls for a seat: the next thing due is the next expiry. */
    assert_int_equal(next, stage->now + 48 * STAGE_HOUR);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = eve};
    assert_int_equal(stage_do(stage, &dana, &remove), VERDICT_DONE);
    sweep(stage);
    assert_int_equal(stage_status(stage, people[1]), PERSON_INVITED);
    assert_int_equal(stage_status(stage, people[2]), PERSON_EXPIRED);
    for (guint i = 0; i < 3; i++)
        g_free(people[i]);
    stage_close(stage);
}

static void outside_the_window_renewals_wait_for_its_opening(void **state)
{
    (void)state;
    /* STAGE_START is Friday 2027-01-15T08:00:00Z; 48 hours later it is Sunday. */
    g_autoptr(SendWindow) window = send_window_parse("Mon-Thu 07:00-15:00 Europe/Berlin", NULL);
    const struct renewal_policy policy = {.renewals = 2, .per = 30 * DAY, .window = window};
    struct stage *stage = mailing_stage(10, &policy);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    deliver(stage, FALSE);
    stage->now += 48 * STAGE_HOUR;
    gint64 monday = STAGE_START + 70 * STAGE_HOUR;
    assert_int_equal(sweep(stage), monday);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage->now = monday - 1;
    assert_int_equal(sweep(stage), monday);
    assert_int_equal(deliver(stage, FALSE), 0);
    stage->now = monday;
    sweep(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(deliver(stage, FALSE), 1);
    stage_close(stage);
}

static void without_mail_or_a_policy_nothing_is_renewed_and_nothing_waits(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct stage *stage = stage_open(10);
        stage->judge.sends_mail = i == 0;
        stage->judge.renewal = i == 0 ? NULL : &twice_a_month;
        g_autofree char *bob =
            stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        deliver(stage, FALSE);
        stage->now += 48 * STAGE_HOUR;
        assert_int_equal(sweep(stage), 0);
        assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
        stage_close(stage);
    }
}

static void a_renewal_is_a_new_link_of_the_same_invitation(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    g_autofree char *id = g_strdup(stage->verdict.invitation);
    g_autoptr(Invitation) before = NULL, after = NULL;
    assert_true(invitation_read(stage->session, "acme", id, stage->now, &before, NULL));
    deliver(stage, FALSE);
    stage->now += 48 * STAGE_HOUR;
    sweep(stage);
    assert_true(invitation_read(stage->session, "acme", id, stage->now, &after, NULL));
    assert_int_equal(after->status, INVITATION_PENDING);
    assert_int_equal(after->sent_count, 2);
    assert_int_equal(after->sent_at, stage->now);
    assert_int_equal(after->expires_at, stage->now + 48 * STAGE_HOUR);
    assert_string_equal(after->invited_by, before->invited_by);
    struct outbox_message message;
    gboolean found;
    gint64 next;
    assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
    assert_true(found);
    const struct actor system = actor_system(NULL);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = message.token};
    assert_int_equal(stage_do(stage, &system, &accept), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    outbox_message_clear(&message);
    stage_close(stage);
}

static void whoever_left_the_domains_meanwhile_is_not_renewed(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    deliver(stage, FALSE);
    assert_true(store_run(stage->session, "UPDATE organization SET domains = 'example.org'",
                          STORE_NOTHING, NULL));
    stage->now += 48 * STAGE_HOUR;
    assert_int_equal(sweep(stage), 0);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage_close(stage);
}

static void T01_while_time_is_frozen_nothing_is_renewed(void **state)
{
    (void)state;
    struct stage *stage = mailing_stage(10, &twice_a_month);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    deliver(stage, FALSE);
    stage->now += 48 * STAGE_HOUR;
    stage->judge.time_is_frozen = TRUE;
    sweep(stage);
    assert_int_equal(deliver(stage, FALSE), 0);
    stage->judge.time_is_frozen = FALSE;
    sweep(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(deliver(stage, FALSE), 1);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            M04_whoever_never_accepts_gets_one_mail_and_two_renewals_in_thirty_days),
        cmocka_unit_test(M04_a_used_budget_is_told_with_the_day_on_which_it_is_free),
        cmocka_unit_test(M03_what_was_never_sent_before_it_expired_says_so_and_frees_its_seat),
        cmocka_unit_test(
            M03_where_no_mailer_ran_it_says_so_too_and_is_renewed_within_the_budget),
        cmocka_unit_test(
            an_address_that_was_refused_for_good_is_not_tried_again_until_it_changes),
        cmocka_unit_test(the_oldest_expiry_is_renewed_first_while_seats_are_free),
        cmocka_unit_test(outside_the_window_renewals_wait_for_its_opening),
        cmocka_unit_test(without_mail_or_a_policy_nothing_is_renewed_and_nothing_waits),
        cmocka_unit_test(a_renewal_is_a_new_link_of_the_same_invitation),
        cmocka_unit_test(whoever_left_the_domains_meanwhile_is_not_renewed),
        cmocka_unit_test(T01_while_time_is_frozen_nothing_is_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
