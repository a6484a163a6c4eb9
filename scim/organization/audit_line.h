/*
 * JSON as one line of text: compact, names sorted, and everything escaped that could break a line,
 * drive a terminal or turn the direction of a text (R65). Pure.
 *
 *   g_autofree char *line = audit_line_print(record);
 */
#pragma once

#include <glib.h>
#include <jansson.h>

/* Without a newline at the end, with none inside. */
char *audit_line_print(const json_t *json);

/* JSON text in which hidden characters (hidden_character.h) stand as \uXXXX. `json` is valid
 * UTF-8. The caller frees. */
char *audit_line_escape(const char *json);
