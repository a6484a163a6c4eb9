/*
 * What the commands say: results on standard output, everything else on standard error.
 *
 * Colour only where a person looks: a terminal, and NO_COLOR is not set.
 *
 * Names come from directories, endpoints and whoever typed them. Whatever is printed here is
 * made safe first (D15): control characters, those that turn the direction of the text or hide
 * in it, and bytes that are no UTF-8 are shown as \u001b or \xff. The first form is JSON's own:
 * a JSON value stays what it is.
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

/* To be called before any file is opened: makes sure that none becomes the standard output. */
void terminal_open(void);

/* Is it a terminal that shows colour? */
gboolean terminal_has_colour(FILE *stream);

/* The text, made safe, in its tone where the stream shows colour. One line: a newline is shown as
 * \u000a. The caller frees. */
char *terminal_paint(FILE *stream, enum terminal_tone tone, const char *text);

/* A line on standard error, "rolecall: ..." */
void terminal_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* A line on standard error in a tone, without "rolecall: ": problems of the config bear their
 * place. */
void terminal_tell(enum terminal_tone tone, const char *line);

/* Text on standard output, with its newlines. */
void terminal_print(const char *text);

/* A part of a line on standard output, in a tone. */
void terminal_print_toned(enum terminal_tone tone, const char *text);

/* One JSON value on one line on standard output; takes the reference. */
void terminal_json(json_t *value);
