#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/waiting.h"
#include "tests/scim/organization/stage.h"

static struct actor waiting_provider(struct stage *stage)
{
    return stage_connect(stage, "scim:okta", FALSE, "wait");
}

static void set_cap(struct stage *stage, gint64 seats)
{
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    static const char *const domains[] = {"example.com", NULL};
    const struct organization_draft acme = {.name = "acme",
                                            .seats = seats,
                                            .domains = domains,
                                            .owners = owners,
                                            .protected = owners + 1};
    const struct act act = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &acme};
    const struct actor system = actor_system("acme");
    assert_int_equal(stage_do(stage, &system, &act), VERDICT_DONE);
}

static gint64 place(struct stage *stage, const char *id)
{
    gint64 number = -1;
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_true(waiting_place(stage->session, "acme", facts, &number, NULL));
    return number;
}

static void whoever_finds_no_seat_waits_without_seat_and_mail(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_HELD);
    assert_null(stage->verdict.token);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_WAITING);
    assert_string_equal(facts->reason, WAITING_REASON);
    assert_int_equal(facts->waiting_since, stage->now);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 3);
    assert_int_equal(stage_count(stage, "invitation"), 1);
    g_autofree char *text = waiting_reason(place(stage, bob));
    assert_non_null(strstr(text, "number 1 in the line"));
    assert_int_equal(place(stage, ada), 0);
    stage_close(stage);
}

static void a_connection_that_does_not_wait_is_refused_as_ever(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = stage_connect(stage, "scim:okta", FALSE, "refuse");
    const struct person_draft draft = {
        .user_name = "ada@example.com", .address = "ada@example.com", .active = TRUE};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    stage_do(stage, &okta, &act);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    stage_close(stage);
}

static void seats_that_come_free_are_given_in_order_and_everybody_is_mailed_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage), operator= stage_operator();
    stage->judge.sends_mail = TRUE;
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    stage->now += 60;
    g_autofree char *eve = stage_push(stage, &okta, "eve@example.com");
    assert_int_equal(place(stage, ada), 1);
    assert_int_equal(place(stage, bob), 2);
    assert_int_equal(place(stage, eve), 3);
    stage_remove(stage, &operator, seat);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_int_equal(stage_status(stage, bob), PERSON_WAITING);
    assert_int_equal(place(stage, bob), 1);
    set_cap(stage, 4);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(stage_status(stage, eve), PERSON_WAITING);
    set_cap(stage, 10);
    assert_int_equal(stage_status(stage, eve), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 5);
    assert_int_equal(stage_count(stage, "outbox WHERE address <> 'seat@example.com'"), 3);
    stage_close(stage);
}

static void the_seat_of_an_invitation_that_expires_goes_to_who_waits(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage);
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    gint64 next = 0;
    stage->now += 48 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_status(stage, seat), PERSON_EXPIRED);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    stage_close(stage);
}

static void who_waits_comes_before_whose_invitation_would_be_renewed(void **state)
{
    (void)state;
    static const struct renewal_policy often = {.renewals = 9, .per = 30 * 24 * STAGE_HOUR};
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage);
    stage->judge.sends_mail = TRUE;
    stage->judge.renewal = &often;
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    gint64 next = 0;
    stage->now += 48 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_int_equal(stage_status(stage, seat), PERSON_EXPIRED);
    stage_close(stage);
}

static void an_owners_invitation_finds_no_seat_while_somebody_waits(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage), dana = stage_person(stage->dana);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    const struct person_draft draft = {.user_name = "ada@example.com"};
    const struct act invite = {.kind = ACT_INVITE, .draft = &draft};
    stage_do(stage, &dana, &invite);
    stage_assert_refused(stage, REFUSAL_SEAT_CAP);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    stage_close(stage);
}

static void the_same_write_on_who_waits_writes_nothing_and_keeps_the_place(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage);
    const struct stage_edit same = {0}, other = {.address = "ada.l@example.com"};
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    stage->now += 60;
    assert_int_equal(stage_edit(stage, &okta, ada, &same), VERDICT_UNCHANGED);
    assert_int_equal(stage_edit(stage, &okta, ada, &other), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, ada, &other), VERDICT_UNCHANGED);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    assert_int_equal(place(stage, ada), 1);
    assert_int_equal(place(stage, bob), 2);
    set_cap(stage, 3);
    g_autoptr(PersonFacts) facts = stage_facts(stage, ada);
    assert_int_equal(facts->status, PERSON_INVITED);
    assert_string_equal(facts->address, "ada.l@example.com");
    stage_close(stage);
}

