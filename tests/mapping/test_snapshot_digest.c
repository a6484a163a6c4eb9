#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "company.h"

static const char *const LINES[] = {
    "person alice mail=alice@example.com title=Boss title=Cook",
    "person bob mail=bob@example.com disabled",
    "group staff alice bob @inner ghost",
    "group inner bob",
    NULL,
};

static char *digest_of(const char *const *lines)
{
    g_autoptr(Snapshot) snapshot = company_read("corp", lines);
    return snapshot_digest(snapshot);
}

static void the_order_of_a_read_does_not_count(void **state)
{
    (void)state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);
    g_autofree char *digest = digest_of(LINES);
    assert_int_equal(strlen(digest), 64);
    for (int i = 0; i < 200; i++) {
        g_auto(GStrv) shuffled = company_shuffle(LINES, chance);
        g_autofree char *again = digest_of((const char *const *)shuffled);
        assert_string_equal(again, digest);
    }
}

static void everything_that_can_change_a_plan_changes_it(void **state)
{
    (void)state;

    static const struct {
        guint line;
        const char *text;
    } CHANGES[] = {
        {0, "person alice mail=alice@example.com title=Boss"},
        {0, "person alice mail=alice@example.com title=Boss title=cook"},
        {0, "person alice mail=alice@example.com title=Boss sn=Cook"},
        {0, "person alice mail=alice@example.com title=Boss title=Cook login=al"},
        {0, "person alice mail=alice@example.com title=Boss title=Cook anchor=1"},
        {0, "person alice mail=alice@example.com title=Boss title=Cook aside"},
        {0, "person alyce mail=alice@example.com title=Boss title=Cook anchor=a-alice "
            "login=alice"},
        {1, "person bob mail=bob@example.com"},
        {1, "person bob mail=bob@example.com expired"},
        {2, "group staff alice bob @inner"},
        {2, "group staff alice @inner ghost"},
        {2, "group staff alice bob @inner ghost name=Staff"},
        {3, "group inner bob anchor=2"},
        {3, "group inner"},
    };

    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(seen, digest_of(LINES));
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        const char *lines[G_N_ELEMENTS(LINES)];
        memcpy(lines, LINES, sizeof LINES);
        lines[CHANGES[i].line] = CHANGES[i].text;
        if (!g_hash_table_add(seen, digest_of(lines)))
            fail_msg("no change by '%s'", CHANGES[i].text);
    }
}

static void the_spelling_of_an_attribute_name_does_not_count(void **state)
{
    (void)state;
    static const char *const OTHER[] = {
        "person alice MAIL=alice@example.com title=Boss Title=Cook",
        "person bob mail=bob@example.com disabled", "group staff alice bob @inner ghost",
        "group inner bob", NULL};
    g_autofree char *left = digest_of(LINES);
    g_autofree char *right = digest_of(OTHER);
    assert_string_equal(left, right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_a_read_does_not_count),
        cmocka_unit_test(everything_that_can_change_a_plan_changes_it),
        cmocka_unit_test(the_spelling_of_an_attribute_name_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
