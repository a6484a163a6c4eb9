#include "agent/target/scim_reason.h"

#include <string.h>

#include "scim/protocol/hidden_character.h"
#include "scim/protocol/membership.h"

static gboolean is_literal(gunichar character)
{
    return character >= ' ' && character < 0x7f && character != '%';
}

/* At most 12 bytes; `next` is where the next character begins. */
static void encode_one(char *part, const char *text, const char **next)
{
    const gunichar character = g_utf8_get_char_validated(text, -1);
    const gboolean is_broken = character >= (gunichar)-2;
    *next = is_broken ? text + 1 : g_utf8_next_char(text);
    if (is_broken || hidden_character_is(character)) {
        g_strlcpy(part, "?", 2);
    } else if (is_literal(character)) {
        part[0] = *text;
        part[1] = '\0';
    } else {
        for (; text < *next; text++, part += 3) {
            g_snprintf(part, 4, "%%%02X", (guint)(guchar)*text);
        }
    }
}

char *scim_reason_encode(const char *text)
{
    if (text == NULL || *text == '\0') {
        return NULL;
    }
    GString *encoded = g_string_new(NULL);
    while (*text != '\0') {
        char part[16];
        const char *next = NULL;
        encode_one(part, text, &next);
        if (encoded->len + strlen(part) > ROLECALL_REASON_BYTES) {
            break;
        }
        g_string_append(encoded, part);
        text = next;
    }
    return g_string_free(encoded, FALSE);
}
