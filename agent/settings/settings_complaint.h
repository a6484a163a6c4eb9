/*
 * How the checks of the settings complain: at the line of the field or text that is wrong.
 *
 *   const struct settings_complaint check = {.settings = settings, .problems = problems};
 *   COMPLAINT_FAULT(&check, &settings->sync.state, "state = \"%s\" is ...", settings->sync.state);
 */
#pragma once

#include "agent/settings/settings.h"

struct settings_complaint {
    const Settings *settings;
    GPtrArray *problems;
};

/* Adds a problem at the line on which `place` was set: a field, a list's text or a record. */
void settings_complaint_add(const struct settings_complaint *check, gboolean is_warning,
                            const void *place, const char *format, ...) G_GNUC_PRINTF(4, 5);

#define COMPLAINT_FAULT(check, place, ...)                                                     \
    settings_complaint_add((check), FALSE, (place), __VA_ARGS__)
#define COMPLAINT_WARNING(check, place, ...)                                                   \
    settings_complaint_add((check), TRUE, (place), __VA_ARGS__)

/* A secret is named at most once, and by an absolute path. */
void settings_complaint_of_secret(const struct settings_complaint *check,
                                  const struct secret_place *place);

/* The path of a file is absolute; NULL is fine. `key` is what it is called in messages. */
void settings_complaint_of_path(const struct settings_complaint *check, const char *key,
                                const char *const *path);
