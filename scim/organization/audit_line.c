#include "scim/organization/audit_line.h"

#include <stdlib.h>

#include "scim/protocol/hidden_character.h"

static void append_escaped(GString *line, gunichar character)
{
    if (character <= 0xFFFF) {
        g_string_append_printf(line, "\\u%04X", character);
        return;
    }
    gunichar rest = character - 0x10000;
    g_string_append_printf(line, "\\u%04X\\u%04X", 0xD800 + (rest >> 10),
                           0xDC00 + (rest & 0x3FF));
}

char *audit_line_escape(const char *json)
{
    GString *line = g_string_new(NULL);
    const char *from = json;
    for (const char *at = json; *at != '\0';) {
        const char *next = at + g_utf8_skip[(guchar)*at];
        /* What is printable ASCII needs no look at the tables of Unicode. */
        gboolean is_plain = *at >= ' ' && *at < 0x7F;
        if (!is_plain && hidden_character_is(g_utf8_get_char(at))) {
            g_string_append_len(line, from, at - from);
            append_escaped(line, g_utf8_get_char(at));
            from = next;
        }
        at = next;
    }
    g_string_append(line, from);
    return g_string_free(line, FALSE);
}

char *audit_line_print(const json_t *json)
{
    char *dumped = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    char *line = audit_line_escape(dumped);
    free(dumped);
    return line;
}
