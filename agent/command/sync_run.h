/*
 * How plan, sync and apply say what a run gave, and what they exit with.
 */
#pragma once

#include "agent/command/command_line.h"
#include "agent/sync/cycle.h"

struct sync_run_view {
    gboolean json;
    gboolean plan_alone; /* the plan is the result (plan); else the counted report is */
    const char *user;    /* only what concerns them; NULL: everything */
};

/* Runs the cycle, or carries `plans` out where they are not NULL (the result takes them), and
 * measures how long it takes. */
CycleResult *sync_run_cycle(const struct cycle *cycle, GPtrArray *plans);

/* Prints the result and gives the exit status. */
int sync_run_show(const struct sync_run_view *view, const CycleResult *result);

/* Keeps the run for `rolecall status`; what goes wrong there is told and changes nothing else. */
void sync_run_remember(const struct cycle *cycle, const char *verb, gint64 started,
                       const CycleResult *result);

/* Tells an error of assembly as command_line_fail() does and gives its exit status. */
int sync_run_fail(const struct command_line *line, const GError *error);
