/*
 * The people of a read: who is wanted, and how an entry becomes a record of the snapshot.
 *
 *   struct directory_people people;
 *   directory_people_init(&people, &scheme, needs, groups);   after the groups are selected
 *   directory_people_take(&people, entry, snapshot, &error);  for each entry that is a person
 *
 * No LDAP in here: directory_people_search.h reads them from a server, ldif_source.c from a file.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_entry.h"
#include "agent/directory/directory_groups.h"
#include "agent/directory/directory_scheme.h"
#include "mapping/needs.h"
#include "mapping/snapshot.h"

struct directory_people {
    const struct directory_scheme *scheme; /* borrowed, as the next two */
    const Needs *needs;
    DirectoryGroups *groups;
    gint64 now;           /* UTC seconds: has an account expired? */
    gboolean everybody;   /* needs->all_people: the three tables below narrow nothing */
    GHashTable *keys;     /* key -> DN of members that are no group of ours and may be people */
    GHashTable *logins;   /* of memberUid */
    GHashTable *primary;  /* RID (as pointer) -> struct directory_group *: primaryGroupID */
    GHashTable *disabled; /* keys that account_disabled matched, owned */
};

/* Gathers who the needed groups name. `now`: UTC seconds. */
void directory_people_init(struct directory_people *people,
                           const struct directory_scheme *scheme, const Needs *needs,
                           DirectoryGroups *groups, gint64 now);
void directory_people_clear(struct directory_people *people);

/* The attributes that people are asked for, NULL-terminated; the caller frees the array only. */
const char **directory_people_attributes(const struct directory_people *people);

/* Remembers that the directory proves this entry disabled. */
gboolean directory_people_take_disabled(struct directory_people *people,
                                        const struct directory_entry *entry, GError **error);

/* Adds the person to the snapshot if anybody wants them, and to the group that is their primary one.
 * A value that is no usable text sets the person aside with the reason; the entry stays. FALSE:
 * OUTCOME_SETTINGS (no anchor), or the snapshot's error. */
gboolean directory_people_take(struct directory_people *people,
                               const struct directory_entry *entry, Snapshot *snapshot,
                               GError **error);

/* What the directory proves of the account of an entry with this key. */
enum snapshot_state directory_people_state(const struct directory_people *people,
                                           const struct directory_entry *entry,
                                           const char *key);
