#include "agent/directory/pushed_groups_rows.h"

#include "scim/protocol/hidden_character.h"
#include "scim/protocol/mailing_address.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

/* Anchors of groups that a rule names and nobody pushes: no id is like this. */
#define ABSENT "absent:"

struct pushed_group_row {
    char *id;
    char *name;
    GPtrArray *members; /* char *: ids of people */
};

struct pushed_groups_rows {
    const Needs *needs;
    const char *origin;
    GPtrArray *groups;   /* struct pushed_group_row * */
    GHashTable *members; /* set of ids, borrowed from the groups */
    GPtrArray *people;   /* json_t * */
};

static void free_group(gpointer data)
{
    struct pushed_group_row *group = data;
    g_free(group->id);
    g_free(group->name);
    g_ptr_array_unref(group->members);
    g_free(group);
}

static void free_person(gpointer data)
{
    json_decref(data);
}

PushedGroupsRows *pushed_groups_rows_new(const Needs *needs, const char *origin)
{
    PushedGroupsRows *rows = g_new0(PushedGroupsRows, 1);
    rows->needs = needs;
    rows->origin = origin;
    rows->groups = g_ptr_array_new_with_free_func(free_group);
    rows->members = g_hash_table_new(g_str_hash, g_str_equal);
    rows->people = g_ptr_array_new_with_free_func(free_person);
    return rows;
}

void pushed_groups_rows_free(PushedGroupsRows *rows)
{
    if (rows == NULL)
        return;
    g_hash_table_unref(rows->members);
    g_ptr_array_unref(rows->groups);
    g_ptr_array_unref(rows->people);
    g_free(rows);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean wrong(GError **error, const char *what)
{
    g_set_error_literal(error, OUTCOME, OUTCOME_BAD_INPUT, what);
    return FALSE;
}

static gboolean is_among(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(names, i), name) == 0)
            return TRUE;
    return FALSE;
}

/* A rule about people is about those in any group. */
static gboolean is_wanted(const PushedGroupsRows *rows, const char *id, const char *name)
{
    const Needs *needs = rows->needs;
    return needs->all_groups || needs->all_people || is_among(needs->group_names, name) ||
           is_among(needs->group_anchors, id);
}

gboolean pushed_groups_rows_take_group(PushedGroupsRows *rows, const json_t *group,
                                       GError **error)
{
    const char *id = text_of(group, "id");
    const char *name = text_of(group, "displayName");
    const char *origin = text_of(json_object_get(group, SCIM_URN_PUSHED_GROUP), "origin");
    if (id == NULL || name == NULL)
        return wrong(error, "a group has no id or no displayName");
    if (origin == NULL)
        return wrong(error, "a group does not say who pushed it: is this a rolecall endpoint?");
    if (rows->origin != NULL && g_strcmp0(rows->origin, origin) != 0)
        return TRUE;
    /* what cannot be shown to anybody can be no name that a rule is about */
    if (hidden_character_is_in(name))
        name = id;
    if (!is_wanted(rows, id, name))
        return TRUE;
    struct pushed_group_row *row = g_new0(struct pushed_group_row, 1);
    row->id = g_strdup(id);
    row->name = g_strdup(name);
    row->members = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(rows->groups, row);
    return TRUE;
}

guint pushed_groups_rows_count(const PushedGroupsRows *rows)
{
    return rows->groups->len;
}

const char *pushed_groups_rows_id(const PushedGroupsRows *rows, guint index)
{
    return ((const struct pushed_group_row *)g_ptr_array_index(rows->groups, index))->id;
}

gboolean pushed_groups_rows_want_people(const PushedGroupsRows *rows)
{
    return rows->needs->all_people && g_hash_table_size(rows->members) > 0;
}

gboolean pushed_groups_rows_take_members(PushedGroupsRows *rows, guint index,
                                         const json_t *group, GError **error)
{
    struct pushed_group_row *row = g_ptr_array_index(rows->groups, index);
    const json_t *members = json_object_get(group, "members");
    const json_t *member;
    size_t at;
    if (g_strcmp0(text_of(group, "id"), row->id) != 0 ||
        (members != NULL && !json_is_array(members)))
        return wrong(error, "the answer is not the group that was asked for");
    json_array_foreach(members, at, member)
    {
        const char *person = text_of(member, "value");
        if (person == NULL)
            return wrong(error, "a group has a member without an id");
        char *kept = g_strdup(person);
        g_ptr_array_add(row->members, kept);
        g_hash_table_add(rows->members, kept);
    }
    return TRUE;
}

