/*
 * The options of one verb: -c, --json and --help for all of them, and the verb's own.
 *
 *   struct command_line line = {.verb = "plan", .entries = entries, .prints = TRUE, ...};
 *   int status = 0;
 *   if (!command_line_parse(&line, argc, argv, &status))
 *       return status;
 *   g_autoptr(Settings) settings = command_line_settings(&line, &status);
 *   ...
 *   command_line_clear(&line);
 */
#pragma once

#include <glib.h>

#include "agent/settings/settings.h"

#define COMMAND_LINE_CONFIG "/etc/rolecall/rolecall.conf"

struct command_line {
    const char *verb;
    const char *words_help;      /* "ADDRESS..." for the usage line; NULL: no words */
    const char *description;     /* below the options; NULL: nothing */
    const GOptionEntry *entries; /* the verb's own options, ended by an empty row; or NULL */
    gboolean prints;             /* it knows --json */
    guint least, most;           /* how many words it takes */
    char *config;                /* from here on: what was given */
    gboolean json;
    char **words; /* NULL-terminated, never NULL after a parse */
};

/* FALSE: the verb is over, with *status: 0 after --help, 64 after a mistake that was told. */
gboolean command_line_parse(struct command_line *line, int argc, char **argv, int *status);

/* Says what is wrong with the words or options, and how to get help. Always 64. */
int command_line_usage(const struct command_line *line, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* A verb that ends without its result: the problem goes to standard error and, where JSON is
 * wanted, {"status": "failed", "problems": [...]} to standard output. Gives the status back. */
int command_line_fail(const struct command_line *line, int status, const char *problem);

/* Reads the config. NULL: what is wrong was told as command_line_fail() tells it, *status is 78.
 * Warnings are told only where `warns`. */
Settings *command_line_settings(const struct command_line *line, gboolean warns, int *status);

void command_line_clear(struct command_line *line);
