/*
 * Plans as a file: one JSON object that carries the digest of itself, so that what is applied
 * is what was shown.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "agent/sync/plan.h"

/* The plans of a run (Plan *) as canonical JSON text: keys sorted, one line, no newline. The
 * same plans give the same bytes. The caller frees. */
char *plan_file_print(const GPtrArray *plans);

/* Reads what plan_file_print() made: an array of Plan *, which frees them. BAD_INPUT names the
 * first thing that is wrong: no JSON, not a plan, a newer form, a digest that does not fit. */
GPtrArray *plan_file_parse(const char *text, size_t length, GError **error);

/* The same from and to a file; written atomically with mode 0600. */
gboolean plan_file_write(const char *path, const GPtrArray *plans, GError **error);
GPtrArray *plan_file_read(const char *path, GError **error);
