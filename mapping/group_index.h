/*
 * The groups of a snapshot as rules name them: by DN, common name or anchor.
 */
#pragma once

#include <glib.h>

#include "mapping/rule.h"
#include "mapping/snapshot.h"

typedef struct group_index GroupIndex;

/* The snapshot is borrowed. */
GroupIndex *group_index_new(const Snapshot *snapshot);
void group_index_free(GroupIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GroupIndex, group_index_free)

/* No group. */
#define GROUP_INDEX_NONE G_MAXUINT32

/* The one group (index into snapshot.groups) that a rule of kind RULE_GROUP_DN, _NAME or
 * _ANCHOR names. Error OUTCOME_SETTINGS with file:line: there is none, or there are two of a name and
 * the snapshot does not share names; where it does, the rule means all of them. */
gboolean group_index_find(const GroupIndex *index, const struct rule *rule, guint32 *group,
                          GError **error);

/* The next group of the name of one that was found by it; GROUP_INDEX_NONE: no further one. */
guint32 group_index_namesake(const GroupIndex *index, guint32 group);
