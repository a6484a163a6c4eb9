#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/scim/organization/stage.h"

static enum verdict_kind lift(struct stage *stage, const struct actor *actor, const char *id,
                              const char *project)
{
    const struct act act = {.kind = ACT_OVERRIDE_LIFT, .id = id, .name = project};
    return stage_do(stage, actor, &act);
}

static void what_is_not_there_cannot_be_lifted(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    assert_int_equal(lift(stage, &operator, stage->dana, NULL), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, stage->dana, "search"), VERDICT_NOT_FOUND);
    assert_int_equal(lift(stage, &operator, "nobody", NULL), VERDICT_NOT_FOUND);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_there_cannot_be_lifted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
