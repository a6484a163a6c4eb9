/*
 * What the last accepted snapshot of each directory looked like: entries, and members of every
 * mapped group, so that an emptied group or a halved file is seen for what it is (R49).
 *
 * Kept in `accepted.json` in the state folder. A snapshot is accepted once a run made plans
 * from it without the guard tripping over an emptied group of it, or with that approved.
 */
#pragma once

#include <glib.h>

typedef struct accepted Accepted;

/* Reads the file; one that does not exist is an empty book. BAD_INPUT when it is broken. */
Accepted *accepted_open(const char *state, GError **error);
void accepted_free(Accepted *accepted);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Accepted, accepted_free)

/* How many people the directory's last accepted snapshot had (0: none was accepted), and the digest
 * of the rules that it was accepted under ("" then). Borrowed. */
guint accepted_entries(const Accepted *accepted, const char *directory);
const char *accepted_rules(const Accepted *accepted, const char *directory);

/* Calls `visit` for every mapped group of the last accepted snapshot, in the order of their
 * anchors: its name then, and its members, nesting closed. */
void accepted_each_group(const Accepted *accepted, const char *directory,
                         void (*visit)(void *context, const char *anchor, const char *name,
                                       guint members),
                         void *context);

/* Replaces what is known of a directory, then one call a mapped group. */
void accepted_set(Accepted *accepted, const char *directory, guint entries, const char *rules);
void accepted_set_group(Accepted *accepted, const char *directory, const char *anchor,
                        const char *name, guint members);

/* Writes the file anew and atomically. */
gboolean accepted_save(const Accepted *accepted, const char *state, GError **error);
