/*
 * The config file read and checked: from bytes to settings, or to everything that is wrong.
 *
 *   g_autoptr(GPtrArray) problems = settings_problems_new();
 *   g_autoptr(Settings) settings = settings_read("/etc/rolecall/rolecall.conf", problems);
 *
 * As far as possible all problems are told at once, in the order of their lines.
 */
#pragma once

#include "agent/settings/settings.h"

/* Reads and checks a config. NULL when there is an error among the problems; warnings alone do not
 * stop it. The caller frees with settings_free(). */
Settings *settings_read(const char *file, GPtrArray *problems);

/* The same for text in memory, ended by a NUL that `length` does not count; `file` is the name that
 * the messages bear. */
Settings *settings_read_text(const char *file, const char *text, gsize length,
                             GPtrArray *problems);
