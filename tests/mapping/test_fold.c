#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mapping/fold.h"

static void ascii_case_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(fold_hash("Dana@Example.COM"), fold_hash("dana@example.com"));
    assert_true(fold_equal("Dana@Example.COM", "dana@example.com"));
    assert_false(fold_equal("dana", "dan"));
    assert_int_not_equal(fold_hash("dana"), fold_hash("dan"));
}

static void no_other_sign_folds_to_an_ascii_letter(void **state)
{
    (void)state;
    for (gunichar sign = 128; sign <= 0x10ffff; sign++) {
        char text[7] = {0};
        if (!g_unichar_validate(sign))
            continue;
        g_unichar_to_utf8(sign, text);
        for (char letter = 'a'; letter <= 'z'; letter++) {
            const char ascii[] = {letter, '\0'};
            assert_false(fold_equal(text, ascii));
        }
    }
}

static void a_borrowed_text_is_found_by_another_spelling(void **state)
{
    (void)state;
    g_autoptr(GHashTable) table = g_hash_table_new(fold_hash, fold_equal);
    const char *key = "Staff";
    g_hash_table_insert(table, fold_key(key), GUINT_TO_POINTER(7));
    assert_int_equal(GPOINTER_TO_UINT(g_hash_table_lookup(table, "STAFF")), 7);
    assert_ptr_equal(fold_key(key), key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_case_does_not_count),
        cmocka_unit_test(no_other_sign_folds_to_an_ascii_letter),
        cmocka_unit_test(a_borrowed_text_is_found_by_another_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
