#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/desired.h"

#include "company.h"

static void add(Desired *desired, const char *origin, const char *anchor)
{
    struct desired_project projects[] = {{"search", PROJECT_ROLE_ADMIN, 3},
                                         {"ads", PROJECT_ROLE_READ_ONLY, 4}};
    const struct desired_link link = {
        .origin = origin,
        .anchor = anchor,
        .dn = "uid=x",
        .profile.field[PROFILE_MAIL] = "x@example.com",
        .role = ORGANIZATION_ROLE_MEMBER,
        .projects = projects,
        .project_count = 2,
    };
    desired_add_link(desired, &link);
}

static void records_projects_and_directories_are_put_in_order(void **state)
{
    (void)state;
    g_autoptr(Desired) desired = desired_new("acme");
    desired_add_directory(desired, "directory:labs");
    desired_add_directory(desired, "directory:corp");
    add(desired, "directory:labs", "1");
    add(desired, "directory:corp", "2");
    add(desired, "directory:corp", "10");
    desired_seal(desired);
    assert_string_equal(desired->directories[0], "directory:corp");
    assert_string_equal(desired->directories[1], "directory:labs");
    assert_null(desired->directories[2]);
    assert_string_equal(desired->links[0].anchor, "10");
    assert_string_equal(desired->links[2].origin, "directory:labs");
    assert_string_equal(desired->links[1].projects[0].name, "ads");
    assert_string_equal(desired->links[1].seat_order, "");
}

static void records_are_found_by_origin_and_anchor(void **state)
{
    (void)state;
    g_autoptr(Desired) desired = desired_new("acme");
    for (guint i = 0; i < 100; i++) {
        g_autofree char *anchor = g_strdup_printf("%u", i * 37 % 100);
        add(desired, i % 2 == 0 ? "directory:a" : "directory:b", anchor);
    }
    desired_seal(desired);
    assert_int_equal(desired->link_count, 100);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *anchor = g_strdup_printf("%u", i * 37 % 100);
        const char *origin = i % 2 == 0 ? "directory:a" : "directory:b";
        const char *other = i % 2 == 0 ? "directory:b" : "directory:a";
        assert_string_equal(desired_find(desired, origin, anchor)->anchor, anchor);
        assert_null(desired_find(desired, other, anchor));
    }
}

static void an_entry_that_was_read_and_not_mapped_is_said_to_be_so(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person bob", NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    g_autoptr(Desired) desired = desired_new("acme");
    desired_add_snapshot(desired, snapshot);
    desired_seal(desired);
    const struct desired_link *bob = desired_find(desired, "directory:corp", "a-bob");
    assert_int_equal(bob->state, DESIRED_UNMAPPED);
    assert_string_equal(bob->dn, "uid=bob,dc=example");
    assert_ptr_equal(bob, desired_find(desired, "directory:corp", "a-bob"));
    assert_null(desired_find(desired, "directory:corp", "a-eve"));
    assert_null(desired_find(desired, "directory:labs", "a-bob"));
    assert_null(desired_find(desired, "corp", "a-bob"));
    assert_string_equal(desired->directories[0], "directory:corp");
    assert_int_equal(desired->people_read, 1);
}

static void its_print_shows_every_part(void **state)
{
    (void)state;
    g_autoptr(Desired) desired = desired_new("acme");
    desired_add_directory(desired, "directory:corp");
    add(desired, "directory:corp", "1");
    desired_seal(desired);
    g_autofree char *text = desired_print(desired);
    assert_string_equal(text, "organization acme, 0 people read\ncomplete directory:corp\n"
                              "directory:corp 1 'uid=x' granted role=member rule=0 priority=0 "
                              "seat_order='' ads=read-only(rule 4) search=admin(rule 3) "
                              "mail='x@example.com'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_projects_and_directories_are_put_in_order),
        cmocka_unit_test(records_are_found_by_origin_and_anchor),
        cmocka_unit_test(an_entry_that_was_read_and_not_mapped_is_said_to_be_so),
        cmocka_unit_test(its_print_shows_every_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
