#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/audit_csv.h"

#define COLUMNS 13

/* Reads one line as RFC 4180 has it; fails the test where it is none. */
static GPtrArray *read_row(const char *row)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    const char *at = row;
    for (;;) {
        GString *cell = g_string_new(NULL);
        assert_int_equal(*at++, '"');
        for (; *at != '"' || at[1] == '"'; at++) {
            assert_int_not_equal(*at, '\0');
            at += *at == '"';
            g_string_append_c(cell, *at);
        }
        g_ptr_array_add(cells, g_string_free(cell, FALSE));
        at++;
        if (*at != ',')
            break;
        at++;
    }
    assert_string_equal(at, "\r\n");
    return cells;
}

static void the_header_names_every_column(void **state)
{
    (void)state;
    g_autofree char *header = audit_csv_header();
    g_autoptr(GPtrArray) cells = read_row(header);
    assert_int_equal(cells->len, COLUMNS);
    assert_string_equal(g_ptr_array_index(cells, 0), "seq");
    assert_string_equal(g_ptr_array_index(cells, 8), "reason");
    assert_string_equal(g_ptr_array_index(cells, 12), "after");
}

static void a_record_is_a_line_with_its_states_as_json(void **state)
{
    (void)state;
    json_t *record =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:{s:s}}", "seq", 12, "time",
                  "2026-11-22T01:47:12Z", "organization", "acme", "actor", "operator:anna",
                  "action", "invite", "after", "userName", "say \"hi\", bob");
    g_autofree char *row = audit_csv_row(record);
    json_decref(record);
    g_autoptr(GPtrArray) cells = read_row(row);
    assert_int_equal(cells->len, COLUMNS);
    assert_string_equal(g_ptr_array_index(cells, 0), "12");
    assert_string_equal(g_ptr_array_index(cells, 3), "operator:anna");
    assert_string_equal(g_ptr_array_index(cells, 11), "");
    assert_string_equal(g_ptr_array_index(cells, 12), "{\"userName\":\"say \\\"hi\\\", bob\"}");
}

static void R65_no_cell_is_a_formula_and_no_name_breaks_the_line(void **state)
{
    (void)state;

    static const struct {
        const char *reason, *cell;
    } cases[] = {
        {"=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\\u0009x"},
        {"\rx", "'\\u000Dx"},
        {"\nx", "'\\u000Ax"},
        {"a\r\nb", "a\\u000D\\u000Ab"},
        {"a\xe2\x80\xa8"
         "b",
         "a\\u2028b"},
        {"a\xc2\x85\x1b[31m", "a\\u0085\\u001B[31m"},
        {"1=2", "1=2"},
        {"", ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *record = json_pack("{s:s}", "reason", cases[i].reason);
        g_autofree char *row = audit_csv_row(record);
        json_decref(record);
        g_autoptr(GPtrArray) cells = read_row(row);
        assert_string_equal(g_ptr_array_index(cells, 8), cases[i].cell);
        assert_ptr_equal(strpbrk(row, "\r\n"), row + strlen(row) - 2);
    }
}

/* A fixed slice of random texts: as many lines as records, whatever is in them. */
static void R65_random_texts_stay_one_line_and_no_formula(void **state)
{
    (void)state;
    static const gunichar odd[] = {'=', '+',  '-',     '@',  '\t',   '\r',   '\n',   '"',
                                   ',', '\'', 0x1b,    0x85, 0x2028, 0x2029, 0x202e, 0xfeff,
                                   'a', 0xfc, 0x1f600, ';',  '|',    0x7f,   ' ',    '\\'};
    g_autoptr(GRand) random = g_rand_new_with_seed(65);
    for (int i = 0; i < 20000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (gint length = g_rand_int_range(random, 0, 12); length > 0; length--)
            g_string_append_unichar(
                text, odd[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(odd))]);
        json_t *record =
            json_pack("{s:s, s:{s:s}}", "reason", text->str, "after", "x", text->str);
        g_autofree char *row = audit_csv_row(record);
        json_decref(record);
        g_autoptr(GPtrArray) cells = read_row(row);
        assert_int_equal(cells->len, COLUMNS);
        for (guint j = 0; j < cells->len; j++) {
            const char *cell = g_ptr_array_index(cells, j);
            assert_true(*cell == '\0' || strchr("=+-@\t\r\n", *cell) == NULL);
        }
        assert_ptr_equal(strpbrk(row, "\r\n\t\x1b"), row + strlen(row) - 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_names_every_column),
        cmocka_unit_test(a_record_is_a_line_with_its_states_as_json),
        cmocka_unit_test(R65_no_cell_is_a_formula_and_no_name_breaks_the_line),
        cmocka_unit_test(R65_random_texts_stay_one_line_and_no_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
