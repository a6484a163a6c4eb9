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

/* How many people the directory's last accepted snapshot had (0: none was accepted), and how
 * many members, nesting closed, the group with this anchor had in it. */
guint accepted_entries(const Accepted *accepted, const char *directory);
guint accepted_members(const Accepted *accepted, const char *directory, const char *anchor);

/* Replaces what is known of a directory, then one call a mapped group. */
void accepted_set(Accepted *accepted, const char *directory, guint entries);
void accepted_set_group(Accepted *accepted, const char *directory, const char *anchor,
                        guint members);

/* Writes the file anew and atomically. */
gboolean accepted_save(const Accepted *accepted, const char *state, GError **error);
