#include "tests/agent/sync/state_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

int state_folder_set_up(void **state)
{
    *state = g_dir_make_tmp("state-XXXXXX", NULL);
    return *state != NULL ? 0 : -1;
}

int state_folder_tear_down(void **state)
{
    g_autofree char *folder = *state;
    GDir *files = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(files); name != NULL;
         name = g_dir_read_name(files)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_dir_close(files);
    return g_rmdir(folder);
}

void state_folder_put(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

char *state_folder_get(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}
