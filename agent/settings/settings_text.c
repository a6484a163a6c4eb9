#include "agent/settings/settings_text.h"

#include <string.h>

#include "agent/settings/settings.h"

struct scan {
    const char *file;
    const char *at;
    guint line;
    GPtrArray *problems;
};

static void step(struct scan *scan)
{
    if (*scan->at == '\n')
        scan->line++;
    scan->at++;
}

/* From the quote to behind the closing one, or to the end of a text that never closes. */
static void skip_text(struct scan *scan)
{
    for (step(scan); *scan->at != '\0' && *scan->at != '"'; step(scan))
        if (*scan->at == '\\' && scan->at[1] != '\0')
            step(scan);
    if (*scan->at == '"')
        step(scan);
}

static void skip_line(struct scan *scan)
{
    while (*scan->at != '\0' && *scan->at != '\n')
        step(scan);
}

static void skip_block(struct scan *scan)
{
    while (*scan->at != '\0' && !g_str_has_prefix(scan->at, "*/"))
        step(scan);
    if (*scan->at != '\0')
        scan->at += 2;
}

/* libconfig reads a decimal number with atoi(). */
static void check_number(struct scan *scan)
{
    const char *start = scan->at;
    while (g_ascii_isdigit(*scan->at))
        step(scan);
    const gsize digits = (gsize)(scan->at - start);
    const gboolean is_whole = strchr(".eExXL", *scan->at) == NULL || *scan->at == '\0';
    gint64 value = 0;
    g_autofree char *text = g_strndup(start, digits);
    if (is_whole && (!g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &value, NULL)))
        settings_problem_add(scan->problems, FALSE, scan->file, scan->line,
                             g_strdup_printf("the number %s is too large", text));
}

/* A name, with the digits and hyphens inside it. */
static void skip_name(struct scan *scan)
{
    while (g_ascii_isalnum(*scan->at) || strchr("-_*", *scan->at) != NULL) {
        if (*scan->at == '\0')
            return;
        step(scan);
    }
}

static void scan_token(struct scan *scan)
{
    if (*scan->at == '"') {
        skip_text(scan);
    } else if (*scan->at == '#' || g_str_has_prefix(scan->at, "//")) {
        skip_line(scan);
    } else if (g_str_has_prefix(scan->at, "/*")) {
        skip_block(scan);
    } else if (g_str_has_prefix(scan->at, "@include")) {
        settings_problem_add(scan->problems, FALSE, scan->file, scan->line,
                             g_strdup("@include is not allowed: a config is one file"));
        skip_line(scan);
    } else if (g_ascii_isdigit(*scan->at)) {
        check_number(scan);
    } else if (g_ascii_isalpha(*scan->at)) {
        skip_name(scan);
    } else {
        step(scan);
    }
}

static guint line_of(const char *text, const char *place)
{
    guint line = 1;
    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

gboolean settings_text_check(const char *file, const char *text, gsize length,
                             GPtrArray *problems)
{
    const char *end = NULL;
    if (!g_utf8_validate_len(text, length, &end)) {
        settings_problem_add(
            problems, FALSE, file, line_of(text, end),
            g_strdup(*end == '\0' ? "there is a NUL byte here" : "the text is not UTF-8 here"));
        return FALSE;
    }
    const guint before = settings_problems_errors(problems);
    struct scan scan = {.file = file, .at = text, .line = 1, .problems = problems};
    while (*scan.at != '\0')
        scan_token(&scan);
    return settings_problems_errors(problems) == before;
}
