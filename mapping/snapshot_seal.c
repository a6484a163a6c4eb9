#include <stdlib.h>
#include <string.h>

#include "mapping/snapshot.h"
#include "mapping/snapshot_store.h"

/* Sorting by the anchor's first bytes spares nearly every look at the text itself. */
struct anchor_key {
    guint64 prefix;
    guint32 index;
    const char *anchor;
};

static guint64 prefix_of(const char *text)
{
    guint64 prefix = 0;
    for (int i = 0; i < 8; i++) {
        prefix = prefix << 8 | (guint8)*text;
        if (*text != '\0')
            text++;
    }
    return prefix;
}

static int compare_anchor_keys(const void *left, const void *right)
{
    const struct anchor_key *a = left;
    const struct anchor_key *b = right;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    return strcmp(a->anchor, b->anchor);
}

static int compare_numbers(const void *left, const void *right)
{
    guint64 a = *(const guint64 *)left;
    guint64 b = *(const guint64 *)right;
    return (a > b) - (a < b);
}

static void sort_keys(struct anchor_key *keys, guint32 count)
{
    if (count > 1)
        qsort(keys, count, sizeof *keys, compare_anchor_keys);
}

/* Takes an array out of the building; NULL when it is empty. */
static gpointer take_array(GArray **array, guint32 *count)
{
    gsize length = 0;
    gsize size = g_array_get_element_size(*array);
    gpointer data = g_array_steal(*array, &length);

    g_array_unref(*array);
    *array = g_array_new(FALSE, FALSE, (guint)size);
    *count = (guint32)length;
    if (length == 0) {
        g_free(data);
        return NULL;
    }
    return g_realloc(data, length * size);
}

/* What a mentioned login stands for, or NULL when no group mentions this person's. */
static struct snapshot_name *login_of(const struct snapshot_building *building,
                                      const struct snapshot_person *person)
{
    gpointer number = person->login != NULL
                          ? g_hash_table_lookup(building->login_numbers, person->login)
                          : NULL;

    return number != NULL ? &g_array_index(building->logins, struct snapshot_name,
                                           GPOINTER_TO_UINT(number) - 1)
                          : NULL;
}

/* A login that two people have points at neither: the group that names it may mean either of them,
 * so both are set aside and keep what they have. */
static void resolve_logins(Snapshot *snapshot)
{
    struct snapshot_building *building = snapshot->building;
    struct snapshot_person *people = (struct snapshot_person *)(void *)building->people->data;

    if (building->logins->len == 0)
        return;
    for (guint32 i = 0; i < building->people->len; i++) {
        struct snapshot_name *name = login_of(building, &people[i]);
        if (name != NULL)
            name->target = name->target == SNAPSHOT_NOBODY ? i : SNAPSHOT_SEVERAL;
    }
    for (guint32 i = 0; i < building->people->len; i++) {
        const struct snapshot_name *name = login_of(building, &people[i]);
        if (name == NULL || name->target != SNAPSHOT_SEVERAL || people[i].set_aside != NULL)
            continue;
        g_autofree char *why = g_strdup_printf(
            "a group names the login '%s', which several entries have", people[i].login);
        people[i].set_aside = g_string_chunk_insert_const(snapshot->store->text, why);
    }
}

static void resolve_members(Snapshot *snapshot)
{
    struct snapshot_building *building = snapshot->building;

    resolve_logins(snapshot);
    for (guint32 i = 0; i < building->groups->len; i++) {
        struct snapshot_group *group =
            &g_array_index(building->groups, struct snapshot_group, i);
        struct snapshot_member *members =
            (struct snapshot_member *)(void *)building->members->data + group->first_member;
        guint32 kept = 0;
        for (guint32 j = 0; j < group->member_count; j++) {
            const GArray *names = members[j].is_group ? building->logins : building->dns;
            struct snapshot_name name =
                g_array_index(names, struct snapshot_name, members[j].index);
            if (name.target == SNAPSHOT_SEVERAL || name.target == SNAPSHOT_NOBODY)
                continue;
            members[kept].is_group = name.is_group ? 1 : 0;
            members[kept++].index = name.target & G_MAXINT32;
        }
        group->unresolved = group->member_count - kept;
        group->member_count = kept;
    }
}

/* Puts people in the order of their anchors; returns where each went. */
static guint32 *order_people(Snapshot *snapshot)
{
    guint32 count = snapshot->person_count;
    g_autofree struct anchor_key *keys = g_new(struct anchor_key, count);
    struct snapshot_person *ordered = g_new(struct snapshot_person, count);
    guint32 *moved = g_new(guint32, count);

    for (guint32 i = 0; i < count; i++)
        keys[i] = (struct anchor_key){.prefix = prefix_of(snapshot->people[i].anchor),
                                      .index = i,
                                      .anchor = snapshot->people[i].anchor};
    sort_keys(keys, count);
    for (guint32 i = 0; i < count; i++) {
        ordered[i] = snapshot->people[keys[i].index];
        moved[keys[i].index] = i;
    }
    g_free(snapshot->people);
    snapshot->people = ordered;
    return moved;
}

static guint32 *order_groups(Snapshot *snapshot)
{
    guint32 count = snapshot->group_count;
    g_autofree struct anchor_key *keys = g_new(struct anchor_key, count);
    struct snapshot_group *ordered = g_new(struct snapshot_group, count);
    guint32 *moved = g_new(guint32, count);

    for (guint32 i = 0; i < count; i++)
        keys[i] = (struct anchor_key){.prefix = prefix_of(snapshot->groups[i].anchor),
                                      .index = i,
                                      .anchor = snapshot->groups[i].anchor};
    sort_keys(keys, count);
    for (guint32 i = 0; i < count; i++) {
        ordered[i] = snapshot->groups[keys[i].index];
        moved[keys[i].index] = i;
    }
    g_free(snapshot->groups);
    snapshot->groups = ordered;
    return moved;
}

