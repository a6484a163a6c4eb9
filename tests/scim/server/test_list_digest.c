/* What tells lists apart does, and what chooses a page of one does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/list_digest.h"

static char *digest_of(const char *target)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    Exchange *exchange = exchange_new("GET", target);
    list_digest_add_query(sum, exchange);
    exchange_free(exchange);
    return g_strdup(g_checksum_get_string(sum));
}

static void a_query_is_the_same_on_every_page_and_in_every_order(void **state)
{
    (void)state;

    static const struct {
        const char *target;
        gboolean same;
    } cases[] = {
        {"/x?filter=a&sortBy=b", TRUE},
        {"/x?sortBy=b&filter=a", TRUE},
        {"/x?SORTBY=b&Filter=a", TRUE},
        {"/x?filter=a&sortBy=b&startIndex=101&count=100", TRUE},
        {"/x?filter=a&sortBy=b&cursor=&COUNT=5", TRUE},
        {"/x?filter=a", FALSE},
        {"/x?filter=ab&sortBy=", FALSE},
        {"/x?filter=b&sortBy=a", FALSE},
        {"/x?filter=a&sortBy=b&attributes=id", FALSE},
        {"/x", FALSE},
    };

    g_autofree char *wanted = digest_of("/y?filter=a&sortBy=b");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *digest = digest_of(cases[i].target);
        if ((strcmp(digest, wanted) == 0) != cases[i].same) {
            fail_msg("%s: %s", cases[i].target, cases[i].same ? "another" : "the same");
        }
    }
}

static void texts_do_not_run_into_each_other(void **state)
{
    (void)state;
    g_autoptr(GChecksum) left = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GChecksum) right = g_checksum_new(G_CHECKSUM_SHA256);
    list_digest_add(left, "ab");
    list_digest_add(left, "c");
    list_digest_add(right, "a");
    list_digest_add(right, "bc");
    assert_string_not_equal(g_checksum_get_string(left), g_checksum_get_string(right));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_the_same_on_every_page_and_in_every_order),
        cmocka_unit_test(texts_do_not_run_into_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
