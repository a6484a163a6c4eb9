#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_verify.h"
#include "tests/scim/organization/trail_world.h"

#define EDITS 1000

static char **read_lines(const struct trail_world *world)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(world->path, &text, NULL, NULL));
    return g_strsplit(text, "\n", -1);
}

static void write_lines(const struct trail_world *world, char **lines)
{
    g_autofree char *text = g_strjoinv("\n", lines);
    assert_true(g_file_set_contents(world->path, text, -1, NULL));
}

static void drop_line(char **lines, guint at)
{
    g_free(lines[at]);
    for (; lines[at] != NULL; at++)
        lines[at] = lines[at + 1];
}

static void tamper_with_line(struct trail_world *world, char **lines, guint count)
{
    const guint at = trail_world_below(world, count);
    switch (trail_world_below(world, 5)) {
    case 0: /* one of them, not the last */
        drop_line(lines, trail_world_below(world, count - 1));
        break;
    case 1: { /* a character */
        char *where = &lines[at][trail_world_below(world, (guint)strlen(lines[at]))];
        *where = *where == '7' ? '8' : '7';
        break;
    }
    case 2: { /* two of them */
        const guint other = (at + 1 + trail_world_below(world, count - 1)) % count;
        char *line = lines[at];
        lines[at] = lines[other];
        lines[other] = line;
        break;
    }
    case 3: { /* the end: more than the anchors that a crash may cost */
        guint left = 1 + trail_world_below(world, count - 4);
        while (lines[left + 1] != NULL)
            drop_line(lines, left);
        break;
    }
    case 4: /* half a line, as if the disk had been full */
        lines[at][trail_world_below(world, (guint)strlen(lines[at]))] = '\0';
        break;
    }
}

static void an_anchors_file_that_was_cut_or_changed_is_found(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_history(8);
    /* Every record knows of the lines that are safely on the disk: here those before a start. */
    for (guint i = 0; i < 3; i++) {
        trail_world_reopen_anchors(world);
        trail_world_go_on(world);
    }
    g_autofree char *pristine = NULL;
    assert_true(g_file_get_contents(world->path, &pristine, NULL, NULL));
    trail_world_assert_whole(world);
    for (guint i = 0; i < EDITS; i++) {
        g_auto(GStrv) lines = read_lines(world);
        tamper_with_line(world, lines, g_strv_length(lines) - 1);
        write_lines(world, lines);
        if (trail_world_findings(world) == 0)
            fail_msg("edit %u was not found", i);
        assert_true(g_file_set_contents(world->path, pristine, -1, NULL));
    }
    trail_world_assert_whole(world);
    trail_world_close(world);
}

static void an_anchors_file_that_is_missing_or_begun_anew_is_found(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_history(9);
    trail_world_reopen_anchors(world);
    trail_world_go_on(world);
    assert_int_equal(remove(world->path), 0);
    assert_true(trail_world_findings(world) > 0);
    trail_world_reopen_anchors(world);
    for (guint i = 0; i < 200; i++) {
        trail_world_go_on(world);
        if (i % 20 == 0)
            assert_true(trail_world_findings(world) > 0);
    }
    trail_world_close(world);
}

static void half_a_line_of_a_full_disk_is_no_finding(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(4);
    for (guint i = 0; i < 5; i++) {
        while (trail_world_below(world, 4) != 0)
            trail_world_act(world);
        FILE *file = fopen(world->path, "ae");
        assert_true(fputs(i % 2 == 0 ? "12 acme 40 00ff" : "1", file) >= 0);
        assert_int_equal(fclose(file), 0);
        trail_world_assert_whole(world);
        trail_world_go_on(world);
        trail_world_assert_whole(world);
    }
    trail_world_close(world);
}

static void two_processes_that_write_in_turn_are_no_finding(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(5);
    g_autoptr(AuditAnchors) other = audit_anchors_open(world->path, &stage_audit_key, NULL);
    for (guint i = 0; i < 60; i++) {
        world->stage->judge.anchors = i % 2 == 0 ? other : world->anchors;
        trail_world_act(world);
    }
    trail_world_assert_whole(world);
    trail_world_close(world);
}

/* Between the commit and the anchor the process dies, or a flush fails: the file is behind. */
static void a_crash_before_the_anchor_is_no_finding(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(3);
    for (guint i = 0; i < 100; i++) {
        world->stage->judge.anchors = i % 3 == 0 ? NULL : world->anchors;
        trail_world_act(world);
        if (i % 7 == 0)
            trail_world_reopen_anchors(world);
        trail_world_assert_whole(world);
    }
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_anchors_file_that_was_cut_or_changed_is_found),
        cmocka_unit_test(an_anchors_file_that_is_missing_or_begun_anew_is_found),
        cmocka_unit_test(half_a_line_of_a_full_disk_is_no_finding),
        cmocka_unit_test(two_processes_that_write_in_turn_are_no_finding),
        cmocka_unit_test(a_crash_before_the_anchor_is_no_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
