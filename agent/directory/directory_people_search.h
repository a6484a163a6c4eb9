/*
 * The people whom the needed groups name, read from a server by whatever costs less: one scan, or
 * by their names, a hundred to a search. Both ways ask below the people base with the person
 * filter, so that who counts as a person never depends on which was taken.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_people.h"
#include "agent/directory/directory_session.h"
#include "mapping/snapshot.h"

/* Adds them to the snapshot. FALSE: the search's error, or that of directory_people_take(). */
gboolean directory_people_search(DirectorySession *session, struct directory_people *people,
                                 Snapshot *snapshot, GError **error);
