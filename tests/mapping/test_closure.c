#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/closure.h"

#include "company.h"

static guint32 group_of(const Snapshot *snapshot, const char *name)
{
    for (guint32 i = 0; i < snapshot->group_count; i++)
        if (g_str_equal(snapshot->groups[i].name, name))
            return i;
    fail_msg("no group '%s'", name);
    return 0;
}

static guint32 person_of(const Snapshot *snapshot, const char *login)
{
    g_autofree char *anchor = g_strdup_printf("a-%s", login);
    return (guint32)(snapshot_find_anchor(snapshot, anchor) - snapshot->people);
}

static gboolean has_mark(Closure *closure, guint32 person, guint32 mark)
{
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint times = 0;
    closure_marks(closure, person, marks);
    for (guint i = 0; i < marks->len; i++)
        times += g_array_index(marks, guint32, i) == mark;
    assert_true(times <= 1);
    return times == 1;
}

static void nesting_cycles_diamonds_and_self_members_give_each_person_once(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person a",
        "person b",
        "person c",
        "person d",
        "person e",
        "person f",
        "group top @left @right @top a",
        "group left @bottom b a",
        "group right @bottom c",
        "group bottom d @top",
        "group apart e @bottom",
        "group outside f",
        NULL,
    };

    static const struct {
        const char *root, *in;
    } ROWS[] = {
        {"top", "abcd"},    {"bottom", "abcd"}, {"left", "abcd"},
        {"apart", "abcde"}, {"outside", "f"},
    };

    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const struct closure_root root = {group_of(snapshot, ROWS[i].root), 0};
        g_autoptr(Closure) closure = closure_new(snapshot, &root, 1, 1);
        for (const char *login = "abcdef"; *login != '\0'; login++) {
            const char name[] = {*login, '\0'};
            assert_int_equal(has_mark(closure, person_of(snapshot, name), 0),
                             strchr(ROWS[i].in, *login) != NULL);
        }
    }
}

static void a_chain_a_hundred_thousand_deep_ends(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    const guint depth = 100000;
    assert_true(snapshot_add_person(
        snapshot, &(struct snapshot_entry){.dn = "p", .dn_key = "p", .anchor = "p"}, NULL));
    for (guint i = 0; i < depth; i++) {
        g_autofree char *dn = g_strdup_printf("g%06u", i);
        g_autofree char *next = g_strdup_printf("g%06u", i + 1);
        assert_true(snapshot_add_group(
            snapshot,
            &(struct snapshot_entry){.dn = dn, .dn_key = dn, .anchor = dn, .name = dn}, NULL));
        snapshot_add_member_dn(snapshot, i + 1 < depth ? next : "p");
    }
    snapshot_seal(snapshot);
    const struct closure_root root = {0, 0};
    g_autoptr(Closure) closure = closure_new(snapshot, &root, 1, 1);
    assert_true(has_mark(closure, 0, 0));
    g_autoptr(GArray) path = closure_path(snapshot, depth - 50, 0);
    assert_int_equal(path->len, 50);
}

static void the_path_is_a_shortest_one_and_always_the_same(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person a",     "person b",      "group top @m @n @long", "group m @end",
        "group n @end", "group long @m", "group end a",           NULL,
    };
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(GArray) path =
        closure_path(snapshot, group_of(snapshot, "top"), person_of(snapshot, "a"));
    assert_int_equal(path->len, 3);
    assert_string_equal(snapshot->groups[g_array_index(path, guint32, 1)].name, "m");
    assert_string_equal(snapshot->groups[g_array_index(path, guint32, 2)].name, "end");
    assert_null(closure_path(snapshot, group_of(snapshot, "top"), person_of(snapshot, "b")));
}

