#include "agent/directory/directory_groups.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

/* Stands for a member value that is no DN: no entry has this key, so it is counted as unresolved. */
#define NO_ENTRY "?"

#define DOMAIN_SID_BYTES 28

static void group_free(gpointer data)
{
    struct directory_group *group = data;
    g_array_unref(group->members);
    g_ptr_array_unref(group->logins);
    g_free(group->names);
    g_free(group);
}

DirectoryGroups *directory_groups_new(const struct directory_scheme *scheme)
{
    DirectoryGroups *groups = g_new0(DirectoryGroups, 1);
    groups->scheme = scheme;
    groups->list = g_ptr_array_new_with_free_func(group_free);
    groups->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    groups->text = g_string_chunk_new(65536);
    return groups;
}

void directory_groups_free(DirectoryGroups *groups)
{
    if (groups == NULL)
        return;
    g_hash_table_unref(groups->by_key);
    g_ptr_array_unref(groups->list);
    g_string_chunk_free(groups->text);
    g_free(groups);
}

const char **directory_groups_attributes(const struct directory_scheme *scheme)
{
    guint count = 0;
    while (scheme->member_attributes[count] != NULL)
        count++;
    const char **names = g_new0(const char *, count + 4);
    names[0] = scheme->anchor;
    names[1] = scheme->group_name;
    for (guint i = 0; i < count; i++)
        names[2 + i] = scheme->member_attributes[i];
    if (scheme->has_account_control)
        names[2 + count] = "objectSid";
    return names;
}

struct directory_group *directory_groups_find(const DirectoryGroups *groups, const char *key)
{
    return g_hash_table_lookup(groups->by_key, key);
}

/* uniqueMember may carry an identifier after the DN, "...#'0101'B" (RFC 4517 3.3.21). */
static size_t length_without_identifier(const struct directory_value *value)
{
    const char *hash = memrchr(value->bytes, '#', value->length);
    size_t rest = hash == NULL ? 0 : value->length - (size_t)(hash - value->bytes);
    if (rest < 4 || hash[1] != '\'' || memcmp(value->bytes + value->length - 2, "'B", 2) != 0)
        return value->length;
    return value->length - rest;
}

static void add_dn(DirectoryGroups *groups, struct directory_group *group,
                   const struct directory_value *value)
{
    size_t length = length_without_identifier(value);
    g_autofree char *key = directory_dn_key_of_bytes(value->bytes, length, NULL);
    g_autofree char *dn = g_strndup(value->bytes, length);
    struct directory_member member = {
        .key = g_string_chunk_insert_const(groups->text, key != NULL ? key : NO_ENTRY),
        .dn = g_string_chunk_insert_const(groups->text, dn),
    };
    g_array_append_val(group->members, member);
}

static void add_login(DirectoryGroups *groups, struct directory_group *group,
                      const struct directory_value *value)
{
    g_autofree char *login = directory_value_text(value);
    if (login != NULL)
        g_ptr_array_add(group->logins, g_string_chunk_insert_const(groups->text, login));
}

static void add_members(DirectoryGroups *groups, struct directory_group *group,
                        const struct directory_entry *entry,
                        const struct directory_attribute *attribute, gboolean are_logins)
{
    for (guint i = 0; i < attribute->value_count; i++) {
        const struct directory_value *value = directory_entry_value(entry, attribute, i);
        if (are_logins)
            add_login(groups, group, value);
        else
            add_dn(groups, group, value);
    }
}

/* The plain values and a first part of ranged ones (R50): the rest is fetched by whoever can. */
static void take_members(DirectoryGroups *groups, struct directory_group *group,
                         const struct directory_entry *entry, const char *name)
{
    gboolean are_logins = directory_scheme_holds_logins(name);
    size_t length = strlen(name);
    for (guint i = 0; i < entry->attributes->len; i++) {
        const struct directory_attribute *attribute =
            &g_array_index(entry->attributes, struct directory_attribute, i);
        guint64 first = 0;
        guint64 next = 0;
        if (attribute->name.length != length ||
            g_ascii_strncasecmp(attribute->name.bytes, name, length) != 0)
            continue;
        if (attribute->options.length > 0 &&
            !directory_entry_range(&attribute->options, &first, &next))
            continue;
        add_members(groups, group, entry, attribute, are_logins);
        if (next != 0) {
            group->range_attribute = name;
            group->range_next = next;
        }
    }
}

