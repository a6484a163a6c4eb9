/*
 * The groups that rules need, read from a server by whatever costs less.
 *
 * One scan where every name must be seen; else the named groups by filter or DN, then what is
 * nested in them level by level, or one scan when a level has too many candidates. What counts as
 * nested never depends on which way was taken: a group below the group base.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_groups.h"
#include "agent/directory/directory_session.h"
#include "mapping/needs.h"

/* Names that one filter asks for at once, and candidates beyond which one scan is cheaper. */
#define DIRECTORY_NAMES_AT_ONCE    100
#define DIRECTORY_SINGLE_READS_MAX 1000

/* Fills `groups` and marks the needed ones. FALSE: the search's error, or that of
 * directory_groups_select(). */
gboolean directory_group_search(DirectorySession *session, DirectoryGroups *groups,
                                const Needs *needs, GError **error);

/* "(&<filter>(|<part><part>...))" for the parts from `first` on, at most DIRECTORY_NAMES_AT_ONCE.
 * The caller frees. */
char *directory_group_search_any(const char *filter, const GPtrArray *parts, guint first);
