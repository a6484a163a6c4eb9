#include "agent/command/text_table.h"

#include <string.h>

struct text_table {
    GPtrArray *rows; /* char **: the headings first */
    guint columns;
};

static void free_row(gpointer row)
{
    g_strfreev(row);
}

static char **copy_row(const char *const *cells, guint columns)
{
    char **row = g_new0(char *, (gsize)columns + 1);
    for (guint i = 0; i < columns; i++)
        row[i] = g_strdup(cells[i] == NULL ? "" : cells[i]);
    return row;
}

TextTable *text_table_new(const char *const *headings)
{
    TextTable *table = g_new0(TextTable, 1);
    while (headings[table->columns] != NULL)
        table->columns++;
    table->rows = g_ptr_array_new_with_free_func(free_row);
    g_ptr_array_add(table->rows, copy_row(headings, table->columns));
    return table;
}

void text_table_free(TextTable *table)
{
    if (table == NULL)
        return;
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void text_table_add(TextTable *table, const char *const *cells)
{
    g_ptr_array_add(table->rows, copy_row(cells, table->columns));
}

static glong width_of(const TextTable *table, guint column)
{
    glong width = 0;
    for (guint i = 0; i < table->rows->len; i++) {
        char *const *row = g_ptr_array_index(table->rows, i);
        width = MAX(width, g_utf8_strlen(row[column], -1));
    }
    return width;
}

static void print_row(GString *out, char *const *row, const glong *widths, guint columns)
{
    for (guint i = 0; i < columns; i++) {
        g_string_append(out, row[i]);
        for (glong used = g_utf8_strlen(row[i], -1); i + 1 < columns && used < widths[i] + 2;
             used++)
            g_string_append_c(out, ' ');
    }
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

char *text_table_print(const TextTable *table)
{
    GString *out = g_string_new(NULL);
    g_autofree glong *widths = g_new0(glong, table->columns);
    for (guint column = 0; column < table->columns; column++)
        widths[column] = width_of(table, column);
    for (guint i = 0; table->rows->len > 1 && i < table->rows->len; i++)
        print_row(out, g_ptr_array_index(table->rows, i), widths, table->columns);
    return g_string_free(out, FALSE);
}