static int compare_texts(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Of several names the RDN's is the group's own; otherwise the first in order, so that the order
 * in which the server sends them means nothing. */
static void take_names(DirectoryGroups *groups, struct directory_group *group,
                       const struct directory_entry *entry)
{
    const struct directory_attribute *attribute =
        directory_entry_find(entry, groups->scheme->group_name);
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; attribute != NULL && i < attribute->value_count; i++) {
        g_autofree char *name =
            directory_value_show(directory_entry_value(entry, attribute, i));
        g_ptr_array_add(names, g_string_chunk_insert_const(groups->text, name));
    }
    g_ptr_array_sort(names, compare_texts);
    group->name = names->len > 0 ? g_ptr_array_index(names, 0) : group->dn;
    if (names->len > 1) {
        g_autofree char *own = directory_dn_rdn_value(group->dn, groups->scheme->group_name);
        for (guint i = 0; own != NULL && i < names->len; i++)
            if (strcmp(g_ptr_array_index(names, i), own) == 0)
                group->name = g_ptr_array_index(names, i);
    }
    g_ptr_array_add(names, NULL);
    group->names = (char **)g_ptr_array_free(names, FALSE);
}

/* The last number of a domain's SID (S-1-5-21-a-b-c-RID) is what primaryGroupID says. */
static guint32 primary_id_of(const struct directory_entry *entry)
{
    const struct directory_value *sid = directory_entry_first(entry, "objectSid");
    if (sid == NULL || sid->length != DOMAIN_SID_BYTES)
        return 0;
    const guchar *last = (const guchar *)sid->bytes + sid->length - 4;
    return (guint32)last[0] | (guint32)last[1] << 8 | (guint32)last[2] << 16 |
           (guint32)last[3] << 24;
}

gboolean directory_groups_take(DirectoryGroups *groups, const struct directory_entry *entry,
                               GError **error)
{
    const struct directory_scheme *scheme = groups->scheme;
    const struct directory_value *value = directory_entry_first(entry, scheme->anchor);
    g_autofree char *anchor =
        value == NULL ? NULL : directory_anchor_text(scheme->anchor_form, value);
    g_autofree char *dn = directory_value_show(&entry->dn);
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL)
        return FALSE;
    if (directory_groups_find(groups, key) != NULL)
        return TRUE;
    if (anchor == NULL) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS,
            "group '%s' has no usable '%s': set anchor to an attribute that never changes "
            "and that every group and person has",
            dn, scheme->anchor);
        return FALSE;
    }
    struct directory_group *group = g_new0(struct directory_group, 1);
    group->dn = g_string_chunk_insert_const(groups->text, dn);
    group->key = g_string_chunk_insert_const(groups->text, key);
    group->anchor = g_string_chunk_insert_const(groups->text, anchor);
    group->members = g_array_new(FALSE, FALSE, sizeof(struct directory_member));
    group->logins = g_ptr_array_new();
    group->primary_id = scheme->has_account_control ? primary_id_of(entry) : 0;
    take_names(groups, group, entry);
    for (const char *const *name = scheme->member_attributes; *name != NULL; name++)
        take_members(groups, group, entry, *name);
    g_ptr_array_add(groups->list, group);
    g_hash_table_insert(groups->by_key, group->key, group);
    return TRUE;
}

void directory_groups_take_more(DirectoryGroups *groups, struct directory_group *group,
                                const struct directory_entry *entry)
{
    take_members(groups, group, entry, group->range_attribute);
}

static gboolean bears_name(const struct directory_group *group, const char *name)
{
    for (char **each = group->names; *each != NULL; each++)
        if (g_ascii_strcasecmp(*each, name) == 0)
            return TRUE;
    return FALSE;
}

static void mark(struct directory_group *group, GPtrArray *open)
{
    if (group->needed)
        return;
    group->needed = TRUE;
    g_ptr_array_add(open, group);
}

/* Marks the group of this name; the number of groups that bear it, *first and *second of them. */
static guint mark_named(DirectoryGroups *groups, const char *name, GPtrArray *open,
                        struct directory_group *both[2])
{
    guint count = 0;
    for (guint i = 0; i < groups->list->len; i++) {
        struct directory_group *group = g_ptr_array_index(groups->list, i);
        if (!bears_name(group, name))
            continue;
        if (count < 2)
            both[count] = group;
        count++;
        /* The rules know a group by one name: the one that they use. */
        group->name = g_ascii_strcasecmp(group->name, name) == 0
                          ? group->name
                          : g_string_chunk_insert_const(groups->text, name);
        mark(group, open);
    }
    return count;
}

