#include "scim/mail/mail_name.h"

#include <string.h>

#define BLANK    ((gunichar)' ')
#define ELLIPSIS ((gunichar)0x2026)

/* Dots that a browser takes for the dot of a domain (UTS 46). */
static const gunichar dots[] = {'.', 0x2024, 0x3002, 0xFF0E, 0xFF61};

static gboolean is_dot(gunichar c)
{
    for (gsize i = 0; i < G_N_ELEMENTS(dots); i++)
        if (dots[i] == c)
            return TRUE;
    return FALSE;
}

/* Controls, what is not seen (zero width, bidi, tags), and whatever separates. */
static gboolean is_blank(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
           type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_UNASSIGNED ||
           type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE;
}

/* One blank where there were some, none at either end. */
static gunichar *read_characters(const char *text, glong *count)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    gunichar *all = g_utf8_to_ucs4_fast(valid, -1, count);
    glong kept = 0;
    for (glong i = 0; i < *count; i++) {
        gunichar c = is_blank(all[i]) ? BLANK : all[i];
        if (c != BLANK || (kept > 0 && all[kept - 1] != BLANK))
            all[kept++] = c;
    }
    if (kept > 0 && all[kept - 1] == BLANK)
        kept--;
    all[kept] = 0;
    *count = kept;
    return all;
}

static gboolean is_of_label(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '-';
}

/* A dot before a top-level domain, or a colon that could end a scheme. `at` is followed by 0. */
static gboolean is_of_link(const gunichar *at)
{
    if (is_dot(at[0]))
        return at[1] != 0 && !g_unichar_isdigit(at[1]) && is_of_label(at[1]) &&
               is_of_label(at[2]);
    return at[0] == ':' && at[1] != 0 && at[1] != BLANK;
}

char *mail_name_clean(const char *text)
{
    glong count = 0;
    g_autofree gunichar *all = read_characters(text != NULL ? text : "", &count);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (glong i = 0; i < count; i++) {
        gboolean breaks = is_of_link(all + i);
        if (breaks)
            g_string_append_c(clean, '[');
        g_string_append_unichar(clean, all[i]);
        if (breaks)
            g_string_append_c(clean, ']');
    }
    if (g_utf8_strlen(clean->str, -1) > MAIL_NAME_CHARACTERS) {
        const char *end = g_utf8_offset_to_pointer(clean->str, MAIL_NAME_CHARACTERS - 1);
        g_string_truncate(clean, (gsize)(end - clean->str));
        g_string_append_unichar(clean, ELLIPSIS);
    }
    return g_string_free(g_steal_pointer(&clean), FALSE);
}
