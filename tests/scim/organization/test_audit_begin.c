#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_verify.h"
#include "tests/scim/organization/trail_world.h"

/* The store as one stood that had no trail yet. */
static void forget_the_trail(struct trail_world *world)
{
    trail_world_sql(world,
                    "DROP TRIGGER audit_is_not_deleted; DROP TRIGGER "
                    "audit_head_is_not_deleted; DELETE FROM audit; DELETE FROM audit_head");
    assert_int_equal(remove(world->path), 0);
    trail_world_reopen_anchors(world);
}

static void assert_whole(struct trail_world *world)
{
    struct audit_report report;
    trail_world_verify(world, &report);
    if (report.findings->len > 0)
        fail_msg("%s", ((const struct audit_finding *)report.findings->pdata[0])->text);
    audit_report_clear(&report);
}

static gint64 count(struct trail_world *world, const char *chain, const char *kind)
{
    return trail_world_number(world,
                              "SELECT COUNT(*) FROM audit WHERE organization = '%s' AND"
                              " json_extract(record, '$.action') = 'begin' AND"
                              " json_extract(record, '$.object') LIKE '%s:%%%%'",
                              chain, kind);
}

static void an_organization_that_stood_before_its_trail_is_recorded_as_it_stands(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(61);
    for (guint i = 0; i < 60; i++)
        trail_world_act(world);
    forget_the_trail(world);
    for (guint i = 0; i < 60; i++)
        trail_world_act(world);
    gint64 next;
    assert_true(judge_sweep(&world->stage->judge, &next, NULL));
    const struct actor everywhere = actor_operator(NULL, "operator:test");
    const struct act act = {.kind = ACT_AUDIT_EXPORT};
    struct verdict verdict = {0};
    assert_true(judge_write(&world->stage->judge, &everywhere, &act, &verdict, NULL));
    verdict_clear(&verdict);
    const char *const names[] = {"acme", "other"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_int_equal(count(world, names[i], "organization"), 1);
        assert_true(count(world, names[i], "person") >= 1);
        assert_true(count(world, names[i], "project") >= 1);
    }
    assert_int_equal(count(world, AUDIT_EVERYWHERE, "connection"), 1);
    assert_whole(world);
    trail_world_close(world);
}

/* What is there before the act is recorded even where the act is refused; and never twice. */
static void the_trail_begins_once_with_the_first_write_refused_or_not(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(62);
    forget_the_trail(world);
    const struct actor nobody = stage_person("nobody");
    const struct act act = {.kind = ACT_LEAVE_ORGANIZATION};
    for (guint i = 0; i < 2; i++) {
        struct verdict verdict = {0};
        assert_true(judge_write(&world->stage->judge, &nobody, &act, &verdict, NULL));
        assert_int_equal(verdict.kind, VERDICT_REFUSED);
        verdict_clear(&verdict);
        assert_int_equal(count(world, "acme", "person"), 2);
        assert_int_equal(count(world, "acme", "project"), 2);
        assert_int_equal(count(world, "other", "person"), 0);
    }
    trail_world_close(world);
}

static void
an_organization_that_is_founded_with_its_trail_has_nothing_to_begin_with(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(63);
    assert_int_equal(trail_world_number(world, "SELECT COUNT(*) FROM audit WHERE"
                                               " json_extract(record, '$.action') = 'begin'"),
                     0);
    trail_world_close(world);
}

/* Upgraded and never served: somebody looks before there is anything to look at. */
static void a_trail_that_has_not_begun_is_told(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(64);
    struct audit_report report;
    forget_the_trail(world);
    trail_world_verify(world, &report);
    assert_true(report.findings->len >= 2);
    const struct audit_finding *finding = report.findings->pdata[report.findings->len - 1];
    assert_non_null(strstr(finding->text, "has not begun yet"));
    audit_report_clear(&report);
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organization_that_stood_before_its_trail_is_recorded_as_it_stands),
        cmocka_unit_test(the_trail_begins_once_with_the_first_write_refused_or_not),
        cmocka_unit_test(
            an_organization_that_is_founded_with_its_trail_has_nothing_to_begin_with),
        cmocka_unit_test(a_trail_that_has_not_begun_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
