/*
 * A rule's `group_matches`: a Perl-compatible regular expression over group names, with named
 * captures that `project` and `role` may use as "${name}".
 *
 *   Pattern *pattern = pattern_new("^proj-(?<project>[a-z0-9-]+)-(?<level>rw|ro)$", &error);
 *   if (pattern_match(pattern, group->name, &match, &error))
 *       role = pattern_expand(match, "${level}");
 *
 * It matches as written: without ^ and $ anywhere in the name; case counts unless it starts
 * with (?i). "$" means the very end of the name. A match may take PATTERN_MAX_STEPS
 * backtracking steps: what needs more is an error that names pattern and group, never "does not
 * match", because that would take roles away. Option verbs "(*...)" are refused, since they
 * could lift that limit.
 */
#pragma once

#include <glib.h>

#define PATTERN_MAX_BYTES 1024
#define PATTERN_MAX_STEPS 100000

typedef struct pattern Pattern;

/* Compiles, or NULL and an error (OUTCOME_SETTINGS) with the byte where the expression breaks.
 */
Pattern *pattern_new(const char *text, GError **error);
void pattern_free(Pattern *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pattern, pattern_free)

/* Does `template` use captures ("${")? */
gboolean pattern_template_has_captures(const char *template);

/* Is `template` well formed and does it name only captures of this pattern? `pattern` may be
 * NULL (no captures exist then). Error OUTCOME_SETTINGS. */
gboolean pattern_check_template(const Pattern *pattern, const char *template, GError **error);

/* Does the name match? FALSE without an error: no; FALSE with one: it could not be decided
 * (OUTCOME_SETTINGS). *match is for pattern_expand() and dies with g_match_info_free(); it
 * keeps `name` borrowed. */
gboolean pattern_match(const Pattern *pattern, const char *name, GMatchInfo **match,
                       GError **error);

/* The template with its captures filled in; a capture that took no part is empty. Caller frees.
 */
char *pattern_expand(const GMatchInfo *match, const char *template);
