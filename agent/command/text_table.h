/*
 * Columns for people to read: as wide as what is in them, the last one open.
 *
 *   g_autoptr(TextTable) table = text_table_new((const char *const[]){"person", "role", NULL});
 *   text_table_add(table, (const char *const[]){"dana@example.com", "owner", NULL});
 *   g_autofree char *text = text_table_print(table);
 */
#pragma once

#include <glib.h>

typedef struct text_table TextTable;

/* With these headings, NULL-terminated. */
TextTable *text_table_new(const char *const *headings);
void text_table_free(TextTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextTable, text_table_free)

/* A row of as many cells; copied. */
void text_table_add(TextTable *table, const char *const *cells);

/* Headings and rows, a line each; "" when there is no row. The caller frees. */
char *text_table_print(const TextTable *table);
