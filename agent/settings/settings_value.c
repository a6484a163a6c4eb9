#include "agent/settings/settings_value.h"

#include <string.h>

/* A whole number at the start of `text`; *rest is what follows it, blanks skipped. */
static gboolean read_number(const char *text, gint64 *number, const char **rest,
                            const char **why)
{
    if (!g_ascii_isdigit(*text)) {
        *why = "is not a whole number";
        return FALSE;
    }
    gint64 value = 0;
    for (; g_ascii_isdigit(*text); text++) {
        if (value > (G_MAXINT64 - 9) / 10) {
            *why = "is too large";
            return FALSE;
        }
        value = value * 10 + (*text - '0');
    }
    while (*text == ' ')
        text++;
    *number = value;
    *rest = text;
    return TRUE;
}

struct unit {
    const char *name;
    gint64 factor;
};

static const struct unit durations[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

static const struct unit sizes[] = {
    {"", 1},        {"B", 1},         {"K", 1024},       {"KiB", 1024},
    {"M", 1048576}, {"MiB", 1048576}, {"G", 1073741824}, {"GiB", 1073741824},
};

static gboolean apply_unit(const struct unit *units, gsize count, const char *name,
                           gint64 *number)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(units[i].name, name) == 0)
            return !__builtin_mul_overflow(*number, units[i].factor, number);
    return FALSE;
}

gboolean settings_value_duration(const char *text, gint64 *seconds, const char **why)
{
    const char *rest = NULL;
    gint64 number = 0;
    if (!read_number(text, &number, &rest, why))
        return FALSE;
    if (!apply_unit(durations, G_N_ELEMENTS(durations), rest, &number)) {
        *why = *rest == '\0' ? "has no unit: write \"90s\", \"15m\", \"48h\" or \"7d\""
                             : "is not a duration: write \"90s\", \"15m\", \"48h\" or \"7d\"";
        return FALSE;
    }
    *seconds = number;
    return TRUE;
}

gboolean settings_value_size(const char *text, gint64 *bytes, const char **why)
{
    const char *rest = NULL;
    gint64 number = 0;
    if (!read_number(text, &number, &rest, why))
        return FALSE;
    if (!apply_unit(sizes, G_N_ELEMENTS(sizes), rest, &number)) {
        *why = "is not a size: write a number of bytes, \"64 KiB\" or \"8 MiB\"";
        return FALSE;
    }
    *bytes = number;
    return TRUE;
}

/* "3" or "10%" into the field of the limit that it is meant for; each at most once. */
static gboolean limit_part(const char *text, struct settings_limit *limit, const char **rest,
                           const char **why)
{
    gint64 number = 0;
    if (!read_number(text, &number, rest, why))
        return FALSE;
    if (**rest != '%') {
        limit->number = number;
        return TRUE;
    }
    if (number > 100) {
        *why = "is more than 100%";
        return FALSE;
    }
    limit->percent = number;
    for (*rest += 1; **rest == ' ';)
        *rest += 1;
    return TRUE;
}

static const char *const limit_form = "is not a limit: write \"5\", \"10%\" or \"max(3, 10%)\"";

/* Two parts and a parenthesis: "3, 10%)". */
static gboolean limit_pair(const char *text, struct settings_limit *limit, const char **why)
{
    struct settings_limit first = {0};
    struct settings_limit second = {0};
    const char *rest = text;
    if (limit_part(rest, &first, &rest, why) && *rest == ',') {
        for (rest++; *rest == ' ';)
            rest++;
        if (limit_part(rest, &second, &rest, why) && strcmp(rest, ")") == 0 &&
            (first.percent > 0) != (second.percent > 0)) {
            limit->number = first.number + second.number;
            limit->percent = first.percent + second.percent;
            return TRUE;
        }
    }
    *why = limit_form;
    return FALSE;
}

gboolean settings_value_limit(const char *text, struct settings_limit *limit, const char **why)
{
    struct settings_limit read = {0};
    const char *rest = text;
    if (g_str_has_prefix(text, "max(")) {
        for (rest += strlen("max("); *rest == ' ';)
            rest++;
        if (!limit_pair(rest, &read, why))
            return FALSE;
    } else if (!limit_part(text, &read, &rest, why)) {
        return FALSE;
    } else if (*rest != '\0') {
        *why = limit_form;
        return FALSE;
    }
    *limit = read;
    return TRUE;
}

char *settings_value_print_duration(gint64 seconds)
{
    for (gsize i = G_N_ELEMENTS(durations); i-- > 0;)
        if (seconds != 0 && seconds % durations[i].factor == 0)
            return g_strdup_printf("%" G_GINT64_FORMAT "%s", seconds / durations[i].factor,
                                   durations[i].name);
    return g_strdup("0s");
}

/* Levenshtein's distance over two rows. */
static guint edits(const char *left, const char *right)
{
    const gsize width = strlen(right);
    g_autofree guint *row = g_new(guint, width + 1);
    for (gsize j = 0; j <= width; j++)
        row[j] = (guint)j;
    for (gsize i = 1; left[i - 1] != '\0'; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i;
        for (gsize j = 1; j <= width; j++) {
            const guint above = row[j];
            const guint swap = diagonal + (left[i - 1] != right[j - 1]);
            row[j] = MIN(swap, MIN(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[width];
}

const char *settings_value_nearest(const char *text, const char *const *names)
{
    const char *nearest = NULL;
    guint best = 3;
    for (; *names != NULL; names++) {
        const guint distance = edits(text, *names);
        if (distance < best) {
            best = distance;
            nearest = *names;
        }
    }
    return nearest;
}