static void who_waits_and_is_deactivated_comes_last_when_activated(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage);
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    assert_int_equal(stage_edit(stage, &okta, ada, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_SUSPENDED);
    assert_int_equal(place(stage, bob), 1);
    stage->now += 60;
    assert_int_equal(stage_edit(stage, &okta, ada, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    assert_int_equal(place(stage, ada), 2);
    stage_close(stage);
}

static void who_waits_and_is_deleted_is_gone_and_may_come_again(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    stage_remove(stage, &okta, ada);
    assert_null(stage_facts(stage, ada));
    g_autofree char *again = stage_push(stage, &okta, "ada@example.com");
    assert_int_equal(stage_status(stage, again), PERSON_WAITING);
    assert_int_equal(stage_count(stage, "marker"), 0);
    stage_close(stage);
}

static void who_waits_and_loses_a_good_address_is_held_and_waits_again_with_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage);
    const struct stage_edit bad = {.address = "ada@elsewhere.com"},
                            good = {.address = "ada@example.com"};
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    assert_int_equal(stage_edit(stage, &okta, ada, &bad), VERDICT_DONE);
    g_autoptr(PersonFacts) held = stage_facts(stage, ada);
    assert_int_equal(held->status, PERSON_HELD);
    assert_non_null(strstr(held->reason, "domain"));
    assert_int_equal(stage_edit(stage, &okta, ada, &good), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    stage_close(stage);
}

static void
a_member_reactivated_at_the_cap_waits_and_is_active_again_without_a_mail(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage), operator= stage_operator();
    const struct stage_edit off = {.active = -1}, on = {.active = 1};
    g_autofree char *ada =
        stage_linked(stage, &okta, "ada@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &okta, ada, &off), VERDICT_DONE);
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 mailed = stage_count(stage, "invitation");
    assert_int_equal(stage_edit(stage, &okta, ada, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    assert_int_equal(stage_edit(stage, &okta, ada, &on), VERDICT_UNCHANGED);
    stage_remove(stage, &operator, seat);
    assert_int_equal(stage_status(stage, ada), PERSON_ACTIVE);
    assert_int_equal(stage_count(stage, "invitation"), mailed);
    stage_close(stage);
}

static void who_is_restored_at_the_cap_waits_as_they_were(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    const struct actor okta = waiting_provider(stage), operator= stage_operator();
    g_autofree char *ada =
        stage_linked(stage, &okta, "ada@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage_remove(stage, &okta, ada);
    g_autofree char *seat =
        stage_invite(stage, "seat@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *back = stage_push(stage, &okta, "ada@example.com");
    assert_string_equal(back, ada);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    stage_remove(stage, &operator, seat);
    assert_int_equal(stage_status(stage, ada), PERSON_ACTIVE);
    stage_close(stage);
}

static void a_lowered_cap_lets_them_wait_until_use_has_fallen_below(void **state)
{
    (void)state;
    struct stage *stage = stage_open(4);
    const struct actor okta = waiting_provider(stage), operator= stage_operator();
    g_autofree char *one = stage_member(stage, "one@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *two = stage_member(stage, "two@example.com", ORGANIZATION_ROLE_MEMBER);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    set_cap(stage, 3);
    stage_remove(stage, &operator, one);
    assert_int_equal(stage_status(stage, ada), PERSON_WAITING);
    stage_remove(stage, &operator, two);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_close(stage);
}

static void whose_address_left_the_domains_meanwhile_is_held_and_the_next_comes(void **state)
{
    (void)state;
    static const char *const both[] = {"example.com", "other.example", NULL};
    static const char *const one[] = {"other.example", NULL};
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage), system = actor_system("acme");
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    struct organization_draft acme = {.name = "acme", .domains = both, .owners = owners};
    const struct act ensure = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &acme};
    assert_int_equal(stage_do(stage, &system, &ensure), VERDICT_DONE);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    g_autofree char *bob = stage_push(stage, &okta, "bob@other.example");
    acme.domains = one;
    assert_int_equal(stage_do(stage, &system, &ensure), VERDICT_DONE);
    acme.seats = 3;
    assert_int_equal(stage_do(stage, &system, &ensure), VERDICT_DONE);
    assert_int_equal(stage_status(stage, ada), PERSON_HELD);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void the_trail_says_held_and_then_invited_by_the_provider(void **state)
{
    (void)state;
    struct stage *stage = stage_open(2);
    const struct actor okta = waiting_provider(stage);
    g_autofree char *ada = stage_push(stage, &okta, "ada@example.com");
    set_cap(stage, 3);
    assert_int_equal(stage_count(stage, "audit WHERE record LIKE '%\"action\":\"hold\"%'"
                                        " AND record LIKE '%\"actor\":\"scim:okta\"%'"),
                     1);
    assert_int_equal(stage_count(stage, "audit WHERE record LIKE '%\"action\":\"invite\"%'"
                                        " AND record LIKE '%\"actor\":\"scim:okta\"%'"),
                     1);
    assert_int_equal(stage_status(stage, ada), PERSON_INVITED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_finds_no_seat_waits_without_seat_and_mail),
        cmocka_unit_test(a_connection_that_does_not_wait_is_refused_as_ever),
        cmocka_unit_test(seats_that_come_free_are_given_in_order_and_everybody_is_mailed_once),
        cmocka_unit_test(the_seat_of_an_invitation_that_expires_goes_to_who_waits),
        cmocka_unit_test(who_waits_comes_before_whose_invitation_would_be_renewed),
        cmocka_unit_test(an_owners_invitation_finds_no_seat_while_somebody_waits),
        cmocka_unit_test(the_same_write_on_who_waits_writes_nothing_and_keeps_the_place),
        cmocka_unit_test(who_waits_and_is_deactivated_comes_last_when_activated),
        cmocka_unit_test(who_waits_and_is_deleted_is_gone_and_may_come_again),
        cmocka_unit_test(who_waits_and_loses_a_good_address_is_held_and_waits_again_with_one),
        cmocka_unit_test(
            a_member_reactivated_at_the_cap_waits_and_is_active_again_without_a_mail),
        cmocka_unit_test(who_is_restored_at_the_cap_waits_as_they_were),
        cmocka_unit_test(a_lowered_cap_lets_them_wait_until_use_has_fallen_below),
        cmocka_unit_test(whose_address_left_the_domains_meanwhile_is_held_and_the_next_comes),
        cmocka_unit_test(the_trail_says_held_and_then_invited_by_the_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
