/*
 * What the commands say: results on standard output, everything else on standard error.
 *
 * Colour only where a person looks: a terminal, and NO_COLOR is not set.
 */
#pragma once

#include <stdio.h>

#include <glib.h>
#include <jansson.h>

enum terminal_tone {
    TERMINAL_PLAIN,
    TERMINAL_GOOD,
    TERMINAL_ATTENTION, /* a hold, a warning */
    TERMINAL_BAD,
    TERMINAL_QUIET, /* what matters less */
};

/* Is it a terminal that shows colour? */
gboolean terminal_has_colour(FILE *stream);

/* The text in its tone where the stream shows colour, else as it is. The caller frees. */
char *terminal_paint(FILE *stream, enum terminal_tone tone, const char *text);

/* A line on standard error, "rolecall: ..." */
void terminal_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* A line on standard error as it is, in a tone: problems of the config bear their place. */
void terminal_tell(enum terminal_tone tone, const char *line);

/* Text on standard output as it is. */
void terminal_print(const char *text);

/* One JSON value on one line on standard output; takes the reference. */
void terminal_json(json_t *value);
