#include "mapping/snapshot.h"

#include <string.h>

#include "mapping/fold.h"
#include "mapping/snapshot_store.h"
#include "scim/protocol/outcome.h"

/* Values are looked up among this many earlier ones: titles and departments repeat, addresses
 * do not, and a table of all of them would cost more than it saves. */
#define TEXTS_REMEMBERED 65536

Snapshot *snapshot_new(const char *directory)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);
    struct snapshot_store *store = g_new0(struct snapshot_store, 1);
    struct snapshot_building *building = g_new0(struct snapshot_building, 1);

    store->text = g_string_chunk_new(65536);
    building->people = g_array_new(FALSE, FALSE, sizeof(struct snapshot_person));
    building->groups = g_array_new(FALSE, FALSE, sizeof(struct snapshot_group));
    building->values = g_array_new(FALSE, FALSE, sizeof(struct snapshot_value));
    building->members = g_array_new(FALSE, FALSE, sizeof(struct snapshot_member));
    building->attributes = g_ptr_array_new();
    building->attribute_numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    building->dn_numbers = g_hash_table_new(g_str_hash, g_str_equal);
    building->login_numbers = g_hash_table_new(g_str_hash, g_str_equal);
    building->dns = g_array_new(FALSE, FALSE, sizeof(struct snapshot_name));
    building->logins = g_array_new(FALSE, FALSE, sizeof(struct snapshot_name));
    building->person_anchors = g_hash_table_new(g_str_hash, g_str_equal);
    building->group_anchors = g_hash_table_new(g_str_hash, g_str_equal);
    building->texts = g_hash_table_new(g_str_hash, g_str_equal);
    snapshot->store = store;
    snapshot->building = building;
    snapshot->directory = g_string_chunk_insert(store->text, directory);
    return snapshot;
}

void snapshot_building_free(struct snapshot_building *building)
{
    if (building == NULL)
        return;
    g_array_unref(building->people);
    g_array_unref(building->groups);
    g_array_unref(building->values);
    g_array_unref(building->members);
    g_ptr_array_unref(building->attributes);
    g_hash_table_unref(building->attribute_numbers);
    g_hash_table_unref(building->dn_numbers);
    g_hash_table_unref(building->login_numbers);
    g_array_unref(building->dns);
    g_array_unref(building->logins);
    g_hash_table_unref(building->person_anchors);
    g_hash_table_unref(building->group_anchors);
    g_hash_table_unref(building->texts);
    g_free(building);
}

void snapshot_free(Snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    snapshot_building_free(snapshot->building);
    g_string_chunk_free(snapshot->store->text);
    g_free(snapshot->store->people_by_dn);
    g_free(snapshot->store->groups_by_dn);
    g_free(snapshot->store);
    g_free(snapshot->people);
    g_free(snapshot->groups);
    g_free(snapshot->values);
    g_free(snapshot->members);
    g_free(snapshot->attributes);
    g_free(snapshot);
}

static const char *keep(Snapshot *snapshot, const char *text)
{
    return text != NULL ? g_string_chunk_insert(snapshot->store->text, text) : NULL;
}

/* The number of a name, made on its first use; *kept is the snapshot's own copy of it. */
static guint32 number_of(Snapshot *snapshot, gboolean is_login, const char *text,
                         const char **kept)
{
    GHashTable *numbers =
        is_login ? snapshot->building->login_numbers : snapshot->building->dn_numbers;
    GArray *names = is_login ? snapshot->building->logins : snapshot->building->dns;
    gpointer key = NULL;
    gpointer number = NULL;

    if (g_hash_table_lookup_extended(numbers, text, &key, &number)) {
        *kept = key;
        return GPOINTER_TO_UINT(number) - 1;
    }
    const struct snapshot_name nobody = {.target = SNAPSHOT_NOBODY, .is_group = FALSE};
    char *copy = g_string_chunk_insert(snapshot->store->text, text);
    g_array_append_val(names, nobody);
    g_hash_table_insert(numbers, copy, GUINT_TO_POINTER(names->len));
    *kept = copy;
    return names->len - 1;
}

