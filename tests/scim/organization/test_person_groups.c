#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/person_groups.h"
#include "tests/scim/organization/group_stage.h"

static void people_know_the_groups_that_the_view_sees(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();

    static const struct {
        struct pushed_group_view view;
        guint counts[4]; /* of a, b, c, d */
    } cases[] = {
        {{0}, {2, 1, 1, 0}},
        {{.origin = "scim:okta"}, {1, 1, 1, 0}},
        {{.origin = "scim:ping"}, {1, 0, 0, 0}},
        {{.origin = "scim:none"}, {0, 0, 0, 0}},
    };

    g_autoptr(GPtrArray) people = g_ptr_array_new();
    for (int i = 0; i < 4; i++)
        g_ptr_array_add(people, stage_facts(groups->stage, groups->people[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(
            person_groups_read(groups->stage->session, "acme", &cases[i].view, people, NULL));
        for (guint j = 0; j < people->len; j++) {
            const PersonFacts *facts = people->pdata[j];
            assert_int_equal(facts->groups->len, cases[i].counts[j]);
        }
    }
    for (guint i = 0; i < people->len; i++)
        person_facts_free(people->pdata[i]);
    group_stage_close(groups);
}

static void one_persons_groups_come_in_the_order_of_the_groups(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    const struct pushed_group_view all = {0};
    g_autoptr(PersonFacts) facts = stage_facts(groups->stage, groups->people[0]);
    assert_null(facts->groups);
    assert_true(person_groups_read_one(groups->stage->session, "acme", &all, facts, NULL));
    const struct person_group *first = facts->groups->pdata[0], *last = facts->groups->pdata[1];
    assert_string_equal(first->id, groups->groups[GROUP_STAGE_SEARCH]);
    assert_string_equal(first->display_name, "Search");
    assert_string_equal(last->id, groups->groups[GROUP_STAGE_PING]);
    group_stage_close(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_know_the_groups_that_the_view_sees),
        cmocka_unit_test(one_persons_groups_come_in_the_order_of_the_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
