#include "agent/settings/rules_read.h"

#include <string.h>

/* The names of organizations or directories: their structs begin with it. */
static const char **names_of(const GPtrArray *records)
{
    const char **names = g_new0(const char *, (gsize)records->len + 1);
    guint filled = 0;
    for (guint i = 0; i < records->len; i++) {
        const char *name = *(const char *const *)g_ptr_array_index(records, i);
        if (name != NULL)
            names[filled++] = name;
    }
    return names;
}

gboolean rules_read_is_dn(const char *text)
{
    return strchr(text, '=') != NULL;
}

void rules_read_report(const Settings *settings, guint line, const GError *error,
                       GPtrArray *problems)
{
    g_autofree char *place = g_strdup_printf("%s:%u: ", settings->file, line);
    const char *text = error->message;
    if (g_str_has_prefix(text, place))
        text += strlen(place);
    settings_problem_add(problems, FALSE, settings->file, line, g_strdup(text));
}

static gboolean add(const Settings *settings, const struct rule_settings *rule,
                    const char *dn_key, Rules *rules, GError **error)
{
    g_autofree struct rule_text_role *roles =
        g_new0(struct rule_text_role, rule->roles->len + 1);
    for (guint i = 0; i < rule->roles->len; i++)
        roles[i] = *(const struct rule_text_role *)g_ptr_array_index(rule->roles, i);
    const struct rule_text text = {
        .file = settings->file,
        .line = settings_line(settings, rule),
        .directory = rule->directory,
        .group = rule->group,
        .group_matches = rule->group_matches,
        .filter = rule->filter,
        .user = rule->user,
        .dn_key = dn_key,
        .organization = rule->organization,
        .project = rule->project,
        .role = rule->role,
        .roles = rule->roles->len > 0 ? roles : NULL,
        .role_count = rule->roles->len,
        .deny = rule->deny,
        .priority = (gint)rule->priority,
    };
    return rules_add(rules, &text, error);
}

Rules *rules_read(const Settings *settings, char *(*dn_key)(const char *dn, GError **error),
                  GPtrArray *problems)
{
    g_autofree const char **directories = names_of(settings->directories);
    g_autofree const char **organizations = names_of(settings->organizations);
    g_autoptr(Rules) rules = rules_new(directories, organizations);
    gboolean sound = TRUE;
    for (guint i = 0; i < settings->rules->len; i++) {
        const struct rule_settings *rule = g_ptr_array_index(settings->rules, i);
        const char *name = rule->group != NULL ? rule->group : rule->user;
        g_autoptr(GError) error = NULL;
        g_autofree char *key = NULL;
        if (dn_key != NULL && name != NULL && rules_read_is_dn(name))
            key = dn_key(name, &error);
        if (error != NULL || !add(settings, rule, key, rules, &error)) {
            rules_read_report(settings, settings_line(settings, rule), error, problems);
            sound = FALSE;
        }
    }
    if (!sound)
        return NULL;
    rules_seal(rules);
    return g_steal_pointer(&rules);
}
