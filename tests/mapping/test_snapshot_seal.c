#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "company.h"

static const struct snapshot_group *group_named(const Snapshot *snapshot, const char *name)
{
    for (guint32 i = 0; i < snapshot->group_count; i++)
        if (g_str_equal(snapshot->groups[i].name, name))
            return &snapshot->groups[i];
    return NULL;
}

/* The members in order: "alice bob @inner". */
static char *members_of(const Snapshot *snapshot, const char *name)
{
    const struct snapshot_group *group = group_named(snapshot, name);
    GString *words = g_string_new(NULL);
    for (guint32 i = 0; i < group->member_count; i++) {
        struct snapshot_member member = snapshot->members[group->first_member + i];
        g_string_append_printf(words, "%s%s%s", i > 0 ? " " : "", member.is_group ? "@" : "",
                               member.is_group ? snapshot->groups[member.index].name
                                               : snapshot->people[member.index].login);
    }
    return g_string_free(words, FALSE);
}

static void members_are_resolved_once_each_and_strangers_counted(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "group staff bob @inner alice bob #alice nobody @nothing #ghost",
        "person bob",
        "person alice",
        "group inner alice @staff @inner",
        NULL,
    };
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autofree char *staff = members_of(snapshot, "staff");
    g_autofree char *inner = members_of(snapshot, "inner");
    assert_string_equal(staff, "alice bob @inner");
    assert_string_equal(inner, "alice @inner @staff");
    assert_int_equal(group_named(snapshot, "staff")->unresolved, 3);
    assert_int_equal(group_named(snapshot, "inner")->unresolved, 0);
    assert_null(snapshot->building);
}

static void people_and_groups_stand_in_the_order_of_their_anchors(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person c anchor=aaaaaaaa-2",
        "person b anchor=aaaaaaaa-10",
        "person a anchor=aaaaaaaa",
        "person d anchor=\x7f",
        "group z anchor=1",
        "group y anchor=0",
        NULL,
    };
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    assert_string_equal(snapshot->people[0].login, "a");
    assert_string_equal(snapshot->people[1].login, "b");
    assert_string_equal(snapshot->people[2].login, "c");
    assert_string_equal(snapshot->people[3].login, "d");
    assert_string_equal(snapshot->groups[0].name, "y");
}

static void a_login_of_two_people_means_neither_and_sets_both_aside(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person a login=twin", "person b login=twin", "person c login=pair",
        "person d login=pair", "group staff #twin",   NULL,
    };
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    assert_int_equal(group_named(snapshot, "staff")->member_count, 0);
    assert_int_equal(group_named(snapshot, "staff")->unresolved, 1);
    assert_non_null(strstr(snapshot_find_anchor(snapshot, "a-a")->set_aside, "'twin'"));
    assert_non_null(snapshot_find_anchor(snapshot, "a-b")->set_aside);
    /* Nobody asks for "pair": no harm. */
    assert_null(snapshot_find_anchor(snapshot, "a-c")->set_aside);
}

static void an_entry_that_is_person_and_group_counts_as_the_person(void **state)
{
    (void)state;
    for (int person_first = 0; person_first < 2; person_first++) {
        g_autoptr(Snapshot) snapshot = snapshot_new("corp");
        const struct snapshot_entry person = {.dn = "cn=x", .dn_key = "cn=x", .anchor = "1"};
        const struct snapshot_entry group = {
            .dn = "cn=x", .dn_key = "cn=x", .anchor = "1", .name = "x"};
        const struct snapshot_entry outer = {
            .dn = "cn=y", .dn_key = "cn=y", .anchor = "2", .name = "y"};
        if (person_first)
            assert_true(snapshot_add_person(snapshot, &person, NULL));
        assert_true(snapshot_add_group(snapshot, &group, NULL));
        if (!person_first)
            assert_true(snapshot_add_person(snapshot, &person, NULL));
        assert_true(snapshot_add_group(snapshot, &outer, NULL));
        snapshot_add_member_dn(snapshot, "cn=x");
        snapshot_seal(snapshot);
        const struct snapshot_group *y = group_named(snapshot, "y");
        assert_int_equal(y->member_count, 1);
        assert_false(snapshot->members[y->first_member].is_group);
    }
}

static void an_empty_directory_seals_too_and_sealing_twice_is_harmless(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    snapshot_seal(snapshot);
    snapshot_seal(snapshot);
    assert_int_equal(snapshot->person_count, 0);
    assert_null(snapshot_find_dn(snapshot, "x"));
    assert_null(snapshot_find_anchor(snapshot, "x"));
    assert_null(snapshot_find_group_dn(snapshot, "x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_resolved_once_each_and_strangers_counted),
        cmocka_unit_test(people_and_groups_stand_in_the_order_of_their_anchors),
        cmocka_unit_test(a_login_of_two_people_means_neither_and_sets_both_aside),
        cmocka_unit_test(an_entry_that_is_person_and_group_counts_as_the_person),
        cmocka_unit_test(an_empty_directory_seals_too_and_sealing_twice_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
