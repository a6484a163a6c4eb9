#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/link.h"
#include "scim/organization/person.h"
#include "scim/organization/settle.h"
#include "tests/scim/organization/stage.h"

static void nothing_touched_is_unchanged(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    struct touched *touched;
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, stage->dana, &touched, NULL));
    assert_true(settle(&change, NULL));
    assert_int_equal(stage->verdict.kind, VERDICT_UNCHANGED);
    assert_int_equal(stage->verdict.version, touched->before->version);
    stage_give_up(stage, &change);
}

static void a_change_is_one_version_up_for_whom_it_touches(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    struct touched *dana, *vera;
    const struct link_key key = {"acme", stage->vera, "manual"};
    const struct link_value member = {
        .external_id = NULL, .active = TRUE, .role = ORGANIZATION_ROLE_MEMBER};
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, stage->dana, &dana, NULL));
    assert_true(change_touch(&change, stage->vera, &vera, NULL));
    assert_true(link_put(stage->session, &key, &member, NULL));
    assert_true(settle(&change, NULL));
    assert_int_equal(stage->verdict.kind, VERDICT_DONE);
    assert_int_equal(dana->after->version, dana->before->version);
    assert_int_equal(vera->after->version, vera->before->version + 1);
    g_autoptr(PersonFacts) stored = stage_facts(stage, stage->vera);
    assert_int_equal(stored->version, vera->after->version);
    stage_give_up(stage, &change);
}

static void I1_is_judged_over_everybody_touched(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    struct touched *touched;
    const struct link_value member = {
        .external_id = NULL, .active = TRUE, .role = ORGANIZATION_ROLE_MEMBER};
    const char *const ids[] = {stage->dana, stage->vera};
    stage_begin(stage, &change, &operator);
    for (int i = 0; i < 2; i++) {
        const struct link_key key = {"acme", ids[i], "manual"};
        assert_true(change_touch(&change, ids[i], &touched, NULL));
        assert_true(link_put(stage->session, &key, &member, NULL));
    }
    assert_false(settle(&change, NULL));
    stage_assert_refused(stage, REFUSAL_LAST_OWNER);
    stage_give_up(stage, &change);
}

static void a_service_may_not_change_a_protected_owner(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    struct touched *touched;
    const struct person_row row = {.organization = "acme",
                                   .id = stage->vera,
                                   .user_name = "other@example.com",
                                   .address = "vera@example.com",
                                   .profile = "{}"};
    stage_begin(stage, &change, &corp);
    assert_true(change_touch(&change, stage->vera, &touched, NULL));
    assert_true(person_write(stage->session, &row, NULL));
    assert_false(settle(&change, NULL));
    stage_assert_refused(stage, REFUSAL_PROTECTED);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_touched_is_unchanged),
        cmocka_unit_test(a_change_is_one_version_up_for_whom_it_touches),
        cmocka_unit_test(I1_is_judged_over_everybody_touched),
        cmocka_unit_test(a_service_may_not_change_a_protected_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
