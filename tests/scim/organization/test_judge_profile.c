#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_profile.h"
#include "tests/scim/organization/stage.h"

static void R02_an_accepted_address_changes_only_by_its_maker_inside_the_domains(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), dana = stage_person(stage->dana);
    const struct stage_edit outside = {.address = "bob@evil.org", .user_name = "bob@evil.org"},
                            inside = {.address = "robert@example.com"};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    g_autofree char *eve = stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor by_eve = stage_person(eve);
    assert_int_equal(stage_edit(stage, &okta, bob, &outside), VERDICT_INVALID);
    assert_int_equal(stage->verdict.fault.type, FAULT_MUTABILITY);
    assert_int_equal(stage_edit(stage, &dana, bob, &inside), VERDICT_INVALID);
    assert_int_equal(stage_edit(stage, &by_eve, eve, &inside), VERDICT_INVALID);
    assert_int_equal(stage_edit(stage, &okta, bob, &inside), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_string_equal(facts->address, "robert@example.com");
    assert_int_equal(facts->status, PERSON_ACTIVE);
    stage_close(stage);
}

static void a_pending_persons_new_address_reissues_and_kills_the_old_link(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    const struct stage_edit address = {.address = "robert@example.com"};
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *old = g_strdup(stage->verdict.token);
    stage->now += STAGE_HOUR;
    assert_int_equal(stage_edit(stage, &dana, bob, &address), VERDICT_DONE);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_REISSUED);
    assert_string_not_equal(stage->verdict.token, old);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->expires_at, stage->now + 48 * STAGE_HOUR);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_close(stage);
}

static void a_providers_deactivation_never_fails_for_what_stands_beside_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct stage_edit off = {.active = -1,
                                   .address = "bob@evil.org",
                                   .user_name = "dana@example.com",
                                   .role = ORGANIZATION_ROLE_OWNER};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_string_equal(facts->address, "bob@example.com");
    assert_string_equal(facts->user_name, "bob@example.com");
    /* Inactive already, a refusal is told: in silence it would come again for ever. */
    const struct stage_edit name = {.user_name = "dana@example.com"};
    assert_int_equal(stage_edit(stage, &okta, bob, &name), VERDICT_TAKEN);
    assert_int_equal(stage->verdict.fault.type, FAULT_UNIQUENESS);
    stage_close(stage);
}

static void a_held_person_with_a_good_address_is_invited(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct person_draft draft = {
        .user_name = "bob", .external_id = "1", .active = TRUE, .profile = "{}"};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    const struct stage_edit address = {.address = "bob@example.com"}, none = {0};
    assert_int_equal(stage_do(stage, &okta, &act), VERDICT_DONE);
    g_autofree char *bob = g_strdup(stage->verdict.id);
    assert_int_equal(stage_edit(stage, &okta, bob, &none), VERDICT_UNCHANGED);
    assert_int_equal(stage_edit(stage, &okta, bob, &address), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

static void a_pending_person_whose_address_goes_bad_is_held_and_frees_the_seat(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct stage_edit taken = {.address = "dana@example.com"},
                            good = {.address = "robert@example.com"}, off = {.active = -1},
                            on = {.active = 1};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    assert_int_equal(stage_edit(stage, &okta, bob, &taken), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_HELD);
    assert_int_equal(stage_seats_used(stage), 2);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(stage, &okta, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_HELD);
    assert_int_equal(stage_edit(stage, &okta, bob, &good), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    stage_close(stage);
}

#define MAILS(address) "{\"emails\":[{\"value\":\"" address "\",\"type\":\"work\"}]}"

static void mails_that_were_forgiven_do_not_hinder_the_return(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct stage_edit off = {
        .active = -1, .address = "bob@evil.org", .profile = MAILS("bob@evil.org")};
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(facts->status, PERSON_SUSPENDED);
    assert_null(strstr(facts->profile, "evil.org"));
    stage_close(stage);
}

static void whom_an_owner_edits_stays_held_until_the_address_is_a_good_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta"), dana = stage_person(stage->dana);
    const struct person_draft draft = {.user_name = "eve@evil.org",
                                       .address = "eve@evil.org",
                                       .profile = MAILS("eve@evil.org"),
                                       .external_id = "e-1",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *eve = g_strdup(stage->verdict.id);
    const struct stage_edit off = {.active = -1, .address = "eve@evil.org"},
                            on = {.active = 1, .address = "eve@evil.org"},
                            other = {.address = "eve@evil.net"};
    assert_int_equal(stage_edit(stage, &dana, eve, &off), VERDICT_DONE);
    assert_int_equal(stage_status(stage, eve), PERSON_SUSPENDED);
    assert_int_equal(stage_edit(stage, &dana, eve, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, eve), PERSON_HELD);
    assert_int_equal(stage_edit(stage, &dana, eve, &other), VERDICT_INVALID);
    const struct stage_edit good = {.address = "eve@example.com"};
    assert_int_equal(stage_edit(stage, &dana, eve, &good), VERDICT_DONE);
    assert_int_equal(stage_status(stage, eve), PERSON_INVITED);
    stage_close(stage);
}

static void whoever_comes_back_with_another_address_can_still_be_edited(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    g_autofree char *bob =
        stage_linked(stage, &okta, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct person_draft draft = {.user_name = "bob@example.com",
                                       .address = "bob@evil.org",
                                       .profile = MAILS("bob@evil.org"),
                                       .external_id = "x-bob",
                                       .active = TRUE};
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = bob},
                     create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &remove), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    const struct stage_edit off = {.active = -1, .address = "bob@evil.org"},
                            on = {.active = 1, .address = "bob@evil.org"},
                            other = {.address = "bob@evil.net"};
    assert_int_equal(stage_edit(stage, &okta, bob, &off), VERDICT_DONE);
    assert_int_equal(stage_edit(stage, &okta, bob, &on), VERDICT_DONE);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    assert_int_equal(stage_edit(stage, &okta, bob, &other), VERDICT_INVALID);
    stage_close(stage);
}

static void whom_an_owner_invited_at_another_address_can_still_be_edited(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_provider("scim:okta");
    const struct person_draft draft = {.user_name = "eve@example.com",
                                       .address = "eve@evil.org",
                                       .profile = MAILS("eve@evil.org"),
                                       .external_id = "e-1",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *eve = stage_member(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct stage_edit write = {.address = "eve@evil.org", .external_id = "e-2"};
    assert_int_equal(stage_edit(stage, &okta, eve, &write), VERDICT_DONE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, eve);
    assert_string_equal(facts->address, "eve@example.com");
    assert_int_equal(facts->status, PERSON_ACTIVE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(R02_an_accepted_address_changes_only_by_its_maker_inside_the_domains),
        cmocka_unit_test(a_pending_persons_new_address_reissues_and_kills_the_old_link),
        cmocka_unit_test(a_providers_deactivation_never_fails_for_what_stands_beside_it),
        cmocka_unit_test(mails_that_were_forgiven_do_not_hinder_the_return),
        cmocka_unit_test(whom_an_owner_edits_stays_held_until_the_address_is_a_good_one),
        cmocka_unit_test(whoever_comes_back_with_another_address_can_still_be_edited),
        cmocka_unit_test(whom_an_owner_invited_at_another_address_can_still_be_edited),
        cmocka_unit_test(a_held_person_with_a_good_address_is_invited),
        cmocka_unit_test(a_pending_person_whose_address_goes_bad_is_held_and_frees_the_seat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