/* The slow way: everything reachable from a group, by marking until nothing changes. */
static void slow_closure(const Snapshot *snapshot, guint32 root, gboolean *people)
{
    g_autofree gboolean *groups = g_new0(gboolean, snapshot->group_count);
    gboolean changed = TRUE;

    groups[root] = TRUE;
    while (changed) {
        changed = FALSE;
        for (guint32 i = 0; i < snapshot->group_count; i++) {
            if (!groups[i])
                continue;
            for (guint32 j = 0; j < snapshot->groups[i].member_count; j++) {
                struct snapshot_member member =
                    snapshot->members[snapshot->groups[i].first_member + j];
                gboolean *known =
                    member.is_group ? &groups[member.index] : &people[member.index];
                changed = changed || !*known;
                *known = TRUE;
            }
        }
    }
}

static Snapshot *random_graph(GRand *chance, guint people, guint groups)
{
    Snapshot *snapshot = snapshot_new("corp");
    for (guint i = 0; i < people; i++) {
        g_autofree char *dn = g_strdup_printf("p%u", i);
        assert_true(snapshot_add_person(
            snapshot, &(struct snapshot_entry){.dn = dn, .dn_key = dn, .anchor = dn}, NULL));
    }
    for (guint i = 0; i < groups; i++) {
        g_autofree char *dn = g_strdup_printf("g%u", i);
        assert_true(snapshot_add_group(
            snapshot,
            &(struct snapshot_entry){.dn = dn, .dn_key = dn, .anchor = dn, .name = dn}, NULL));
        gint32 members = g_rand_int_range(chance, 0, 6);
        for (gint32 j = 0; j < members; j++) {
            gboolean is_group = g_rand_int_range(chance, 0, 2) == 0;
            g_autofree char *member = g_strdup_printf(
                "%c%d", is_group ? 'g' : 'p',
                g_rand_int_range(chance, 0, (gint32)(is_group ? groups : people)));
            snapshot_add_member_dn(snapshot, member);
        }
    }
    snapshot_seal(snapshot);
    return snapshot;
}

static void check_root(const Snapshot *snapshot, Closure *closure, struct closure_root root)
{
    g_autofree gboolean *people = g_new0(gboolean, snapshot->person_count);
    slow_closure(snapshot, root.group, people);
    for (guint32 person = 0; person < snapshot->person_count; person++) {
        g_autoptr(GArray) path = closure_path(snapshot, root.group, person);
        assert_int_equal(has_mark(closure, person, root.mark), people[person]);
        assert_int_equal(path != NULL, people[person]);
    }
}

static void the_closure_is_that_of_a_slow_reference_on_random_graphs(void **state)
{
    (void)state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(20);
    for (int round = 0; round < 5000; round++) {
        guint groups = (guint)g_rand_int_range(chance, 1, 12);
        g_autoptr(Snapshot) snapshot =
            random_graph(chance, (guint)g_rand_int_range(chance, 1, 9), groups);
        struct closure_root roots[6];
        guint32 count = (guint32)g_rand_int_range(chance, 0, G_N_ELEMENTS(roots) + 1);
        for (guint32 i = 0; i < count; i++)
            roots[i] =
                (struct closure_root){(guint32)g_rand_int_range(chance, 0, (gint32)groups), i};
        g_autoptr(Closure) closure = closure_new(snapshot, roots, count, count);
        for (guint32 i = 0; i < count; i++)
            check_root(snapshot, closure, roots[i]);
    }
}

static void without_roots_nobody_has_a_mark(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person a", "group g a", NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(Closure) closure = closure_new(snapshot, NULL, 0, 0);
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(guint32));
    closure_marks(closure, 0, marks);
    assert_int_equal(marks->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_cycles_diamonds_and_self_members_give_each_person_once),
        cmocka_unit_test(a_chain_a_hundred_thousand_deep_ends),
        cmocka_unit_test(the_path_is_a_shortest_one_and_always_the_same),
        cmocka_unit_test(the_closure_is_that_of_a_slow_reference_on_random_graphs),
        cmocka_unit_test(without_roots_nobody_has_a_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
