/* A test person of a set-up must not keep a real one out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/scim/organization/stage.h"

static void whom_only_a_rehearsal_knows_is_in_nobodys_way(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse"),
                       corp = stage_sync("directory:corp"),
                       entra = stage_connect(stage, "scim:entra", FALSE, "refuse");
    const struct actor *const real[] = {&corp, &entra};
    for (gsize i = 0; i < G_N_ELEMENTS(real); i++) {
        g_autofree char *name = g_strdup_printf("bob%" G_GSIZE_FORMAT "@example.com", i);
        g_autofree char *rehearsed = stage_push(stage, &okta, name);
        g_autofree char *bob = stage_push(stage, real[i], name);
        assert_string_not_equal(bob, rehearsed);
        assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
        assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
        assert_null(stage_facts(stage, rehearsed));
        const struct person_draft draft = {
            .user_name = name, .external_id = "x", .active = TRUE};
        const struct act again = {.kind = ACT_PERSON_CREATE, .draft = &draft};
        assert_int_equal(stage_do(stage, &okta, &again), VERDICT_TAKEN);
    }
    stage_close(stage);
}

/* Whoever rehearses finds the name taken, by a person or by another rehearsal. */
static void whom_one_rehearsal_knows_another_does_not_drive_out(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor okta = stage_connect(stage, "scim:okta", TRUE, "refuse"),
                       entra = stage_connect(stage, "scim:entra", TRUE, "refuse");
    g_autofree char *bob = stage_push(stage, &okta, "bob@example.com");
    const struct person_draft draft = {
        .user_name = "BOB@example.com", .external_id = "x", .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &entra, &create), VERDICT_TAKEN);
    assert_int_equal(stage_status(stage, bob), PERSON_REHEARSED);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_only_a_rehearsal_knows_is_in_nobodys_way),
        cmocka_unit_test(whom_one_rehearsal_knows_another_does_not_drive_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