/* Gives the DN of an entry its meaning. A person and a group of one DN: it is the person. */
static gboolean claim_dn(Snapshot *snapshot, const char *dn_key,
                         const struct snapshot_name *name, const char **kept)
{
    guint32 number = number_of(snapshot, FALSE, dn_key, kept);
    struct snapshot_name *known =
        &g_array_index(snapshot->building->dns, struct snapshot_name, number);
    if (known->target != SNAPSHOT_NOBODY && known->is_group == name->is_group)
        return FALSE;
    if (known->target == SNAPSHOT_NOBODY || !name->is_group)
        *known = *name;
    return TRUE;
}

static gboolean came_twice(const char *what, const char *dn, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_RETRY,
                "the %s '%s' came twice in one read: the directory changed under it", what, dn);
    return FALSE;
}

static const char *keep_dn(Snapshot *snapshot, const char *dn, const char *dn_key)
{
    return g_str_equal(dn, dn_key) ? dn_key : keep(snapshot, dn);
}

gboolean snapshot_add_person(Snapshot *snapshot, const struct snapshot_entry *entry,
                             GError **error)
{
    struct snapshot_building *building = snapshot->building;
    const struct snapshot_name self = {.target = building->people->len, .is_group = FALSE};
    struct snapshot_person person = {.state = entry->state,
                                     .first_value = building->values->len};

    if (g_hash_table_contains(building->person_anchors, entry->anchor) ||
        !claim_dn(snapshot, entry->dn_key, &self, &person.dn_key))
        return came_twice("entry", entry->dn, error);
    person.dn = keep_dn(snapshot, entry->dn, person.dn_key);
    person.anchor = keep(snapshot, entry->anchor);
    person.set_aside = keep(snapshot, entry->set_aside);
    person.login = keep(snapshot, entry->login);
    g_hash_table_add(building->person_anchors, fold_key(person.anchor));
    g_array_append_val(building->people, person);
    return TRUE;
}

static guint32 attribute_number(Snapshot *snapshot, const char *attribute)
{
    struct snapshot_building *building = snapshot->building;
    g_autofree char *folded = g_ascii_strdown(attribute, -1);
    guint32 number = GPOINTER_TO_UINT(g_hash_table_lookup(building->attribute_numbers, folded));

    if (number == 0) {
        g_ptr_array_add(building->attributes, fold_key(keep(snapshot, attribute)));
        number = building->attributes->len;
        g_hash_table_insert(building->attribute_numbers, g_steal_pointer(&folded),
                            GUINT_TO_POINTER(number));
    }
    return number - 1;
}

void snapshot_add_value(Snapshot *snapshot, const char *attribute, const char *text)
{
    struct snapshot_building *building = snapshot->building;
    struct snapshot_value value = {.attribute = 0};
    gsize length = strlen(text);

    if (length == 0)
        return;
    snapshot->store->longest_value = MAX(snapshot->store->longest_value, length);
    value.attribute = attribute_number(snapshot, attribute);
    value.text = g_hash_table_lookup(building->texts, text);
    if (value.text == NULL) {
        value.text = keep(snapshot, text);
        if (g_hash_table_size(building->texts) < TEXTS_REMEMBERED)
            g_hash_table_add(building->texts, fold_key(value.text));
    }
    g_array_append_val(building->values, value);
    g_array_index(building->people, struct snapshot_person, building->people->len - 1)
        .value_count++;
}

