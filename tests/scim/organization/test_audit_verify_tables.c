#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_verify.h"
#include "tests/scim/organization/trail_world.h"

static void a_whole_trail_gives_no_finding(void **state)
{
    (void)state;
    for (guint64 seed = 1; seed <= 20; seed++) {
        struct trail_world *world = trail_world_open(seed);
        for (guint i = 0; i < 60; i++) {
            trail_world_act(world);
            if (i % 10 == 0)
                trail_world_assert_whole(world);
        }
        trail_world_assert_whole(world);
        trail_world_close(world);
    }
}

static void what_is_changed_in_the_tables_by_hand_is_found(void **state)
{
    (void)state;
    static const char *const hands[] = {
        "UPDATE person SET role = 3 WHERE id = (SELECT id FROM person WHERE role = 1 LIMIT 1)",
        "UPDATE person SET user_name = 'eve@example.com' WHERE user_name = 'dana@example.com'",
        "UPDATE person SET address = 'eve@example.com' WHERE user_name = 'dana@example.com'",
        "UPDATE person SET protected = 1 - protected WHERE user_name = 'dana@example.com'",
        "UPDATE person SET profile = '{\"title\":\"boss\"}'",
        "UPDATE person SET owner_suspended = 1",
        "UPDATE person SET expires_at = expires_at + 1 WHERE expires_at > 0",
        "UPDATE link SET role = 2",
        "UPDATE link SET external_id = 'stolen'",
        "UPDATE person_project SET role = 3",
        "DELETE FROM person_project",
        "INSERT INTO override (organization, person, project, role)"
        " SELECT organization, id, '', 3 FROM person WHERE organization = 'acme' LIMIT 1",
        "INSERT INTO person (organization, id, user_name, user_name_folded, profile, status,"
        " role, accepted_at, created, modified) VALUES ('acme', 'e', 'eve', 'eve', '{}',"
        " 'active', 3, 1, 1, 1)",
        "DELETE FROM person WHERE user_name = 'dana@example.com'",
        "UPDATE project SET display_name = 'Other' WHERE name = 'lab'",
        "UPDATE organization SET seats = 1000",
        "UPDATE organization SET domains = 'evil.example'",
        "UPDATE organization SET invitation_lifetime = 99999999",
        "UPDATE connection SET scope = 'admin'",
        "INSERT INTO connection (organization, id, name, scope, personality, patch_answer,"
        " max_role, adopt, rehearsal, at_cap, created) VALUES ('acme', 'c', 'eve', 'admin',"
        " 'strict', 200, 3, 1, 0, 'refuse', 1)",
        "INSERT INTO token (organization, id, person, secret_hash, created, expires_at,"
        " last_used_at) SELECT organization, 'evetoken', id, x'00', 1, 0, 0 FROM person"
        " WHERE user_name = 'dana@example.com'",
        "INSERT INTO token (organization, id, connection, secret_hash, created, expires_at,"
        " last_used_at) SELECT organization, 'evetoken', id, x'00', 1, 0, 0 FROM connection",
        "UPDATE token SET expires_at = 9999999999",
        "DELETE FROM token",
    };
    struct trail_world *world = trail_world_history(6);
    while (
        trail_world_number(world, "SELECT COUNT(*) FROM token WHERE person IS NOT NULL") == 0 ||
        trail_world_number(world, "SELECT COUNT(*) FROM person WHERE status = 'invited'") == 0)
        trail_world_act(world);
    trail_world_assert_whole(world);
    for (size_t i = 0; i < G_N_ELEMENTS(hands); i++) {
        assert_true(store_begin(world->stage->session, NULL));
        trail_world_sql(world, "%s", hands[i]);
        if (trail_world_findings(world) == 0)
            fail_msg("not found: %s", hands[i]);
        store_rollback(world->stage->session);
    }
    /* What is no change of access is none: when a token was used last. */
    trail_world_sql(world, "UPDATE token SET last_used_at = 17");
    trail_world_assert_whole(world);
    trail_world_close(world);
}

/* An act of the program on what a hand had changed does not make it good. */
static void what_was_changed_by_hand_is_found_after_later_acts_too(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_history(7);
    g_autofree char *bob =
        stage_member(world->stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    trail_world_assert_whole(world);
    trail_world_sql(world,
                    "UPDATE link SET role = 2 WHERE person = '%s';"
                    "UPDATE person SET role = 2 WHERE id = '%s'",
                    bob, bob);
    struct project_grant grants[8];
    g_autoptr(PersonFacts) facts = stage_facts(world->stage, bob);
    const struct actor actor = stage_operator();
    struct person_draft draft = stage_draft(facts, &actor, grants);
    draft.display_name = "Bob";
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = bob, .draft = &draft};
    struct verdict verdict = {0};
    assert_true(judge_write(&world->stage->judge, &actor, &act, &verdict, NULL));
    assert_int_equal(verdict.kind, VERDICT_DONE);
    verdict_clear(&verdict);
    assert_int_equal(trail_world_findings(world), 1);
    trail_world_close(world);
}

