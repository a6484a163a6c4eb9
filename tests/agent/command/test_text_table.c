#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/text_table.h"

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    (void)state;
    g_autoptr(TextTable) table =
        text_table_new((const char *const[]){"who", "role", "note", NULL});
    text_table_add(table, (const char *const[]){"dana@example.com", "owner", "", NULL});
    text_table_add(table, (const char *const[]){"bo", "member", "late", NULL});
    g_autofree char *text = text_table_print(table);
    assert_string_equal(text, "who               role    note\n"
                              "dana@example.com  owner\n"
                              "bo                member  late\n");
}

static void characters_count_and_not_bytes(void **state)
{
    (void)state;
    g_autoptr(TextTable) table = text_table_new((const char *const[]){"a", "b", NULL});
    text_table_add(table, (const char *const[]){"Zoë", "x", NULL});
    text_table_add(table, (const char *const[]){"Zoe", NULL, NULL});
    g_autofree char *text = text_table_print(table);
    assert_string_equal(text, "a    b\nZoë  x\nZoe\n");
}

static void a_table_without_rows_is_no_text(void **state)
{
    (void)state;
    g_autoptr(TextTable) table = text_table_new((const char *const[]){"a", NULL});
    g_autofree char *text = text_table_print(table);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(characters_count_and_not_bytes),
        cmocka_unit_test(a_table_without_rows_is_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
