#include "agent/settings/settings_complaint.h"

void settings_complaint_add(const struct settings_complaint *check, gboolean is_warning,
                            const void *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    settings_problem_add(check->problems, is_warning, check->settings->file,
                         settings_line(check->settings, place),
                         g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void settings_complaint_of_secret(const struct settings_complaint *check,
                                  const struct secret_place *place)
{
    if (place->file != NULL && place->credential != NULL)
        COMPLAINT_FAULT(check, &place->credential,
                        "the secret is named twice, as a file and as a credential: keep one");
    if (place->file != NULL && !g_path_is_absolute(place->file))
        COMPLAINT_FAULT(check, &place->file, "\"%s\" is not an absolute path", place->file);
}

void settings_complaint_of_path(const struct settings_complaint *check, const char *key,
                                const char *const *path)
{
    if (*path != NULL && !g_path_is_absolute(*path))
        COMPLAINT_FAULT(check, path, "%s = \"%s\" is not an absolute path", key, *path);
}
