#include "scim/protocol/hidden_character.h"

gboolean hidden_character_is(gunichar character)
{
    const GUnicodeType type = g_unichar_type(character);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

gboolean hidden_character_is_in(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (hidden_character_is(g_utf8_get_char(at)))
            return TRUE;
    return FALSE;
}
