/*
 * One step as JSON and back, for plan files and the ledger.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/plan.h"

/* A new reference; members that say nothing for the step are left out. */
json_t *plan_step_file_print(const struct plan_step *step);

/* Fills `step`, with texts that `plan` owns. BAD_INPUT names the member that is wrong. */
gboolean plan_step_file_parse(Plan *plan, const json_t *value, struct plan_step *step,
                              GError **error);

/* The text under `key`, copied into the plan. When it is missing: `missing`, or BAD_INPUT where
 * that is NULL. */
gboolean plan_step_file_text(Plan *plan, const json_t *object, const char *key,
                             const char *missing, const char **text, GError **error);
