#include "mapping/pattern.h"

#include <string.h>

#include "scim/protocol/outcome.h"

/* PCRE2 takes its limits only from the expression itself; GLib offers no call for them. */
#define LIMITS "(*LIMIT_MATCH=" G_STRINGIFY(PATTERN_MAX_STEPS) ")"

struct pattern {
    char *text;
    GRegex *regex;
};

Pattern *pattern_new(const char *text, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (*text == '\0' || strlen(text) > PATTERN_MAX_BYTES || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "an expression must be valid UTF-8 of 1 to %d bytes", PATTERN_MAX_BYTES);
        return NULL;
    }
    if (g_str_has_prefix(text, "(*")) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "expression '%s': option verbs \"(*...)\" are not allowed", text);
        return NULL;
    }
    g_autofree char *limited = g_strconcat(LIMITS, text, NULL);
    GRegex *regex = g_regex_new(limited, G_REGEX_DOLLAR_ENDONLY, 0, &cause);
    if (regex == NULL) {
        /* GLib's own text quotes the expression with our limits in it. */
        const char *reason = g_strrstr(cause->message, ": ");
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "expression '%s': %s", text,
                    reason != NULL ? reason + 2 : cause->message);
        return NULL;
    }
    Pattern *pattern = g_new0(Pattern, 1);
    pattern->text = g_strdup(text);
    pattern->regex = regex;
    return pattern;
}

void pattern_free(Pattern *pattern)
{
    if (pattern == NULL)
        return;
    g_regex_unref(pattern->regex);
    g_free(pattern->text);
    g_free(pattern);
}

gboolean pattern_template_has_captures(const char *template)
{
    return strchr(template, '$') != NULL;
}

gboolean pattern_check_template(const Pattern *pattern, const char *template, GError **error)
{
    for (const char *at = strchr(template, '$'); at != NULL; at = strchr(at, '$')) {
        const char *end = at[1] == '{' ? strchr(at, '}') : NULL;
        if (end == NULL || end == at + 2 || g_ascii_isdigit(at[2])) {
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "'%s': a capture is used by its name, as \"${name}\"", template);
            return FALSE;
        }
        g_autofree char *name = g_strndup(at + 2, (gsize)(end - at - 2));
        if (pattern == NULL) {
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "'%s' uses a capture, but only a rule with group_matches has captures",
                        template);
            return FALSE;
        }
        if (g_regex_get_string_number(pattern->regex, name) < 0) {
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "'%s': group_matches has no capture \"(?<%s>...)\"", template, name);
            return FALSE;
        }
        at = end;
    }
    return TRUE;
}

gboolean pattern_match(const Pattern *pattern, const char *name, GMatchInfo **match,
                       GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (g_regex_match_full(pattern->regex, name, -1, 0, 0, match, &cause))
        return TRUE;
    g_clear_pointer(match, g_match_info_free);
    if (cause != NULL)
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "expression '%s' cannot be decided for the group '%s' within %d steps: "
                    "write it without nested repetition",
                    pattern->text, name, PATTERN_MAX_STEPS);
    return FALSE;
}

char *pattern_expand(const GMatchInfo *match, const char *template)
{
    GString *out = g_string_new(NULL);

    while (*template != '\0') {
        const char *end =
            template[0] == '$' && template[1] == '{' ? strchr(template, '}') : NULL;
        if (end == NULL) {
            g_string_append_c(out, *template ++);
            continue;
        }
        g_autofree char *name = g_strndup(template + 2, (gsize)(end - template - 2));
        g_autofree char *value = g_match_info_fetch_named(match, name);
        if (value != NULL)
            g_string_append(out, value);
        template = end + 1;
    }
    return g_string_free(out, FALSE);
}
