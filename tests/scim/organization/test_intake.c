#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/intake.h"
#include "tests/scim/organization/stage.h"

static void an_address_is_usable_inside_the_domains_and_free(void **state)
{
    (void)state;

    static const struct {
        const char *address;
        enum intake_problem problem;
    } cases[] = {
        {"new@example.com", INTAKE_FINE},
        {"new@EXAMPLE.com", INTAKE_FINE},
        {"new@elsewhere.org", INTAKE_DOMAIN},
        {"new@sub.example.com", INTAKE_DOMAIN},
        {"DANA@example.com", INTAKE_TAKEN},
        {"no address", INTAKE_UNUSABLE},
        {"a@example.com\r\nBcc: x@y.z", INTAKE_UNUSABLE},
        {NULL, INTAKE_UNUSABLE},
    };
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    stage_begin(stage, &change, &operator);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum intake_problem problem;
        assert_true(intake_address(&change, cases[i].address, NULL, &problem, NULL));
        assert_int_equal(problem, cases[i].problem);
        assert_int_equal(intake_hold(problem) == NULL, problem == INTAKE_FINE);
        verdict_clear(&stage->verdict);
        assert_int_equal(intake_judge(&change, problem, "x"), problem == INTAKE_FINE);
    }
    enum intake_problem own;
    assert_true(intake_address(&change, "dana@example.com", stage->dana, &own, NULL));
    assert_int_equal(own, INTAKE_FINE);
    stage_give_up(stage, &change);
}

static void a_user_name_is_there_short_and_free(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    struct change change;
    g_autofree char *longest = g_strnfill(INTAKE_USER_NAME_MAX, 'a');
    g_autofree char *longer = g_strnfill(INTAKE_USER_NAME_MAX + 1, 'a');
    const char *const wrong[] = {NULL, "", longer, "Dana@example.com"};
    stage_begin(stage, &change, &operator);
    assert_true(intake_user_name(&change, longest, NULL, NULL));
    assert_true(intake_user_name(&change, "dana@example.com", stage->dana, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        verdict_clear(&stage->verdict);
        assert_false(intake_user_name(&change, wrong[i], NULL, NULL));
        assert_int_equal(stage->verdict.kind, i < 3 ? VERDICT_INVALID : VERDICT_TAKEN);
    }
    stage_give_up(stage, &change);
}

static void only_projects_that_exist_count(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator(), okta = stage_provider("scim:okta");
    const struct project_grant grants[] = {{"search", PROJECT_ROLE_ADMIN},
                                           {"nowhere", PROJECT_ROLE_ADMIN}};
    struct person_draft draft = {.has_roles = TRUE, .projects = grants, .project_count = 2};
    struct change change;
    g_autoptr(GArray) none = NULL, some = NULL, all = NULL;
    stage_begin(stage, &change, &operator);
    assert_false(intake_projects(&change, &draft, &none, NULL));
    assert_int_equal(stage->verdict.kind, VERDICT_INVALID);
    assert_non_null(strstr(stage->verdict.fault.detail, "no project \"nowhere\""));
    change.actor = &okta;
    assert_true(intake_projects(&change, &draft, &some, NULL));
    assert_int_equal(some->len, 1);
    draft.has_roles = FALSE;
    assert_true(intake_projects(&change, &draft, &all, NULL));
    assert_int_equal(all->len, 0);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_usable_inside_the_domains_and_free),
        cmocka_unit_test(a_user_name_is_there_short_and_free),
        cmocka_unit_test(only_projects_that_exist_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