gboolean snapshot_add_group(Snapshot *snapshot, const struct snapshot_entry *entry,
                            GError **error)
{
    struct snapshot_building *building = snapshot->building;
    const struct snapshot_name self = {.target = building->groups->len, .is_group = TRUE};
    struct snapshot_group group = {.first_member = building->members->len};

    if (g_hash_table_contains(building->group_anchors, entry->anchor) ||
        !claim_dn(snapshot, entry->dn_key, &self, &group.dn_key))
        return came_twice("group", entry->dn, error);
    group.dn = keep_dn(snapshot, entry->dn, group.dn_key);
    group.anchor = keep(snapshot, entry->anchor);
    group.name = keep(snapshot, entry->name != NULL ? entry->name : "");
    g_hash_table_add(building->group_anchors, fold_key(group.anchor));
    g_array_append_val(building->groups, group);
    return TRUE;
}

static void add_member(Snapshot *snapshot, gboolean is_login, const char *name)
{
    struct snapshot_building *building = snapshot->building;
    const char *kept = NULL;
    struct snapshot_member member = {.is_group = is_login ? 1 : 0};

    member.index = number_of(snapshot, is_login, name, &kept) & G_MAXINT32;
    g_array_append_val(building->members, member);
    g_array_index(building->groups, struct snapshot_group, building->groups->len - 1)
        .member_count++;
}

void snapshot_add_member_dn(Snapshot *snapshot, const char *dn_key)
{
    add_member(snapshot, FALSE, dn_key);
}

void snapshot_add_member_login(Snapshot *snapshot, const char *login)
{
    add_member(snapshot, TRUE, login);
}

const struct snapshot_person *snapshot_find_anchor(const Snapshot *snapshot, const char *anchor)
{
    guint32 low = 0;
    guint32 high = snapshot->person_count;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        int order = strcmp(snapshot->people[middle].anchor, anchor);
        if (order == 0)
            return &snapshot->people[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The place of the first entry with this hash among the ascending (hash << 32 | index). */
static guint32 first_with_hash(const guint64 *by_dn, guint32 count, guint32 hash)
{
    guint32 low = 0;
    guint32 high = count;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        if ((guint32)(by_dn[middle] >> 32) < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct snapshot_person *snapshot_find_dn(const Snapshot *snapshot, const char *dn_key)
{
    const guint64 *by_dn = snapshot->store->people_by_dn;
    guint32 count = snapshot->person_count;
    guint32 hash = g_str_hash(dn_key);

    for (guint32 i = first_with_hash(by_dn, count, hash);
         i < count && (guint32)(by_dn[i] >> 32) == hash; i++) {
        const struct snapshot_person *person = &snapshot->people[(guint32)by_dn[i]];
        if (g_str_equal(person->dn_key, dn_key))
            return person;
    }
    return NULL;
}

const struct snapshot_group *snapshot_find_group_dn(const Snapshot *snapshot,
                                                    const char *dn_key)
{
    const guint64 *by_dn = snapshot->store->groups_by_dn;
    guint32 count = snapshot->group_count;
    guint32 hash = g_str_hash(dn_key);

    for (guint32 i = first_with_hash(by_dn, count, hash);
         i < count && (guint32)(by_dn[i] >> 32) == hash; i++) {
        const struct snapshot_group *group = &snapshot->groups[(guint32)by_dn[i]];
        if (g_str_equal(group->dn_key, dn_key))
            return group;
    }
    return NULL;
}

/* This is asked a hundred times a person: most names differ in their first letter. */
static gboolean is_attribute(const char *name, const char *attribute)
{
    return ((*name ^ *attribute) & ~0x20) == 0 && g_ascii_strcasecmp(name, attribute) == 0;
}

const char *snapshot_value_of(const Snapshot *snapshot, const struct snapshot_person *person,
                              const char *attribute)
{
    const struct snapshot_value *values = snapshot->values + person->first_value;

    for (guint32 i = 0; i < person->value_count; i++)
        if (is_attribute(snapshot->attributes[values[i].attribute], attribute))
            return values[i].text;
    return NULL;
}

size_t snapshot_longest_value(const Snapshot *snapshot)
{
    return snapshot->store->longest_value;
}
