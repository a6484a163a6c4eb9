/*
 * The border for the config as bytes: what libconfig would swallow in silence is refused here.
 *
 * Bytes that are not UTF-8, @include (a config is one file, so that what was checked is what
 * runs, and file:line is never a riddle), and whole numbers that libconfig would cut to 32
 * bits.
 */
#pragma once

#include <glib.h>

/* Adds an error for each; FALSE when there was one. `text` ends with a NUL that is not counted.
 */
gboolean settings_text_check(const char *file, const char *text, gsize length,
                             GPtrArray *problems);