static void another_key_fits_nothing(void **state)
{
    (void)state;
    static const struct audit_key wrong = {"another key"};
    struct trail_world *world = trail_world_history(10);
    struct audit_report report;
    assert_true(audit_verify(world->stage->session, "acme", &wrong, NULL, &report, NULL));
    const struct audit_finding *last =
        report.findings->pdata[MIN(report.findings->len - 1, AUDIT_REPORT_MAX - 1)];
    assert_true(report.findings->len >= 2);
    assert_non_null(last);
    audit_report_clear(&report);
    g_autoptr(GError) error = NULL;
    assert_null(audit_anchors_open(world->path, &wrong, &error));
    assert_non_null(strstr(error->message, "not sealed with the audit key"));
    trail_world_close(world);
}

/* With the chain alone the end can be cut unseen: that is what the anchors are for. */
static void without_anchors_a_cut_with_a_mended_end_leaves_no_trace_but_the_tables(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_history(11);
    struct audit_report report;
    trail_world_drop_triggers(world);
    trail_world_sql(world, "DELETE FROM audit WHERE organization = 'acme' AND seq > 5;"
                           "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit WHERE"
                           " organization = 'acme' AND seq = 5) WHERE organization = 'acme'");
    assert_true(
        audit_verify(world->stage->session, "acme", &stage_audit_key, NULL, &report, NULL));
    for (guint i = 0; i < report.findings->len; i++)
        assert_non_null(
            strstr(((const struct audit_finding *)report.findings->pdata[i])->text, "by hand"));
    audit_report_clear(&report);
    assert_true(trail_world_findings(world) > 0);
    trail_world_close(world);
}

static void an_organization_that_is_gone_is_missed(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_history(12);
    trail_world_drop_triggers(world);
    trail_world_sql(world, "PRAGMA foreign_keys = OFF");
    trail_world_sql(world, "DELETE FROM audit WHERE organization = 'other';"
                           "DELETE FROM audit_head WHERE organization = 'other';"
                           "DELETE FROM person WHERE organization = 'other';"
                           "DELETE FROM organization WHERE name = 'other'");
    struct audit_report report;
    trail_world_verify(world, &report);
    assert_int_equal(report.findings->len, 1);
    const struct audit_finding *finding = report.findings->pdata[0];
    assert_string_equal(finding->organization, "other");
    assert_non_null(strstr(finding->text, "a chain that is gone"));
    audit_report_clear(&report);
    trail_world_close(world);
}

static void a_finding_names_the_person_and_what_is_different(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(13);
    trail_world_sql(world, "UPDATE organization SET seats = 31 WHERE name = 'acme'");
    struct audit_report report;
    trail_world_verify(world, &report);
    assert_int_equal(report.findings->len, 1);
    const struct audit_finding *finding = report.findings->pdata[0];
    assert_string_equal(finding->text,
                        "\"acme\" (organization:acme) is not as the trail left it: seats is "
                        "31, the trail says 30: somebody changed the tables by hand");
    audit_report_clear(&report);
    trail_world_close(world);
}

static void how_fast_it_is(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(14);
    assert_true(store_begin(world->stage->session, NULL));
    while (trail_world_number(world, "SELECT MAX(seq) FROM audit") < 3000)
        trail_world_act(world);
    assert_true(store_commit(world->stage->session, NULL));
    trail_world_flush(world);
    struct audit_report report;
    const gint64 start = g_get_monotonic_time();
    trail_world_verify(world, &report);
    const gint64 microseconds = g_get_monotonic_time() - start;
    print_message("verified %" G_GINT64_FORMAT " records in %" G_GINT64_FORMAT
                  " us: %" G_GINT64_FORMAT " a second\n",
                  report.records, microseconds,
                  report.records * 1000000 / MAX(microseconds, 1));
    assert_int_equal(report.findings->len, 0);
    assert_true(report.records >= 3000);
    audit_report_clear(&report);
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_trail_gives_no_finding),
        cmocka_unit_test(what_is_changed_in_the_tables_by_hand_is_found),
        cmocka_unit_test(what_was_changed_by_hand_is_found_after_later_acts_too),
        cmocka_unit_test(another_key_fits_nothing),
        cmocka_unit_test(
            without_anchors_a_cut_with_a_mended_end_leaves_no_trace_but_the_tables),
        cmocka_unit_test(an_organization_that_is_gone_is_missed),
        cmocka_unit_test(a_finding_names_the_person_and_what_is_different),
        cmocka_unit_test(how_fast_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
