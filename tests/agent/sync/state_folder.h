/*
 * A state folder of its own for a test.
 */
#pragma once

#include <glib.h>

/* cmocka set-up and tear-down: *state is the folder's path (char *). The tear-down removes the
 * files in it. */
int state_folder_set_up(void **state);
int state_folder_tear_down(void **state);

/* Writes a file of the folder, to begin from something broken. */
void state_folder_put(const char *folder, const char *name, const char *text);

/* The text of a file; the caller frees. */
char *state_folder_get(const char *folder, const char *name);
