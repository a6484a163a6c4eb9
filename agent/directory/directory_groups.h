/*
 * The groups of a read: taken in from entries, chosen by what the rules need, their nesting closed.
 *
 *   g_autoptr(DirectoryGroups) groups = directory_groups_new(&scheme);
 *   directory_groups_take(groups, entry, &error);            for each entry that is a group
 *   directory_groups_select(groups, needs, unread, &error);  until nothing is unread
 *   ... the people (directory_people.h) ...
 *   directory_groups_write(groups, snapshot, &error);
 *
 * No LDAP in here: directory_group_search.h reads them from a server, ldif_source.c from a file.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_entry.h"
#include "agent/directory/directory_scheme.h"
#include "mapping/needs.h"
#include "mapping/snapshot.h"

struct directory_member {
    char *key; /* directory_dn_key() */
    char *dn;  /* as the group writes it */
};

struct directory_group {
    char *dn, *key, *anchor;
    char *name;         /* of several common names the one a rule uses, else the RDN's */
    char **names;       /* all of them, NULL-terminated */
    GArray *members;    /* struct directory_member */
    GPtrArray *logins;  /* char * */
    guint32 primary_id; /* RID that primaryGroupID names, 0: none */
    const char *range_attribute; /* its values go on at range_next; NULL: whole */
    guint64 range_next;
    gboolean needed; /* named by a rule, or nested in one that is */
};

struct directory_groups {
    const struct directory_scheme *scheme; /* borrowed */
    GPtrArray *list; /* struct directory_group *, in the order of reading */
    GHashTable *by_key;
    GStringChunk *text; /* owns every text of groups and members */
};

typedef struct directory_groups DirectoryGroups;

DirectoryGroups *directory_groups_new(const struct directory_scheme *scheme);
void directory_groups_free(DirectoryGroups *groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DirectoryGroups, directory_groups_free)

/* The attributes that groups are asked for, NULL-terminated; the caller frees the array only. */
const char **directory_groups_attributes(const struct directory_scheme *scheme);

/* Adds the group of this entry unless it is there already. FALSE: OUTCOME_SETTINGS, it has no
 * anchor, so that the entry cannot be told from another. */
gboolean directory_groups_take(DirectoryGroups *groups, const struct directory_entry *entry,
                               GError **error);

/* Adds the members of a further part of this group's ranged values. */
void directory_groups_take_more(DirectoryGroups *groups, struct directory_group *group,
                                const struct directory_entry *entry);

/* The group with this key, or NULL. Borrowed. */
struct directory_group *directory_groups_find(const DirectoryGroups *groups, const char *key);

/* Marks what `needs` names and all that is nested in it. Members below the group base that are no
 * group of ours are added to `unread` (const struct directory_member *, each once; may be NULL):
 * they may be groups. FALSE: OUTCOME_SETTINGS, a named group is missing, or a common name stands
 * for two, which are named. */
gboolean directory_groups_select(DirectoryGroups *groups, const Needs *needs,
                                 GHashTable *unread, GError **error);

/* The same without the demand that all named groups are there: while they are still being read. */
void directory_groups_follow(DirectoryGroups *groups, const Needs *needs, GHashTable *unread);

/* Adds the needed groups and their members to the snapshot. */
gboolean directory_groups_write(const DirectoryGroups *groups, Snapshot *snapshot,
                                GError **error);
