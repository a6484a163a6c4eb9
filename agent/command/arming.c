#include "agent/command/arming.h"

static char *file_of(const char *state)
{
    return g_build_filename(state, "armed", NULL);
}

gboolean arming_is_armed(const char *state)
{
    g_autofree char *file = file_of(state);
    return g_file_test(file, G_FILE_TEST_EXISTS);
}

void arming_note(const char *state, const struct report *report)
{
    const enum report_exit status = report_exit_status(report);
    if (status != REPORT_EXIT_DONE && status != REPORT_EXIT_GUARD &&
        status != REPORT_EXIT_PARTLY)
        return;
    g_autofree char *file = file_of(state);
    g_file_set_contents_full(file, "", 0, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}
