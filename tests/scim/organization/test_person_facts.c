#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/person_facts.h"
#include "tests/scim/organization/stage.h"

static void everything_known_of_a_person_is_there(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "Bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_string_equal(facts->user_name, "Bob@example.com");
    assert_string_equal(facts->invitation, invitation);
    assert_int_equal(facts->expires_at, stage->now + 48 * STAGE_HOUR);
    assert_int_equal(facts->joined_at, 0);
    assert_int_equal(facts->version, 1);
    assert_int_equal(facts->created, stage->now);
    const struct link_facts *link = person_facts_link(facts, "directory:corp");
    assert_string_equal(link->external_id, "x-Bob");
    assert_null(person_facts_link(facts, "manual"));
    stage_close(stage);
}

static void nobody_is_no_error(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    char *id = NULL;
    assert_null(stage_facts(stage, "nobody"));
    assert_true(person_find_by_user_name(stage->session, "acme", "nobody", &id, NULL));
    assert_null(id);
    assert_true(person_find_by_address(stage->session, "other", "dana@example.com", &id, NULL));
    assert_null(id);
    stage_close(stage);
}

static void people_are_found_by_name_address_and_external_id(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL;
    StoreSession *session = stage->session;
    assert_true(person_find_by_user_name(session, "acme", "BOB@EXAMPLE.COM", &a, NULL));
    assert_true(person_find_by_address(session, "acme", "BOB@EXAMPLE.COM", &b, NULL));
    assert_true(
        person_find_by_external_id(session, "acme", "directory:corp", "x-bob", &c, NULL));
    assert_true(person_find_by_external_id(session, "acme", "scim:okta", "x-bob", &d, NULL));
    assert_string_equal(a, bob);
    assert_string_equal(b, bob);
    assert_string_equal(c, bob);
    assert_null(d);
    stage_close(stage);
}

static void the_version_before_the_sweep_is_the_one_after_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR + 5;
    g_autoptr(PersonFacts) before = stage_facts(stage, bob);
    gint64 next = 0;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    g_autoptr(PersonFacts) after = stage_facts(stage, bob);
    assert_int_equal(before->status, PERSON_EXPIRED);
    assert_int_equal(after->status, PERSON_EXPIRED);
    assert_int_equal(before->version, after->version);
    assert_int_equal(before->modified, after->modified);
    assert_int_equal(before->version, 2);
    stage_close(stage);
}

static void set_active(struct stage *stage, const char *id, gboolean active)
{
    const struct actor admin = stage_operator();
    struct project_grant grants[4];
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, &admin, grants);
    draft.active = active;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    assert_int_equal(stage_do(stage, &admin, &act), VERDICT_DONE);
}

/* Both are of the same second: which of them counts must not hang on their ids. */
static void of_a_closed_and_a_pending_invitation_the_pending_one_counts(void **state)
{
    (void)state;
    struct stage *stage = stage_open(20);
    for (int i = 0; i < 8; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        g_autofree char *id = stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL);
        set_active(stage, id, FALSE);
        set_active(stage, id, TRUE);
        g_autofree char *invitation = g_strdup(stage->verdict.invitation);
        g_autoptr(PersonFacts) facts = stage_facts(stage, id);
        assert_string_equal(facts->invitation, invitation);
        const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = invitation};
        const struct actor admin = stage_operator();
        assert_int_equal(stage_do(stage, &admin, &resend), VERDICT_DONE);
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_known_of_a_person_is_there),
        cmocka_unit_test(nobody_is_no_error),
        cmocka_unit_test(people_are_found_by_name_address_and_external_id),
        cmocka_unit_test(the_version_before_the_sweep_is_the_one_after_it),
        cmocka_unit_test(of_a_closed_and_a_pending_invitation_the_pending_one_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
