#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_anchor_file.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/trail_world.h"

static guint read_file(struct trail_world *world, struct audit_anchor_file *file)
{
    struct audit_report report;
    audit_report_init(&report);
    assert_true(audit_anchor_file_read(world->path, &stage_audit_key, file, &report, NULL));
    const guint findings = report.findings->len;
    audit_report_clear(&report);
    return findings;
}

static void what_one_side_writes_the_other_reads(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(41);
    struct audit_anchor_file file;
    for (guint i = 0; i < 40; i++)
        trail_world_act(world);
    assert_int_equal(read_file(world, &file), 0);
    assert_true(file.is_there);
    assert_int_equal(file.lines, file.read);
    const GArray *acme = g_hash_table_lookup(file.chains, "acme");
    assert_true(acme->len > 0);
    const struct audit_anchor *last = &g_array_index(acme, struct audit_anchor, acme->len - 1);
    assert_int_equal(last->most, last->seq);
    struct audit_head head;
    assert_true(audit_read_head(world->stage->session, "acme", &head, NULL));
    assert_int_equal(last->seq, head.seq);
    assert_memory_equal(last->hash, head.hash, sizeof head.hash);
    assert_non_null(g_hash_table_lookup(file.chains, AUDIT_EVERYWHERE));
    audit_anchor_file_clear(&file);
    trail_world_close(world);
}

static void
a_file_that_is_not_there_is_told_and_one_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(42);
    struct audit_anchor_file file;
    g_autoptr(GError) error = NULL;
    assert_int_equal(g_unlink(world->path), 0);
    assert_int_equal(read_file(world, &file), 0);
    assert_false(file.is_there);
    audit_anchor_file_clear(&file);
    g_autofree char *below = g_build_filename(world->folder, "anchors", "x", NULL);
    assert_true(g_file_set_contents(world->path, "", 0, NULL));
    assert_false(audit_anchor_file_read(below, &stage_audit_key, &file, NULL, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    audit_anchor_file_clear(&file);
    trail_world_close(world);
}

static void what_is_no_line_is_told(void **state)
{
    (void)state;
    static const char *const bad[] = {"\n", "nonsense\n", "1 acme 1 00 t 00\n",
                                      "a b c d e f\n"};
    struct trail_world *world = trail_world_open(43);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct audit_anchor_file file;
        assert_true(g_file_set_contents(world->path, bad[i], -1, NULL));
        assert_int_equal(read_file(world, &file), 1);
        assert_int_equal(file.read, 0);
        audit_anchor_file_clear(&file);
    }
    struct audit_anchor_file file;
    assert_true(g_file_set_contents(world->path, "1\0 acme\n", 8, NULL));
    assert_int_equal(read_file(world, &file), 1);
    audit_anchor_file_clear(&file);
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_side_writes_the_other_reads),
        cmocka_unit_test(
            a_file_that_is_not_there_is_told_and_one_that_cannot_be_read_is_an_error),
        cmocka_unit_test(what_is_no_line_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
