#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/change.h"
#include "tests/scim/organization/stage.h"

static void a_person_is_read_once_and_remembered_as_before(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    struct touched *first, *again, *nobody;
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, stage->dana, &first, NULL));
    assert_true(change_touch(&change, stage->dana, &again, NULL));
    assert_ptr_equal(first, again);
    assert_int_equal(change.touched->len, 1);
    assert_string_equal(first->before->user_name, "dana@example.com");
    assert_false(change_touch(&change, "nobody", &nobody, NULL));
    assert_int_equal(stage->verdict.kind, VERDICT_NOT_FOUND);
    stage_give_up(stage, &change);
}

static void ids_are_128_random_bits(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    stage_begin(stage, &change, &operator);
    g_autofree char *a = change_new_id(&change);
    g_autofree char *b = change_new_id(&change);
    assert_int_equal(strlen(a), 32);
    assert_string_not_equal(a, b);
    stage_give_up(stage, &change);
}

static void zero_matches_every_version(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    stage_begin(stage, &change, &operator);
    assert_true(change_match(&change, 5, 0));
    assert_true(change_match(&change, 5, 5));
    assert_false(change_match(&change, 5, 4));
    assert_int_equal(stage->verdict.kind, VERDICT_STALE);
    stage_give_up(stage, &change);
}

static void permission_is_asked_with_what_the_person_is_now(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    const struct actor by_bob = stage_person(bob);
    struct change change;
    stage_begin(stage, &change, &by_bob);
    assert_true(change_is_project_admin(&change, "search"));
    assert_false(change_is_project_admin(&change, "ads"));
    assert_true(change_permit_project(&change, PERMISSION_PROJECT_ROLE, "search"));
    assert_false(change_permit_project(&change, PERMISSION_PROJECT_ROLE, "ads"));
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_read_once_and_remembered_as_before),
        cmocka_unit_test(ids_are_128_random_bits),
        cmocka_unit_test(zero_matches_every_version),
        cmocka_unit_test(permission_is_asked_with_what_the_person_is_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
