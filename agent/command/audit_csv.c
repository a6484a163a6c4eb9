#include "agent/command/audit_csv.h"

#include <string.h>

#include "scim/organization/audit_line.h"

static const char *const columns[] = {"seq",    "time",   "organization", "actor",  "actorName",
                                      "source", "run",    "request",      "reason", "action",
                                      "object", "before", "after"};

/* Before escaping: an escaped tab begins with a backslash, and is told all the same. */
static gboolean is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

static void add_cell(GString *row, const char *text)
{
    g_autofree char *line = audit_line_escape(text);
    if (row->len > 0)
        g_string_append_c(row, ',');
    g_string_append_c(row, '"');
    if (is_formula(text))
        g_string_append_c(row, '\'');
    for (const char *at = line; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(row, '"');
        g_string_append_c(row, *at);
    }
    g_string_append_c(row, '"');
}

static char *text_of(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return g_strdup("");
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return audit_line_print(value);
}

char *audit_csv_header(void)
{
    GString *row = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        add_cell(row, columns[i]);
    g_string_append(row, "\r\n");
    return g_string_free(row, FALSE);
}

char *audit_csv_row(const json_t *record)
{
    GString *row = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *text = text_of(json_object_get(record, columns[i]));
        add_cell(row, text);
    }
    g_string_append(row, "\r\n");
    return g_string_free(row, FALSE);
}
