#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/session_pool.h"
#include "scim/store/store_open.h"

static void a_session_is_lent_again_with_a_new_snapshot(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open("sqlite::memory:", &error);
    assert_non_null(store);
    struct session_pool *pool = session_pool_new(store);
    StoreSession *first = session_pool_take(pool, &error);
    assert_non_null(first);
    assert_true(store_in_transaction(first));
    StoreSession *second = session_pool_take(pool, &error);
    assert_ptr_not_equal(first, second);
    session_pool_give(pool, first);
    assert_false(store_in_transaction(first));
    StoreSession *again = session_pool_take(pool, &error);
    assert_ptr_equal(again, first);
    assert_true(store_in_transaction(again));
    session_pool_give(pool, again);
    session_pool_give(pool, second);
    session_pool_give(pool, NULL);
    session_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_lent_again_with_a_new_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
