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
    guint looks;                /* look_up() calls */
    guint reads;                /* read() calls */
    gint64 changed_at, read_at; /* what changed() says, where a test asks for it */
};

struct source_double *source_double_new(const char *name, const char *const *lines);
/* For source.changed. */
gboolean source_double_changed(const struct source *source, gint64 *changed_at,
                               gint64 *read_at);

void source_double_free(struct source_double *double_);
