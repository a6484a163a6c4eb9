#include "scim/protocol/value_form.h"

#include <string.h>

#include "scim/protocol/clock.h"

/* Skips a shape in which '0' stands for a digit: the rest, or NULL. */
static const char *skip_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; shape++, text++) {
        if (*shape == '0' ? !g_ascii_isdigit(*text) : *text != *shape)
            return NULL;
    }
    return text;
}

/* The calendar's part of the truth is the clock's: no 30th of February. */
gboolean value_form_is_time(const char *text)
{
    gint64 ignored = 0;
    const char *rest = skip_shape(text, "0000-00-00T00:00:00");
    if (rest != NULL && *rest == '.') {
        size_t digits = strspn(rest + 1, "0123456789");
        rest = digits > 0 ? rest + 1 + digits : NULL;
    }
    if (rest == NULL)
        return FALSE;
    if (*rest == '+' || *rest == '-')
        rest = skip_shape(rest + 1, "00:00");
    else
        rest = skip_shape(rest, "Z");
    return rest != NULL && *rest == '\0' && clock_parse(text, &ignored);
}

gboolean value_form_is_binary(const char *text)
{
    size_t length = strlen(text);
    size_t padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length - padding; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/')
            return FALSE;
    }
    return padding > 0 ? length % 4 == 0 : length % 4 != 1;
}

gboolean value_form_is_reference(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' && !(g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])))
            return FALSE;
        if ((guchar)*text < 0x80 &&
            (!g_ascii_isgraph(*text) || strchr("\"<>\\^`{|}", *text) != NULL))
            return FALSE;
    }
    return TRUE;
}
