/*
 * The `rules` of the config made into rules: mapping/rules.h compiles them, this gives it what
 * the file says, with file:line.
 */
#pragma once

#include "agent/settings/settings.h"
#include "mapping/rules.h"

/* Compiles every rule and seals them, in any order of the file. `dn_key` normalises what looks
 * like a DN (an error is a problem of that rule) and may be NULL where no directory is asked:
 * then DNs stay as written. NULL when a rule is broken; each broken rule is one problem. The
 * caller frees the rules; they borrow nothing. */
Rules *rules_read(const Settings *settings, char *(*dn_key)(const char *dn, GError **error),
                  GPtrArray *problems);

/* Does this name of a group or a user look like a DN? */
gboolean rules_read_is_dn(const char *text);

/* Adds an error of mapping to the problems: those bear "file:line: " already. */
void rules_read_report(const Settings *settings, guint line, const GError *error,
                       GPtrArray *problems);
