#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/link.h"
#include "scim/organization/settle.h"
#include "scim/organization/settle_projects.h"
#include "tests/scim/organization/stage.h"

/* Dana gives up her role in both projects; who may do that, and what becomes of them. */
static void take_both(struct stage *stage, struct change *change, const struct actor *actor)
{
    struct touched *touched;
    const struct link_key key = {"acme", stage->dana, "manual"};
    stage_begin(stage, change, actor);
    assert_true(change_touch(change, stage->dana, &touched, NULL));
    assert_true(link_put_project(stage->session, &key, "search", PROJECT_ROLE_READ_ONLY, NULL));
    assert_true(link_put_project(stage->session, &key, "ads", PROJECT_ROLE_NONE, NULL));
}

static void people_are_refused_with_every_project_named(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    take_both(stage, &change, &operator);
    assert_false(settle(&change, NULL));
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    assert_int_equal(stage->verdict.fault.refusal.projects->len, 2);
    stage_give_up(stage, &change);
}

static void a_service_gets_the_owner_who_stays_as_stand_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    take_both(stage, &change, &corp);
    assert_true(settle(&change, NULL));
    g_autoptr(PersonFacts) dana = stage_facts(stage, stage->dana);
    assert_int_equal(dana->stands_in->len, 2);
    assert_int_equal(project_roles_find(dana->projects, "ads"), PROJECT_ROLE_ADMIN);
    stage_give_up(stage, &change);
}

static void an_owner_whom_an_override_keeps_out_does_not_stand_in(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    const struct link_key dana = {"acme", stage->dana, "manual"},
                          vera = {"acme", stage->vera, "manual"};
    take_both(stage, &change, &corp);
    assert_true(
        link_override_put_project(stage->session, &dana, "ads", PROJECT_ROLE_NONE, NULL));
    assert_true(settle(&change, NULL));
    g_autoptr(PersonFacts) chosen = stage_facts(stage, stage->vera);
    assert_int_equal(chosen->stands_in->len, 1);
    assert_string_equal(chosen->stands_in->pdata[0], "ads");
    assert_true(
        link_override_put_project(stage->session, &vera, "ads", PROJECT_ROLE_NONE, NULL));
    stage_give_up(stage, &change);
}

static void a_stand_in_ends_when_its_owner_is_none_any_more(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    struct touched *touched;
    const struct link_key vera = {"acme", stage->vera, "manual"};
    const struct link_value member = {
        .external_id = NULL, .active = TRUE, .role = ORGANIZATION_ROLE_MEMBER};
    const struct actor operator= stage_operator();
    g_autofree char *search = stage_project(stage, "search");
    const struct member_grant grant = {stage->vera, PROJECT_ROLE_ADMIN};
    const struct act stand = {
        .kind = ACT_PROJECT_EDIT, .id = search, .members = &grant, .member_count = 1};
    assert_int_equal(stage_do(stage, &corp, &stand), VERDICT_DONE);
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, stage->vera, &touched, NULL));
    assert_true(link_put(stage->session, &vera, &member, NULL));
    assert_true(settle(&change, NULL));
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->vera);
    assert_int_equal(facts->stands_in->len, 0);
    assert_int_equal(facts->projects->len, 0);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_refused_with_every_project_named),
        cmocka_unit_test(a_service_gets_the_owner_who_stays_as_stand_in),
        cmocka_unit_test(an_owner_whom_an_override_keeps_out_does_not_stand_in),
        cmocka_unit_test(a_stand_in_ends_when_its_owner_is_none_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
