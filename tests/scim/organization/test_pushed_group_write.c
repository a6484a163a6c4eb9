#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/pushed_group.h"
#include "scim/organization/pushed_group_write.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/group_stage.h"

static PushedGroup *read_one(struct group_stage *groups, int which)
{
    const struct pushed_group_view all = {0};
    PushedGroup *group = NULL;
    assert_true(pushed_group_read(groups->stage->session, "acme", &all, groups->groups[which],
                                  &group, NULL));
    return group;
}

static void the_database_itself_keeps_names_apart(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    const struct pushed_group_row row = {.organization = "acme",
                                         .id = "g",
                                         .origin = "scim:okta",
                                         .display_name = "ADS",
                                         .created = 1};
    g_autoptr(GError) error = NULL;
    assert_false(pushed_group_write_new(groups->stage->session, &row, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    group_stage_close(groups);
}

static void names_are_written_and_a_bump_is_one_version_up(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    StoreSession *session = groups->stage->session;
    const struct pushed_group_row row = {.organization = "acme",
                                         .id = groups->groups[GROUP_STAGE_ADS],
                                         .display_name = "Werbung",
                                         .external_id = NULL};
    assert_true(pushed_group_write_names(session, &row, NULL));
    assert_true(pushed_group_write_bump(session, "acme", row.id, 77, NULL));
    g_autoptr(PushedGroup) group = read_one(groups, GROUP_STAGE_ADS);
    assert_string_equal(group->display_name, "Werbung");
    assert_null(group->external_id);
    assert_int_equal(group->version, 2);
    assert_int_equal(group->modified, 77);
    g_autofree char *found = NULL;
    assert_true(
        pushed_group_find_by_name(session, "acme", "scim:okta", "wERBUNG", &found, NULL));
    assert_string_equal(found, row.id);
    group_stage_close(groups);
}

static void a_member_is_looked_at_added_named_and_removed_alone(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    StoreSession *session = groups->stage->session;
    const struct pushed_member_key key = {"acme", groups->groups[GROUP_STAGE_SEARCH],
                                          groups->people[3]};
    const struct pushed_member_key nobody = {"acme", key.group, "nobody"};
    gboolean is_known = TRUE, is_member = TRUE, removed = TRUE;
    g_autofree char *display = NULL;
    assert_true(pushed_member_look(session, &nobody, &is_known, &is_member, &display, NULL));
    assert_false(is_known || is_member);
    assert_true(pushed_member_look(session, &key, &is_known, &is_member, &display, NULL));
    assert_true(is_known && !is_member);
    assert_true(pushed_member_remove(session, &key, &removed, NULL));
    assert_false(removed);
    assert_true(pushed_member_add(session, &key, "D", NULL));
    assert_true(pushed_member_rename(session, &key, "Dov", NULL));
    assert_true(pushed_member_look(session, &key, &is_known, &is_member, &display, NULL));
    assert_true(is_member);
    assert_string_equal(display, "Dov");
    g_autoptr(GHashTable) table = pushed_member_table(session, "acme", key.group, NULL);
    assert_int_equal(g_hash_table_size(table), 3);
    assert_string_equal(g_hash_table_lookup(table, groups->people[0]), "A");
    assert_null(g_hash_table_lookup(table, groups->people[1]));
    assert_true(pushed_member_remove(session, &key, &removed, NULL));
    assert_true(removed);
    group_stage_close(groups);
}

static void whoever_goes_moves_their_groups_and_is_no_push(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    StoreSession *session = groups->stage->session;
    struct pushed_group_state before, after;
    static const gint64 versions[] = {
        [GROUP_STAGE_SEARCH] = 2, [GROUP_STAGE_ADS] = 1, [GROUP_STAGE_PING] = 2};
    assert_true(pushed_group_read_state(session, "acme", &before, NULL));
    assert_true(pushed_group_write_without(session, "acme", groups->people[3], 90, NULL));
    assert_true(pushed_group_read_state(session, "acme", &after, NULL));
    assert_int_equal(after.version, before.version);
    assert_true(pushed_group_write_without(session, "acme", groups->people[0], 91, NULL));
    assert_true(pushed_group_read_state(session, "acme", &after, NULL));
    assert_int_equal(after.version, before.version + 1);
    assert_int_equal(after.changed_at, before.changed_at);
    for (int i = 0; i < GROUP_STAGE_GROUPS; i++) {
        g_autoptr(PushedGroup) group = read_one(groups, i);
        assert_int_equal(group->version, versions[i]);
    }
    group_stage_close(groups);
}

static void a_group_goes_with_its_members(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    StoreSession *session = groups->stage->session;
    const char *id = groups->groups[GROUP_STAGE_SEARCH];
    gint64 left = -1;
    assert_true(pushed_group_write_gone(session, "acme", id, NULL));
    assert_null(read_one(groups, GROUP_STAGE_SEARCH));
    assert_true(store_number(session, "SELECT COUNT(*) FROM pushed_member", STORE_NOTHING, -1,
                             &left, NULL));
    assert_int_equal(left, 3);
    group_stage_close(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_database_itself_keeps_names_apart),
        cmocka_unit_test(names_are_written_and_a_bump_is_one_version_up),
        cmocka_unit_test(a_member_is_looked_at_added_named_and_removed_alone),
        cmocka_unit_test(whoever_goes_moves_their_groups_and_is_no_push),
        cmocka_unit_test(a_group_goes_with_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