gboolean pushed_groups_rows_take_person(PushedGroupsRows *rows, json_t *user, GError **error)
{
    const char *id = text_of(user, "id");
    if (id == NULL || text_of(user, "userName") == NULL)
        return wrong(error, "a person has no id or no userName");
    if (g_hash_table_contains(rows->members, id))
        g_ptr_array_add(rows->people, json_incref(user));
    return TRUE;
}

static void add_value(const PushedGroupsRows *rows, Snapshot *snapshot, const char *attribute,
                      const char *text)
{
    if (text != NULL && is_among(rows->needs->attributes, attribute) &&
        !hidden_character_is_in(text))
        snapshot_add_value(snapshot, attribute, text);
}

/* Texts and flags under their own names. */
static void add_values(const PushedGroupsRows *rows, Snapshot *snapshot, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (json_is_boolean(value))
            add_value(rows, snapshot, key, json_is_true(value) ? "true" : "false");
        else
            add_value(rows, snapshot, key, json_string_value(value));
    }
}

static gboolean write_person(const PushedGroupsRows *rows, json_t *user, Snapshot *snapshot,
                             GError **error)
{
    const char *id = text_of(user, "id");
    const char *user_name = text_of(user, "userName");
    /* Whether they are suspended is their provider's: the roles stay. */
    const struct snapshot_entry entry = {.dn = user_name,
                                         .dn_key = id,
                                         .anchor = id,
                                         .login = user_name,
                                         .state = SNAPSHOT_ENABLED};
    if (!snapshot_add_person(snapshot, &entry, error))
        return FALSE;
    add_value(rows, snapshot, "mail", mailing_address_of(user, NULL));
    add_values(rows, snapshot, user);
    add_values(rows, snapshot, json_object_get(user, "name"));
    add_values(rows, snapshot, json_object_get(user, SCIM_URN_ENTERPRISE));
    return TRUE;
}

static gboolean write_group(const struct pushed_group_row *group, Snapshot *snapshot,
                            GError **error)
{
    const struct snapshot_entry entry = {
        .dn = group->name, .dn_key = group->id, .anchor = group->id, .name = group->name};
    if (!snapshot_add_group(snapshot, &entry, error))
        return FALSE;
    for (guint i = 0; i < group->members->len; i++)
        snapshot_add_member_dn(snapshot, g_ptr_array_index(group->members, i));
    return TRUE;
}

static gboolean is_pushed(const PushedGroupsRows *rows, const char *name, gboolean by_id)
{
    for (guint i = 0; i < rows->groups->len; i++) {
        const struct pushed_group_row *group = g_ptr_array_index(rows->groups, i);
        if (g_ascii_strcasecmp(by_id ? group->id : group->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean write_absent(const PushedGroupsRows *rows, const GPtrArray *names,
                             gboolean by_id, Snapshot *snapshot, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *anchor = g_strconcat(by_id ? "" : ABSENT, name, NULL);
        const struct snapshot_entry entry = {
            .dn = name, .dn_key = anchor, .anchor = anchor, .name = name};
        if (!is_pushed(rows, name, by_id) && !snapshot_add_group(snapshot, &entry, error))
            return FALSE;
    }
    return TRUE;
}

/* Nobody reads more of them than the target does. */
static gboolean write_members(const PushedGroupsRows *rows, Snapshot *snapshot, GError **error)
{
    GHashTableIter each;
    gpointer id;
    g_hash_table_iter_init(&each, rows->members);
    while (g_hash_table_iter_next(&each, &id, NULL)) {
        const struct snapshot_entry entry = {
            .dn = id, .dn_key = id, .anchor = id, .state = SNAPSHOT_ENABLED};
        if (!snapshot_add_person(snapshot, &entry, error))
            return FALSE;
    }
    return TRUE;
}

gboolean pushed_groups_rows_write(const PushedGroupsRows *rows, Snapshot *snapshot,
                                  GError **error)
{
    /* Each connection has its own groups, and two may have the same name for theirs. */
    snapshot->shares_names = TRUE;
    if (!rows->needs->all_people && !write_members(rows, snapshot, error))
        return FALSE;
    for (guint i = 0; i < rows->people->len; i++)
        if (!write_person(rows, g_ptr_array_index(rows->people, i), snapshot, error))
            return FALSE;
    for (guint i = 0; i < rows->groups->len; i++)
        if (!write_group(g_ptr_array_index(rows->groups, i), snapshot, error))
            return FALSE;
    return write_absent(rows, rows->needs->group_names, FALSE, snapshot, error) &&
           write_absent(rows, rows->needs->group_anchors, TRUE, snapshot, error);
}
