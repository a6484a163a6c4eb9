#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/pushed_group.h"
#include "tests/scim/organization/group_stage.h"

static const struct pushed_group_view all = {0};

static PushedGroup *read_one(struct group_stage *groups, const struct pushed_group_view *view,
                             const char *id)
{
    PushedGroup *group = NULL;
    assert_true(pushed_group_read(groups->stage->session, "acme", view, id, &group, NULL));
    return group;
}

static void a_view_sees_its_own_groups(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    const struct pushed_group_view okta = {.origin = "scim:okta"}, live = {.only_live = TRUE};
    const struct pushed_group_view *const views[] = {&all, &okta, &live};
    static const gboolean sees[][GROUP_STAGE_GROUPS] = {
        {TRUE, TRUE, TRUE}, {TRUE, TRUE, FALSE}, {TRUE, TRUE, FALSE}};
    const struct act rehearse = {.kind = ACT_CONNECTION_CREATE,
                                 .connection = &(struct connection_draft){
                                     .name = "ping", .scope = "people", .rehearsal = TRUE}};
    const struct actor operator= stage_operator();
    assert_int_equal(stage_do(groups->stage, &operator, & rehearse), VERDICT_DONE);
    for (size_t i = 0; i < G_N_ELEMENTS(views); i++)
        for (int j = 0; j < GROUP_STAGE_GROUPS; j++) {
            g_autoptr(PushedGroup) group = read_one(groups, views[i], groups->groups[j]);
            assert_int_equal(group != NULL, sees[i][j]);
        }
    assert_null(read_one(groups, &all, "nobody"));
    PushedGroup *elsewhere = NULL;
    assert_true(pushed_group_read(groups->stage->session, "other", &all, groups->groups[0],
                                  &elsewhere, NULL));
    assert_null(elsewhere);
    group_stage_close(groups);
}

static void members_of_many_groups_come_in_one_query(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    g_autoptr(GPtrArray) found =
        pushed_group_select(groups->stage->session, "g.organization = ? ORDER BY g.seq DESC",
                            STORE_BIND(store_text("acme")), NULL);
    assert_int_equal(found->len, 3);
    const struct pushed_group_view hiding = {.hides_protected = TRUE};

    const struct {
        const struct pushed_group_view *view;
        guint counts[3];
    } cases[] = {{&all, {2, 1, 2}}, {&hiding, {1, 1, 2}}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(pushed_group_read_members(groups->stage->session, "acme", cases[i].view,
                                              found, NULL));
        for (guint j = 0; j < found->len; j++)
            assert_int_equal(((PushedGroup *)found->pdata[j])->members->len,
                             cases[i].counts[j]);
    }
    const PushedGroup *search = found->pdata[2];
    const struct pushed_member *first = search->members->pdata[0];
    assert_string_equal(first->person, groups->people[0]);
    assert_string_equal(first->display, "A");
    group_stage_close(groups);
}

static void pages_of_members_together_are_all_of_them(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    g_autoptr(PushedGroup) group = read_one(groups, &all, groups->groups[GROUP_STAGE_SEARCH]);
    for (gint64 start = 0; start < 3; start++) {
        struct pushed_group_cut cut = {.start = start, .count = 1};
        assert_true(
            pushed_group_read_page(groups->stage->session, "acme", &all, group, &cut, NULL));
        assert_int_equal(cut.total, 2);
        assert_int_equal(group->members->len, start < 2 ? 1 : 0);
        if (start < 2)
            assert_string_equal(((struct pushed_member *)group->members->pdata[0])->person,
                                groups->people[start]);
    }
    group_stage_close(groups);
}

static void a_name_is_found_in_its_origin_in_any_case(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();

    static const struct {
        const char *origin, *name;
        int found; /* of enum group_stage_group; -1: none */
    } cases[] = {
        {"scim:okta", "SEARCH", GROUP_STAGE_SEARCH},
        {"scim:ping", "Search", GROUP_STAGE_PING},
        {"scim:ping", "Ads", -1},
        {"scim:okta", "Adß", -1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = NULL;
        assert_true(pushed_group_find_by_name(groups->stage->session, "acme", cases[i].origin,
                                              cases[i].name, &id, NULL));
        if (g_strcmp0(id, cases[i].found < 0 ? NULL : groups->groups[cases[i].found]) != 0)
            fail_msg("%s of %s", cases[i].name, cases[i].origin);
    }
    struct pushed_group_state state_of_none;
    assert_true(pushed_group_read_state(groups->stage->session, "other", &state_of_none, NULL));
    assert_int_equal(state_of_none.version, 0);
    assert_int_equal(state_of_none.changed_at, 0);
    group_stage_close(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_sees_its_own_groups),
        cmocka_unit_test(members_of_many_groups_come_in_one_query),
        cmocka_unit_test(pages_of_members_together_are_all_of_them),
        cmocka_unit_test(a_name_is_found_in_its_origin_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
