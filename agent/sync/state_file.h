/*
 * A JSON object that a run keeps in the state folder from one time to the next.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

/* The object in the file `name` of the folder, a new reference; an empty one where there is no such
 * file. BAD_INPUT when it is no JSON object. */
json_t *state_file_read(const char *state, const char *name, GError **error);

/* Writes it anew: atomically, durably, mode 0600. INTERNAL when that fails. */
gboolean state_file_write(const char *state, const char *name, const json_t *object,
                          GError **error);
