/*
 * Runs `rolecall sync` when the config's schedule says so and when pushed groups change, as a child
 * started afresh: directory secrets never live in the process that listens. One run at a time.
 *
 *   ServeSchedule *schedule = serve_schedule_start(settings, "/etc/rolecall/rolecall.conf", &error);
 *   ... serve_schedule_groups_changed(schedule) ...
 *   serve_schedule_stop(schedule);
 */
#pragma once

#include "agent/settings/settings.h"

typedef struct serve_schedule ServeSchedule;

/* Can the schedule be read, if there is one? To be asked before anything is changed.
 * OUTCOME_SETTINGS with its place. */
gboolean serve_schedule_check(const Settings *settings, GError **error);

/* Starts the thread that waits and runs; signals must be blocked by then. Groups may have changed
 * while nobody listened: where the config has directories of pushed groups, it begins with them.
 * Without any and without a schedule it does nothing and is still to be stopped. The settings are
 * not kept. Errors: SETTINGS (the schedule), INTERNAL. */
ServeSchedule *serve_schedule_start(const Settings *settings, const char *config,
                                    GError **error);

/* Pushed groups have changed: a run that reads them alone follows soon, and another one once they
 * have been quiet (sync.settle). From any thread; returns at once. */
void serve_schedule_groups_changed(ServeSchedule *schedule);

/* Ends a run under way (SIGTERM first), waits for it, and frees. NULL is fine. */
void serve_schedule_stop(ServeSchedule *schedule);
