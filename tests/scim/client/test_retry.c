#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/client/retry.h"

/* Chance that always says the least, or the most. */
static void fill_all(void *context, guint8 *bytes, size_t count)
{
    memset(bytes, *(int *)context, count);
}

static int zeros = 0;

static const struct retry_policy policy = {.first_ms = 1000,
                                           .cap_ms = 8000,
                                           .budget_ms = 100000,
                                           .attempts = 7};

static void waits_double_up_to_the_cap_and_half_of_each_is_sure(void **state)
{
    (void)state;
    static const gint64 least[] = {500, 1000, 2000, 4000, 4000, 4000};
    struct random_source random = {.fill = fill_all, .context = &zeros};
    struct retry retry = retry_begin(&policy, &random);
    gint64 wait = 0;
    for (guint i = 0; i < G_N_ELEMENTS(least); i++) {
        assert_true(retry_next(&retry, NULL, &wait));
        assert_int_equal(wait, least[i]);
    }
    assert_false(retry_next(&retry, NULL, &wait)); /* the seventh send was the last */
    assert_int_equal(retry.waited_ms, 15500);
}

static void chance_never_leaves_the_upper_half(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        struct random_source random = {.fill = fill_all, .context = &byte};
        struct retry retry = retry_begin(&policy, &random);
        gint64 wait = 0;
        assert_true(retry_next(&retry, NULL, &wait));
        assert_in_range(wait, 500, 1000);
        assert_true(retry_next(&retry, NULL, &wait));
        assert_in_range(wait, 1000, 2000);
    }
}

static void retry_after_is_never_undercut(void **state)
{
    (void)state;

    static const struct {
        const char *header;
        gint64 wait;
    } cases[] = {
        {NULL, 500},   {"0", 500},
        {"1", 1000},   {"5", 5000},
        {"60", 60000}, {"100", 100000},
        {"-5", 500},   {"soon", 500},
        {"1.5", 500},  {"99999999999999999999", 500},
        {"", 500},     {"Sun, 22 Nov 2026 02:00:00 GMT", 500},
    };
    struct random_source random = {.fill = fill_all, .context = &zeros};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct retry retry = retry_begin(&policy, &random);
        gint64 wait = 0;
        assert_true(retry_next(&retry, cases[i].header, &wait));
        assert_int_equal(wait, cases[i].wait);
    }
}

static void more_time_than_the_budget_has_is_not_waited(void **state)
{
    (void)state;
    struct random_source random = {.fill = fill_all, .context = &zeros};
    struct retry retry = retry_begin(&policy, &random);
    gint64 wait = -1;
    assert_false(retry_next(&retry, "101", &wait));
    assert_int_equal(wait, -1);

    retry = retry_begin(&policy, &random);
    assert_true(retry_next(&retry, "60", &wait));
    assert_true(retry_next(&retry, "40", &wait)); /* exactly what is left */
    assert_false(retry_next(&retry, NULL, &wait));
    assert_int_equal(retry.waited_ms, policy.budget_ms);
}

static void one_attempt_is_no_retry(void **state)
{
    (void)state;
    const struct retry_policy once = {
        .first_ms = 1, .cap_ms = 1, .budget_ms = 1, .attempts = 1};
    struct random_source random = {.fill = fill_all, .context = &zeros};
    struct retry retry = retry_begin(&once, &random);
    gint64 wait = 0;
    assert_false(retry_next(&retry, NULL, &wait));
}

static void a_status_invites_only_where_nothing_was_done(void **state)
{
    (void)state;

    static const struct {
        int status;
        gboolean read, write;
    } cases[] = {
        {200, FALSE, FALSE}, {301, FALSE, FALSE}, {400, FALSE, FALSE}, {401, FALSE, FALSE},
        {403, FALSE, FALSE}, {404, FALSE, FALSE}, {409, FALSE, FALSE}, {412, FALSE, FALSE},
        {429, TRUE, TRUE},   {500, TRUE, FALSE},  {501, FALSE, FALSE}, {502, TRUE, FALSE},
        {503, TRUE, TRUE},   {504, TRUE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(retry_is_invited(cases[i].status, FALSE), cases[i].read);
        assert_int_equal(retry_is_invited(cases[i].status, TRUE), cases[i].write);
    }
}

static void the_usual_policy_stays_within_its_budget(void **state)
{
    (void)state;
    int most = 0xff;
    struct random_source random = {.fill = fill_all, .context = &most};
    struct retry retry = retry_begin(&retry_usual, &random);
    gint64 wait = 0;
    gint64 sum = 0;
    guint waits = 0;
    while (retry_next(&retry, NULL, &wait)) {
        assert_in_range(wait, retry_usual.first_ms / 2, retry_usual.cap_ms);
        sum += wait;
        waits++;
    }
    assert_int_equal(waits, retry_usual.attempts - 1);
    assert_in_range(sum, 1, retry_usual.budget_ms);
}

static void the_system_waits_at_least_as_long_as_it_was_told(void **state)
{
    (void)state;
    gint64 before = g_get_monotonic_time();
    const struct retry_waiter *waiter = retry_waiter_system();
    assert_true(waiter->wait(waiter->context, 2));
    assert_true(g_get_monotonic_time() - before >= 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_up_to_the_cap_and_half_of_each_is_sure),
        cmocka_unit_test(chance_never_leaves_the_upper_half),
        cmocka_unit_test(retry_after_is_never_undercut),
        cmocka_unit_test(more_time_than_the_budget_has_is_not_waited),
        cmocka_unit_test(one_attempt_is_no_retry),
        cmocka_unit_test(a_status_invites_only_where_nothing_was_done),
        cmocka_unit_test(the_usual_policy_stays_within_its_budget),
        cmocka_unit_test(the_system_waits_at_least_as_long_as_it_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
