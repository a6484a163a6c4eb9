#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/audit.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/trail_world.h"

static guint count_lines(const struct trail_world *world)
{
    g_autofree char *text = NULL;
    guint lines = 0;
    assert_true(g_file_get_contents(world->path, &text, NULL, NULL));
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static gboolean flush(struct trail_world *world, GError **error)
{
    return audit_anchors_flush(world->anchors, world->stage->session, world->stage->now, error);
}

static void the_file_is_for_its_owner_alone_and_each_commit_adds_a_line(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(51);
    struct stat about;
    assert_int_equal(stat(world->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    const guint before = count_lines(world);
    g_autofree char *bob =
        stage_invite(world->stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_int_equal(count_lines(world), before + 1);
    assert_true(flush(world, NULL));
    assert_int_equal(count_lines(world), before + 1);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(world->path, &text, NULL, NULL));
    struct audit_head head;
    assert_true(audit_read_head(world->stage->session, "acme", &head, NULL));
    g_autofree char *begins = g_strdup_printf("\n%u acme %d ", before + 1, (int)head.seq);
    assert_non_null(strstr(text, begins));
    trail_world_close(world);
}

static void what_was_rolled_back_is_not_anchored(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(52);
    const guint before = count_lines(world);
    assert_true(store_begin(world->stage->session, NULL));
    g_autofree char *bob =
        stage_invite(world->stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    store_rollback(world->stage->session);
    audit_anchors_forget(world->anchors);
    assert_true(flush(world, NULL));
    assert_int_equal(count_lines(world), before);
    trail_world_close(world);
}

/* An act that a savepoint took back has noted its chain: what is anchored is what stands. */
static void what_a_savepoint_took_back_is_not_anchored(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(53);
    const guint before = count_lines(world);
    assert_true(store_begin(world->stage->session, NULL));
    assert_true(store_savepoint(world->stage->session, NULL));
    for (guint i = 0; i < 10; i++)
        trail_world_act(world);
    assert_true(store_undo(world->stage->session, NULL));
    assert_true(store_commit(world->stage->session, NULL));
    assert_true(flush(world, NULL));
    struct audit_report report;
    trail_world_verify(world, &report);
    assert_int_equal(report.findings->len, 0);
    audit_report_clear(&report);
    assert_true(count_lines(world) >= before);
    trail_world_close(world);
}

/* Changes go on while they can be anchored later, and no longer. */
static void beyond_ten_thousand_records_nothing_more_is_written_until_it_can_be(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(54);
    struct stage *stage = world->stage;
    const struct actor operator= stage_operator();
    const struct act act = {.kind = ACT_AUDIT_EXPORT, .name = "csv"};
    struct verdict verdict = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *beside = g_strconcat(world->path, ".away", NULL);
    assert_int_equal(g_rename(world->path, beside), 0);
    for (gint64 i = 0; i < AUDIT_ANCHORS_BEHIND; i++)
        audit_anchors_note(world->anchors, "acme");
    assert_false(flush(world, &error));
    assert_int_equal(error->code, OUTCOME_RETRY);
    g_clear_error(&error);
    assert_false(audit_anchors_are_stuck(world->anchors));
    assert_true(judge_write(&stage->judge, &operator, & act, &verdict, NULL));
    assert_int_equal(verdict.kind, VERDICT_DONE);
    verdict_clear(&verdict);
    assert_true(audit_anchors_are_stuck(world->anchors));
    assert_false(judge_write(&stage->judge, &operator, & act, &verdict, &error));
    assert_int_equal(error->code, OUTCOME_RETRY);
    g_clear_error(&error);
    assert_int_equal(g_rename(beside, world->path), 0);
    assert_true(judge_write(&stage->judge, &operator, & act, &verdict, &error));
    assert_int_equal(verdict.kind, VERDICT_DONE);
    verdict_clear(&verdict);
    assert_false(audit_anchors_are_stuck(world->anchors));
    trail_world_close(world);
}

static void a_file_that_is_not_as_it_was_left_is_not_written_to(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(55);
    g_autoptr(GError) error = NULL;
    assert_true(g_file_set_contents(world->path, "", 0, NULL));
    audit_anchors_note(world->anchors, "acme");
    assert_false(flush(world, &error));
    assert_int_equal(error->code, OUTCOME_INTERNAL);
    assert_non_null(strstr(error->message, "not as it was left"));
    assert_int_equal(count_lines(world), 0);
    trail_world_close(world);
}

static void what_cannot_be_anchors_is_refused_at_the_start(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(56);
    static const struct audit_key wrong = {"another"};
    g_autoptr(GError) error = NULL;
    assert_null(audit_anchors_open(world->folder, &stage_audit_key, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(strstr(error->message, "\" cannot be used: "));
    g_clear_error(&error);
    assert_null(audit_anchors_open(world->path, &wrong, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(strstr(error->message, "put the right key back"));
    g_clear_error(&error);
    assert_int_equal(chmod(world->path, 0622), 0);
    assert_null(audit_anchors_open(world->path, &stage_audit_key, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(strstr(error->message, "\" may be written by others: chmod 600"));
    trail_world_close(world);
}

/* More lines than are read at once. */
static void the_end_of_a_long_file_is_found(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(57);
    const struct actor operator= stage_operator();
    const struct act act = {.kind = ACT_AUDIT_EXPORT, .name = "csv"};
    for (guint i = 0; i < 100; i++) {
        struct verdict verdict = {0};
        assert_true(judge_write(&world->stage->judge, &operator, & act, &verdict, NULL));
        verdict_clear(&verdict);
        if (i % 10 == 0)
            trail_world_reopen_anchors(world);
    }
    trail_world_reopen_anchors(world);
    assert_int_equal(audit_anchors_count(world->anchors), count_lines(world));
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_for_its_owner_alone_and_each_commit_adds_a_line),
        cmocka_unit_test(what_was_rolled_back_is_not_anchored),
        cmocka_unit_test(what_a_savepoint_took_back_is_not_anchored),
        cmocka_unit_test(beyond_ten_thousand_records_nothing_more_is_written_until_it_can_be),
        cmocka_unit_test(a_file_that_is_not_as_it_was_left_is_not_written_to),
        cmocka_unit_test(what_cannot_be_anchors_is_refused_at_the_start),
        cmocka_unit_test(the_end_of_a_long_file_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
