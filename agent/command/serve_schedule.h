/*
 * Runs `rolecall sync` when the config's schedule says so, as a child started afresh: directory
 * secrets never live in the process that listens.
 *
 *   ServeSchedule *schedule = serve_schedule_start(settings, "/etc/rolecall/rolecall.conf", &error);
 *   ...
 *   serve_schedule_stop(schedule);
 */
#pragma once

#include "agent/settings/settings.h"

typedef struct serve_schedule ServeSchedule;

/* Can the schedule be read, if there is one? To be asked before anything is changed.
 * OUTCOME_SETTINGS with its place. */
gboolean serve_schedule_check(const Settings *settings, GError **error);

/* Starts the thread that waits and runs; signals must be blocked by then. Without a schedule in
 * the config it does nothing and is still to be stopped. The settings are not kept. Errors:
 * SETTINGS (the schedule), INTERNAL. */
ServeSchedule *serve_schedule_start(const Settings *settings, const char *config,
                                    GError **error);

/* Ends a run under way (SIGTERM first), waits for it, and frees. NULL is fine. */
void serve_schedule_stop(ServeSchedule *schedule);
