#include "scim/server/accept_words.h"

#include <string.h>

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* A letter with more marks on it than any script needs grows out of its line. */
#define MARKS 4

#define NO_NAME  "(no name)"
#define ELLIPSIS "\xe2\x80\xa6"

/* What is seen of a character: itself, a blank, or nothing. */
enum sight {
    SIGHT_SELF,
    SIGHT_BLANK,
    SIGHT_NOTHING,
    SIGHT_MARK, /* itself, on the letter before */
};

/* Invisible, though Unicode does not call them formats: fillers that look like blanks or like
 * nothing, and the variation selectors' supplement. */
static gboolean is_unseen(gunichar c)
{
    return c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800 ||
           c == 0x034F || (c >= 0xE0000 && c <= 0xE0FFF);
}

#define KIND(type) (1U << (type))

#define BLANKS                                                                                 \
    (KIND(G_UNICODE_CONTROL) | KIND(G_UNICODE_LINE_SEPARATOR) |                                \
     KIND(G_UNICODE_PARAGRAPH_SEPARATOR) | KIND(G_UNICODE_SPACE_SEPARATOR))

/* What turns the direction of a text is a format. */
#define NOTHINGS                                                                               \
    (KIND(G_UNICODE_FORMAT) | KIND(G_UNICODE_PRIVATE_USE) | KIND(G_UNICODE_SURROGATE) |        \
     KIND(G_UNICODE_UNASSIGNED))

#define MARKED (KIND(G_UNICODE_NON_SPACING_MARK) | KIND(G_UNICODE_ENCLOSING_MARK))

static enum sight sight_of(gunichar c)
{
    unsigned kind = KIND(g_unichar_type(c));
    if ((kind & NOTHINGS) != 0 || is_unseen(c)) {
        return SIGHT_NOTHING;
    }
    return (kind & BLANKS) != 0 ? SIGHT_BLANK : (kind & MARKED) != 0 ? SIGHT_MARK : SIGHT_SELF;
}

static void trim_end(GString *text)
{
    while (text->len > 0 && text->str[text->len - 1] == ' ') {
        g_string_truncate(text, text->len - 1);
    }
}

static void add_blank(GString *text)
{
    if (text->len > 0 && text->str[text->len - 1] != ' ') {
        g_string_append_c(text, ' ');
    }
}

/* One line without what is not seen; blanks never doubled. */
static GString *make_harmless(const char *text)
{
    GString *harmless = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    guint marks = 0;
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        enum sight sight = sight_of(c);
        marks = sight == SIGHT_MARK ? marks + 1 : sight == SIGHT_NOTHING ? marks : 0;
        if (g_str_has_prefix(at, "://")) { /* a URL in a name loses its form */
            add_blank(harmless);
            at += strlen("//");
        } else if (sight == SIGHT_BLANK) {
            add_blank(harmless);
        } else if (sight == SIGHT_SELF || (sight == SIGHT_MARK && marks <= MARKS)) {
            g_string_append_unichar(harmless, c);
        }
    }
    trim_end(harmless);
    return harmless;
}

char *accept_words_name(const char *name)
{
    GString *harmless = make_harmless(name != NULL ? name : "");
    if (g_utf8_strlen(harmless->str, -1) > ACCEPT_WORDS_NAME) {
        const char *end = g_utf8_offset_to_pointer(harmless->str, ACCEPT_WORDS_NAME - 1);
        g_string_truncate(harmless, (gsize)(end - harmless->str));
        trim_end(harmless);
        g_string_append(harmless, ELLIPSIS);
    }
    if (harmless->len == 0) {
        g_string_append(harmless, NO_NAME);
    }
    return g_string_free(harmless, FALSE);
}

char *accept_words_sentence(const char *text)
{
    return g_string_free(make_harmless(text), FALSE);
}

char *accept_words_person(const char *display_name, const char *user_name)
{
    g_autofree char *address = accept_words_sentence(user_name);
    g_autofree char *name = accept_words_name(display_name);
    gboolean adds = strcmp(name, NO_NAME) != 0 && g_ascii_strcasecmp(name, address) != 0;
    return adds ? g_strdup_printf("%s (%s)", name, address) : g_steal_pointer(&address);
}

char *accept_words_organization_role(enum organization_role role)
{
    switch (role) {
    case ORGANIZATION_ROLE_OWNER:
        return g_strdup("owner of the organization");
    case ORGANIZATION_ROLE_BILLING_ADMIN:
        return g_strdup("billing admin of the organization");
    case ORGANIZATION_ROLE_MEMBER:
        return g_strdup("member of the organization");
    case ORGANIZATION_ROLE_NONE:
        break;
    }
    return g_strdup("no role in the organization");
}

char *accept_words_project_role(enum project_role role, const char *project)
{
    g_autofree char *name = accept_words_name(project);
    return g_strdup_printf("%s in %s", project_role_name(role), name);
}

static char *count_of(gint64 count, const char *unit)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", count, unit, count == 1 ? "" : "s");
}

char *accept_words_time_left(gint64 seconds)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {0, NULL}};

    size_t i = 0;
    while (units[i].name != NULL && seconds < units[i].seconds) {
        i++;
    }
    if (units[i].name == NULL) {
        return g_strdup("less than a minute");
    }
    char *left = count_of(seconds / units[i].seconds, units[i].name);
    gint64 rest =
        units[i + 1].name != NULL ? seconds % units[i].seconds / units[i + 1].seconds : 0;
    if (rest > 0) {
        g_autofree char *whole = left;
        g_autofree char *part = count_of(rest, units[i + 1].name);
        left = g_strconcat(whole, " and ", part, NULL);
    }
    return left;
}

/* No locale: months are named as the page is written. */
char *accept_words_time(gint64 seconds)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    if (time == NULL) { /* beyond the year 9999 */
        return g_strdup("a time that no calendar here knows");
    }
    return g_strdup_printf("%d %s %d, %02d:%02d UTC", g_date_time_get_day_of_month(time),
                           months[g_date_time_get_month(time) - 1], g_date_time_get_year(time),
                           g_date_time_get_hour(time), g_date_time_get_minute(time));
}
