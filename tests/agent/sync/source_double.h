/*
 * A directory made of the lines of tests/mapping/company.h, that can fail.
 */
#pragma once

#include <glib.h>

#include "agent/sync/source.h"

struct source_double {
    struct source source; /* first: a source is cast to its double */
    const char *const *lines;
    gboolean fails; /* read() and look_up() */
    enum source_presence presence;
    guint looks; /* look_up() calls */
};

struct source_double *source_double_new(const char *name, const char *const *lines);
void source_double_free(struct source_double *double_);
