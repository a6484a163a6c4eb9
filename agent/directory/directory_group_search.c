#include "agent/directory/directory_group_search.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "agent/directory/directory_search.h"
#include "scim/protocol/outcome.h"

struct reading {
    DirectorySession *session;
    DirectoryGroups *groups;
    const Needs *needs;
    const char **attributes;
    gboolean scanned;  /* everything below the group base is there */
    GHashTable *asked; /* keys that were asked for already, owned by the groups */
};

static gboolean take_group(void *context, const struct directory_entry *entry, GError **error)
{
    struct reading *reading = context;
    return directory_groups_take(reading->groups, entry, error);
}

/* Below the group base alone: a server that answers with other entries is not to be trusted. */
static gboolean take_below(void *context, const struct directory_entry *entry, GError **error)
{
    struct reading *reading = context;
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL)
        return FALSE;
    if (directory_dn_key_is_below(key, reading->groups->scheme->group_key))
        return take_group(context, entry, error);
    g_set_error(error, OUTCOME, OUTCOME_RETRY,
                "the server answered with '%s', which is not below '%s'", key,
                reading->groups->scheme->group_base);
    return FALSE;
}

static gboolean search_below(struct reading *reading, const char *filter, GError **error)
{
    struct directory_query query = {.base = reading->groups->scheme->group_base,
                                    .filter = filter,
                                    .attributes = reading->attributes,
                                    .ranges = TRUE};
    return directory_search(reading->session, &query, take_below, reading, error);
}

static gboolean scan(struct reading *reading, GError **error)
{
    reading->scanned = TRUE;
    return search_below(reading, reading->groups->scheme->group_filter, error);
}

char *directory_group_search_any(const char *filter, const GPtrArray *parts, guint first)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "(&%s(|", filter);
    for (guint i = first; i < parts->len && i < first + DIRECTORY_NAMES_AT_ONCE; i++)
        g_string_append(text, g_ptr_array_index(parts, i));
    g_string_append(text, "))");
    return g_string_free(text, FALSE);
}

static gboolean search_any(struct reading *reading, const GPtrArray *parts, GError **error)
{
    for (guint i = 0; i < parts->len; i += DIRECTORY_NAMES_AT_ONCE) {
        g_autofree char *filter =
            directory_group_search_any(reading->groups->scheme->group_filter, parts, i);
        if (!search_below(reading, filter, error))
            return FALSE;
    }
    return TRUE;
}

/* By name and by anchor, below the group base. */
static gboolean search_named(struct reading *reading, GError **error)
{
    const struct directory_scheme *scheme = reading->groups->scheme;
    const Needs *needs = reading->needs;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < needs->group_names->len; i++) {
        const char *name = g_ptr_array_index(needs->group_names, i);
        g_autofree char *value = directory_dn_filter_value(name, strlen(name));
        g_ptr_array_add(parts, g_strdup_printf("(%s=%s)", scheme->group_name, value));
    }
    for (guint i = 0; i < needs->group_anchors->len; i++) {
        char *part =
            directory_anchor_filter(scheme->anchor, g_ptr_array_index(needs->group_anchors, i));
        if (part != NULL)
            g_ptr_array_add(parts, part);
    }
    return search_any(reading, parts, error);
}

/* A group that a rule names by DN may stand anywhere. That it is missing is found out later. */
static gboolean read_dns(struct reading *reading, GError **error)
{
    for (guint i = 0; i < reading->needs->group_dns->len; i++) {
        const char *dn = g_ptr_array_index(reading->needs->group_dns, i);
        gboolean absent = FALSE;
        struct directory_query query = {.base = dn,
                                        .depth = DIRECTORY_ONE_ENTRY,
                                        .filter = reading->groups->scheme->group_filter,
                                        .attributes = reading->attributes,
                                        .ranges = TRUE,
                                        .absent = &absent};
        if (directory_groups_find(reading->groups, dn) == NULL &&
            !directory_search(reading->session, &query, take_group, reading, error))
            return FALSE;
    }
    return TRUE;
}

struct further {
    DirectoryGroups *groups;
    struct directory_group *group;
};

static gboolean take_more(void *context, const struct directory_entry *entry,
                          GError **error G_GNUC_UNUSED)
{
    struct further *further = context;
    directory_groups_take_more(further->groups, further->group, entry);
    return TRUE;
}

static gboolean read_ranges(struct reading *reading, GError **error)
{
    for (guint i = 0; i < reading->groups->list->len; i++) {
        struct directory_group *group = g_ptr_array_index(reading->groups->list, i);
        struct further further = {reading->groups, group};
        if (group->range_attribute == NULL)
            continue;
        struct directory_rest rest = {group->dn, group->range_attribute, group->range_next};
        if (!directory_search_range(reading->session, &rest, take_more, &further, error))
            return FALSE;
        group->range_attribute = NULL;
    }
    return TRUE;
}

/* Filters for the members that may be groups and were not asked for yet. */
static GPtrArray *candidates(struct reading *reading)
{
    g_autoptr(GHashTable) unread = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter each;
    gpointer key = NULL;
    gpointer dn = NULL;
    directory_groups_follow(reading->groups, reading->needs, unread);
    g_hash_table_iter_init(&each, unread);
    while (g_hash_table_iter_next(&each, &key, &dn)) {
        char *part = g_hash_table_add(reading->asked, key) ? directory_dn_rdn_filter(dn) : NULL;
        if (part != NULL)
            g_ptr_array_add(parts, part);
    }
    return parts;
}

static gboolean read_nested(struct reading *reading, GError **error)
{
    while (!reading->scanned) {
        g_autoptr(GPtrArray) parts = candidates(reading);
        if (parts->len == 0)
            break;
        gboolean read = parts->len > DIRECTORY_SINGLE_READS_MAX
                            ? scan(reading, error)
                            : search_any(reading, parts, error);
        if (!read || !read_ranges(reading, error))
            return FALSE;
    }
    return TRUE;
}

gboolean directory_group_search(DirectorySession *session, DirectoryGroups *groups,
                                const Needs *needs, GError **error)
{
    g_autofree const char **attributes = directory_groups_attributes(groups->scheme);
    g_autoptr(GHashTable) asked = g_hash_table_new(g_str_hash, g_str_equal);
    struct reading reading = {.session = session,
                              .groups = groups,
                              .needs = needs,
                              .attributes = attributes,
                              .asked = asked};
    return (needs->all_groups ? scan(&reading, error) : search_named(&reading, error)) &&
           read_dns(&reading, error) && read_ranges(&reading, error) &&
           read_nested(&reading, error) && directory_groups_select(groups, needs, NULL, error);
}
