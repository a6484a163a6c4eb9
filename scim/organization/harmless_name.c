#include "scim/organization/harmless_name.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/hidden_character.h"

#define BLANK    ((gunichar)' ')
#define ELLIPSIS "\xe2\x80\xa6"
#define NO_NAME  "(no name)"

/* A letter with more marks on it than any script needs grows out of its line. */
#define MARKS 4

/* Dots that a browser takes for the dot of a domain (UTS 46). */
static const gunichar dots[] = {'.', 0x2024, 0x3002, 0xFF0E, 0xFF61};

/* Not seen, though Unicode does not call them formats: fillers that look like blanks or like
 * nothing, and the variation selectors' supplement. */
static const struct {
    gunichar first, last;
} fillers[] = {{0x034F, 0x034F}, {0x115F, 0x1160}, {0x2800, 0x2800},
               {0x3164, 0x3164}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE0FFF}};

static gboolean is_dot(gunichar c)
{
    for (gsize i = 0; i < G_N_ELEMENTS(dots); i++)
        if (dots[i] == c)
            return TRUE;
    return FALSE;
}

static gboolean is_filler(gunichar c)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fillers); i++)
        if (c >= fillers[i].first && c <= fillers[i].last)
            return TRUE;
    return FALSE;
}

/* What separates, what is hidden, and what no font has. */
static gboolean is_blank(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return hidden_character_is(c) || is_filler(c) || type == G_UNICODE_SPACE_SEPARATOR ||
           type == G_UNICODE_UNASSIGNED || type == G_UNICODE_PRIVATE_USE ||
           type == G_UNICODE_SURROGATE;
}

static gboolean is_piled_up(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

/* One blank where there were some, none at either end; a 0 at the end. */
static gunichar *read_characters(const char *text, glong *count)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    gunichar *all = g_utf8_to_ucs4_fast(valid, -1, count);
    glong kept = 0;
    guint marks = 0;
    for (glong i = 0; i < *count; i++) {
        gunichar c = is_blank(all[i]) ? BLANK : all[i];
        marks = is_piled_up(c) ? marks + 1 : 0;
        if (marks <= MARKS && (c != BLANK || (kept > 0 && all[kept - 1] != BLANK)))
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

/* A dot before a top-level domain, or a colon that could end a scheme and is not broken yet. */
static gboolean is_of_link(const gunichar *all, glong i)
{
    const gunichar *at = all + i;
    if (is_dot(at[0]))
        return at[1] != 0 && !g_unichar_isdigit(at[1]) && is_of_label(at[1]) &&
               is_of_label(at[2]);
    return at[0] == ':' && at[1] != 0 && at[1] != BLANK &&
           !(i > 0 && at[-1] == '[' && at[1] == ']');
}

static GString *make_harmless(const char *text)
{
    glong count = 0;
    g_autofree gunichar *all = read_characters(text != NULL ? text : "", &count);
    GString *harmless = g_string_new(NULL);
    for (glong i = 0; i < count; i++) {
        gboolean breaks = is_of_link(all, i);
        if (breaks)
            g_string_append_c(harmless, '[');
        g_string_append_unichar(harmless, all[i]);
        if (breaks)
            g_string_append_c(harmless, ']');
    }
    return harmless;
}

char *harmless_name_clean(const char *name)
{
    GString *harmless = make_harmless(name);
    if (g_utf8_strlen(harmless->str, -1) > HARMLESS_NAME_CHARACTERS) {
        const char *end = g_utf8_offset_to_pointer(harmless->str, HARMLESS_NAME_CHARACTERS - 1);
        g_string_truncate(harmless, (gsize)(end - harmless->str));
        if (g_str_has_suffix(harmless->str, " "))
            g_string_truncate(harmless, harmless->len - 1);
        g_string_append(harmless, ELLIPSIS);
    }
    return g_string_free(harmless, FALSE);
}

char *harmless_name_shown(const char *name)
{
    g_autofree char *clean = harmless_name_clean(name);
    return clean[0] != '\0' ? g_steal_pointer(&clean) : g_strdup(NO_NAME);
}

char *harmless_name_line(const char *text)
{
    return g_string_free(make_harmless(text), FALSE);
}

char *harmless_name_person(const char *display_name, const char *address)
{
    g_autofree char *name = harmless_name_clean(display_name);
    g_autofree char *same = harmless_name_clean(address);
    g_autofree char *shown =
        address != NULL && address_is_usable(address, strlen(address), NULL) ? g_strdup(address)
                                                                             : g_strdup(same);
    if (name[0] != '\0' && shown[0] != '\0' && g_ascii_strcasecmp(name, same) != 0)
        return g_strdup_printf("%s (%s)", name, shown);
    if (shown[0] != '\0')
        return g_steal_pointer(&shown);
    return name[0] != '\0' ? g_steal_pointer(&name) : NULL;
}