static gboolean mark_names(DirectoryGroups *groups, const GPtrArray *names, GPtrArray *open,
                           GError **error)
{
    gboolean good = TRUE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        struct directory_group *both[2] = {NULL, NULL};
        guint count = mark_named(groups, name, open, both);
        if (count == 1 || !good)
            continue;
        good = FALSE;
        if (count == 0)
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "no group is called '%s' below '%s' (groups are what matches '%s'; see "
                        "kind, group_base and group_filter)",
                        name, groups->scheme->group_base, groups->scheme->group_filter);
        else
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "%u groups are called '%s', among them '%s' and '%s': name the one you "
                        "mean by its DN",
                        count, name, both[0]->dn, both[1]->dn);
    }
    return good;
}

static gboolean mark_dns(DirectoryGroups *groups, const GPtrArray *keys, GPtrArray *open,
                         GError **error)
{
    gboolean good = TRUE;
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        struct directory_group *group = directory_groups_find(groups, key);
        if (group != NULL) {
            mark(group, open);
        } else if (good) {
            good = FALSE;
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                        "there is no group '%s' (groups are what matches '%s')", key,
                        groups->scheme->group_filter);
        }
    }
    return good;
}

static gboolean mark_anchors(DirectoryGroups *groups, const GPtrArray *anchors, GPtrArray *open,
                             GError **error)
{
    gboolean good = TRUE;
    for (guint i = 0; i < anchors->len; i++) {
        const char *anchor = g_ptr_array_index(anchors, i);
        gboolean found = FALSE;
        for (guint j = 0; j < groups->list->len && !found; j++) {
            struct directory_group *group = g_ptr_array_index(groups->list, j);
            found = g_ascii_strcasecmp(group->anchor, anchor) == 0;
            if (found)
                mark(group, open);
        }
        if (found || !good)
            continue;
        good = FALSE;
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "no group has the %s '%s' below '%s'",
                    groups->scheme->anchor, anchor, groups->scheme->group_base);
    }
    return good;
}

/* What a group names may be a group itself: known, to be followed, or to be asked for. */
static void follow(DirectoryGroups *groups, const struct directory_group *group,
                   GPtrArray *open, GHashTable *unread)
{
    for (guint i = 0; i < group->members->len; i++) {
        struct directory_member *member =
            &g_array_index(group->members, struct directory_member, i);
        struct directory_group *nested = directory_groups_find(groups, member->key);
        if (nested != NULL)
            mark(nested, open);
        else if (unread != NULL && strcmp(member->key, NO_ENTRY) != 0 &&
                 directory_dn_key_is_below(member->key, groups->scheme->group_key))
            g_hash_table_insert(unread, member->key, member->dn);
    }
}

static gboolean select_all(DirectoryGroups *groups, const Needs *needs, GHashTable *unread,
                           GError **error)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    for (guint i = 0; i < groups->list->len; i++)
        ((struct directory_group *)g_ptr_array_index(groups->list, i))->needed = FALSE;
    gboolean good = mark_dns(groups, needs->group_dns, open, error);
    good = mark_names(groups, needs->group_names, open, good ? error : NULL) && good;
    good = mark_anchors(groups, needs->group_anchors, open, good ? error : NULL) && good;
    for (guint i = 0; needs->all_groups && i < groups->list->len; i++)
        mark(g_ptr_array_index(groups->list, i), open);
    while (open->len > 0)
        follow(groups, g_ptr_array_steal_index_fast(open, open->len - 1), open, unread);
    return good;
}

gboolean directory_groups_select(DirectoryGroups *groups, const Needs *needs,
                                 GHashTable *unread, GError **error)
{
    return select_all(groups, needs, unread, error);
}

void directory_groups_follow(DirectoryGroups *groups, const Needs *needs, GHashTable *unread)
{
    select_all(groups, needs, unread, NULL);
}

gboolean directory_groups_write(const DirectoryGroups *groups, Snapshot *snapshot,
                                GError **error)
{
    for (guint i = 0; i < groups->list->len; i++) {
        const struct directory_group *group = g_ptr_array_index(groups->list, i);
        struct snapshot_entry entry = {.dn = group->dn,
                                       .dn_key = group->key,
                                       .anchor = group->anchor,
                                       .name = group->name};
        if (!group->needed)
            continue;
        if (!snapshot_add_group(snapshot, &entry, error))
            return FALSE;
        for (guint j = 0; j < group->members->len; j++)
            snapshot_add_member_dn(
                snapshot, g_array_index(group->members, struct directory_member, j).key);
        for (guint j = 0; j < group->logins->len; j++)
            snapshot_add_member_login(snapshot, g_ptr_array_index(group->logins, j));
    }
    return TRUE;
}
