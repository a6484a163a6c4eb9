#include "agent/settings/settings_read.h"

#include <string.h>

#include <libconfig.h>

#include "agent/settings/settings_check.h"
#include "agent/settings/settings_text.h"
#include "agent/settings/settings_walk.h"

/* Nobody writes a config of this size by hand or by machine: it is another file. */
#define SETTINGS_MAX_BYTES ((gsize)16 * 1024 * 1024)

/* The text into libconfig's tree; FALSE when it says where the syntax breaks. */
static gboolean read_tree(config_t *tree, const char *file, const char *text,
                          GPtrArray *problems)
{
    if (config_read_string(tree, text) == CONFIG_TRUE)
        return TRUE;
    const int line = config_error_line(tree);
    const char *reason = config_error_text(tree);
    if (reason == NULL || strcmp(reason, "syntax error") == 0)
        reason =
            "syntax error here or just above: a comma before a closing bracket, a semicolon "
            "or bracket too few?";
    settings_problem_add(problems, FALSE, file, line > 0 ? (guint)line : 0, g_strdup(reason));
    return FALSE;
}

Settings *settings_read_text(const char *file, const char *text, gsize length,
                             GPtrArray *problems)
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
    return settings_read_text(file, text, length, problems);
}
