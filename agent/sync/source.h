/*
 * A directory, as the sync sees it: LDAP, an LDIF file, or groups pushed by a provider.
 *
 * Implemented in agent/directory, made by agent/command. One source is used by one thread.
 */
#pragma once

#include <glib.h>

#include "mapping/needs.h"
#include "mapping/snapshot.h"

/* What a look-up by anchor proves. Unknown is not absent (R47): the compiler sees every case.
 */
enum source_presence {
    SOURCE_PRESENT,      /* in scope: it is merely not mapped */
    SOURCE_DISABLED,     /* there, and the directory proves it disabled or expired */
    SOURCE_OUT_OF_SCOPE, /* there, outside people_base or not matching person_filter */
    SOURCE_DELETED, /* the directory answered with success: no such entry anywhere it serves */
    SOURCE_UNKNOWN, /* this source cannot tell (an LDIF file, for "moved" against "deleted") */
};

struct source {
    /* The name in the config: "corp". Owned by the source. */
    char *name;

    /* Reads all that `needs` asks for: one complete, sealed snapshot (yours to free), or NULL
     * and an error that says why not. Complete means: every search ended with result code 0,
     * the last paging cookie empty, ranged values read to the end, no unexplained reference,
     * every group of needs->group_dns, _names and _anchors found (a common name that two groups
     * bear is an error that names both). Nothing partial ever comes back (I6). Errors: RETRY
     * (server away, cut, limit hit, time limit), DENIED (bind refused), SETTINGS (base or group
     * missing, TLS unusable), BAD_INPUT (broken LDIF), INTERRUPTED. */
    Snapshot *(*read)(struct source *source, const Needs *needs, GError **error);

    /* Looks one entry up by its anchor, after a read() of the same run. FALSE on any failure:
     * then nothing is known of the person. */
    gboolean (*look_up)(struct source *source, const char *anchor,
                        enum source_presence *presence, GError **error);

    /* How many entries of any kind the last read() that succeeded found: what the next one is
     * measured by (last_accepted). NULL where nothing is measured so. */
    guint (*entries)(const struct source *source);

    /* Pushed groups: its anchors are the ids of people at the target, and all it says of them is
     * their roles. */
    gboolean attaches;

    /* When what the last read() found had last changed, and what time it was then, both by the clock
     * of whoever keeps it, in UTC seconds. FALSE: it never changed. NULL: nothing is known of that,
     * and what is taken away is taken away at once. */
    gboolean (*changed)(const struct source *source, gint64 *changed_at, gint64 *read_at);

    void (*free)(struct source *source);
};

/* Progress, handed down: how many entries of which directory were read so far. */
struct source_observer {
    void (*progress)(void *context, const char *directory, guint entries);
    void *context;
};
