/*
 * The end of a run: what was read, done, held and left, and the exit status that says so.
 *
 * One report sums up all organizations of a run. Filled by cycle and apply with
 * report_count_*(); read by commands, which print it and exit with it.
 */
#pragma once

#include <glib.h>

#include "agent/sync/plan.h"

/* The exit statuses of the program, as `man rolecall` lists them. */
enum report_exit {
    REPORT_EXIT_DONE = 0,
    REPORT_EXIT_FAILED = 1,
    REPORT_EXIT_PENDING = 2, /* plan only: there is something to do */
    REPORT_EXIT_GUARD = 3,
    REPORT_EXIT_PARTLY = 4,
    REPORT_EXIT_NO_SNAPSHOT = 5,
    REPORT_EXIT_USAGE = 64,
    REPORT_EXIT_NO_ENDPOINT = 69,
    REPORT_EXIT_BUSY = 75,
    REPORT_EXIT_CONFIG = 78,
};

struct report {
    guint read, matched, set_aside;
    guint invited, reissued, revoked, promoted, demoted;
    guint project_roles_set, project_roles_removed;
    guint updated, suspended, reactivated, removed;
    guint held[PLAN_HOLDS];
    guint notes[PLAN_NOTES];
    guint waiting;
    guint failed;       /* steps and markers that ended in an error, uncertain ones included */
    guint writes;       /* requests that changed something, markers cleared included */
    double seconds;     /* how long the run took; whoever runs a cycle fills it in */
    guint pending;      /* steps planned and not carried out, because this was only a plan */
    guint no_snapshots; /* directories that gave no snapshot */
    gboolean planned_only;
    gboolean no_endpoint; /* an endpoint did not answer */
    gboolean failed_run;  /* something failed for the whole run or an organization */
    gboolean bad_config; /* the config turned out wrong (base, group or organization missing) */
    gboolean busy;       /* another run is active */
    GPtrArray *problems; /* char *, owned: one sentence each, in the order they came */
};

void report_init(struct report *report);
void report_clear(struct report *report);

/* Counts what a plan says before any step: read, matched, set_aside, holds, notes, waiting. */
void report_count_plan(struct report *report, const Plan *plan);

/* Counts a step that was carried out. */
void report_count_step(struct report *report, const struct plan_step *step);

/* One sentence for the end of the report; context is added by the caller. */
void report_problem(struct report *report, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* By the precedence 78, 69, 75, 1, 5, 3, 4, then 2 for a plan with something to do, then 0. */
enum report_exit report_exit_status(const struct report *report);

/* One word for an exit status: "done", "pending", "guard", "partly", "no-snapshot", "failed",
 * "usage", "no-endpoint", "busy", "config". */
const char *report_exit_word(enum report_exit status);

/* The word of the report's own: "nothing-to-do" for a run that is done and wrote nothing. */
const char *report_status_word(const struct report *report);

/* The counted table, one line a count that is not zero, problems last; and the same as one JSON
 * line with every key, without a newline. The caller frees. */
char *report_table(const struct report *report);
char *report_json(const struct report *report);
