#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/sweep.h"
#include "tests/scim/organization/stage.h"

static void it_says_when_something_is_due_next(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    gint64 next = -1;
    assert_true(sweep_next(&stage->judge, stage->now, &next, NULL));
    assert_int_equal(next, 0);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_true(sweep_next(&stage->judge, stage->now, &next, NULL));
    assert_int_equal(next, stage->now + 48 * STAGE_HOUR);
    stage_close(stage);
}

static void nothing_due_writes_nothing_and_what_is_due_expires_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    gint64 version[3];
    assert_true(store_begin(stage->session, NULL));
    for (int i = 0; i < 3; i++) {
        stage->now = STAGE_START + 48 * STAGE_HOUR - 1 + i;
        assert_true(sweep_organization(&stage->judge, "acme", stage->now, NULL));
        assert_true(store_number(stage->session, "SELECT version FROM organization",
                                 STORE_NOTHING, 0, &version[i], NULL));
    }
    assert_true(store_commit(stage->session, NULL));
    assert_int_equal(version[1], version[0] + 1);
    assert_int_equal(version[2], version[1]);
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    stage_close(stage);
}

static void only_the_organization_asked_for_is_swept(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    gint64 pending = 0;
    assert_true(sweep_organization(&stage->judge, "other", stage->now, NULL));
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM invitation WHERE status = 'pending'",
                             STORE_NOTHING, 0, &pending, NULL));
    assert_int_equal(pending, 1);
    assert_true(store_begin(stage->session, NULL));
    assert_true(sweep_all(&stage->judge, stage->now, NULL));
    assert_true(store_commit(stage->session, NULL));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_when_something_is_due_next),
        cmocka_unit_test(nothing_due_writes_nothing_and_what_is_due_expires_once),
        cmocka_unit_test(only_the_organization_asked_for_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
