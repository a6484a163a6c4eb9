#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/tolerance_counts.h"
#include "tests/scim/organization/stage.h"

static void connect(struct stage *stage, const char *organization, const char *name)
{
    const struct actor operator= actor_operator(organization, "operator:test");
    const struct connection_draft draft = {
        .name = name,
        .scope = organization == NULL ? "sync" : "people",
        .everywhere = organization == NULL,
    };
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
}

static void uses_add_up_by_connection_and_number_with_the_last_moment(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    connect(stage, "acme", "okta");
    connect(stage, NULL, "okta");
    const struct tolerance_use first = {.count = {[TOLERANCE_OPERATION_CASE] = 3}};
    const struct tolerance_use second = {
        .count = {[TOLERANCE_OPERATION_CASE] = 2, [TOLERANCE_UNKNOWN] = 1}};
    StoreSession *session = stage->session;
    assert_true(tolerance_counts_add(session, "acme", "okta", &first, 100, NULL));
    assert_true(tolerance_counts_add(session, "acme", "okta", &second, 200, NULL));
    assert_true(tolerance_counts_add(session, NULL, "okta", &first, 300, NULL));
    assert_true(tolerance_counts_add(session, "acme", "gone", &first, 300, NULL));
    g_autoptr(GPtrArray) counts = tolerance_counts_list(session, NULL);

    static const struct {
        const char *organization, *connection;
        enum tolerance tolerance;
        gint64 uses, last_at;
    } expected[] = {
        {NULL, "okta", TOLERANCE_OPERATION_CASE, 3, 300},
        {"acme", "okta", TOLERANCE_OPERATION_CASE, 5, 200},
        {"acme", "okta", TOLERANCE_UNKNOWN, 1, 200},
    };

    assert_int_equal(counts->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < counts->len; i++) {
        const struct tolerance_count *count = counts->pdata[i];
        assert_int_equal(g_strcmp0(count->organization, expected[i].organization), 0);
        assert_string_equal(count->connection, expected[i].connection);
        assert_int_equal(count->tolerance, expected[i].tolerance);
        assert_int_equal(count->uses, expected[i].uses);
        assert_int_equal(count->last_at, expected[i].last_at);
    }
    stage_close(stage);
}

static void nothing_used_is_nothing_written(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    connect(stage, "acme", "okta");
    const struct tolerance_use none = {.count = {[TOLERANCE_NONE] = 7}};
    assert_true(tolerance_counts_add(stage->session, "acme", "okta", &none, 100, NULL));
    g_autoptr(GPtrArray) counts = tolerance_counts_list(stage->session, NULL);
    assert_int_equal(counts->len, 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_add_up_by_connection_and_number_with_the_last_moment),
        cmocka_unit_test(nothing_used_is_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
