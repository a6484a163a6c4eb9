#include "mapping/group_index.h"

#include "mapping/fold.h"
#include "scim/protocol/outcome.h"

struct group_index {
    const Snapshot *snapshot;
    GHashTable *by_name;   /* name -> the first group of that name + 1 */
    GHashTable *by_anchor; /* anchor -> group + 1 */
    guint32 *namesake;     /* by group: the next one of its name, or GROUP_INDEX_NONE */
};

GroupIndex *group_index_new(const Snapshot *snapshot)
{
    GroupIndex *index = g_new0(GroupIndex, 1);

    index->snapshot = snapshot;
    index->by_name = g_hash_table_new(fold_hash, fold_equal);
    index->by_anchor = g_hash_table_new(fold_hash, fold_equal);
    index->namesake = g_new(guint32, snapshot->group_count);
    for (guint32 i = 0; i < snapshot->group_count; i++) {
        const struct snapshot_group *group = &snapshot->groups[i];
        guint32 first = GPOINTER_TO_UINT(g_hash_table_lookup(index->by_name, group->name));
        index->namesake[i] = GROUP_INDEX_NONE;
        g_hash_table_insert(index->by_anchor, fold_key(group->anchor), GUINT_TO_POINTER(i + 1));
        if (first == 0) {
            g_hash_table_insert(index->by_name, fold_key(group->name), GUINT_TO_POINTER(i + 1));
        } else {
            index->namesake[i] = index->namesake[first - 1];
            index->namesake[first - 1] = i;
        }
    }
    return index;
}

void group_index_free(GroupIndex *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->by_name);
    g_hash_table_unref(index->by_anchor);
    g_free(index->namesake);
    g_free(index);
}

static guint32 look_up(const GroupIndex *index, const struct rule *rule)
{
    const Snapshot *snapshot = index->snapshot;
    const struct snapshot_group *group = NULL;

    switch (rule->subject) {
    case RULE_GROUP_DN:
        group = snapshot_find_group_dn(snapshot, rule->dn_key);
        return group != NULL ? (guint32)(group - snapshot->groups) : GROUP_INDEX_NONE;
    case RULE_GROUP_NAME:
        return GPOINTER_TO_UINT(g_hash_table_lookup(index->by_name, rule->key)) - 1;
    case RULE_GROUP_ANCHOR:
        return GPOINTER_TO_UINT(g_hash_table_lookup(index->by_anchor, rule->key)) - 1;
    case RULE_GROUP_MATCHES:
    case RULE_FILTER:
    case RULE_USER_DN:
    case RULE_USER:
        break;
    }
    return GROUP_INDEX_NONE;
}

gboolean group_index_find(const GroupIndex *index, const struct rule *rule, guint32 *group,
                          GError **error)
{
    const struct snapshot_group *groups = index->snapshot->groups;

    *group = look_up(index, rule);
    if (*group == GROUP_INDEX_NONE) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS,
            "%s:%u: the directory '%s' has no group '%s': was it renamed, moved or deleted?",
            rule->file, rule->line, rule->directory, rule->key);
        return FALSE;
    }
    if (rule->subject == RULE_GROUP_NAME && !index->snapshot->shares_names &&
        index->namesake[*group] != GROUP_INDEX_NONE) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS,
            "%s:%u: the directory '%s' has two groups named '%s': '%s' and '%s'; use the "
            "DN of the one that is meant",
            rule->file, rule->line, rule->directory, rule->key, groups[*group].dn,
            groups[index->namesake[*group]].dn);
        return FALSE;
    }
    return TRUE;
}

guint32 group_index_namesake(const GroupIndex *index, guint32 group)
{
    return index->namesake[group];
}
