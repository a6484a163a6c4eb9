/*
 * What the last runs did: one JSON line each in the file `runs` of sync.state, the newest last.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/report.h"

#define RUN_HISTORY_KEPT 100

/* The verb of a run that read pushed groups alone: never complete. */
#define RUN_HISTORY_PUSHED "pushed"

struct run_record {
    const char *run; /* its id */
    /* "sync", "apply", "plan" (a schedule that is not armed), RUN_HISTORY_PUSHED */
    const char *verb;
    gint64 started; /* UTC seconds */
    const struct report *report;
};

/* Adds a run and forgets those beyond RUN_HISTORY_KEPT. */
gboolean run_history_add(const char *state, const struct run_record *record, GError **error);

/* The runs kept, the newest first: objects { run, verb, started, exit, complete, report }, where
 * `complete` says that every directory was read whole. An absent file is no runs; a line that is
 * broken is left out. New reference. */
json_t *run_history_read(const char *state);
