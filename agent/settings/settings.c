#include "agent/settings/settings.h"

#include <string.h>

/* A text that quotes a whole value, however long somebody made it, helps nobody. */
#define PROBLEM_MAX_BYTES ((gsize)1000)

static void problem_free(gpointer data)
{
    struct settings_problem *problem = data;
    g_free(problem->text);
    g_free(problem);
}

GPtrArray *settings_problems_new(void)
{
    return g_ptr_array_new_with_free_func(problem_free);
}

void settings_problem_add(GPtrArray *problems, gboolean is_warning, const char *file,
                          guint line, char *text)
{
    struct settings_problem *problem = g_new0(struct settings_problem, 1);
    const char *kind = is_warning ? "warning: " : "";
    if (strlen(text) > PROBLEM_MAX_BYTES)
        memcpy(g_utf8_find_prev_char(text, text + PROBLEM_MAX_BYTES), "...", sizeof "...");
    problem->is_warning = is_warning;
    problem->line = line;
    problem->text = line == 0 ? g_strdup_printf("%s: %s%s", file, kind, text)
                              : g_strdup_printf("%s:%u: %s%s", file, line, kind, text);
    g_free(text);
    guint place = problems->len;
    while (place > 0 &&
           ((struct settings_problem *)g_ptr_array_index(problems, place - 1))->line > line)
        place--;
    g_ptr_array_insert(problems, (gint)place, problem);
}

guint settings_problems_errors(const GPtrArray *problems)
{
    guint errors = 0;
    for (guint i = 0; i < problems->len; i++)
        errors += !((struct settings_problem *)g_ptr_array_index(problems, i))->is_warning;
    return errors;
}

Settings *settings_new(const char *file)
{
    Settings *settings = g_new0(Settings, 1);
    settings->owned = g_ptr_array_new_with_free_func(g_free);
    settings->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    settings->lines = g_hash_table_new(NULL, NULL);
    char *name = g_strdup(file);
    g_ptr_array_add(settings->owned, name);
    settings->file = name;
    return settings;
}

void settings_free(Settings *settings)
{
    if (settings == NULL)
        return;
    g_hash_table_unref(settings->lines);
    g_ptr_array_unref(settings->lists);
    g_ptr_array_unref(settings->owned);
    g_free(settings);
}

guint settings_line(const Settings *settings, const void *field)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(settings->lines, field));
}

const struct organization_settings *settings_organization(const Settings *settings,
                                                          const char *name)
{
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct organization_settings *organization =
            g_ptr_array_index(settings->organizations, i);
        if (g_strcmp0(organization->name, name) == 0)
            return organization;
    }
    return NULL;
}

const struct directory_settings *settings_directory(const Settings *settings, const char *name)
{
    for (guint i = 0; i < settings->directories->len; i++) {
        const struct directory_settings *directory =
            g_ptr_array_index(settings->directories, i);
        if (g_strcmp0(directory->name, name) == 0)
            return directory;
    }
    return NULL;
}

gboolean settings_has_pushed_groups(const Settings *settings, const char *organization)
{
    for (guint i = 0; i < settings->directories->len; i++) {
        const struct directory_settings *directory =
            g_ptr_array_index(settings->directories, i);
        if (directory->pushed_groups_of != NULL &&
            (organization == NULL || strcmp(directory->pushed_groups_of, organization) == 0))
            return TRUE;
    }
    return FALSE;
}