static int compare_members(const void *left, const void *right)
{
    const struct snapshot_member *a = left;
    const struct snapshot_member *b = right;
    if (a->is_group != b->is_group)
        return a->is_group ? 1 : -1;
    return (a->index > b->index) - (a->index < b->index);
}

static void order_members(Snapshot *snapshot, const guint32 *people, const guint32 *groups)
{
    for (guint32 i = 0; i < snapshot->group_count; i++) {
        struct snapshot_group *group = &snapshot->groups[i];
        struct snapshot_member *members = snapshot->members + group->first_member;
        guint32 kept = 0;

        for (guint32 j = 0; j < group->member_count; j++) {
            const guint32 *moved = members[j].is_group ? groups : people;
            members[j].index = moved[members[j].index] & G_MAXINT32;
        }
        if (group->member_count > 1)
            qsort(members, group->member_count, sizeof *members, compare_members);
        for (guint32 j = 0; j < group->member_count; j++)
            if (kept == 0 || compare_members(&members[kept - 1], &members[j]) != 0)
                members[kept++] = members[j];
        group->member_count = kept;
    }
}

static int compare_attribute_names(const void *left, const void *right)
{
    return g_ascii_strcasecmp(*(const char *const *)left, *(const char *const *)right);
}

static int compare_values(const void *left, const void *right)
{
    const struct snapshot_value *a = left;
    const struct snapshot_value *b = right;
    if (a->attribute != b->attribute)
        return a->attribute < b->attribute ? -1 : 1;
    return strcmp(a->text, b->text);
}

/* Puts the values where their people are: who walks over people walks over values, too. */
static void gather_values(Snapshot *snapshot, const guint32 *moved)
{
    struct snapshot_value *gathered = g_new(struct snapshot_value, snapshot->value_count);
    guint32 next = 0;

    for (guint32 i = 0; i < snapshot->person_count; i++) {
        struct snapshot_person *person = &snapshot->people[i];
        struct snapshot_value *values = gathered + next;
        for (guint32 j = 0; j < person->value_count; j++) {
            values[j] = snapshot->values[person->first_value + j];
            values[j].attribute = moved[values[j].attribute];
        }
        if (person->value_count > 1)
            qsort(values, person->value_count, sizeof *values, compare_values);
        person->first_value = next;
        next += person->value_count;
    }
    g_free(snapshot->values);
    snapshot->values = gathered;
}

/* Attributes by name, values of a person by attribute and bytes: LDAP gives them in any order.
 */
static void order_values(Snapshot *snapshot)
{
    struct snapshot_building *building = snapshot->building;
    guint32 count = building->attributes->len;
    g_autofree guint32 *moved = g_new(guint32, count);

    snapshot->attributes = g_new(const char *, count);
    snapshot->attribute_count = count;
    for (guint32 i = 0; i < count; i++)
        snapshot->attributes[i] = g_ptr_array_index(building->attributes, i);
    if (count > 1)
        qsort(snapshot->attributes, count, sizeof *snapshot->attributes,
              compare_attribute_names);
    for (guint32 i = 0; i < count; i++) {
        g_autofree char *folded = g_ascii_strdown(snapshot->attributes[i], -1);
        gpointer number = g_hash_table_lookup(building->attribute_numbers, folded);
        moved[GPOINTER_TO_UINT(number) - 1] = i;
    }
    gather_values(snapshot, moved);
}

static void index_dns(Snapshot *snapshot)
{
    struct snapshot_store *store = snapshot->store;

    store->people_by_dn = g_new(guint64, snapshot->person_count);
    for (guint32 i = 0; i < snapshot->person_count; i++)
        store->people_by_dn[i] = (guint64)g_str_hash(snapshot->people[i].dn_key) << 32 | i;
    if (snapshot->person_count > 1)
        qsort(store->people_by_dn, snapshot->person_count, sizeof(guint64), compare_numbers);
    store->groups_by_dn = g_new(guint64, snapshot->group_count);
    for (guint32 i = 0; i < snapshot->group_count; i++)
        store->groups_by_dn[i] = (guint64)g_str_hash(snapshot->groups[i].dn_key) << 32 | i;
    if (snapshot->group_count > 1)
        qsort(store->groups_by_dn, snapshot->group_count, sizeof(guint64), compare_numbers);
}

/* The tables of names are the largest part of the building: gone before people are copied. */
static void forget_names(struct snapshot_building *building)
{
    g_hash_table_remove_all(building->dn_numbers);
    g_hash_table_remove_all(building->login_numbers);
    g_hash_table_remove_all(building->person_anchors);
    g_hash_table_remove_all(building->group_anchors);
    g_hash_table_remove_all(building->texts);
    g_array_set_size(building->dns, 0);
    g_array_set_size(building->logins, 0);
}

void snapshot_seal(Snapshot *snapshot)
{
    struct snapshot_building *building = snapshot->building;
    guint32 count = 0;

    if (building == NULL)
        return;
    resolve_members(snapshot);
    forget_names(building);
    snapshot->people = take_array(&building->people, &snapshot->person_count);
    snapshot->groups = take_array(&building->groups, &snapshot->group_count);
    snapshot->values = take_array(&building->values, &snapshot->value_count);
    snapshot->members = take_array(&building->members, &count);
    g_autofree guint32 *people = order_people(snapshot);
    g_autofree guint32 *groups = order_groups(snapshot);
    order_members(snapshot, people, groups);
    order_values(snapshot);
    index_dns(snapshot);
    snapshot_building_free(building);
    snapshot->building = NULL;
}
