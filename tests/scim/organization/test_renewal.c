#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/renewal.h"
#include "tests/scim/organization/stage.h"

#define DAY ((gint64)24 * 3600)

static const struct renewal_policy twice_a_month = {.renewals = 2, .per = 30 * DAY};

static gint64 left_at(struct stage *stage, const char *person,
                      const struct renewal_policy *policy, gint64 now)
{
    gint64 left = -1;
    const struct renewal_case of = {"acme", person, policy, now};
    assert_true(renewal_left(stage->session, &of, &left, NULL));
    return left;
}

static gint64 next_at(struct stage *stage, const char *person,
                      const struct renewal_policy *policy, gint64 now)
{
    gint64 next = -1;
    const struct renewal_case of = {"acme", person, policy, now};
    assert_true(renewal_next(stage->session, &of, &next, NULL));
    return next;
}

static void record(struct stage *stage, const char *person, gint64 now)
{
    const struct renewal_case of = {"acme", person, &twice_a_month, now};
    assert_true(renewal_record(stage->session, &of, NULL));
}

static void without_a_policy_nothing_is_left(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    static const struct renewal_policy none = {.per = DAY};
    assert_int_equal(left_at(stage, stage->dana, NULL, stage->now), 0);
    assert_int_equal(left_at(stage, stage->dana, &none, stage->now), 0);
    assert_int_equal(next_at(stage, stage->dana, NULL, stage->now), 0);
    assert_int_equal(next_at(stage, stage->dana, &none, stage->now), 0);
    stage_close(stage);
}

static void the_budget_is_used_and_frees_itself_a_renewal_at_a_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const gint64 start = stage->now;
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start), 2);
    assert_int_equal(next_at(stage, stage->dana, &twice_a_month, start), start);
    record(stage, stage->dana, start);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start), 0);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start + 1), 1);
    record(stage, stage->dana, start + 2 * DAY);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start + 3 * DAY), 0);
    assert_int_equal(next_at(stage, stage->dana, &twice_a_month, start + 3 * DAY),
                     start + 30 * DAY);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start + 30 * DAY - 1), 0);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, start + 30 * DAY), 1);
    assert_int_equal(next_at(stage, stage->dana, &twice_a_month, start + 30 * DAY),
                     start + 30 * DAY);
    record(stage, stage->dana, start + 30 * DAY);
    assert_int_equal(next_at(stage, stage->dana, &twice_a_month, start + 31 * DAY),
                     start + 32 * DAY);
    assert_int_equal(left_at(stage, stage->vera, &twice_a_month, start + 31 * DAY), 2);
    stage_close(stage);
}

static void what_does_not_count_any_more_is_forgotten(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    for (int i = 0; i < 10; i++)
        record(stage, stage->dana, stage->now + i * 20 * DAY);
    gint64 kept = 0;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM renewal", STORE_NOTHING, 0,
                             &kept, NULL));
    assert_int_equal(kept, 2);
    stage_close(stage);
}

static void T01_what_a_clock_that_was_ahead_has_counted_binds_nobody(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    record(stage, stage->dana, stage->now + 3650 * DAY);
    record(stage, stage->dana, stage->now + 3651 * DAY);
    assert_int_equal(left_at(stage, stage->dana, &twice_a_month, stage->now), 2);
    assert_int_equal(next_at(stage, stage->dana, &twice_a_month, stage->now), stage->now);
    record(stage, stage->dana, stage->now);
    gint64 kept = 0;
    assert_true(store_number(stage->session, "SELECT COUNT(*) FROM renewal", STORE_NOTHING, 0,
                             &kept, NULL));
    assert_int_equal(kept, 1);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_policy_nothing_is_left),
        cmocka_unit_test(the_budget_is_used_and_frees_itself_a_renewal_at_a_time),
        cmocka_unit_test(what_does_not_count_any_more_is_forgotten),
        cmocka_unit_test(T01_what_a_clock_that_was_ahead_has_counted_binds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
