#include "agent/settings/settings.h"

#include <string.h>

#include <libconfig.h>

#include "agent/settings/settings_check.h"
#include "agent/settings/settings_text.h"
#include "agent/settings/settings_walk.h"

/* Nobody writes a config of this size by hand or by machine: it is another file. */
#define SETTINGS_MAX_BYTES (16 * 1024 * 1024)

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

static Settings *settings_new(const char *file)
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

/* The text into libconfig's tree; FALSE when it says where the syntax breaks. */
static gboolean read_tree(config_t *tree, const char *file, const char *text,
                          GPtrArray *problems)
{
    if (config_read_string(tree, text) == CONFIG_TRUE)
        return TRUE;
    const int line = config_error_line(tree);
    const char *reason = config_error_text(tree);
    settings_problem_add(problems, FALSE, file, line > 0 ? (guint)line : 0,
                         g_strdup(reason != NULL ? reason : "syntax error"));
    return FALSE;
}

Settings *settings_parse(const char *file, const char *text, gsize length, GPtrArray *problems)
{
    if (!settings_text_check(file, text, length, problems))
        return NULL;
    g_autoptr(Settings) settings = settings_new(file);
    config_t tree;
    config_init(&tree);
    if (read_tree(&tree, file, text, problems)) {
        struct settings_walk walk = {.settings = settings, .problems = problems};
        settings_walk_fill(&walk, SETTINGS_SECTION_ROOT, config_root_setting(&tree), settings);
        settings_check(settings, problems);
    }
    config_destroy(&tree);
    return settings_problems_errors(problems) == 0 ? g_steal_pointer(&settings) : NULL;
}

Settings *settings_read(const char *file, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        settings_problem_add(problems, FALSE, file, 0,
                             g_strdup(g_file_test(file, G_FILE_TEST_EXISTS)
                                          ? "is not a regular file"
                                          : "there is no such config file: name one with -c"));
        return NULL;
    }
    if (!g_file_get_contents(file, &text, &length, &error)) {
        settings_problem_add(problems, FALSE, file, 0,
                             g_strdup_printf("cannot be read: %s", error->message));
        return NULL;
    }
    if (length > SETTINGS_MAX_BYTES) {
        settings_problem_add(problems, FALSE, file, 0, g_strdup("is larger than 16 MiB"));
        return NULL;
    }
    return settings_parse(file, text, length, problems);
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
