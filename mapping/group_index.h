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

/* The one group (index into snapshot.groups) that a rule of kind RULE_GROUP_DN, _NAME or
 * _ANCHOR names. Error OUTCOME_SETTINGS with file:line: there is none, or there are two. */
gboolean group_index_find(const GroupIndex *index, const struct rule *rule, guint32 *group,
                          GError **error);
